"""What is kept: conversations and feedback, from many threads and processes at once."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, insert, select

from index.errors import QuestionError, StoreUnwritable
from rag.assistant import Assistant
from rag.channels.cli.commands import main
from rag.history.conversations import MAX_TITLE, Conversations, Limits, new_browser_key
from rag.history.database import open_engine, prepare, reading, writing
from rag.history.feedback import MAX_REASON, Feedback, Opinion, Verdict
from rag.history.saved import dump_answer, load_answer
from rag.model import Answer, Question, Turn, Understood
from rag.settings import Settings
from tests.contract.faults import faults

ROOT = Path(__file__).resolve().parent.parent
BROWSER, OTHER = "a" * 32, "b" * 32
SHORT = Answer(None, "我局要做什么", Understood("duties", ("市住建局",), "市住建局要做什么"), "见下表。")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database of its own."""
    made = open_engine(Settings(data=tmp_path / "业务 数据?#"))
    yield made
    made.dispose()


@pytest.fixture
def talks(engine: Engine) -> Conversations:
    """No conversations yet."""
    return Conversations(engine)


@pytest.fixture
def feedback(engine: Engine) -> Feedback:
    """No feedback yet."""
    return Feedback(engine)


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Answer]:
    """A long one, one from transcribed text, one with a quantity, a refusal."""
    asked = ("市住建局要做什么", "党委主要负责人有哪些职责", "丰城市政府有哪些任务", "今天天气怎么样")
    return [assistant.ask(Question(text, id="7")) for text in asked]


def opinion(key: str = "k1", verdict: Verdict = Verdict.WRONG, **more: str) -> Opinion:
    return Opinion(key, verdict, "我局要做什么", SHORT, "web", "v-0123456789abcdef", **more)


