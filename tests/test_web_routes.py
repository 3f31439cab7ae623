"""The routes behind the page, without a browser: who may ask what, sizes, paths, twenty people at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from rag.channels.web.visitor import MARK
from tests.fakes.served import Served

OURS = {MARK: "1"}


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A client that fetched the page, as a browser does, and so has a key."""
    with httpx.Client(base_url=served.url, timeout=30, headers=OURS) as opened:
        assert opened.get("/").status_code == 200
        yield opened


def asked(client: httpx.Client, question: str, **more: Any) -> list[dict[str, Any]]:
    """The lines of an answer."""
    reply = client.post("/api/chat", json={"question": question, **more})
    assert reply.status_code == 200
    return [json.loads(line) for line in reply.text.splitlines() if line]


def test_the_key_is_unguessable_and_kept_from_scripts(served: Served) -> None:
    """Each browser gets 256 bits in a cookie no script reads; a key of ours stays, a made-up one is replaced."""
    cookies = [httpx.get(served.url).headers["set-cookie"] for _ in range(2)]
    keys = {cookie.split(";")[0] for cookie in cookies}
    assert len(keys) == 2
    assert all(len(key.removeprefix("anze_key=")) == 43 for key in keys)
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    assert "set-cookie" not in httpx.get(served.url, headers={"cookie": keys.pop()}).headers
    assert "set-cookie" in httpx.get(served.url, headers={"cookie": "anze_key=admin"}).headers


def test_an_answer_is_kept_in_the_conversation(client: httpx.Client) -> None:
    """The last line names answer and conversation; the next question goes on in it; one that is gone begins another."""
    *_, last = asked(client, "第20项谁牵头？")
    assert last["done"]
    again = asked(client, "谁落实？", conversation=last["conversation"]["id"])[-1]
    assert again["conversation"]["id"] == last["conversation"]["id"]
    assert again["conversation"]["turns"] == 2
    assert client.delete(f"/api/conversations/{last['conversation']['id']}").status_code == 200
    after = asked(client, "谁落实？", conversation=last["conversation"]["id"])[-1]
    assert after["conversation"]["id"] != last["conversation"]["id"]


def test_without_a_key_answers_are_not_kept(served: Served) -> None:
    """A browser without cookies gets its answer and is told that it is not kept; lists are refused."""
    with httpx.Client(base_url=served.url, timeout=30, headers=OURS) as stranger:
        last = asked(stranger, "第20项谁牵头？")[-1]
        assert "不会保存" in last["note"]
        assert "conversation" not in last
        assert stranger.get("/api/conversations").status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
@pytest.mark.parametrize("path", ["/api/chat", "/api/feedback", "/api/conversations/x/title"])
def test_other_sites_cannot_ask_for_a_visitor(client: httpx.Client, path: str, site: str | None) -> None:
    """What another site's page can make the browser send, with its cookie even, is refused."""
    headers = {"origin": "http://evil.example"} if site is None else {**OURS, "sec-fetch-site": site}
    with httpx.Client(base_url=client.base_url, cookies=client.cookies) as foreign:
        assert foreign.post(path, json={"question": "第20项谁牵头？"}, headers=headers).status_code == 403


def test_other_sites_get_no_leave_to_pretend(client: httpx.Client) -> None:
    """Asked beforehand, as browsers do, whether another site may send the page's own header, nobody agrees."""
    wish = {
        "origin": "http://evil.example", "access-control-request-method": "POST",
        "access-control-request-headers": "x-anze-page", "host": "anze.example",
    }  # fmt: skip
    for path in ("/api/feedback", "/api/chat", "/gradio_api/queue/join"):
        reply = client.options(path, headers=wish)
        assert [name for name in reply.headers if name.startswith("access-control")] == []


def test_our_own_page_may(client: httpx.Client) -> None:
    """The page is let through, also behind a proxy that hides the name the browser knows."""
    for headers in ({"origin": "http://anze.example"}, {"sec-fetch-site": "same-origin"}):
        assert client.post("/api/chat", json={"question": "第20项"}, headers=headers).status_code == 200


