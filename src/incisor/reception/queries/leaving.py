"""How things stand with patients who want to leave: a constant number of queries for any number of them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.clinics.models import Clinic
from incisor.forms.enums import FilledStatus
from incisor.forms.models import FilledForm
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.messaging.queries import public_address, template_for
from incisor.patients.models import Patient
from incisor.reception.enums import OWN_SHEET, LeaveReason, Matter
from incisor.reception.models import AftercareGiven, LeftOpen
from incisor.reception.queries.board import Board
from incisor.reception.queries.flow import flow_rules
from incisor.reception.queries.money import Owed, owed_of
from incisor.reception.queries.sheets import sheets_of_visits
from incisor.reception.rules.leaving import REASONS, AtTheDoor, left_open
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment
from incisor.visits.models import Visit
from incisor.visits.queries import Wanted, next_visits_wanted
from incisor.visits.queries.next_visit import NOTHING


@dataclass(frozen=True)
class Leaving:
    """One patient at the door. open: what has to be settled or excused; excuses: what was, and why; sheets: see `as_sheets`."""

    door: AtTheDoor
    owed: Owed
    wanted: Wanted
    excuses: tuple[LeftOpen, ...] = ()
    sheets: tuple[tuple[str, AftercareGiven | None], ...] = ()

    @property
    def open(self) -> list[Matter]:
        """What keeps the visit from being closed, in the order of the desk."""
        return left_open(self.door)

    @property
    def open_labels(self) -> list[str]:
        """What is open, in words."""
        return [str(Matter(matter).label) for matter in self.open]

    @property
    def open_text(self) -> str:
        """What is open, in one line."""
        return _(", ").join(self.open_labels)


def leaving_of(visit: Visit, at: datetime) -> Leaving:
    """Return how things stand with one patient."""
    return leavings_of(visit.clinic, [visit], at)[visit.pk]


def leavings_of(clinic: Clinic, visits: Collection[Visit], at: datetime) -> dict[uuid.UUID, Leaving]:
    """Return how things stand with each patient, by visit."""
    if not visits:
        return {}
    ids, people = [visit.pk for visit in visits], [visit.patient_id for visit in visits]
    owed, wanted, sheets = owed_of(clinic, ids), next_visits_wanted(clinic, ids), sheets_of_visits(visits)
    coming = _coming(clinic, people, at)
    forms = FilledForm.objects.filter(clinic=clinic, patient__in=people, status=FilledStatus.OPEN)
    unsigned = list(forms.values_list("patient_id", flat=True))
    excuses: dict[Any, list[LeftOpen]] = {}
    for row in LeftOpen.objects.filter(visit__in=ids, ended_at=None).order_by("at", "pk"):
        excuses.setdefault(row.visit_id, []).append(row)
    reachable = _reachable(clinic, people) if flow_rules(clinic).sends_aftercare else frozenset()
    found = {}
    for visit in visits:
        said, owes = wanted.get(visit.pk, NOTHING), owed.get(visit.pk, Owed(currency=clinic.currency))
        door = AtTheDoor(
            is_settled=owes.is_settled,
            wants_next=said.is_wanted,
            has_next=any(key != visit.appointment_id for key in coming.get(visit.patient_id, ())),
            sheets_open=sum(1 for key, row in sheets[visit.pk] if _is_open(key, row)),
            sends_sheets=visit.patient_id in reachable,
            forms_open=unsigned.count(visit.patient_id),
            excused=frozenset(Matter(row.matter) for row in excuses.get(visit.pk, ())),
        )
        found[visit.pk] = Leaving(door, owes, said, tuple(excuses.get(visit.pk, ())), tuple(sheets[visit.pk]))
    return found


def _is_open(key: str, row: Any) -> bool:
    if row is None:
        return True
    return row.printed_at is None and row.sent_at is None and (key != OWN_SHEET or bool(row.words))


def _coming(clinic: Clinic, people: list[uuid.UUID], at: datetime) -> dict[uuid.UUID, list[uuid.UUID]]:
    rows = Appointment.objects.filter(clinic=clinic, patient__in=people, starts_at__gte=at, status__in=sorted(EXPECTED))
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for patient_id, key in rows.values_list("patient_id", "pk"):
        found.setdefault(patient_id, []).append(key)
    return found


def _reachable(clinic: Clinic, people: list[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return whom a message with a link reaches."""
    if not public_address(clinic) or template_for(clinic, "aftercare_sheet", "zh-hans") is None:
        return frozenset()
    rows = Patient.objects.filter(pk__in=people).exclude(contact_channel="none").exclude(phone_index="")
    return frozenset(rows.values_list("pk", flat=True))


def mark_leaving(board: Board, clinic: Clinic, at: datetime) -> Board:
    """Note at those who have paid and are still here what else is open; no query when nobody is."""
    paid = {row.visit.pk: row for row in board.to_pay if row.visit is not None and row.owed.is_settled}
    found = leavings_of(clinic, [row.visit for row in paid.values() if row.visit is not None], at)
    for key, leaving in found.items():
        paid[key].still_open = leaving.open_text
    return board


def reasons_for(matter: str) -> list[LeaveReason]:
    """Return the reasons for leaving something open, in the order of the digits."""
    return list(REASONS[Matter(matter)])


def left_open_row(clinic: Clinic, row_id: object) -> LeftOpen:
    """Return why something stayed open at a visit of the clinic. Raises NotFound."""
    key = as_uuid(row_id)
    rows = LeftOpen.objects.filter(clinic=clinic, pk=key).select_related("visit__clinic", "visit__patient")
    found = rows.first() if key else None
    if found is None:
        raise NotFound()
    return found
