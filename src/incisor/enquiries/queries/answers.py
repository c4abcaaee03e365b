"""Answers at hand."""

from typing import Any

from incisor.clinics.models import Clinic
from incisor.enquiries.models import Answer
from incisor.enquiries.rules import found as found_in
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid


def answers(
    clinic: Clinic, *, wanted: str = "", kind: str = "", situation: str = "", hidden: bool = False
) -> list[Answer]:
    """Return the clinic's answers that fit what was typed, the best first. A clinic has some hundred at most."""
    rows = Answer.objects.filter(clinic=clinic, is_active=not hidden)
    if kind:
        rows = rows.filter(kind=kind)
    if situation:
        rows = rows.filter(situation=situation)
    return found_in(rows.order_by("position", "pk")[:500], wanted)


def answer(clinic: Clinic, answer_id: Any) -> Answer:
    """Return an answer of the clinic. Raises NotFound."""
    row = Answer.objects.filter(clinic=clinic, pk=as_uuid(answer_id)).first()
    if row is None:
        raise NotFound()
    return row
