"""The JSON interface and the start of the service, through ``python app.py``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.channels.web.serve import ready
from rag.model import Question
from rag.settings import Settings
from rag.wiring import build
from tests.contract.faults import validator
from tests.fakes.served import Served, free_port, start


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    """A client of a running service without vectors and without a department of its own."""
    with httpx.Client(base_url=served.url, timeout=20) as opened:
        yield opened


def test_an_answer_keeps_the_contract(client: httpx.Client) -> None:
    """A duty question gives one object of the published shape, with the id given back and the rows of the table."""
    body = {"question": "我局今年要做什么？", "org": "住建局", "id": "q-7"}
    response = client.post("/api/ask", json=body)
    answer = response.json()
    assert response.status_code == 200
    assert [error.message for error in validator().iter_errors(answer)] == []
    assert answer["id"] == "q-7"
    assert answer["understood"]["organisations"] == ["市住建局"]
    assert {row["clause"] for row in answer["duties"] if row["tier"] == "named"} == {"20", "29"}


def test_a_follow_up_uses_the_history(client: httpx.Client) -> None:
    """The department of an earlier turn is replaced by the one asked about now."""
    history = [{"role": "user", "content": "市住建局要做什么？"}, {"role": "assistant", "content": "第20项[1]"}]
    answer = client.post("/api/ask", json={"question": "那市统计局呢？", "history": history}).json()
    assert answer["understood"]["organisations"] == ["市统计局"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"question": "  "}', "没有看到问题"),
        (b'{"question": "' + "问".encode() * 3000 + b'"}', "3000个字"),
        (b"{", "不是合法的 JSON"),
        (b"", "不是合法的 JSON"),
        (b"\xff\xfe", "不是合法的 JSON"),
        (b"[]", "不是 JSON 对象"),
        (b'{"question": 5}', "缺少 question"),
        (b'{"question": "x", "org": 5}', "org 应是文字"),
        (b'{"question": "x", "history": "y"}', "history"),
    ],
)
def test_what_cannot_be_asked_is_said_in_chinese(client: httpx.Client, body: bytes, words: str) -> None:
    """A malformed request is answered 400 with one Chinese sentence; nothing of it reaches the log as a stack trace."""
    response = client.post("/api/ask", content=body)
    assert response.status_code == 400
    assert words in response.json()["error"]


def test_too_large_a_request_is_refused(client: httpx.Client) -> None:
    """More than a megabyte is answered 413."""
    response = client.post("/api/ask", content=b'{"question": "' + b"x" * 1_100_000 + b'"}')
    assert (response.status_code, response.json()["error"]) == (413, "请求太大。")


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/nothing"), ("POST", "/api/asks")])
def test_unknown_addresses(client: httpx.Client, method: str, path: str) -> None:
    """An address that is not there is answered 404 in Chinese."""
    response = client.request(method, path)
    assert (response.status_code, response.json()["error"]) == (404, "没有这个接口。")


def test_health(client: httpx.Client) -> None:
    """Health names how many documents are indexed and, without vectors, that only keywords are searched."""
    health = client.get("/api/health").json()
    assert health["status"] == "ok"
    assert health["retrieval"] == "ready"
    assert f"已索引{health['documents']}份文件" in health["line"]
    assert "仅关键词检索" in health["line"]


def test_a_citation_opens_its_text(client: httpx.Client, docs: Path) -> None:
    """Each cited place gives back the quotation inside its whole clause, to the character."""
    paper = (docs / "yichun-2023-work-plan.txt").read_text("utf-8")
    answer = client.post("/api/ask", json={"question": "市住建局要做什么？"}).json()
    cited = [c for c in answer["citations"] if c["document"] == "yichun-2023-work-plan"]
    assert len(cited) > 20
    for citation in cited:
        place = f"/api/clauses/{citation['document']}/{citation['clause']}"
        view = client.get(place, params={"span": f"{citation['start']}-{citation['end']}"}).json()
        assert view["quote"] == citation["quote"]
        assert view["before"] + view["quote"] + view["after"] in paper
        assert (view["title"], view["status"]) == (citation["title"], "年度任务已届满")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/clauses/yichun-2023-work-plan/99", 404),
        ("/api/clauses/nothing/1", 404),
        ("/api/clauses/yichun-2023-work-plan/20?span=0-9", 404),
        ("/api/clauses/yichun-2023-work-plan/20?span=x", 400),
        ("/api/clauses/%2e%2e%2f%2e%2e/passwd", 404),
    ],
)
def test_places_that_are_not_there(client: httpx.Client, path: str, status: int) -> None:
    """A clause or a stretch that does not exist is a Chinese 4xx, never a server error."""
    response = client.get(path)
    assert response.status_code == status
    assert response.json()["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/redoc",
        "/openapi.json",
        "/monitoring",
        "/gradio_api/proxy=https://example.com/x",
        "/gradio_api/vibe-code",
    ],
)
def test_nothing_that_reaches_outside_is_served(client: httpx.Client, path: str) -> None:
    """Routes that load from, or fetch from, other hosts, and pages for developers, are not there."""
    assert client.get(path).status_code == 404


def test_uploads_are_not_taken(client: httpx.Client) -> None:
    """The page takes no files, so the route that stores them is closed."""
    assert client.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == 404


def test_gradio_is_loaded_by_the_web_service_alone(root: Path) -> None:
    """Importing the service's modules loads neither gradio nor fastapi: errors before serving are told at once."""
    heavy = "('gradio', 'fastapi', 'torch', 'pandas')"
    code = (
        f"import sys, rag.channels.web.serve, rag.channels.web.server; print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _fails(process: subprocess.Popen[str]) -> str:
    """What a service that cannot start says on its one line; it must end by itself with status 1."""
    try:
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 1
    assert "Traceback" not in said
    return said.strip().splitlines()[-1]


def test_a_port_in_use_is_told(client: httpx.Client, tmp_path: Path) -> None:
    """A second service on the same port ends at once with a sentence that names the port and the setting."""
    port = client.base_url.port
    assert port is not None
    assert _fails(start(tmp_path, port)).startswith(f"错误：端口 {port} 已被占用。请用 ANZE_PORT 换一个端口")


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("ANZE_PORT", "70000", "ANZE_PORT 的值“70000”不是端口号"),
        ("ANZE_HOST", "no.such.host.invalid", "ANZE_HOST 的值“no.such.host.invalid”不是可用的地址"),
        ("ANZE_DOCS", "no-such-folder", "no-such-folder"),
    ],
)
def test_a_wrong_setting_is_told(tmp_path: Path, setting: str, value: str, words: str) -> None:
    """A service that cannot start says which setting is wrong, in Chinese, with status 1."""
    assert words in _fails(start(tmp_path, free_port(), **{setting: value}))


def test_a_damaged_index_is_mended(tmp_path: Path) -> None:
    """What the service starts with builds a damaged index anew and answers; it neither fails nor serves the damage."""
    settings = Settings(store=tmp_path / "store", embedding="none")
    build(settings)
    for damaged in ("manifest.json", "units.json"):
        [file] = (tmp_path / "store").rglob(damaged)
        file.write_bytes(b"{broken")
    assert "第20项" in ready(settings).ask(Question("燃气安全整治由谁负责？")).text
