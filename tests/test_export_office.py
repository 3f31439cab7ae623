"""Exported files in LibreOffice, and ``anze export`` as a process."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Protocol

import pytest

from index.errors import AnzeError, QuestionError, StoreUnwritable
from rag.assistant import Assistant
from rag.channels.cli.commands import make_parser
from rag.channels.cli.exporting import export
from rag.export.conversation import conversation_docx
from rag.export.docx import task_docx
from rag.export.xlsx import task_xlsx
from rag.settings import Settings
from tests.fakes.opened import (
    HtmlRows,
    Lists,
    events,
    exchanges,
    expected_word_rows,
    lists_of,
    sheet_rows,
    word_rows,
    word_table,
)

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def lists(assistant: Assistant) -> Lists:
    """The list of an organisation, or of a leader."""
    return lists_of(assistant.library)


@pytest.fixture(scope="module")
def office() -> Path:
    """LibreOffice; the tests that need it are skipped where there is none."""
    found = shutil.which("soffice")
    if not found:
        pytest.skip("no LibreOffice on this machine (make office)")
    return Path(found)


@pytest.fixture(scope="module")
def converted(
    office: Path, lists: Lists, assistant: Assistant, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], list[Path]]:  # fmt: skip
    """Convert one of the files (``tasks.docx``, ``tasks.xlsx``, ``talk.docx``) and give what LibreOffice wrote."""
    folder = tmp_path_factory.mktemp("office")
    tasks = lists("市应急管理局")
    (folder / "tasks.docx").write_bytes(task_docx(tasks))
    (folder / "tasks.xlsx").write_bytes(task_xlsx(tasks))
    talk = conversation_docx("对话", exchanges(assistant), assistant.library, date(2026, 11, 23))
    (folder / "talk.docx").write_bytes(talk)

    def convert(names: str, to: str) -> list[Path]:
        before = set(folder.iterdir())
        command = [str(office), "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
        command += ["--convert-to", to, "--outdir", str(folder), *(str(folder / name) for name in names.split())]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return sorted(set(folder.iterdir()) - before - {folder / "profile"})

    return convert


def test_libreoffice_prints_the_files(converted: Callable[[str, str], list[Path]]) -> None:
    """Word, Excel and the conversation become PDF, the head row on every page of the list, its page numbers right."""
    talk, printed = converted("tasks.docx talk.docx", "pdf")
    assert talk.read_bytes().startswith(b"%PDF")
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext on this machine")
    text = subprocess.run(["pdftotext", "-layout", str(printed), "-"], check=True, capture_output=True).stdout.decode()
    pages = text.split("\f")[:-1]
    assert len(pages) >= 5
    told = ["".join(page.split()) for page in pages]
    assert all("工作任务（附责任括号原文）" in page for page in told if "说明1." not in page)
    assert [re.search(r"第(\d+)页共(\d+)页$", page).groups() for page in told] == [
        (str(n), str(len(pages))) for n in range(1, len(pages) + 1)
    ]


def test_libreoffice_reads_the_rows_of_word(converted: Callable[[str, str], list[Path]], lists: Lists) -> None:
    """What LibreOffice reads from the Word table are exactly the rows of the duty table."""
    (page,) = converted("tasks.docx", "html:HTML:EmbedImages")
    parser = HtmlRows()
    parser.feed(page.read_text("utf-8"))

    def bare(rows: list[tuple[str, str, str, str]]) -> list[tuple[str, ...]]:
        return [tuple("".join(cell.split()) for cell in row) for row in rows]

    read = [[cell.strip() for cell in row] for row in parser.rows]
    assert bare(word_rows(read)) == bare(expected_word_rows(lists("市应急管理局")))


def test_libreoffice_reads_the_rows_of_excel(converted: Callable[[str, str], list[Path]], lists: Lists) -> None:
    """What LibreOffice reads from the sheet are exactly the rows of the duty table, its dates as dates."""
    (sheet,) = converted("tasks.xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false")
    rows = list(csv.DictReader(StringIO(sheet.read_text("utf-8"))))
    tasks = lists("市应急管理局")
    assert [(r["事项"], r["工作任务"], r["角色"], r["层级"], r["责任括号原文"]) for r in rows] == [
        (row.label, row.task, row.role, row.tier_name, row.bracket) for row in tasks.rows
    ]
    assert [[r["截止日期"], r["截止日期2"]] for r in rows if r["截止日期"]] == [
        ["2023-06-25", "2023-12-25"],
        ["2023-03-31", ""],
    ]


class Anze(Protocol):
    """Runs ``anze export`` in this process with arguments; the exit status, or the error it would tell."""

    def __call__(self, *args: str) -> int: ...


@pytest.fixture
def anze(settings: Settings, assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Anze:
    """``anze export`` on the shared index, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> int:
        return export(make_parser().parse_args(["export", *args]), settings, lambda _: assistant)

    return run


