"""The parts of the gold set that figures are shown for."""

from __future__ import annotations

from collections.abc import Iterable

from eval.figures import Slice
from eval.metrics.measure import Case

PLAN = "yichun-2023-work-plan"
LAW = "anquan-shengchan-fa"
ZERENZHI = "dangzheng-zerenzhi"


def _only(case: Case, document: str) -> bool:
    """Questions of one document; a duty list belongs to the plan even where it is empty."""
    gold = case.gold
    of = {where for where, _ in gold.clauses} or ({PLAN} if gold.duties is not None else set())
    return gold.answerable and of == {document}


def _others(case: Case) -> bool:
    of = {where for where, _ in case.gold.clauses}
    return case.gold.answerable and bool(of) and of.isdisjoint((PLAN, LAW, ZERENZHI))


HEADLINE: tuple[Slice, ...] = (
    Slice("all", "全部问题", lambda _: True),
    Slice("plan", "工作要点", lambda case: _only(case, PLAN)),
    Slice("law_formal", "安全生产法·书面问法", lambda case: _only(case, LAW) and not case.gold.lay),
    Slice("law_lay", "安全生产法·口语问法", lambda case: _only(case, LAW) and case.gold.lay),
    Slice("zerenzhi", "责任制规定", lambda case: _only(case, ZERENZHI)),
    Slice("other_laws", "其他法律", _others),
    Slice("follow_ups", "多轮追问", lambda case: bool(case.gold.history)),
    Slice("unanswerable", "不可回答", lambda case: not case.gold.answerable),
)
DRAFTS = "drafts"
"""Not a slice of the questions: the sentences the gate is measured on (``eval.drafts``)."""
TITLES = {**{part.name: part.title for part in HEADLINE}, DRAFTS: "对抗草稿（核对闸门）"}


def by_intent(cases: Iterable[Case]) -> tuple[Slice, ...]:
    """One slice an intent of the gold, in the order they occur."""
    return tuple(_intent(name) for name in dict.fromkeys(case.gold.intent for case in cases))


def by_register(cases: Iterable[Case]) -> tuple[Slice, ...]:
    """One slice a register of the gold, in the order they occur."""
    return tuple(_register(name) for name in dict.fromkeys(case.gold.register for case in cases))


def _intent(name: str) -> Slice:
    return Slice(f"intent.{name}", INTENTS.get(name, name), lambda case: case.gold.intent == name)


def _register(name: str) -> Slice:
    return Slice(f"register.{name}", REGISTERS.get(name, name), lambda case: case.gold.register == name)


REGISTERS = {
    "formal": "书面", "colloquial": "口语", "short": "简短", "typo": "错别字", "traditional": "繁体",
    "multi_turn": "多轮",
}  # fmt: skip
INTENTS = {
    "duties": "任务清单", "who": "谁负责", "is_named": "是否点名", "deadline": "期限", "frequency": "频次",
    "quantity": "数量", "item_content": "事项内容", "clause_lookup": "查条款", "legal_basis": "法律依据",
    "comparison": "比较", "counting": "计数", "definition": "定义", "documents": "文件情况", "law": "安全生产法",
    "other_law": "其他法律", "zerenzhi": "责任制规定", "false_premise": "前提有误", "other_scope": "范围之外的年份地区",
    "missing_fact": "文件没有的事实", "not_spelled_out": "文件没有展开", "no_such_clause": "不存在的条款",
    "alter": "要求改写条款", "injection": "夹带指令", "off_topic": "无关话题", "no_evidence": "没有依据",
    "ambiguous": "所指不明",
}  # fmt: skip
