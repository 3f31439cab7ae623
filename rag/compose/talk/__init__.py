"""Answers that lean on the talk before: within its list, on its grounds, beside its clause, what it leaves unsaid."""
