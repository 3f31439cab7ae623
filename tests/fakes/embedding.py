"""An embedding model that needs no model: texts that share characters get vectors that are near."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Sequence

import numpy as np

from index.embedding import Vectors, unit
from index.errors import BackendError
from index.tokens import tokens


class HashEmbedder:
    """Adds up one pseudo-random direction a token. ``seen`` lists every passage it was asked for.

    ``fails_after`` makes it fail, as an endpoint does that goes away, once that many passages were asked for; ``waits``
    holds every call until it is set.
    """

    def __init__(self, dim: int = 16, *, model_id: str = "hash", fails_after: int | None = None) -> None:
        self.dim = dim
        self.model_id = model_id
        self.seen: list[str] = []
        self.waits = threading.Event()
        self.waits.set()
        self._fails_after = fails_after

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, dim]."""
        self.waits.wait()
        self.seen += texts
        if self._fails_after is not None and len(self.seen) > self._fails_after:
            raise BackendError("向量服务不可用。")
        return np.stack([self.embed_query(text) for text in texts]) if texts else np.zeros((0, self.dim), np.float32)

    def embed_query(self, text: str) -> Vectors:
        """float32 [dim]."""
        total = np.zeros(self.dim, np.float32)
        for token in tokens(text):
            total += np.random.default_rng(zlib.crc32(token.encode())).standard_normal(self.dim).astype(np.float32)
        return unit(total)
