"""Template tags about teeth and procedures."""

from collections.abc import Iterable

from django import template

from incisor.clinics.models import Procedure
from incisor.visits.models import TreatmentDone
from incisor.visits.queries import diagnosis_labels, procedure_name
from incisor.visits.rules.teeth import places_text

register = template.Library()
register.filter("procedure_name", procedure_name)


@register.filter
def short_name(procedure: Procedure) -> str:
    """Return the short name of a procedure in the language of the page."""
    name = procedure_name(procedure)
    return procedure.short_zh or name if name == procedure.name_zh else name


@register.filter
def teeth_text(teeth: Iterable[int]) -> str:
    """Return FDI numbers as they are written: "11, 36"."""
    return ", ".join(str(tooth) for tooth in teeth)


@register.filter
def places(done: TreatmentDone) -> str:
    """Return the teeth of a treatment with their surfaces, as they are typed: "36 MO, 37"."""
    return places_text(done.teeth, done.surfaces)


@register.filter
def with_gap(sentence: str) -> str:
    """Return a ready sentence as it is shown, with a gap where the chosen teeth will stand."""
    return sentence.replace("{teeth}", "…")


@register.filter
def diagnoses_text(codes: Iterable[str]) -> str:
    """Return codes with their words: "K02.1 牙本质龋; K05.1 慢性龈炎"."""
    return "; ".join(" ".join(filter(None, pair)) for pair in diagnosis_labels(list(codes)))
