"""Answers phrased by a language model: it words what was found and computed, and the gate reads along."""
