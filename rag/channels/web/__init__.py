"""The web chat: one gradio page and a small JSON interface in one process, asking no other host."""
