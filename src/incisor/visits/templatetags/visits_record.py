"""Template tags of records."""

from django import template
from django.utils.translation import get_language

from incisor.visits.rules.drugs import Drug

register = template.Library()


@register.filter
def drug_name(drug: Drug) -> str:
    """Return the name of a drug in the language of the page."""
    return drug.word("name", get_language() or "")
