"""The artefact folder: versions, swaps, locks, damage."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from index import codec
from index.errors import CorpusError, IndexBusy, IndexCorrupt, IndexMissing, StoreUnwritable
from index.manifest import FORMAT, BuildSettings, DataMarks, Manifest
from index.model import Family, ParsedDocument, Span
from index.store import StoreReader, default_store_folder, staleness, writing
from tests.fakes.papers import document, law, plan

ROOT = str(Path(__file__).resolve().parent.parent)


def manifest(name: str = "one") -> Manifest:
    """A manifest with nothing in it but a mark."""
    return Manifest(FORMAT, "2023-02-27T00:00:00+00:00", name, BuildSettings(), (), 0, 0, 0, False, "", 0, ())


def publish(store: Path, *papers: ParsedDocument, name: str = "one") -> Path:
    """A version that holds ``papers``."""
    with writing(store) as writer:
        entries = tuple(writer.add_document(paper) for paper in papers)
        writer.part("lexical").joinpath("some.bin").write_bytes(b"12345")
        return writer.publish(replace(manifest(name), documents=entries, files=writer.files()))


def test_documents_come_back_as_they_went_in(tmp_path: Path) -> None:
    """Clauses, duties, deadlines, problems and text are equal to what was written, field by field."""
    publish(tmp_path, plan(), law())
    reader = StoreReader(tmp_path)
    assert reader.document_ids == ("plan", "law")
    assert reader.document("plan") == plan()
    assert reader.document("law") == law()
    assert reader.document("law") is reader.document("law")
    with pytest.raises(KeyError):
        reader.document("other")


def test_texts_are_kept_byte_for_byte(tmp_path: Path) -> None:
    """Carriage returns, misprints and marks in a text are in the file exactly as they were."""
    text = plan().document.text
    assert "\r\n" in text
    version = publish(tmp_path, plan())
    assert (version / "texts" / "plan.txt").read_bytes() == text.encode()


def test_any_id_gets_a_file(tmp_path: Path) -> None:
    """Ids with slashes, dots or four hundred characters cannot leave the folder or break a file system."""
    ids = ("../../etc/passwd", ".", "..", "市长/讲话", "要点" * 200, "宜市安字〔2023〕2号")
    papers = [ParsedDocument(document(id, id, f"文字{id}", Family.STATUTE), ()) for id in ids]
    version = publish(tmp_path / "store", *papers)
    reader = StoreReader(tmp_path / "store")
    assert [reader.document(id) for id in ids] == papers
    assert len(list((version / "texts").iterdir())) == len(ids)
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_false_span_is_refused(tmp_path: Path) -> None:
    """A clause whose text is not at its span is an error that names it, and no version comes of it."""
    paper = law()
    wrong = replace(paper.clauses[0], span=Span(1, 5))
    with pytest.raises(CorpusError, match="〔law〕〔1〕"):
        publish(tmp_path, replace(paper, clauses=(wrong,)))
    with pytest.raises(IndexMissing):
        StoreReader(tmp_path)


def test_an_id_cannot_be_used_twice(tmp_path: Path) -> None:
    """A second document of the same id is refused, not written over the first."""
    with pytest.raises(CorpusError, match="〔plan〕文件编号重复"):
        publish(tmp_path, plan(), plan())


def test_encoding_is_stable() -> None:
    """Equal documents give equal bytes; one changed field gives others."""
    assert codec.encode(plan()) == codec.encode(plan())
    changed = replace(plan(), problems=())
    assert codec.encode(changed) != codec.encode(plan())


def test_reading_is_quick(tmp_path: Path) -> None:
    """A law of a thousand clauses and two hundred duties costs well under a tenth of a second of the processor."""
    paper = law()
    clauses = tuple(replace(paper.clauses[0], id=str(number), top=str(number)) for number in range(1000))
    publish(tmp_path, replace(paper, clauses=clauses, duties=plan().duties * 100))
    reader = StoreReader(tmp_path)
    started = time.process_time()
    assert len(reader.document("law").clauses) == 1000
    assert time.process_time() - started < 0.1


def test_nothing_built_yet(tmp_path: Path) -> None:
    """A folder without an index, or no folder at all, says how to build one."""
    for store in (tmp_path, tmp_path / "none"):
        with pytest.raises(IndexMissing, match="请运行 anze index") as caught:
            StoreReader(store)
        assert not isinstance(caught.value, IndexCorrupt)


def test_a_reader_stays_with_its_version(tmp_path: Path) -> None:
    """A reader opened before a build reads its own version to the end and knows it is no longer current."""
    publish(tmp_path, plan(), name="one")
    old = StoreReader(tmp_path)
    publish(tmp_path, law(), name="two")
    assert old.document("plan") == plan()
    assert not old.is_current()
    new = StoreReader(tmp_path)
    assert new.is_current()
    assert new.document_ids == ("law",)


def test_only_the_previous_version_is_kept(tmp_path: Path) -> None:
    """After three builds two versions are left, and the one removed was shown to the hook first."""
    shown: list[Path] = []
    versions = []
    for name in ("one", "two", "three"):
        with writing(tmp_path) as writer:
            versions.append(writer.publish(manifest(name), shown.append))
    assert sorted(path for path in tmp_path.iterdir() if path.is_dir()) == sorted(versions[1:])
    assert shown == versions[:1]


def test_equal_builds_do_not_collide(tmp_path: Path) -> None:
    """Publishing an equal manifest twice in one process is no error and leaves a usable index."""
    publish(tmp_path, plan())
    damaged = StoreReader(tmp_path)
    publish(tmp_path, plan())
    assert StoreReader(tmp_path).document("plan") == plan()
    assert damaged.version != StoreReader(tmp_path).version


def test_a_failed_build_leaves_no_trace(tmp_path: Path) -> None:
    """An error in the middle of a build removes what it made and leaves the index in use alone."""
    publish(tmp_path, plan())
    before = sorted(path.name for path in tmp_path.iterdir())
    false = replace(law().clauses[0], span=Span(1, 5))
    with pytest.raises(CorpusError):
        publish(tmp_path, law(), replace(law(), clauses=(false,)))
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert StoreReader(tmp_path).document_ids == ("plan",)


KILLED = """
import sys, time
from pathlib import Path
from index.store import writing
from tests.fakes.papers import law
with writing(Path(sys.argv[1])) as writer:
    writer.add_document(law())
    print("half", flush=True)
    time.sleep(60)
