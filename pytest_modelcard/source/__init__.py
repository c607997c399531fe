"""Where bytes come from: local folders, single files, the Hugging Face Hub."""
