"""The report of a run: one HTML file in Chinese that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.baseline import Fall
from eval.dataset import DutyList, Place
from eval.drafts import Judged
from eval.figures import Figure
from eval.goals import Goal
from eval.history import Past
from eval.html import Markup, details, listing, page, sparkline, table, tag
from eval.llm import Comparison
from eval.metrics.catalogue import BY_NAME, MEASURES, RETRIEVED
from eval.run import Record
from eval.slices import INTENTS, REGISTERS, TITLES
from eval.systems import Outcome
from eval.table import headline, interval, number, shown

_BREAKDOWN = ("handled", "fact_accuracy", "cited.hit@1", "retrieved.hit@5", "false_refusals", "latency.total.p95")
_KINDS = {
    "verbatim": "原句", "paraphrase": "手写改写", "quoted": "逐字引用", "named": "写明条款", "role": "角色",
    "invented": "凭空添加", "quote": "改动引文", "word": "替换词语", "negation": "否定", "actor": "替换主体",
    "reference": "条款或文件编号", "wrong_citation": "张冠李戴", "subject": "主客颠倒", "number": "数字",
    "organisation": "单位", "modal": "应当与可以", "recombined": "拼接", "condition": "略去条件",
    "conjunction": "和与或者", "absolute": "绝对化", "date": "日期", "injection": "夹带指令", "meta": "自述",
    "uncited": "没有出处", "plain_lie": "各类（后补）",
}  # fmt: skip
_TIERS = (("named", "点名"), ("body", "正文"), ("member", "成员"), ("possible", "待确认"))


@dataclass(frozen=True, slots=True)
class Extras:
    """What is measured beside the questions. ``compared``: the same questions with a model; ``None`` without one."""

    systems: tuple[Outcome, ...] = ()
    drafts: tuple[Judged, ...] = ()
    compared: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the page. ``time`` is ISO, ``past`` holds earlier runs of the same set, oldest first."""

    time: str
    gold: str
    split: str
    records: tuple[Record, ...]
    figures: tuple[Figure, ...]
    goals: tuple[tuple[Goal, Figure], ...] = ()
    falls: tuple[Fall, ...] = ()
    extras: Extras = Extras()
    past: tuple[Past, ...] = ()


def render(report: Report) -> str:
    """The page."""
    return page(
        "安责评测报告",
        tag("p", f"{report.time} ｜ 问题集 {report.gold}（{report.split}） ｜ {len(report.records)} 题", cls="note"),
        *_falls(report.falls),
        *_goals(report.goals),
        *_figures(report.figures),
        *_breakdown("按意图", "intent.", report.figures),
        *_breakdown("按问法", "register.", report.figures),
        *_drafts(report.extras.drafts),
        *_compared(report.extras.compared),
        *_systems(report.extras.systems),
        *_trend(report),
        *_failures(report.records),
        *_definitions(report.figures),
    )


def _falls(falls: Sequence[Fall]) -> list[Markup]:
    if not falls:
        return []
    return [tag("h2", "低于基线"), tag("ul", *(tag("li", str(fall), cls="bad") for fall in falls))]


def _goals(goals: Sequence[tuple[Goal, Figure]]) -> list[Markup]:
    if not goals:
        return []
    rows = [
        (_name(one), str(goal), shown(one), interval(one), str(one.n), _verdict(goal.met(one.value)))
        for goal, one in goals
    ]
    return [tag("h2", "目标"), table(("指标", "目标", "数值", "95% 置信区间", "题数", "结果"), rows)]


def _verdict(met: bool) -> Markup:
    return tag("span", "达到" if met else "未达到", cls="good" if met else "bad")


def _figures(figures: Sequence[Figure]) -> list[Markup]:
    found: list[Markup] = [
        tag("h2", "指标"),
        tag("p", "没有得到回答的问题按错误计。区间为自助法（固定随机种子）；全部相同时退化为一点，"
            "此时真实错误率的 95% 上限约为 3 除以题数。", cls="note"),
    ]  # fmt: skip
    by_slice: dict[str, list[Figure]] = {}
    for one in headline(figures):
        by_slice.setdefault(one.slice, []).append(one)
    for name, inside in by_slice.items():
        rows = [(BY_NAME[one.measure].title, shown(one), interval(one), str(one.n)) for one in inside]
        found += [tag("h3", TITLES[name]), table(("指标", "数值", "95% 置信区间", "题数"), rows)]
    return found


