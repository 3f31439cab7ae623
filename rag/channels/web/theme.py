"""Looks of gradio's own components. System fonts only: nothing is fetched to draw a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base

_SANS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "sans-serif")
_MONO = ("ui-monospace", "Consolas", "monospace")


def make_theme() -> Base:
    from gradio import themes
    from gradio.themes.utils.fonts import Font

    return themes.Base(
        primary_hue=themes.colors.blue,
        secondary_hue=themes.colors.sky,
        neutral_hue=themes.colors.slate,
        radius_size=themes.sizes.radius_md,
        font=[Font(name) for name in _SANS],
        font_mono=[Font(name) for name in _MONO],
    ).set(
        body_background_fill="#f3f5f8",
        body_background_fill_dark="#0e141d",
        block_background_fill="#ffffff",
        block_background_fill_dark="#161e2a",
        button_primary_background_fill="#1f56a3",
        button_primary_background_fill_hover="#18468a",
        button_primary_background_fill_dark="#2f6fc9",
        button_primary_background_fill_hover_dark="#3b7fdd",
        button_primary_text_color="#ffffff",
    )
