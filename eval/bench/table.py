"""The bench's result as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.slices import INTENTS
from eval.table import table

_BUILDS = (("cold", "首次"), ("warm", "无改动"), ("incremental", "增加一份文件"))
_STARTS = (
    ("duty", "anze ask 任务清单"), ("open", "anze ask 开放问题"),
    ("floor_python", "下限：仅启动 Python"), ("floor_embed", "下限：启动并算一个问题向量"),
)  # fmt: skip
CORPORA = {"default": "默认文档", "all": "全部法律"}


def render(result: Mapping[str, Any]) -> str:
    """All corpora of a result, one after another."""
    parts = [_corpus(CORPORA[name], result[name]) for name in CORPORA if name in result]
    return "\n\n".join(parts)


def _corpus(title: str, one: Mapping[str, Any]) -> str:
    return "\n\n".join([f"══ {title} ══", _build(one["build"]), _cold(one["cold_start"]), _warm(one["warm"])])


def _build(builds: Mapping[str, Any]) -> str:
    rows = [
        (name, f"{builds[key]['seconds']:.2f}", str(builds[key]["vectors"]), str(builds[key]["units"]))
        for key, name in _BUILDS
    ]
    return table(("建索引", "秒", "新算向量", "检索单元"), rows)


def _cold(starts: Mapping[str, Any]) -> str:
    rows = [(name, f"{starts[key]['p50']:.0f}", f"{starts[key]['p95']:.0f}") for key, name in _STARTS]
    return table(("整个进程（毫秒）", "p50", "p95"), rows)


def _warm(warm: Mapping[str, Any]) -> str:
    by_askers: Mapping[str, Mapping[str, Any]] = warm["by_askers"]
    head = ("问答（毫秒）", *(f"{n}人 {p}" for n in by_askers for p in ("p50", "p95")))
    intents = list(next(iter(by_askers.values())))
    rows = [
        (
            {**INTENTS, "all": "全部"}.get(intent, intent),
            *(f"{row[intent][p]:.1f}" for row in by_askers.values() for p in ("p50", "p95")),
        )
        for intent in intents
    ]
    return "\n\n".join([table(head, rows), _floors(warm)])


def _floors(warm: Mapping[str, Any]) -> str:
    names = (("search", "一次检索"), ("embed", "下限：问题向量"), ("scan", "下限：扫一遍向量"))
    rows = [(name, f"{warm[key]['p50']:.2f}", f"{warm[key]['p95']:.2f}") for key, name in names if warm[key]]
    ratio = "—" if warm["ratio"] is None else f"{warm['ratio']:.2f}"
    kinds = {"table": "查表", "search": "检索"}
    crowds = "，".join(f"{kinds.get(kind, kind)} {value:.1f}" for kind, value in warm["contention"].items())
    facts = [
        f"检索／下限 {ratio}；8 人同时问的 p95／单人中位数：{crowds}（混在一起 {warm['pooled']:.1f}）",
        f"常驻内存 {warm['resident_mb']:.0f} MB；{'已' if warm['torch_loaded'] else '未'}加载 torch",
    ]
    return "\n".join([table(("检索（毫秒）", "p50", "p95"), rows), *facts])
