"""Names around the documents: places (``docs/places.toml``) and short titles (``docs/titles.toml``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.basis import read_toml
from index.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Places:
    """``outside`` are other provinces and cities, ``above`` the levels above the municipality."""

    home: tuple[str, ...]
    outside: tuple[str, ...]
    above: tuple[str, ...]


def load_places(path: Path) -> Places:
    """Raises ``CorpusError`` where the file is missing or malformed."""
    data = read_toml(path)
    try:
        return Places(tuple(data["home"]), (*data["provinces"], *data["cities"], *data["abroad"]), tuple(data["above"]))
    except (KeyError, TypeError) as error:
        raise CorpusError(f"{path.name} 缺少字段 {error}。", "请恢复该文件。") from error


def load_title_aliases(path: Path) -> dict[str, str]:
    """What people call a document → its id. Raises ``CorpusError``."""
    aliases = read_toml(path).get("aliases")
    if not isinstance(aliases, dict):
        raise CorpusError(f"{path.name} 缺少 [aliases]。", "请恢复该文件。")
    return {str(alias): str(id) for alias, id in aliases.items()}


def load_synonyms(path: Path) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Everyday words → the documents' own: topics of the plan, persons, speech. Raises ``CorpusError``."""
    data = read_toml(path)
    try:
        return dict(data["topics"]), dict(data["persons"]), dict(data["speech"])
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{path.name} 缺少字段 {error}。", "请恢复该文件。") from error