def _breakdown(title: str, prefix: str, figures: Iterable[Figure]) -> list[Markup]:
    names = {**{f"intent.{k}": v for k, v in INTENTS.items()}, **{f"register.{k}": v for k, v in REGISTERS.items()}}
    rows: dict[str, dict[str, Figure]] = {}
    for one in figures:
        if one.slice.startswith(prefix) and one.measure in _BREAKDOWN:
            rows.setdefault(one.slice, {})[one.measure] = one
    if not rows:
        return []
    head = ("", "题数", *(BY_NAME[name].title for name in _BREAKDOWN))
    return [
        tag("h2", title),
        table(head, (_row(names.get(part, part.removeprefix(prefix)), found) for part, found in rows.items())),
    ]


def _row(title: str, found: Mapping[str, Figure]) -> tuple[str, ...]:
    cells = (shown(found[name]) if name in found else "—" for name in _BREAKDOWN)
    return (title, str(found["handled"].n), *cells)


def _drafts(drafts: Sequence[Judged]) -> list[Markup]:
    if not drafts:
        return []
    rows = [(_KINDS.get(kind, kind), *_counts(inside)) for kind, inside in _by_kind(drafts).items()]
    wrong = [
        ("放行的假句" if one.shown else "误删的真句", one.draft.id, one.draft.text, "；".join(one.reasons))
        for one in drafts
        if not one.right
    ]
    return [
        tag("h2", "对抗草稿"),
        tag(
            "p",
            "由真实条款逐句改动一处而成，另有手写的属实改写与假句；句子核对闸门只在其中 dev 一半上调整。",
            cls="note",
        ),
        table(("种类", "应放行", "放行", "应拦下", "拦下"), rows),
        details(f"判错的草稿（{len(wrong)}）", table(("结果", "编号", "草稿", "原因"), wrong)),
    ]


def _by_kind(drafts: Sequence[Judged]) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = {}
    for one in drafts:
        found.setdefault(one.draft.kind, []).append(one)
    return found


def _counts(drafts: Sequence[Judged]) -> tuple[str, ...]:
    true, false = [d for d in drafts if d.draft.true], [d for d in drafts if not d.draft.true]
    numbers = (len(true), sum(d.right for d in true), len(false), sum(d.right for d in false))
    return tuple(map(str, numbers))


def _compared(compared: Comparison | None) -> list[Markup]:
    found: list[Markup] = [tag("h2", "有无大模型对照")]
    if compared is None:
        return [*found, tag("p", "本次没有用大模型回答（未配置，或没有用 --llm 运行）。", cls="note")]
    intro = f"模型：{compared.model}。句子一行为模型所写各句经核对的结果。"
    return [*found, tag("p", intro, cls="note"), table(("指标", "不用大模型", "用大模型"), compared.rows)]


def _systems(systems: Sequence[Outcome]) -> list[Markup]:
    if not systems:
        return []
    head = ("方案", "题数", *(measure.title for measure in RETRIEVED))
    intro = "同一批问题、同一种度量；逐一去掉一部分，并与他人的检索对照。"
    found: list[Markup] = [tag("h2", "检索对比"), tag("p", intro, cls="note")]
    for part in dict.fromkeys(one.slice for outcome in systems for one in outcome.figures):
        rows = [row for outcome in systems if (row := _system(outcome, part))]
        found += [tag("h3", TITLES.get(part, part)), table(head, rows)]
    notes = [f"{one.title}：{one.note}。" for one in systems if one.note]
    return [*found, *(tag("p", note, cls="note") for note in notes)]


def _system(outcome: Outcome, part: str) -> tuple[str, ...] | None:
    found = {one.measure: one for one in outcome.figures if one.slice == part}
    if not found:
        return None
    n = next(iter(found.values())).n
    return (outcome.title, str(n), *(f"{shown(found[m.name])} {interval(found[m.name])}" for m in RETRIEVED))


