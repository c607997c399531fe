"""Small language models, trained here, and releases made from them in many ways, with the truth beside each.

`python -m benchmarks.lineage_cases FOLDER [--seed 0]` needs torch, transformers, mergekit and peft.
"""