def test_export_as_a_process(settings: Settings, assistant: Assistant, tmp_path: Path, lists: Lists) -> None:
    """Three formats at once: into the folder, under a name given, into a folder given; what was written is told."""
    (tmp_path / "out").mkdir()
    ours = {"ANZE_STORE": str(settings.store), "ANZE_TODAY": "2026-11-23", "ANZE_WEB_URL": "https://a.example/"}
    done = subprocess.run(
        [sys.executable, "-m", "rag.channels.cli", "export", "住建局", "--docx", "--xlsx", "mine.xlsx", "--ics", "out"],
        cwd=tmp_path, env={**os.environ, **ours, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = ["市住建局2023年安全生产责任清单.docx", "mine.xlsx", "out/市住建局2023年安全生产责任清单.ics"]
    assert [line.removeprefix("已写入 ") for line in done.stdout.splitlines()[:3]] == names
    assert "36项：点名 2，正文 0，成员 0，待确认 34" in done.stdout
    assert "“定期”第28项、第30项、第34项" in done.stdout
    tasks = lists("市住建局")
    assert word_rows(word_table((tmp_path / names[0]).read_bytes())) == expected_word_rows(tasks)
    assert len(sheet_rows((tmp_path / names[1]).read_bytes())) == len(tasks.rows)
    first = events((tmp_path / names[2]).read_bytes())[0]
    assert str(first["url"]).startswith("https://a.example/#c=yichun-2023-work-plan/")


def test_a_department_is_no_file_name(anze: Anze, tmp_path: Path) -> None:
    """``--docx 市住建局`` writes no other department's list into a file of that name, nor Word into a sheet's."""
    for args in (("市公安局", "--docx", "市住建局"), ("市公安局", "--docx", "a.docx", "--xlsx", "b.docx")):
        with pytest.raises(QuestionError, match="部门要写在前面"):
            anze(*args)
    assert list(tmp_path.iterdir()) == []


def test_export_of_counties_and_leaders(anze: Anze, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A county's bureau gives its government's list and says so; a leader's list is a Word file too."""
    assert anze("袁州区住建局", "--ics") == 0
    assert "“袁州区住建局”按“袁州区政府”导出；对口的市级部门是市住建局" in capsys.readouterr().err
    assert (tmp_path / "袁州区政府2023年安全生产责任清单.ics").is_file()
    assert anze("县长", "--docx", "b.docx") == 0
    assert len(word_table((tmp_path / "b.docx").read_bytes())) == 8


@pytest.mark.parametrize(
    ("args", "error", "told"),
    [
        (("火星局", "--ics"), QuestionError, "组织名录里没有“火星局”"),
        (("市住建局",), QuestionError, "请写出要导出的格式"),
        (("--ics",), QuestionError, "请写出部门名称"),
        (("县长", "--ics", "--docx"), QuestionError, "没有写明日期或频次"),
        (("市住建局", "--xlsx", "none/a.xlsx"), StoreUnwritable, "无法写入 none/a.xlsx"),
    ],
)
def test_export_says_what_is_wrong(
    anze: Anze, tmp_path: Path, args: tuple[str, ...], error: type[AnzeError], told: str
) -> None:
    """What is wrong is one Chinese sentence with its remedy, and nothing is written."""
    with pytest.raises(error, match=told) as caught:
        anze(*args)
    assert caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_asking_loads_no_office_software(settings: Settings, assistant: Assistant, tmp_path: Path) -> None:
    """A question loads neither the file formats nor the database."""
    code = (
        "import sys; from rag.channels.cli import main; main(sys.argv[1:]); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "ask", "市住建局今年要做什么"], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "ANZE_STORE": str(settings.store), "PYTHONPATH": str(ROOT)}, timeout=60, check=True,
    )  # fmt: skip
    loaded = set(done.stderr.split())
    assert "rag" in loaded
    assert not loaded & {"docx", "openpyxl", "icalendar", "sqlalchemy", "lxml"}
