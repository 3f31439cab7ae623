"""Building the index: from nothing, with nothing changed, and with one document added."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.bench.process import child

_ENTRY = """
[[document]]
id = "bench-rules"
title = "安全用电管理规定"
family = "statute"
provenance = "verbatim"
file = "bench-rules.txt"
"""
_TEXT = """安全用电管理规定
第一条　用电设备应当由持证电工安装、检修，其他人员不得拆改线路。
第二条　配电箱前一米内不得堆放物品，每月检查一次并做好记录。
"""


def builds(docs: Path, settings: Mapping[str, str]) -> dict[str, Any]:
    """Seconds, vectors computed and search units of the three builds. ``docs`` is a copy that may be changed."""
    cold = child("build", settings)
    warm = child("build", settings)
    add_document(docs)
    return {"cold": cold, "warm": warm, "incremental": child("build", settings)}


def add_document(docs: Path) -> None:
    """Put one more short document into ``docs``."""
    (docs / "bench-rules.txt").write_text(_TEXT, encoding="utf-8")
    with (docs / "corpus.toml").open("a", encoding="utf-8") as manifest:
        manifest.write(_ENTRY)


def copy_documents(source: Path, target: Path, *, with_vectors: bool) -> None:
    """Copy a documents folder; without the vectors it ships, if so wished."""
    ignore = None if with_vectors else shutil.ignore_patterns("embeddings")
    shutil.copytree(source, target, ignore=ignore)
