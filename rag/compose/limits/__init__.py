"""What the documents do not say, and saying so."""
