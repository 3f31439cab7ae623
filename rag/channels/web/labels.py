"""Roles and tiers as coloured labels. The words say everything; the colour only helps the eye."""

from __future__ import annotations

from html import escape

from index.model import Role

_ROLES = {
    Role.LEAD.value: "lead", Role.LEAD_AND_ORGANISE.value: "lead", Role.ORGANISE.value: "organise",
    Role.SHARE.value: "share", Role.TOGETHER.value: "share", Role.SUPERVISE.value: "supervise",
    Role.CARRY_OUT.value: "carry", Role.TAKE_PART.value: "carry",
}  # fmt: skip
TIER_WORDS = {"named": "点名", "body": "正文", "member": "成员", "possible": "待确认"}


def role_chip(role: str) -> str:
    """``role`` as a label; unknown words are shown as they are."""
    return f'<span class="az-role az-role-{_ROLES.get(role, "other")}">{escape(role)}</span>'


def tier_chip(tier: str, words: str | None = None) -> str:
    css = tier if tier in TIER_WORDS else "other"
    return f'<span class="az-tier az-tier-{css}">{escape(words or TIER_WORDS.get(tier, tier))}</span>'


def role_kind(role: str) -> str:
    """The colour family of a role, for style sheets: lead, organise, share, supervise, carry or other."""
    return _ROLES.get(role, "other")
