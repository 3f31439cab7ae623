"""Proof-reading of drafts: are the clauses they cite there, in force, and quoted to the character?"""

from rag.proof.check import check_draft, check_text

__all__ = ["check_draft", "check_text"]