def _trend(report: Report) -> list[Markup]:
    """Headline figures over the past runs and this one; figures an earlier run did not have start later."""
    if not report.past:
        return []
    rows: list[tuple[str, ...]] = []
    for one in report.figures:
        if one.slice in TITLES and BY_NAME[one.measure].gated:
            before = [past.figures[one.key] for past in report.past if one.key in past.figures]
            if before and any(abs(value - one.value) > 1e-4 for value in before):
                rows.append((_name(one), sparkline([*before, one.value]), _number(one, before[-1]), shown(one)))
    note = tag("p", f"与此前 {len(report.past)} 次运行相比有变化的指标（自左至右由旧到新）。", cls="note")
    return [tag("h2", "历次变化"), note, table(("指标", "走势", "上次", "本次"), rows)]


def _number(figure: Figure, value: float) -> str:
    measure = BY_NAME[figure.measure]
    return number(value, measure.aggregate, measure.digits)


def _failures(records: Iterable[Record]) -> list[Markup]:
    wrong = [record for record in records if record.wrong]
    if not wrong:
        return [tag("h2", "错题"), tag("p", "没有错题。")]
    return [tag("h2", f"错题（{len(wrong)}）"), *(_failure(record) for record in wrong)]


def _failure(record: Record) -> Markup:
    gold, given = record.case.gold, record.case.given
    kind = f"{INTENTS.get(gold.intent, gold.intent)}/{REGISTERS.get(gold.register, gold.register)}"
    pairs = [
        ("上文", "\n".join(f"{turn.role}：{turn.content}" for turn in gold.history)),
        ("提问单位", gold.org or ""),
        ("应有事实", "；".join(" 或 ".join(fact) for fact in gold.facts)),
        ("不应出现", "；".join(gold.forbidden)),
        ("应引条款", _places(gold.clauses)),
        ("应列任务", _expected_duties(gold.duties)),
        ("应拒答", "" if gold.answerable else f"是（{gold.reason or '理由不限'}）"),
        ("依据", "\n".join(f"{one.document} {one.clause}：{one.quote}" for one in gold.evidence[:5])),
    ]
    if given is None:
        pairs.append(("没有得到回答", record.error))
    else:
        pairs += [
            ("理解为", f"{given.intent}：{given.rewritten}"),
            ("拒答", f"是（{given.reason}）" if given.refused else ""),
            ("实引条款", _places(given.cited[:10])),
            ("实列任务", _listed_duties(record) if gold.duties else ""),
            ("检索前十", _places(record.case.ranking or ())),
            ("回答", given.text),
        ]
    return details(f"{gold.id} 〔{kind}〕{gold.question} —— {'、'.join(record.wrong)}", listing(pairs))


def _places(places: Iterable[Place]) -> str:
    return "、".join(f"{document} {clause}" for document, clause in places)


def _expected_duties(duties: DutyList | None) -> str:
    if duties is None:
        return ""
    lists = {"named": duties.named, "body": duties.body, "member": duties.member, "possible": duties.possible}
    tiers = "\n".join(f"{title}：{_numbers(lists[tier] or ())}" for tier, title in _TIERS if lists[tier] is not None)
    return f"{duties.organisation}\n{tiers}"


def _listed_duties(record: Record) -> str:
    rows = record.case.given.duties if record.case.given else ()
    parties = dict.fromkeys(row.party for row in rows)
    return "\n".join(
        f"{party} {title}：{_numbers({r.clause for r in rows if (r.party, r.tier) == (party, tier)})}"
        for party in parties
        for tier, title in _TIERS
    )


def _numbers(clauses: Iterable[str]) -> str:
    ordered = sorted(clauses, key=lambda one: (not one.isdigit(), int(one) if one.isdigit() else 0, one))
    return "、".join(ordered) or "无"


def _definitions(figures: Iterable[Figure]) -> list[Markup]:
    used = {one.measure for one in figures}
    rows = [(m.title, Markup(tag("span", m.definition)), _missing(m.unanswered)) for m in MEASURES if m.name in used]
    return [details("各指标的定义", table(("指标", "定义", "没有回答时计"), rows))]


def _missing(value: float | None) -> str:
    return "不计" if value is None else f"{value:g}"


def _name(figure: Figure) -> str:
    return f"{TITLES.get(figure.slice, figure.slice)}·{BY_NAME[figure.measure].title}"
