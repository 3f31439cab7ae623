"""The page's own style sheets and scripts, read once; a version in their address keeps browsers from using old ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from html import escape
from importlib import resources

_FOLDER = "assets"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_FIRST = "app.js"


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    media_type: str


class Assets:
    """Files by name; a name that is not one of them is nothing, whatever path it spells."""

    def __init__(self) -> None:
        folder = resources.files("rag.channels.web").joinpath(_FOLDER)
        files = sorted(folder.iterdir(), key=lambda file: file.name)
        self._files = {
            file.name: Asset(file.read_bytes(), _TYPES[ending])
            for file in files
            if (ending := "." + file.name.rpartition(".")[2]) in _TYPES
        }
        self.shell = folder.joinpath("shell.html").read_text("utf-8")

    def get(self, name: str) -> Asset | None:
        return self._files.get(name)

    @cached_property
    def version(self) -> str:
        return sha256(b"".join(asset.body for asset in self._files.values())).hexdigest()[:12]

    def head(self, nonce: str) -> str:
        """The elements that load them. Modules are named beforehand, or the browser would find them one by one."""
        place = f"./anze/{self.version}"
        sheets = [name for name in self._files if name.endswith(".css")]
        scripts = [name for name in self._files if name.endswith(".js")]
        return "".join(
            [
                *(f'<link rel="stylesheet" href="{place}/{escape(name)}">' for name in sheets),
                *(f'<link rel="modulepreload" nonce="{nonce}" href="{place}/{escape(name)}">' for name in scripts),
                f'<script type="module" src="{place}/{_FIRST}"></script>',
            ]
        )
