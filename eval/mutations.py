"""One-fact changes of a true sentence: what a language model gets wrong when it rewrites a clause.

Each mutator gives at most one changed sentence, or ``None`` where the sentence has nothing of its kind. All of them are
deterministic: what is picked depends on a hash of the sentence.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

Mutator = Callable[[str], str | None]

_SWAPS = {
    "modal": (("应当", "可以"), ("必须", "可以"), ("可以", "应当"), ("不得", "可以"), ("有权", "应当")),
    "negation": (("不得", ""), ("未经", "已经"), ("未", "已"), ("应当", "不得"), ("必须", "不得"), ("禁止", "")),
    "conjunction": (("或者", "和"),),
    "word": (
        ("加强", "放松"), ("严格", "适当"), ("定期", "不定期"), ("及时", "择机"), ("立即", "适时"), ("督促", "允许"),
        ("严厉打击", "重点扶持"), ("重大", "轻微"), ("主要负责人", "财务负责人"), ("从业人员", "退休人员"),
        ("专职", "临时"), ("持续", "暂停"), ("全面", "局部"), ("深入", "象征性"), ("健全", "取消"), ("强化", "弱化"),
        ("整治", "表彰"), ("提升", "降低"), ("保证", "争取"), ("防止", "鼓励"), ("公开", "保密"), ("组织", "叫停"),
    ),
    "actor": (
        ("生产经营单位", "居民委员会"), ("从业人员", "生产经营单位"), ("工会", "公安机关"),
        ("应急管理部门", "人民法院"), ("人民政府", "人民检察院"), ("党委", "工会"),
        ("政府主要负责人", "企业主要负责人"),
    ),
}  # fmt: skip
_INVENTED = (
    "，并给予一次性奖励", "，并报省级主管部门备案", "，同时聘请第三方评估", "，费用由财政全额承担",
    "，逾期的予以通报批评", "，但节假日除外",
    "，经集体研究可以延期", "，并向媒体公布名单", "，小微单位可免于执行", "，情节严重的吊销执照",
)  # fmt: skip
_ARABIC = re.compile(r"\d+")
_CHINESE = re.compile(
    r"[一二三四五六七八九十百千]+(?=万?元|个月|日|年内|小时|人|倍)|(?<=百分之)[一二三四五六七八九十百]+"
)
_OTHER = {"一": "三", "二": "六", "三": "五", "四": "七", "五": "八", "六": "九", "七": "二", "八": "四", "九": "二"}
_HAN = re.compile("[\u4e00-\u9fff]")


def pick(text: str, count: int, salt: str = "") -> int:
    """A number below ``count`` that depends on the words only."""
    return int.from_bytes(hashlib.sha256(f"{salt}{text}".encode()).digest()[:6], "big") % count


def swap(kind: str) -> Mutator:
    """Replaces the first word of its table that the sentence has."""

    def mutate(text: str) -> str | None:
        found = [(old, new) for old, new in _SWAPS[kind] if old in text]
        if kind == "conjunction" and ("不得" in text or "禁止" in text):
            return None  # under 不得 both forbid the same
        if not found:
            return None
        old, new = found[pick(text, len(found), kind)]
        return text.replace(old, new, 1)

    return mutate


def other_number(text: str) -> str | None:
    """One number made another one."""
    arabic = list(_ARABIC.finditer(text))
    if arabic:
        match = arabic[pick(text, len(arabic))]
        return f"{text[: match.start()]}{int(match.group()) + 1 + pick(text, 3)}{text[match.end() :]}"
    chinese = [m for m in _CHINESE.finditer(text) if any(char in _OTHER for char in m.group())]
    if not chinese:
        return None
    match = chinese[pick(text, len(chinese))]
    at = next(n for n, char in enumerate(match.group()) if char in _OTHER)
    changed = match.group()[:at] + _OTHER[match.group()[at]] + match.group()[at + 1 :]
    return text[: match.start()] + changed + text[match.end() :]


def invention(text: str) -> str:
    """A clause of nobody's appended."""
    return text.rstrip("。；;") + _INVENTED[pick(text, len(_INVENTED))] + "。"


def misquoted(text: str) -> str:
    """The sentence as a quotation with one character changed."""
    inner = text.rstrip("。；;")
    places = [match.start() for match in _HAN.finditer(inner)]
    at = places[pick(text, len(places))]
    new = "不" if inner[at] != "不" else "可"
    return f"原文是“{inner[:at]}{new}{inner[at + 1 :]}”。"


def quoted(text: str) -> str:
    """The sentence as a quotation, unchanged."""
    inner = text.rstrip("。；;")
    return f"原文是“{inner}”。"


MUTATORS: dict[str, Mutator] = {
    "number": other_number,
    **{kind: swap(kind) for kind in _SWAPS},
    "invented": invention,
    "quote": misquoted,
}


def mutations(text: str, most: int) -> Sequence[tuple[str, str]]:
    """(kind, changed sentence) for ``most`` of the kinds that apply, picked so that all get their share."""
    found = [
        (kind, changed)
        for kind, mutate in MUTATORS.items()
        if (changed := mutate(text)) is not None and changed != text
    ]
    rare = [one for one in found if one[0] in ("number", "conjunction", "actor")]
    rest = sorted((one for one in found if one not in rare), key=lambda one: pick(text, 10**6, one[0]))
    return [*rare, *rest][:most]
