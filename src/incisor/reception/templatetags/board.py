"""Addresses on the board: some hundreds a page, so that each pattern is looked up once only."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()
NOBODY = UUID(int=0)


@lru_cache(maxsize=64)
def _pattern(name: str) -> tuple[str, str]:
    try:
        before, _, after = reverse(name, args=[NOBODY]).partition(str(NOBODY))
    except NoReverseMatch:
        return "", ""
    return before, after


@register.simple_tag
def at(name: str, key: Any) -> str:
    """Return the address of the page with that name and one id; empty when there is no such page."""
    before, after = _pattern(name)
    return f"{before}{key}{after}" if before else ""
