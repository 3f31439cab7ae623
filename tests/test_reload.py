"""A service that runs while the index is built anew; and what it keeps of long conversations."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.store import StoreReader
from rag.assistant import MAX_CHARACTERS, Assistant
from rag.model import Question, Turn
from rag.settings import Settings
from rag.wiring import Reloading, build

OPEN = "餐饮场所要不要装可燃气体报警装置"


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """Quick to build: the plan, the rules and one law, without vectors."""
    return Settings(store=tmp_path / "store", embedding="none", laws=("安全生产法",), today=date(2023, 6, 1))


def test_a_service_outlives_its_version(small: Settings) -> None:
    """After two more builds the first version is gone; duty and open questions are answered from the newest."""
    first = build(small)
    service = Reloading(small)
    began = service.current
    build(small, force=True)
    build(replace(small, laws=("安全生产法", "消防法")), force=True)
    assert first.store == small.store
    assert not service.ask(Question("市住建局要做什么")).refused
    assert service.ask(Question(OPEN)).citations
    assert service.current is not began
    assert "xiaofang-fa" in service.library.infos
    assert service.current is service.current


def test_many_askers_while_the_index_changes(small: Settings) -> None:
    """Requests that run while a new version is put in use all end with an answer."""
    build(small)
    service = Reloading(small)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(service.ask, Question("第20项谁牵头")) for _ in range(40)]
        build(small, force=True)
        asked += [pool.submit(service.ask, Question("第20项谁牵头")) for _ in range(40)]
        assert {one.result().refused for one in asked} == {False}


def test_a_new_index_that_cannot_be_opened(small: Settings) -> None:
    """A spoiled version leaves the one before at work, even where its files are gone."""
    build(small)
    service = Reloading(small)
    build(small, force=True)
    build(small, force=True)
    (StoreReader(small.store or Path()).folder / "manifest.json").write_bytes(b"{")
    began = service.current
    assert not service.ask(Question("安全生产法第三条")).refused
    assert service.current is began
    build(small)
    assert service.current is not began


def test_long_conversations(assistant: Assistant) -> None:
    """An overlong history is cut, its newest turn still counts."""
    history = (
        *(Turn("user", "字" * 5000) for _ in range(300)),
        Turn("user", "第20项讲什么" + "。" * 2 * MAX_CHARACTERS),
    )
    assert assistant.ask(Question("谁牵头", history=history)).citations[0].clause == "20"
