"""Template tags of the house: icons, stretches of time."""

from datetime import datetime, time, timedelta
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from incisor.kernel.clock import local

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=1024)  # some hundreds a page, always the same
def icon(name: str, label: str = "") -> SafeString:
    """Draw a Tabler icon. label: what it says when it stands alone; without one it is decoration."""
    meaning = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon" {} focusable="false"><use href="{}#{}"></use></svg>',
        meaning,
        static("incisor/icons.svg"),
        name,
    )


@register.simple_tag
def stretch(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Write a stretch of time by a clinic's clock: whole days as days, the last one counted, anything else with times."""
    begin, end = local(starts_at, zone), local(ends_at, zone)
    if begin.time() == end.time() == time(0):
        last = end.date() - timedelta(days=1)
        day = date_format(begin, "DATE_FORMAT")
        return day if last == begin.date() else f"{day} – {date_format(last, 'DATE_FORMAT')}"
    if begin.date() == end.date():
        return f"{date_format(begin, 'DATETIME_FORMAT')}–{date_format(end, 'TIME_FORMAT')}"
    return f"{date_format(begin, 'DATETIME_FORMAT')} – {date_format(end, 'DATETIME_FORMAT')}"
