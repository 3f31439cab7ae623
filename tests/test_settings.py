"""Every setting, from the environment and from ``.env``."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from index.errors import AnzeError, SettingsError
from rag.settings import Settings, load_settings

VALUES: dict[str, tuple[str, object]] = {
    "ANZE_DOCS": ("/srv/docs", Path("/srv/docs")),
    "ANZE_STORE": ("/srv/store", Path("/srv/store")),
    "ANZE_DATA": ("/srv/data", Path("/srv/data")),
    "ANZE_DATABASE_URL": ("postgresql://db/anze", "postgresql://db/anze"),
    "ANZE_ORG": ("市住建局", "市住建局"),
    "ANZE_TODAY": ("2023-03-01", date(2023, 3, 1)),
    "ANZE_LAWS": ("all", "all"),
    "ANZE_EMBEDDING": ("openai:text-embedding", "openai:text-embedding"),
    "ANZE_EMBEDDING_BASE_URL": ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
    "ANZE_EMBEDDING_API_KEY": ("secret-key", "secret-key"),
    "ANZE_VECTOR_STORE": ("milvus:http://127.0.0.1:19530", "milvus:http://127.0.0.1:19530"),
    "ANZE_HOST": ("0.0.0.0", "0.0.0.0"),
    "ANZE_PORT": ("8080", 8080),
    "ANZE_ROOT_PATH": ("/anze", "/anze"),
    "ANZE_WEB_URL": ("https://aqsc.example.cn/anze", "https://aqsc.example.cn/anze"),
    "ANZE_LLM_BASE_URL": ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
    "ANZE_LLM_MODEL": ("qwen3", "qwen3"),
    "ANZE_LLM_API_KEY": ("secret-key", "secret-key"),
    "ANZE_LLM_TIMEOUT_S": ("12.5", 12.5),
    "ANZE_LLM_CONCURRENCY": ("2", 2),
    "ANZE_WECOM_BOT_ID": ("bot", "bot"),
    "ANZE_WECOM_BOT_SECRET": ("secret-key", "secret-key"),
    "ANZE_WECOM_WS_URL": ("ws://127.0.0.1:9000", "ws://127.0.0.1:9000"),
    "ANZE_WECOM_STREAM_LIMIT_S": ("540", 540.0),
    "ANZE_WECOM_BOT_TOKEN": ("secret-key", "secret-key"),
    "ANZE_WECOM_BOT_AES_KEY": ("secret-key", "secret-key"),
    "ANZE_WECOM_CORP_ID": ("corp", "corp"),
    "ANZE_WECOM_AGENT_ID": ("1000002", "1000002"),
    "ANZE_WECOM_AGENT_SECRET": ("secret-key", "secret-key"),
    "ANZE_WECOM_TOKEN": ("secret-key", "secret-key"),
    "ANZE_WECOM_AES_KEY": ("secret-key", "secret-key"),
    "ANZE_WECOM_API_URL": ("http://127.0.0.1:9001", "http://127.0.0.1:9001"),
    "ANZE_WECOM_MEMBERS": ("/srv/members.toml", Path("/srv/members.toml")),
    "ANZE_WECOM_WEBHOOK_KEY": ("secret-key", "secret-key"),
}
BAD = [
    ("ANZE_TODAY", "昨天"),
    ("ANZE_TODAY", "2023-02-30"),
    ("ANZE_TODAY", "2023/03/01"),
    ("ANZE_PORT", "0"),
    ("ANZE_PORT", "65536"),
    ("ANZE_PORT", "-1"),
    ("ANZE_PORT", "八千"),
    ("ANZE_PORT", "80a"),
    ("ANZE_PORT", "²"),
    ("ANZE_LLM_TIMEOUT_S", "快"),
    ("ANZE_LLM_TIMEOUT_S", "0"),
    ("ANZE_LLM_TIMEOUT_S", "inf"),
    ("ANZE_LLM_TIMEOUT_S", "nan"),
    ("ANZE_LLM_CONCURRENCY", "0.5"),
    ("ANZE_WECOM_STREAM_LIMIT_S", "-1"),
    ("ANZE_VECTOR_STORE", "chroma"),
    ("ANZE_VECTOR_STORE", "milvus"),
    ("ANZE_VECTOR_STORE", "milvus:"),
]


def _field(variable: str) -> str:
    return variable.removeprefix("ANZE_").lower()


@pytest.fixture
def no_file(tmp_path: Path) -> Path:
    """A ``.env`` that is not there."""
    return tmp_path / ".env"


def test_every_setting_is_tested_here() -> None:
    """Each field of ``Settings`` has its variable in the table of this file."""
    assert {_field(variable) for variable in VALUES} == {field.name for field in fields(Settings)}


@pytest.mark.parametrize("variable", VALUES)
def test_from_the_environment(no_file: Path, variable: str) -> None:
    """A variable sets its field, and no other."""
    raw, value = VALUES[variable]
    settings = load_settings({variable: raw}, no_file)
    assert getattr(settings, _field(variable)) == value
    others = [field.name for field in fields(Settings) if field.name != _field(variable)]
    assert all(getattr(settings, name) == getattr(Settings(), name) for name in others)


@pytest.mark.parametrize("variable", VALUES)
def test_from_the_file(no_file: Path, variable: str) -> None:
    """A line of ``.env`` does the same; the environment wins over it."""
    raw, value = VALUES[variable]
    no_file.write_text(f"{variable}={raw}\n", encoding="utf-8")
    assert getattr(load_settings({}, no_file), _field(variable)) == value
    no_file.write_text(f"{variable}=1\n", encoding="utf-8")
    assert getattr(load_settings({variable: raw}, no_file), _field(variable)) == value


@pytest.mark.parametrize("variable", VALUES)
@pytest.mark.parametrize("raw", ["", "   "])
def test_empty_is_not_set(no_file: Path, variable: str, raw: str) -> None:
    """An empty variable is as good as none."""
    assert load_settings({variable: raw}, no_file) == Settings()


def test_defaults(no_file: Path) -> None:
    """Without a setting everything works alone: the embedded model, FAISS, this machine, the day it is."""
    settings = load_settings({"HOME": "/home/a", "PORT": "1", "anze_port": "2"}, no_file)
    assert settings == Settings()
    assert (settings.embedding, settings.vector_store, settings.laws) == ("embedded", "faiss", "default")
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.day() == date.today()


@pytest.mark.parametrize(("variable", "raw"), BAD)
def test_bad_values(no_file: Path, variable: str, raw: str) -> None:
    """A value that cannot be is refused in Chinese, naming the variable and the value."""
    with pytest.raises(SettingsError) as caught:
        load_settings({variable: raw}, no_file)
    assert variable in str(caught.value)
    assert raw in str(caught.value)
    assert caught.value.remedy


def test_bad_values_of_the_file(no_file: Path) -> None:
    """A bad line of ``.env`` is refused, too, unless the environment says better."""
    no_file.write_text("ANZE_PORT=x\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="ANZE_PORT"):
        load_settings({}, no_file)
    assert load_settings({"ANZE_PORT": "81"}, no_file).port == 81


@pytest.mark.parametrize("separator", [",", "，", "、"])
def test_laws_by_name(no_file: Path, separator: str) -> None:
    """Laws may be listed with the commas people type."""
    settings = load_settings({"ANZE_LAWS": separator.join(["安全生产法", "消防法"])}, no_file)
    assert settings.laws == ("安全生产法", "消防法")


def test_spaces_do_not_matter(no_file: Path) -> None:
    """Spaces around a value are not part of it; a home folder is spelled out."""
    settings = load_settings({"ANZE_PORT": " 81 ", "ANZE_LAWS": "安全生产法, 消防法", "ANZE_STORE": "~/anze"}, no_file)
    assert settings.port == 81
    assert settings.laws == ("安全生产法", "消防法")
    assert settings.store == Path.home() / "anze"


def test_keys_are_not_shown() -> None:
    """A key does not get into a log by way of the settings' text."""
    assert "secret-key" not in repr(Settings(embedding_api_key="secret-key"))


def test_a_file_in_another_encoding(no_file: Path) -> None:
    """A ``.env`` that is not UTF-8 is an error of this software, not a crash."""
    no_file.write_bytes("ANZE_ORG=市住建局\n".encode("gb18030"))
    with pytest.raises(AnzeError, match=r"\.env"):
        load_settings({}, no_file)