def at_once(work: Callable[[int], object], count: int, threads: int = 8) -> list[object]:
    """What ``work`` gives for 0 … count-1, run by several threads."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(count)))


# ------------------------------------------------------------------------------------------------ answers


def test_answers_come_back_whole(answers: list[Answer]) -> None:
    """Every field of every answer survives being stored, what the contract leaves out too."""
    for answer in answers:
        assert load_answer(dump_answer(answer)) == answer


def test_what_is_no_answer_is_told() -> None:
    """A damaged row is one Chinese sentence, not a traceback."""
    for bad in ("", "{}", "[1]", '{"understood": 1}'):
        with pytest.raises(StoreUnwritable, match="无法读取"):
            load_answer(bad)


# ------------------------------------------------------------------------------------------------ conversations


def test_a_conversation_is_kept(talks: Conversations, answers: list[Answer]) -> None:
    """Questions and answers come back in order, with the history a follow-up needs."""
    id = talks.new(BROWSER).id
    kept = [talks.append(BROWSER, id, answer.question, answer) for answer in answers]
    loaded = talks.load(BROWSER, id)
    assert loaded.exchanges == tuple(kept)
    assert [one.answer for one in loaded.exchanges] == answers
    assert loaded.history[:2] == (Turn("user", answers[0].question), Turn("assistant", answers[0].text))
    assert len({one.key for one in kept}) == len(kept)


def test_the_list_of_conversations(talks: Conversations) -> None:
    """The one used last comes first; titles are the first question, or what somebody wrote; turns are counted."""
    first, second = talks.new(BROWSER), talks.new(BROWSER, "  年度\n任务 ")
    assert [one.title for one in talks.list(BROWSER)] == ["年度 任务", ""]
    talks.append(BROWSER, first.id, "第20项谁牵头？" * 20, SHORT)
    one, two = talks.list(BROWSER)
    assert (one.id, two.id) == (first.id, second.id)
    assert one.title == ("第20项谁牵头？" * 20)[: MAX_TITLE - 1] + "…"
    assert (one.turns, two.turns) == (1, 0)
    talks.append(BROWSER, first.id, "还有呢", SHORT)
    assert talks.list(BROWSER)[0].title == one.title


def test_rename_and_delete(talks: Conversations, engine: Engine) -> None:
    """A new title stays; what is deleted is gone with all it held; deleting twice is no error."""
    id = talks.new(BROWSER).id
    talks.append(BROWSER, id, "问", SHORT)
    talks.rename(BROWSER, id, "燃气")
    assert talks.list(BROWSER)[0].title == "燃气"
    with pytest.raises(QuestionError, match="新的名称"):
        talks.rename(BROWSER, id, " \n")
    talks.delete(BROWSER, id)
    talks.delete(BROWSER, id)
    assert talks.list(BROWSER) == ()
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM conversation_turns").scalar() == 0
    for gone in (lambda: talks.load(BROWSER, id), lambda: talks.append(BROWSER, id, "问", SHORT)):
        with pytest.raises(QuestionError, match="可能已被删除"):
            gone()


def test_browsers_do_not_see_one_another(talks: Conversations) -> None:
    """Another browser can neither list, load, rename, add to nor delete a conversation, even knowing its id."""
    id = talks.new(BROWSER, "我的").id
    assert talks.list(OTHER) == ()
    for attempt in (
        lambda: talks.load(OTHER, id),
        lambda: talks.rename(OTHER, id, "你的"),
        lambda: talks.append(OTHER, id, "问", SHORT),
    ):
        with pytest.raises(QuestionError, match="没有找到这个对话"):
            attempt()
    talks.delete(OTHER, id)
    assert [one.title for one in talks.list(BROWSER)] == ["我的"]


def test_keys_are_random_and_only_hashed(talks: Conversations, tmp_path: Path) -> None:
    """Keys differ; a key that is none is refused; the file does not hold the key itself."""
    key = new_browser_key()
    assert len({new_browser_key() for _ in range(100)}) == 100
    talks.new(key)
    for bad in ("", "short", "a" * 200, "a'; DROP TABLE x; --", "../../../../etc/passwd"):
        with pytest.raises(QuestionError, match="浏览器标识"):
            talks.list(bad)
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("anze.db*"))
    assert key.encode() not in stored


def test_conversations_are_bounded(engine: Engine) -> None:
    """A browser keeps the newest; all together have a limit too; a full conversation says so."""
    talks = Conversations(engine, Limits(conversations=3, all=5, turns=2))
    ids = [talks.new(BROWSER, str(n)).id for n in range(3)]
    talks.append(BROWSER, ids[0], "问", SHORT)
    talks.new(BROWSER, "3")
    assert {one.title for one in talks.list(BROWSER)} == {"0", "2", "3"}
    for n in range(3):
        talks.new(f"{n}" * 16, "x")
    assert len(talks.list(BROWSER)) == 2
    talks.append(BROWSER, ids[0], "问", SHORT)
    with pytest.raises(QuestionError, match="不能再加"):
        talks.append(BROWSER, ids[0], "问", SHORT)
    assert len(talks.load(BROWSER, ids[0]).exchanges) == 2


def test_times_are_utc(talks: Conversations) -> None:
    """Times are ISO 8601 with the zone, UTC, and now."""
    told = talks.new(BROWSER).created
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", told)
    assert abs(datetime.fromisoformat(told) - datetime.now(UTC)) < timedelta(minutes=1)


# ------------------------------------------------------------------------------------------------ feedback


def test_feedback_is_kept_with_its_answer(feedback: Feedback, answers: list[Answer]) -> None:
    """Question, answer as the contract has it, reason, channel and index version come back."""
    feedback.give(Opinion("k1", Verdict.WRONG, "市住建局要做什么", answers[0], "wecom", "v-1", " 第4项也是我们的\n"))
    (record,) = feedback.all()
    assert (record.verdict, record.reason, record.channel, record.index_version) == (
        Verdict.WRONG, "第4项也是我们的", "wecom", "v-1",
    )  # fmt: skip
    assert record.answer["text"] == answers[0].text
    assert [one["quote"] for one in record.answer["citations"]] == [one.quote for one in answers[0].citations]


def test_feedback_is_one_an_answer(feedback: Feedback) -> None:
    """Said again it changes in place, withdrawn it is gone, and the first time stays known."""
    feedback.give(opinion(reason="漏了"))
    feedback.give(opinion(reason="漏了"))
    feedback.give(opinion(verdict=Verdict.USEFUL))
    (record,) = feedback.all()
    assert (record.verdict, record.reason) == (Verdict.USEFUL, "")
    assert record.given <= record.changed
    assert feedback.verdict("k1") is Verdict.USEFUL
    assert (feedback.withdraw("k1"), feedback.withdraw("k1"), feedback.verdict("k1")) == (True, False, None)
    assert list(feedback.all()) == []


def test_feedback_has_limits(feedback: Feedback) -> None:
    """No feedback without an answer, no novel as a reason."""
    for bad in (opinion(key=""), opinion(key="k" * 200), opinion(reason="长" * (MAX_REASON + 1))):
        with pytest.raises(QuestionError):
            feedback.give(bad)
    assert list(feedback.all()) == []


def test_feedback_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: list[Answer]) -> None:
    """``anze feedback export``: JSON lines with the whole answer, and a workbook in which text stays text."""
    monkeypatch.setenv("ANZE_DATA", str(tmp_path / "data"))
    engine = open_engine(Settings(data=tmp_path / "data"))
    kept = Feedback(engine)
    kept.give(replace(opinion("k1", reason='=HYPERLINK("http://x")'), answer=answers[0]))
    kept.give(opinion("k2", Verdict.USEFUL))
    engine.dispose()
    lines, sheet = tmp_path / "f.jsonl", tmp_path / "f.xlsx"
    assert main(["feedback", "export", "--out", str(lines), "--xlsx", str(sheet)]) == 0
    first, second = (json.loads(line) for line in lines.read_text("utf-8").splitlines())
    assert (first["key"], first["verdict"], second["key"], second["verdict"]) == ("k1", "wrong", "k2", "useful")
    assert first["answer"]["citations"][0]["label"] == answers[0].citations[0].label
    rows = load_workbook(BytesIO(sheet.read_bytes()))["反馈"]
    assert [cell.value for cell in rows["C"]] == ["评价", "有误", "有用"]
    assert (rows["D2"].data_type, rows["D2"].value) == ("s", '=HYPERLINK("http://x")')


def test_feedback_export_to_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a file the lines go to standard output and the count to standard error; none is no failure."""
    monkeypatch.setenv("ANZE_DATA", str(tmp_path))
    assert main(["feedback", "export"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "共0条反馈。\n")
    assert main(["feedback", "export", "--out", str(tmp_path / "none" / "f")]) == 1
    assert "无法写入" in capsys.readouterr().err


def test_stored_answers_keep_the_contract(feedback: Feedback, answers: list[Answer], assistant: Assistant) -> None:
    """What is exported of an answer is what the contract publishes."""
    for number, answer in enumerate(answers):
        feedback.give(replace(opinion(f"k{number}"), answer=answer))
    for record, answer in zip(feedback.all(), answers, strict=True):
        assert record.answer == answer.to_json()
        assert not faults(record.answer, lambda id: assistant.library.document(id).text)


# ------------------------------------------------------------------------------------------------ database


def test_threads_write_at_once(talks: Conversations, feedback: Feedback) -> None:
    """Eight threads: nothing is lost, nothing doubled, nobody is turned away."""
    id = talks.new(BROWSER).id
    at_once(lambda n: talks.append(BROWSER, id, f"问{n}", SHORT), 40)
    assert {one.question for one in talks.load(BROWSER, id).exchanges} == {f"问{n}" for n in range(40)}
    at_once(lambda n: feedback.give(opinion(f"k{n % 5}", reason=str(n))), 40)
    assert sorted(record.answer_key for record in feedback.all()) == [f"k{n}" for n in range(5)]
    at_once(lambda n: talks.new(OTHER), 40)
    assert len(talks.list(OTHER)) == 40


def test_threads_start_at_once(tmp_path: Path) -> None:
    """A new database opened by many at the same moment is made once, and serves all of them."""

    def start(number: int) -> str:
        engine = open_engine(Settings(data=tmp_path / str(number // 8)))
        try:
            return Conversations(engine).new(BROWSER, str(number)).title
        finally:
            engine.dispose()

    assert at_once(start, 24) == [str(number) for number in range(24)]
    for folder in range(3):
        with sqlite3.connect(tmp_path / str(folder) / "anze.db") as connection:
            assert connection.execute("SELECT count(*) FROM conversations").fetchone() == (8,)
            assert connection.execute("SELECT name, version FROM schema_versions").fetchall() == [("conversations", 1)]
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        connection.close()


def test_processes_share_a_file(tmp_path: Path) -> None:
    """Three processes that start at once on a database that is not there yet lose nothing."""
    code = (
        "import sys; from pathlib import Path; from rag.settings import Settings\n"
        "from rag.history.database import open_engine; from rag.history.feedback import Feedback, Opinion, Verdict\n"
        "from rag.model import Answer, Understood\n"
        "who = sys.argv[1]; kept = Feedback(open_engine(Settings(data=Path(sys.argv[2]))))\n"
        "answer = Answer(None, '问', Understood('', (), ''), '答')\n"
        "for n in range(30): kept.give(Opinion(f'{who}-{n}', Verdict.USEFUL, '问', answer, 'web', 'v'))\n"
    )
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen([*command, who, str(tmp_path)], env=environment) for who in "abc"]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    engine = open_engine(Settings(data=tmp_path))
    assert len({record.answer_key for record in Feedback(engine).all()}) == 90
    engine.dispose()


def test_reading_goes_on_while_somebody_writes(engine: Engine, talks: Conversations) -> None:
    """A reader sees what was there before, and does not wait for the writer."""
    talks.new(BROWSER, "先")
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE conversations SET title = '后'")
        (read,) = at_once(lambda _: talks.list(BROWSER)[0].title, 1)
        assert read == "先"
    assert talks.list(BROWSER)[0].title == "后"


def test_a_failed_transaction_leaves_nothing(engine: Engine, talks: Conversations) -> None:
    """Everything or nothing, also where the program itself fails half way."""

    def half() -> None:
        with writing(engine) as connection:
            connection.exec_driver_sql("INSERT INTO conversations VALUES ('x', 'o', 't', 'c', 'u')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM conversations").scalar() == 0


def test_tables_of_other_modules_stand_beside(engine: Engine, talks: Conversations) -> None:
    """Another module's tables are made the same way, know their version, and nobody touches the others'."""
    tables = MetaData()
    table = Table("notes", tables, Column("id", Integer, primary_key=True), Column("text", Text, index=True))
    for _ in range(2):
        prepare(engine, tables, "notes", 3)
    with writing(engine) as connection:
        connection.execute(insert(table).values(text="一"))
    with reading(engine) as connection:
        assert connection.execute(select(table.c.text)).scalars().all() == ["一"]
        told = connection.exec_driver_sql("SELECT name, version FROM schema_versions ORDER BY name").all()
    assert [tuple(row) for row in told] == [("conversations", 1), ("notes", 3)]


def test_a_newer_database_is_left_alone(engine: Engine) -> None:
    """Tables of a later version of this software are not written to, and the remedy is told."""
    tables = MetaData()
    Table("notes", tables, Column("id", Integer, primary_key=True))
    prepare(engine, tables, "notes", 2)
    with pytest.raises(StoreUnwritable, match=r"更新版本.*请升级"):
        prepare(engine, tables, "notes", 1)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """A damaged file is one Chinese sentence with its cause and remedy."""
    (tmp_path / "anze.db").write_bytes(b"this is not a database" * 100)
    engine = open_engine(Settings(data=tmp_path))
    with pytest.raises(StoreUnwritable, match=r"业务数据库（.*not a database.*）。请检查 ANZE_DATA"):
        Conversations(engine)
    engine.dispose()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that cannot be made, and an address nobody understands."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreUnwritable, match="请用 ANZE_DATA 指定"):
        open_engine(Settings(data=tmp_path / "file" / "data"))
    with pytest.raises(StoreUnwritable, match="ANZE_DATABASE_URL 无法使用"):
        open_engine(Settings(database_url="nonsense"))
    engine = open_engine(Settings(database_url=f"sqlite:///{tmp_path}/none/x.db"))
    with pytest.raises(StoreUnwritable, match="unable to open"):
        Feedback(engine)
    engine.dispose()
