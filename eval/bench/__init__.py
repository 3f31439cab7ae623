"""The bench: how long starting, indexing and answering take, each beside its floor measured in the same run."""