def test_sizes_are_capped(client: httpx.Client) -> None:
    """A body that is too large is refused before it is read to the end."""
    assert client.post("/api/feedback", content=b"x" * 30_000).status_code == 413
    assert client.post("/api/chat", content=b"x" * 1_100_000).status_code == 413
    assert client.post("/api/conversations/x/title", content=b"{" * 30_000).status_code == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/anze/x/shell.html", 404), ("/anze/x/page.py", 404),
        ("/api/documents/..%2F..%2Fetc%2Fpasswd", 404), ("/api/clauses/..%2F..%2Fetc/passwd", 404),
        ("/api/tasks/file/exe?org=市住建局", 404), ("/api/tasks/file/docx?org=../../etc/passwd", 400),
        ("/api/tasks/file/docx?org=", 400), ("/api/tasks?org=市住建局&tier=all", 400),
        ("/api/tasks?org=市住建局&sort=;drop", 400), ("/api/clauses/yichun-2023-work-plan/20?span=a-b", 400),
        ("/api/conversations/..%2F..%2Fetc", 404), ("/api/conversations/' OR 1=1 --", 400),
    ],
)  # fmt: skip
def test_path_tricks_lead_nowhere(client: httpx.Client, path: str, status: int) -> None:
    """Addresses that try to reach other files, lists or rows get a Chinese refusal."""
    reply = client.get(path)
    assert reply.status_code == status
    assert reply.json()["error"]


@pytest.mark.parametrize("path", ["/anze/x/../../pyproject.toml", "/anze/x/..%2F..%2Fpage.py", "/anze/%2e%2e/api.py"])
def test_our_files_are_only_those_of_the_page(client: httpx.Client, path: str) -> None:
    """No spelling of a path leads out of the folder."""
    reply = client.get(path)
    assert reply.status_code == 404
    assert "import" not in reply.text


@pytest.mark.parametrize(
    "body",
    [{}, {"verdict": "good"}, {"verdict": "wrong", "answer": "x", "conversation": "y"}, {"verdict": 5}, [1], "x"],
)
def test_feedback_on_nothing_is_refused(client: httpx.Client, body: Any) -> None:
    """Feedback needs an answer of the browser's own."""
    reply = client.post("/api/feedback", json=body)
    assert reply.status_code == 400
    assert reply.json()["error"]


def test_a_name_with_markup_is_a_safe_file_name(client: httpx.Client) -> None:
    """A conversation's name cannot break out of the header that names its file."""
    last = asked(client, "第20项谁牵头？")[-1]
    id = last["conversation"]["id"]
    named = client.post(f"/api/conversations/{id}/title", json={"title": 'a"\r\nx: y/../<b>.exe'})
    assert named.status_code == 200
    disposition = client.get(f"/api/conversations/{id}/docx").headers["content-disposition"]
    assert disposition.startswith('attachment; filename="anze.docx"')
    assert all(mark not in disposition for mark in ("\r", "\n", "<", "/"))


def test_a_county_bureau_gets_its_governments_list(client: httpx.Client) -> None:
    """The plan lists no county's bureau: the list is its government's, on the page, which says so, and in the file."""
    found = client.get("/api/tasks", params={"org": "丰城市住建局"}).json()
    assert "“丰城市住建局”没有单独的清单，以下是丰城市政府的" in found["html"]
    assert f'href="#tasks={quote("市住建局")}"' in found["html"]
    saved = client.get("/api/tasks/file/xlsx", params={"org": "丰城市住建局"})
    assert quote("丰城市政府2023年") in saved.headers["content-disposition"]


def test_what_is_sent_is_private(client: httpx.Client) -> None:
    """Answers and pages carry the headers that keep browsers from guessing types, telling addresses, asking others."""
    for reply in (client.get("/"), client.get("/api/items"), client.get("/api/tasks/file/xlsx?org=市住建局")):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'self'" in reply.headers["content-security-policy"]


def test_twenty_people_at_once(served: Served) -> None:
    """Twenty people open the page, ask, and fetch their list at the same moment; everybody gets everything."""

    def visit(number: int) -> tuple[bool, str, int]:
        with httpx.Client(base_url=served.url, timeout=60, headers=OURS) as visitor:
            visitor.get("/").raise_for_status()
            last = asked(visitor, f"第{number % 36 + 1}项由谁负责？")[-1]
            visitor.get("/api/tasks?org=市应急管理局").raise_for_status()
            kept = visitor.get("/api/conversations").json()["conversations"]
            return last["done"], last.get("note", ""), len(kept)

    with ThreadPoolExecutor(20) as crowd:
        assert set(crowd.map(visit, range(20))) == {(True, "", 1)}
