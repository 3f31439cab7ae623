"""Vectors that need not be computed again.

A cache file holds the vectors of one model, found by the SHA-256 of the text, in eight bits a number with one scale a
vector: 384 numbers take 390 bytes instead of 1536, and a cosine moves by less than 0.002 (less than 0.00003 with the
embedded model). Vectors computed anew go through the same rounding, so an index does not depend on what was cached.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder, Vectors, unit
from index.errors import StoreUnwritable

Progress = Callable[[int, int], None]
"""Called with (done, total) while vectors are computed, first with 0 done, last with all."""

BATCH = 32
_SAVE_EVERY = 16  # batches; a killed run loses at most that many
_KEY_BYTES = 16
_BAR = 24


def text_key(text: str) -> bytes:
    """What a cache finds ``text`` by: the first half of its SHA-256; 128 bits leave no room for an accident."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:_KEY_BYTES]


def cache_name(model_id: str) -> str:
    """The file name of a model's cache."""
    return re.sub(r"[^\w.-]+", "-", model_id) + ".npz"


class EmbeddingCache:
    """One cache file. A missing or unreadable one is empty, and so is one of another model: vectors are then computed.

    Not for several threads at once.
    """

    def __init__(self, path: Path, model_id: str, *, read_only: bool = False) -> None:
        self.path = path
        self.model_id = model_id
        self.read_only = read_only
        self._codes: dict[bytes, tuple[NDArray[np.int8], np.float32]] = {}
        self._changed = False
        self._read()

    def __len__(self) -> int:
        return len(self._codes)

    def get(self, text: str) -> Vectors | None:
        """The vector of ``text``, float32 [dim] of length one, or None."""
        found = self._codes.get(text_key(text))
        return None if found is None else restore(*found)

    def add(self, text: str, vector: Vectors) -> None:
        """Keep ``vector`` for ``text``, rounded."""
        self._codes[text_key(text)] = quantise(vector)
        self._changed = True

    def keep_only(self, texts: Iterable[str]) -> None:
        """Forget every text but these: what a shipped cache is made with."""
        wanted = {text_key(text) for text in texts}
        kept = {key: code for key, code in self._codes.items() if key in wanted}
        self._changed = self._changed or len(kept) < len(self._codes)
        self._codes = kept

    def save(self) -> None:
        """Write the file in one step, sorted, so that the same vectors give the same bytes. Raises ``StoreUnwritable``.

        Nothing is written where nothing changed or the cache is read-only.
        """
        if self.read_only or not self._changed:
            return
        ordered = sorted(self._codes.items())
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as stream:
                np.savez_compressed(
                    stream,
                    model=np.array(self.model_id),
                    keys=np.frombuffer(b"".join(key for key, _ in ordered), np.uint8).reshape(-1, _KEY_BYTES),
                    codes=np.array([code for _, (code, _) in ordered], np.int8),
                    scales=np.array([scale for _, (_, scale) in ordered], np.float32),
                )
            temporary.replace(self.path)
        except OSError as error:
            raise StoreUnwritable(f"向量缓存“{self.path}”无法写入：{error.strerror}。") from error
        self._changed = False

    def _read(self) -> None:
        try:
            with self.path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                model, keys, codes, scales = str(file["model"]), file["keys"], file["codes"], file["scales"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return
        if model != self.model_id or not len(keys) == len(codes) == len(scales):
            return
        for key, code, scale in zip(keys, codes, scales, strict=True):
            self._codes[key.tobytes()] = (code, scale)


def open_caches(embedder: Embedder, shipped: Path, own: Path) -> list[EmbeddingCache]:
    """The model's cache in the folder ``shipped``, read-only, and the one in ``own``, to be filled.

    Raises ``MissingPackage`` or ``BackendError`` where the model cannot even be named.
    """
    model_id, name = embedder.model_id, cache_name(embedder.model_id)
    return [EmbeddingCache(shipped / name, model_id, read_only=True), EmbeddingCache(own / name, model_id)]


def embed_with_cache(
    embedder: Embedder, texts: Sequence[str], caches: Sequence[EmbeddingCache], progress: Progress | None = None
) -> Vectors:
    """Vectors of ``texts``, float32 [n, dim]; only what no cache of this model has is computed, each text once.

    What was computed goes into the first cache that may be written, and to disk now and then. Raises what the embedder
    raises.
    """
    caches = [cache for cache in caches if cache.model_id == embedder.model_id]
    known: dict[str, Vectors] = {}
    for text in dict.fromkeys(texts):
        found = next((vector for cache in caches if (vector := cache.get(text)) is not None), None)
        if found is not None:
            known[text] = found
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    own = next((cache for cache in caches if not cache.read_only), None)
    try:
        _compute(embedder, missing, known, own, progress)
    finally:
        if own is not None and missing:
            _save_if_possible(own)
    if not texts:
        return np.zeros((0, embedder.dim), np.float32)
    return np.stack([known[text] for text in texts])


def progress_bar(label: str) -> Progress:
    """A bar on standard error with the time left; a line per quarter where standard error is no terminal."""
    from time import monotonic

    started = monotonic()
    shown = -1

    def show(done: int, total: int) -> None:
        nonlocal shown
        spent = monotonic() - started
        left = f"，约剩 {spent / done * (total - done):.0f} 秒" if 0 < done < total else ""
        line = f"{label} {done}/{total}{left}"
        if sys.stderr.isatty():
            filled = _BAR * done // max(total, 1)
            end = "\n" if done == total else ""
            sys.stderr.write(f"\r\x1b[K[{'█' * filled}{'·' * (_BAR - filled)}] {line}{end}")
        elif 4 * done // max(total, 1) > shown:
            shown = 4 * done // max(total, 1)
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    return show


def quantise(vector: Vectors) -> tuple[NDArray[np.int8], np.float32]:
    """Eight bits a number and the scale that turns them back."""
    scale = np.float32(np.abs(vector).max(initial=0.0) / 127) or np.float32(1)
    return np.rint(vector / scale).astype(np.int8), scale


def restore(code: NDArray[np.int8], scale: np.float32) -> Vectors:
    """The vector, of length one again."""
    return unit(code.astype(np.float32) * scale)


def _compute(
    embedder: Embedder,
    missing: list[str],
    known: dict[str, Vectors],
    own: EmbeddingCache | None,
    progress: Progress | None,
) -> None:
    if missing and progress:
        progress(0, len(missing))
    for number, at in enumerate(range(0, len(missing), BATCH), start=1):
        batch = missing[at : at + BATCH]
        for text, vector in zip(batch, embedder.embed_passages(batch), strict=True):
            known[text] = restore(*quantise(vector))
            if own is not None:
                own.add(text, vector)
        if own is not None and number % _SAVE_EVERY == 0:
            _save_if_possible(own)
        if progress:
            progress(at + len(batch), len(missing))


def _save_if_possible(cache: EmbeddingCache) -> None:
    # A cache saves time and nothing else: an index can be built where none can be kept.
    try:
        cache.save()
    except StoreUnwritable:
        cache.read_only = True
