"""Words of scheduling for templates."""

from datetime import date
from typing import Any

from django import template
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()
MIDNIGHT = 24 * 60


def _day(day: date) -> str:
    return date_format(day, "MONTH_DAY_FORMAT")


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


@register.simple_tag
def wish_words(wish: Any) -> str:
    """Return when a wish may come true: "until 3 December · Mon, Wed · from 17:00"."""
    words = [_("until %(day)s") % {"day": _day(wish.until_on)} if wish.until_on else _("any day")]
    if wish.weekdays:
        words.append(", ".join(str(WEEKDAYS_ABBR[number]) for number in sorted(wish.weekdays)))
    for start, end in wish.parts:
        words.append(
            _("from %(time)s") % {"time": _clock(start)}
            if end >= MIDNIGHT
            else _("before %(time)s") % {"time": _clock(end)}
            if start <= 0
            else f"{_clock(start)}–{_clock(end)}"
        )
    return " · ".join(words)
