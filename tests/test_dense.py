"""Vector stores: one table of expected values over every backend."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.dense import FaissStore, VectorStore, discard, fill_store, open_store
from index.embedding import unit
from index.errors import BackendError, IndexCorrupt, IndexMissing, MissingPackage, SettingsError

ROOT = str(Path(__file__).resolve().parent.parent)

VECTORS = unit([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 1, 0], [-1, 0, 0]])

HALF = 2**-0.5
EXPECTED = [
    ([1, 0, 0], 2, [(0, 1.0), (2, HALF)]),
    ([0, 1, 0], 3, [(1, 1.0), (3, 1.0), (2, HALF)]),
    ([0, 0, 1], 5, [(0, 0.0), (1, 0.0), (2, 0.0), (3, 0.0), (4, 0.0)]),
    ([1, 0, 0], 9, [(0, 1.0), (2, HALF), (1, 0.0), (3, 0.0), (4, -1.0)]),
    ([1, 0, 0], 0, []),
]
"""(question, k, (row, cosine) best first): equal scores come in row order."""

_HAS_MILVUS = all(
    importlib.util.find_spec(name) for name in ("pymilvus", "milvus_lite", "llama_index.vector_stores.milvus")
)


@pytest.fixture(
    params=["faiss", pytest.param("milvus", marks=pytest.mark.skipif(not _HAS_MILVUS, reason="no Milvus packages"))]
)
def setting(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The setting of each backend that can run here."""
    return "faiss" if request.param == "faiss" else f"milvus:{tmp_path / 'milvus.db'}"


def values(found: list[tuple[int, float]]) -> tuple[list[int], list[float]]:
    """Rows and scores apart."""
    return [row for row, _ in found], [score for _, score in found]


def check_table(store: VectorStore) -> None:
    """Every row of the table."""
    assert len(store) == len(VECTORS)
    for question, k, expected in EXPECTED:
        rows, scores = values(store.search(unit(question), k))
        assert rows == [row for row, _ in expected]
        np.testing.assert_allclose(scores, [score for _, score in expected], atol=1e-6)


def test_a_filled_store(setting: str) -> None:
    """A store just filled gives the rows and cosines of the table."""
    check_table(fill_store(setting, VECTORS, "anze test-1"))


def test_a_saved_store(setting: str, tmp_path: Path) -> None:
    """A store opened again gives the same."""
    fill_store(setting, VECTORS, "anze_test").save(tmp_path)
    check_table(open_store(setting, tmp_path))


