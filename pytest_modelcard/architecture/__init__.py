"""What a repository's own files say of a model: its config, chat templates and the sizes of its tensors."""
