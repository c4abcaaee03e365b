"""Words of the screen in the waiting room."""

from django import template

register = template.Library()


@register.filter
def with_minutes(text: str, minutes: int) -> str:
    """Return the text with the minutes in their place."""
    return text % {"minutes": minutes}


@register.filter
def milliseconds(moment: object) -> int:
    """Return the moment as scripts count it, 0 for none."""
    return int(moment.timestamp() * 1000) if moment is not None else 0  # type: ignore[attr-defined]
