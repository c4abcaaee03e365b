"""Template tags of forms: a drawn signature, a title in the reader's language."""

import base64
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def drawn_signature(svg: str, name: str) -> SafeString:
    """Show a signature as a picture of its own, so that the page needs no markup that came from outside."""
    data = base64.b64encode(svg.encode()).decode()
    return format_html('<img class="fill-picture" src="data:image/svg+xml;base64,{}" alt="{}">', data, name)


@register.filter
def title_in(thing: Any, language: str) -> str:
    """Return the title of a form or version in a language."""
    return str(thing.title(language or "zh-hans"))
