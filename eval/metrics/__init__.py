"""Measures: one a file, each with its name, parameters, what an unanswered question scores, and where it is defined."""
