"""Reading a question: organisations, clause references, intent, follow-ups. Deterministic, no model needed."""
