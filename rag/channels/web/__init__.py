"""The web chat: one gradio page and a small JSON interface, served from one process, with no request to any other host."""
