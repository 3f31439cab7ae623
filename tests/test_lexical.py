"""BM25 over the search units."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexCorrupt
from index.lexical import K1, B, LexicalIndex
from index.tokens import tokens

TEXTS = [
    "强化燃气安全整治。持续开展城镇燃气安全专项整治",
    "强化消防安全整治。开展城市系统性火灾风险评估",
    "强化旅游安全整治。深入组织开展A级旅游景区景点检查",
    "矿长带班下井制度",
]
KEYS = ["20", "18", "27", "6"]


def bm25(texts: list[str], query: str) -> list[float]:
    """BM25 as Lucene defines it, written out from the formula."""
    counted = [tokens(text) for text in texts]
    mean = sum(map(len, counted)) / len(counted)
    result = []
    for words in counted:
        score = 0.0
        for token in tokens(query):
            holders = sum(token in other for other in counted)
            idf = float(np.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5)))
            times = words.count(token)
            score += idf * times / (times + K1 * (1 - B + B * len(words) / mean))
        result.append(score)
    return result


@pytest.mark.parametrize("query", ["燃气安全", "A级景区要检查什么", "矿长", "安全 安全 火灾"])
def test_scores_are_bm25(query: str) -> None:
    """Scores equal the formula, a repeated query word counting as often as it is asked."""
    scores = LexicalIndex.build(KEYS, TEXTS).scores(query)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, bm25(TEXTS, query), rtol=1e-5)


def test_unknown_words_score_zero() -> None:
    """A question without one known token gives zeros and no result; so does an empty one."""
    index = LexicalIndex.build(KEYS, TEXTS)
    for query in ("xyz 鱷", "", "？"):
        assert index.scores(query).tolist() == [0.0] * 4
        assert index.search(query, 3) == []


def test_search_is_sorted_and_ties_keep_row_order() -> None:
    """Best first, equal texts in row order, no more than k, nothing without a score."""
    index = LexicalIndex.build(["a", "b", "c"], ["燃气", "矿山", "燃气"])
    found = index.search("燃气", 5)
    assert [row for row, _ in found] == [0, 2]
    assert found[0][1] == found[1][1] > 0
    assert [row for row, _ in index.search("燃气", 1)] == [0]
    assert index.search("燃气", 0) == []


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    """A loaded index scores every text as the built one did."""
    built = LexicalIndex.build(KEYS, TEXTS)
    built.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert loaded.keys == built.keys
    assert loaded.scores("燃气安全检查").tolist() == built.scores("燃气安全检查").tolist()


@pytest.mark.parametrize("texts", [[], ["，", "。"]])
def test_texts_without_words(tmp_path: Path, texts: list[str]) -> None:
    """Nothing to index gives an index that finds nothing, and it survives saving."""
    LexicalIndex.build(["k"] * len(texts), texts).save(tmp_path)
    assert LexicalIndex.load(tmp_path).scores("燃气").tolist() == [0.0] * len(texts)


def test_keys_and_texts_must_match() -> None:
    """A key too few is a programming error and is refused."""
    with pytest.raises(ValueError, match="1 keys for 2 texts"):
        LexicalIndex.build(["a"], ["燃气", "矿山"])


@pytest.mark.parametrize("name", ["bm25.npz", "bm25.json"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "empty"])
def test_damage_is_reported(tmp_path: Path, name: str, damage: str) -> None:
    """A missing, cut or empty file is an ``IndexCorrupt`` that says how to mend it."""
    LexicalIndex.build(KEYS, TEXTS).save(tmp_path)
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"")
    with pytest.raises(IndexCorrupt, match="请运行 anze index 重建索引"):
        LexicalIndex.load(tmp_path)


def test_files_that_do_not_belong_together_are_reported(tmp_path: Path) -> None:
    """The words of one index with the matrix of another are not taken for an index."""
    other = tmp_path / "other"
    other.mkdir()
    LexicalIndex.build(KEYS, TEXTS).save(tmp_path)
    LexicalIndex.build(["x"], ["另一部文件"]).save(other)
    (other / "bm25.json").replace(tmp_path / "bm25.json")
    with pytest.raises(IndexCorrupt, match="不一致"):
        LexicalIndex.load(tmp_path)


PROGRAM = """
import sys
from pathlib import Path
from index.lexical import LexicalIndex
folder = Path(sys.argv[1])
LexicalIndex.build(["a", "b"], ["燃气安全专项整治", "消防安全整治 A级"]).save(folder)
"""


def test_builds_are_quiet_and_alike_in_every_process(tmp_path: Path) -> None:
    """Two processes with different string hashing write the same bytes and print nothing at all."""
    digests = set()
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        command = [sys.executable, "-c", PROGRAM, str(folder)]
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent.parent)}
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        assert (done.stdout, done.stderr) == (b"", b"")
        matrix = np.load(folder / "bm25.npz")
        content = b"".join(matrix[name].tobytes() for name in ("gains", "rows", "starts"))
        digests.add(hashlib.sha256(content + (folder / "bm25.json").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_asking_imports_no_engine(tmp_path: Path) -> None:
    """Loading and asking import neither bm25s nor scipy: that is what makes the first question quick."""
    LexicalIndex.build(KEYS, TEXTS).save(tmp_path)
    program = (
        "import sys; from pathlib import Path; from index.lexical import LexicalIndex;"
        "LexicalIndex.load(Path(sys.argv[1])).search('燃气', 3);"
        "sys.exit('bm25s' in sys.modules or 'scipy' in sys.modules)"
    )
    environment = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=environment, check=False)
    assert done.returncode == 0