"""


def test_a_killed_build(tmp_path: Path) -> None:
    """SIGKILL in the middle: the old index works on, the lock is free, the next build removes the leftovers."""
    publish(tmp_path, plan())
    program = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, env={"PYTHONPATH": ROOT}
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"half\n"
        with pytest.raises(IndexBusy, match="正在运行"), writing(tmp_path):
            pass
        program.send_signal(signal.SIGKILL)
    left = list(tmp_path.glob(".building-*"))
    assert [path.name for path in left] == [f".building-{program.pid}"]
    assert StoreReader(tmp_path).document("plan") == plan()
    publish(tmp_path, law())
    assert list(tmp_path.glob(".building-*")) == []
    assert StoreReader(tmp_path).document_ids == ("law",)


def test_killed_while_publishing(tmp_path: Path) -> None:
    """Killed between moving the version and pointing to it: the old one stays in use, the orphan goes with the next."""
    old = publish(tmp_path, plan())
    orphan = tmp_path / "v-0123456789abcdef"
    shutil.copytree(old, orphan)
    (tmp_path / ".CURRENT-999").write_text("v-0123456789abcdef\n")
    assert StoreReader(tmp_path).folder == old
    publish(tmp_path, law(), name="two")
    assert not orphan.exists()
    assert not (tmp_path / ".CURRENT-999").exists()


def test_two_builds_at_once(tmp_path: Path) -> None:
    """Of eight builds started together in threads one gets the store, the others hear at once that it is busy."""
    start, done, busy = threading.Barrier(8), threading.Event(), threading.Semaphore(0)

    def build() -> bool:
        start.wait()
        try:
            with writing(tmp_path) as writer:
                done.wait(20)
                writer.publish(manifest())
        except IndexBusy:
            busy.release()
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(build) for _ in range(8)]
        turned_away = [busy.acquire(timeout=20) for _ in range(7)]
        done.set()
        won = [job.result(timeout=30) for job in jobs]
    assert all(turned_away)
    assert sum(won) == 1
    assert StoreReader(tmp_path).manifest.fingerprint == "one"


def test_an_unwritable_folder(tmp_path: Path) -> None:
    """A folder that cannot be made is a Chinese error that names it and the setting that moves it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnwritable, match="ANZE_STORE"), writing(tmp_path / "file" / "store"):
        pass


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder nobody may write into")
def test_a_folder_nobody_may_write_into() -> None:
    """A folder that is there but takes no files is the same error, for the superuser too."""
    with pytest.raises(StoreUnwritable, match="无法写入"), writing(Path("/proc/self")):
        pass