def test_two_builds_side_by_side(setting: str, tmp_path: Path) -> None:
    """A second build leaves the first one's rows alone; discarding one leaves the other usable."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, vectors in ((old, VECTORS), (new, VECTORS[:2])):
        folder.mkdir()
        fill_store(setting, vectors, f"anze_{folder.name}").save(folder)
    check_table(open_store(setting, old))
    discard(setting, old)
    assert values(open_store(setting, new).search(unit([0, 1, 0]), 5))[0] == [1, 0]


def test_discarding_nothing(setting: str, tmp_path: Path) -> None:
    """A version without vectors has nothing to discard."""
    discard(setting, tmp_path)


def test_a_collection_that_is_gone(tmp_path: Path) -> None:
    """A collection dropped behind our back is an ``IndexCorrupt``, not an empty answer."""
    if not _HAS_MILVUS:
        pytest.skip("no Milvus packages")
    setting = f"milvus:{tmp_path / 'milvus.db'}"
    fill_store(setting, VECTORS, "anze_test").save(tmp_path)
    discard(setting, tmp_path)
    with pytest.raises(IndexCorrupt):
        open_store(setting, tmp_path)


def test_a_question_of_another_model() -> None:
    """A vector of another length is refused with both lengths, not sent into the engine."""
    with pytest.raises(BackendError, match=r"2 维.*3 维"):
        FaissStore.fill(VECTORS).search(unit([1, 0]), 1)


def test_no_rows(tmp_path: Path) -> None:
    """An empty store survives saving and finds nothing."""
    fill_store("faiss", VECTORS[:0], "").save(tmp_path)
    assert open_store("faiss", tmp_path).search(unit([1, 0, 0]), 3) == []


@pytest.mark.parametrize("setting", ["", "faise", "milvus", "milvus:"])
def test_settings_that_cannot_be(setting: str) -> None:
    """A backend nobody knows is named in the error."""
    with pytest.raises(SettingsError, match="ANZE_VECTOR_STORE"):
        fill_store(setting, VECTORS, "anze")


@pytest.mark.parametrize("name", ["vectors.faiss", "store.json"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "empty"])
def test_damage_is_reported(tmp_path: Path, name: str, damage: str) -> None:
    """A missing, cut or empty file is an ``IndexCorrupt`` that says how to mend it."""
    fill_store("faiss", VECTORS, "").save(tmp_path)
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"")
    with pytest.raises(IndexCorrupt, match="请运行 anze index 重建索引"):
        open_store("faiss", tmp_path)


def test_vectors_of_another_build_are_reported(tmp_path: Path) -> None:
    """A file with fewer rows than recorded is not taken for the index."""
    other = tmp_path / "other"
    other.mkdir()
    fill_store("faiss", VECTORS, "").save(tmp_path)
    fill_store("faiss", VECTORS[:2], "").save(other)
    (other / "vectors.faiss").replace(tmp_path / "vectors.faiss")
    with pytest.raises(IndexCorrupt, match="条数"):
        open_store("faiss", tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The engine's own kind of error comes out as the one every other file gives."""
    (tmp_path / "vectors.faiss").mkdir()
    with pytest.raises(OSError, match=r"vectors\.faiss"):
        fill_store("faiss", VECTORS, "").save(tmp_path)


def test_a_changed_setting_asks_for_a_build(tmp_path: Path) -> None:
    """An index made with FAISS is not opened as one of Milvus."""
    fill_store("faiss", VECTORS, "").save(tmp_path)
    with pytest.raises(IndexMissing, match="milvus"):
        open_store("milvus:http://localhost:19530", tmp_path)


def run(program: str) -> str:
    """Run ``program`` in a process of its own; what it printed, standard error included."""
    environment = {"PYTHONPATH": ROOT, "PYTHONIOENCODING": "utf-8", "HOME": "/nonexistent"}
    command = [sys.executable, "-W", "error::DeprecationWarning:index", "-c", program]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    return (done.stdout + done.stderr).decode()


def test_a_missing_extra_is_named() -> None:
    """Without the Milvus package the error is a ``MissingPackage`` with the command that installs it."""
    said = run(
        "import sys; sys.modules['llama_index.vector_stores.milvus'] = None\n"
        "import numpy as np\n"
        "from index.dense import fill_store\n"
        "try: fill_store('milvus:http://localhost:1', np.ones((1, 2), np.float32), 'c')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    assert said.startswith(MissingPackage.__name__)
    assert 'pip install "anze[milvus]"' in said


def test_faiss_stays_offline_and_quiet(tmp_path: Path) -> None:
    """Filling, saving, opening and asking call no address, read no downloaded data and print nothing."""
    said = run(
        "import sys\n"
        "def watch(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'urllib.Request'): print(event, arguments)\n"
        "sys.addaudithook(watch)\n"
        "import numpy as np; from pathlib import Path\n"
        "from index.dense import fill_store, open_store\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "fill_store('faiss', np.eye(3, dtype=np.float32), 'c').save(folder)\n"
        "assert open_store('faiss', folder).search(np.eye(3, dtype=np.float32)[1], 1) == [(1, 1.0)]\n"
        "heavy = {'torch', 'transformers', 'nltk', 'tiktoken', 'openai'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    assert said == ""
