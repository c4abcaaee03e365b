"""Rows of the board: nearly all of them say what they said before."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

# Rows that were rendered once, by everything that they show. A board is asked for again with every change of the day,
# and nearly all of its rows say what they said before. What is personal to the session is put in afterwards.
MOST_ROWS = 4000
TOKEN = "csrf-of-the-session"
FLAGS = ("may_receive", "may_step", "may_pay", "may_chair", "may_note", "may_see_patients", "may_see_health")
_rows: dict[tuple[Any, ...], str] = {}


@register.simple_tag(takes_context=True)
def board_row(context: template.Context, name: str, row: Any, target: str = "board") -> SafeString:
    """Render one row of the board; what was rendered before for the same values is used again."""
    today = context["board"].day
    flags = tuple(bool(context.get(flag)) for flag in FLAGS)
    key = (name, target, get_language(), today, context["board"].limit, flags, row.stamp())
    html = _rows.get(key)
    if html is None:
        with context.push(row=row, target=target, csrf_token=TOKEN):
            html = context.template.engine.get_template(name).render(context)  # type: ignore[union-attr]
        if len(_rows) >= MOST_ROWS:
            _rows.clear()
        _rows[key] = html
    return mark_safe(html.replace(TOKEN, str(context.get("csrf_token", ""))))
