"""The next visit that is wanted: what the chair said, else what the note says, else what an agreed plan says is due."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Procedure
from incisor.visits.enums import RecordField
from incisor.visits.models import NextVisit, Visit, VisitNote
from incisor.visits.queries.plans import due_by_patient
from incisor.visits.queries.reading import reads_field


@dataclass(frozen=True)
class Wanted:
    """What is wanted for the next visit. is_none: it was said that none is. is_said: somebody said anything at all."""

    procedure: Procedure | None = None
    after_days: int | None = None
    note: str = ""
    is_none: bool = False
    is_said: bool = False

    @property
    def is_wanted(self) -> bool:
        """Whether a further visit has to be booked."""
        return self.is_said and not self.is_none


NOTHING = Wanted()


def next_visits_wanted(clinic: Clinic, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Wanted]:
    """Return what is wanted after each visit; those of which neither anybody nor a plan said anything are left out.

    Three queries for any number of visits, a few more where plans are due.
    """
    if not visit_ids:
        return {}
    notes = VisitNote.objects.filter(clinic=clinic, visit__in=visit_ids).select_related("next_procedure")
    found = {}
    for note in notes.only("visit_id", "next_after_days", "next_note", "next_procedure"):
        if note.next_procedure is not None or note.next_after_days is not None:
            found[note.visit_id] = Wanted(note.next_procedure, note.next_after_days, note.next_note, is_said=True)
    for said in NextVisit.objects.filter(clinic=clinic, visit__in=visit_ids).select_related("procedure"):
        found[said.visit_id] = Wanted(said.procedure, said.after_days, said.note, said.is_none, is_said=True)
    return found | _due_by_plan(clinic, [key for key in visit_ids if key not in found])


def _due_by_plan(clinic: Clinic, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Wanted]:
    """Return what the patients' agreed plans say is due next, by visit."""
    visits = Visit.objects.filter(clinic=clinic, pk__in=visit_ids)
    due = due_by_patient(clinic, visits.values("patient_id")) if visit_ids else {}
    if not due:
        return {}
    found = {}
    for visit_id, patient_id, day in visits.values_list("pk", "patient_id", "business_date"):
        if patient_id in due:
            procedure, on = due[patient_id]
            found[visit_id] = Wanted(procedure, max((on - day).days, 1), is_said=True)
    return found


def next_visit_wanted(visit: Visit) -> Wanted:
    """Return what is wanted after one visit."""
    clinic = visit.clinic
    return next_visits_wanted(clinic, [visit.pk]).get(visit.pk, NOTHING)


def as_read_by(user: User, clinic: Clinic, wanted: Wanted) -> Wanted:
    """Return what the person is told of it: the words only with this part of the record; the rest is for booking."""
    return wanted if reads_field(clinic, user, RecordField.NEXT_VISIT) else replace(wanted, note="")
