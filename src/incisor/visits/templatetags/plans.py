"""Template tags of treatment plans."""

import json

from django import template

from incisor.forms.rules import svg_of
from incisor.visits.models import PlanDecision
from incisor.visits.rules.plans import Progress

register = template.Library()


@register.filter
def signature_svg(decision: PlanDecision) -> str:
    """Return the drawn signature under a decision as a picture; empty when it was typed or said."""
    return svg_of(json.loads(decision.strokes)) if decision.strokes else ""


@register.filter
def progress_text(progress: Progress | None) -> str:
    """Say how far a planned procedure is: "1/3", empty for a single one that is not done."""
    if progress is None or progress.item.wanted < 2:
        return ""
    return f"{min(progress.count, progress.item.wanted)}/{progress.item.wanted}"
