"""The command line."""

from rag.channels.cli.commands import main

__all__ = ["main"]
