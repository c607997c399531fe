"""Full coverage: a recipe replayed over every element of every tensor, and a certificate of what agreed.

`programs` turns a mergekit configuration into one program a tensor, `plan` finds where the tensors lie and cuts the work
into groups, `work` reads and computes a group (`kernel` in torch, `reading`, `digests`), an `engine` runs all groups,
`certificate` writes what came out. torch is imported by `kernel`, `work` and what they need, nowhere else.
"""