@pytest.mark.parametrize("path", ["manifest.json", "documents/plan.json", "texts/plan.txt"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "empty", "changed"])
def test_damage_is_reported(tmp_path: Path, path: str, damage: str) -> None:
    """Whatever happens to a file of the version in use, the error says how to mend it; nothing false is read."""
    file = publish(tmp_path, plan()) / path
    content = file.read_bytes()
    file.unlink()
    if damage != "missing":
        half = content[: len(content) // 2]
        file.write_bytes(
            {"truncated": half, "empty": b"", "changed": half + b"\xff" + content[len(half) + 1 :]}[damage]
        )
    with pytest.raises(IndexCorrupt, match="请运行 anze index 重建索引"):
        StoreReader(tmp_path).document("plan")


@pytest.mark.parametrize("content", ["", "v-0123456789abcdef\n", "../..\n", "\x00"])
def test_a_current_that_leads_nowhere(tmp_path: Path, content: str) -> None:
    """A pointer to nothing, or out of the folder, is damage; a build mends it."""
    publish(tmp_path, plan())
    (tmp_path / "CURRENT").write_text(content)
    with pytest.raises(IndexCorrupt, match="重建索引"):
        StoreReader(tmp_path)
    publish(tmp_path, plan(), name="two")
    assert StoreReader(tmp_path).document("plan") == plan()


def test_parts_are_checked_before_they_are_opened(tmp_path: Path) -> None:
    """A part with a cut file is reported by ``part``, a changed one by ``verify``."""
    file = publish(tmp_path) / "lexical" / "some.bin"
    reader = StoreReader(tmp_path)
    assert (reader.part("lexical") / "some.bin").read_bytes() == b"12345"
    file.write_bytes(b"54321")
    assert reader.part("lexical") == file.parent
    with pytest.raises(IndexCorrupt, match=r"some\.bin"):
        reader.verify()
    file.write_bytes(b"1234")
    with pytest.raises(IndexCorrupt, match=r"some\.bin"):
        reader.part("lexical")


def test_an_index_of_another_format(tmp_path: Path) -> None:
    """An index made by another version of the software is not read but named."""
    with writing(tmp_path) as writer:
        writer.publish(replace(manifest(), format=FORMAT + 1))
    with pytest.raises(IndexCorrupt, match="另一版本"):
        StoreReader(tmp_path)


def test_the_manifest_comes_back(tmp_path: Path) -> None:
    """Every field of the manifest is read as it was written."""
    version = publish(tmp_path, plan(), law())
    read = StoreReader(tmp_path).manifest
    assert [(entry.id, entry.clauses, entry.duties, entry.problems) for entry in read.documents] == [
        ("plan", 4, 2, 1),
        ("law", 5, 0, 0),
    ]
    assert {entry.path for entry in read.files} == {
        path.relative_to(version).as_posix() for path in version.rglob("*") if path.is_file()
    } - {"manifest.json"}
    assert replace(read, documents=(), files=()) == manifest()


def test_staleness(tmp_path: Path) -> None:
    """Every way an index can fall behind is one Chinese reason; an index that fits has none."""
    publish(tmp_path, plan(), law())
    made = StoreReader(tmp_path).manifest
    papers = [plan().document, law().document]
    assert staleness(made, papers) == []
    assert staleness(made, papers, BuildSettings()) == []
    new = document("new", "新文件", "文字", Family.STATUTE)
    changed = replace(papers[0], sha256="0" * 64)
    assert staleness(made, [*papers, new]) == ["新增文件未入索引：《新文件》"]
    assert staleness(made, papers[:1]) == ["文件已移除：《测试法》"]
    assert staleness(made, [changed, papers[1]]) == ["文件内容已变化：《测试工作要点》"]
    settings = BuildSettings.of("all", "e5", "milvus:http://user:secret@host")
    assert staleness(made, papers, settings) == [
        "法律范围设置已由“default”改为“all”",
        "向量模型已由“无”改为“e5”",
        "向量库设置已变化",
    ]
    assert staleness(made, papers, BuildSettings(register="1", questions="2")) == ["组织名录已变化", "问题库已变化"]


def test_marks_of_the_data_files(tmp_path: Path) -> None:
    """Register and question bank have a mark each, which changes with their contents and not with line ends."""
    (tmp_path / "questions").mkdir()
    (tmp_path / "organisations.toml").write_bytes(b"a\nb\n")
    first = DataMarks.of(tmp_path)
    (tmp_path / "organisations.toml").write_bytes(b"a\r\nb\r\n")
    assert DataMarks.of(tmp_path) == first
    (tmp_path / "questions" / "one.jsonl").write_bytes(b"{}\n")
    second = DataMarks.of(tmp_path)
    assert (second.register == first.register, second.questions == first.questions) == (True, False)
    (tmp_path / "organisations.toml").write_bytes(b"c\n")
    assert DataMarks.of(tmp_path).register != first.register


def test_no_address_is_kept() -> None:
    """A password in the vector store's address does not get into the settings of a manifest; a change is seen still."""
    one = BuildSettings.of("default", "", "milvus:http://user:secret@host")
    assert "secret" not in one.vector_store
    assert one != BuildSettings.of("default", "", "milvus:http://user:other@host")
    assert BuildSettings.of("default", "", "faiss") == BuildSettings()


def test_the_default_folder(root: Path) -> None:
    """A checkout keeps its artefacts in ``index/store``."""
    assert default_store_folder() == root / "index" / "store"


def test_the_default_folder_of_an_installed_package(root: Path, tmp_path: Path) -> None:
    """An installed package writes into the user's cache folder, never beside itself."""
    shutil.copytree(root / "index", tmp_path / "site" / "index", ignore=shutil.ignore_patterns("store", "__pycache__"))
    program = "from index.store import default_store_folder; print(default_store_folder())"
    environment = {"PYTHONPATH": str(tmp_path / "site"), "XDG_CACHE_HOME": str(tmp_path / "c"), "HOME": str(tmp_path)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, env=environment, check=True, cwd=tmp_path, text=True)
    folder = Path(done.stdout.strip())
    assert "anze" in folder.parts
    assert tmp_path / "site" not in folder.parents
