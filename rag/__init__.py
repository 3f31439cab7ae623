"""Online half: a question in, a cited answer out."""
