"""What answers are held against: texts straight from the documents, not from the index that is being judged."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from eval.dataset import load_named
from eval.metrics.measure import World
from index.corpus import docs_folder, load_documents
from index.model import Document
from rag.settings import Settings


class Texts(Protocol):
    """Documents by id (``rag.library.Library``): for what users added to the index and the manifest does not know."""

    def __contains__(self, document: str) -> bool: ...

    def document(self, id: str) -> Document: ...


def make_world(settings: Settings, indexed: Texts | None = None) -> World:
    """Texts are read now. Raises ``CorpusError`` or ``MissingPackage``."""
    loaded = load_documents(docs_folder(settings.docs), settings.laws)
    texts = {one.document.id: one.document.text for one in loaded}

    @cache
    def text(document: str) -> str | None:
        if document in texts or indexed is None or document not in indexed:
            return texts.get(document)
        return indexed.document(document).text

    return World(text, load_named())
