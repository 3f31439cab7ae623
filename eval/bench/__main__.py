"""``python -m eval bench``: measure, print a table, write ``bench.json``. Exit codes: 0 done, 2 it could not run."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from eval.bench.builds import builds, copy_documents
from eval.bench.goals import flat, load_bounds
from eval.bench.process import child, cold_starts
from eval.bench.table import CORPORA, render
from index.corpus import docs_folder
from index.errors import AnzeError
from index.store import default_store_folder, embeddings_folder
from rag.settings import Settings, load_settings

OUT = Path(__file__).resolve().parent.parent / "reports" / "bench.json"


def main(argv: Sequence[str] | None = None) -> int:
    """What ``make bench`` does; ``argv`` without the program's name."""
    parser = argparse.ArgumentParser(prog="python -m eval bench", description="测量启动、建索引与回答的用时。")
    parser.add_argument("--corpus", choices=tuple(CORPORA), help="只测一种文档范围；默认两种都测")
    parser.add_argument("--from-nothing", action="store_true", help="首次建索引时不用已有的向量，全部重算（很久）")
    parser.add_argument("--out", type=Path, default=OUT, help="结果文件（JSON）")
    given = parser.parse_args(argv)
    corpora = (given.corpus,) if given.corpus else tuple(CORPORA)
    try:
        result = measure(load_settings(), corpora, from_nothing=given.from_nothing)
        bounds = load_bounds()
    except AnzeError as error:
        print(error, file=sys.stderr)
        return 2
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_DATACLASS))
    print(render(orjson.loads(given.out.read_bytes())))
    values = dict(flat(orjson.loads(given.out.read_bytes())))
    for path, bound in bounds.items():
        if path in values:
            print(f"{'达到' if values[path] <= bound else '未达到'}：{path} = {values[path]:g}，目标 ≤ {bound:g}")
    print(f"\n结果：{given.out}")
    return 0


def measure(settings: Settings, corpora: Sequence[str], *, from_nothing: bool = False) -> dict[str, Any]:
    """Every corpus in a store of its own that is removed afterwards; the installation's index is not touched."""
    result: dict[str, Any] = {
        "time": datetime.now().isoformat(timespec="seconds"),
        "machine": {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()},
    }
    for name in corpora:
        print(f"测量：{CORPORA[name]}……", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="anze-bench-") as folder:
            result[name] = _corpus(settings, name, Path(folder), from_nothing)
    return result


def _corpus(settings: Settings, laws: str, folder: Path, from_nothing: bool) -> dict[str, Any]:
    docs, store = folder / "docs", folder / "store"
    copy_documents(docs_folder(settings.docs), docs, with_vectors=not from_nothing)
    own = embeddings_folder(settings.store or default_store_folder())
    if own.is_dir() and not from_nothing:
        shutil.copytree(own, embeddings_folder(store))
    environment = {"ANZE_LAWS": laws, "ANZE_DOCS": str(docs), "ANZE_STORE": str(store)}
    return {
        "build": builds(docs, environment),
        "cold_start": cold_starts(environment),
        "warm": child("warm", environment),
    }


if __name__ == "__main__":
    sys.exit(main())
