"""Appointments that can no longer stand where they are: the worklist after a change of hours, rosters, chairs or blocks."""

import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from incisor.clinics.enums import ChairState
from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import OUT_OF_ORDER_DAYS
from incisor.clinics.rules import equipment_code
from incisor.kernel.clock import local
from incisor.kernel.db.functions import MinuteOf
from incisor.kernel.db.prepared import prepared
from incisor.kernel.fields import spans_of_text
from incisor.kernel.spans import minute_of, moment_of
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.scheduling.queries.lists import with_parts
from incisor.scheduling.queries.surroundings import surroundings
from incisor.scheduling.rules import Conflict, Ground, Standing, no_longer_fits
from incisor.staff.models import StaffMember
from incisor.staff.queries import people as people_of

MOST_AFFECTED = 500


class Affected(NamedTuple):
    """An expected appointment that can no longer stand, with every reason."""

    appointment: Appointment
    conflicts: tuple[Conflict, ...]


def affected(clinic: Clinic, at: datetime, *, staff: StaffMember | None = None) -> list[Affected]:
    """Return the clinic's expected appointments from then on that can no longer stand, by time; at most 500.

    Closed, on holiday, chair shut or out of order, dentist off duty, on leave or gone, licence ended, blocked: read
    anew each time, so nothing can be forgotten. Conflicts that somebody has accepted do not count. staff: of this
    dentist or assistant only. A constant number of queries.
    """
    reasons = affected_reasons(clinic, at, staff=staff)
    wanted = list(reasons)[:MOST_AFFECTED]
    rows = {row.pk: row for row in with_parts(Appointment.objects.filter(clinic=clinic, pk__in=wanted))}
    for row in rows.values():
        row.clinic = clinic
    return [Affected(rows[key], tuple(reasons[key])) for key in wanted if key in rows]


def affected_reasons(clinic: Clinic, at: datetime, *, staff: StaffMember | None = None) -> dict[Any, list[Conflict]]:
    """Return why appointments can no longer stand, by id in the order of time: for counting, without reading them."""
    rows = [row for row in _expected(clinic.pk, at) if staff is None or staff.pk in row[1:4]]
    if not rows:
        return {}
    chairs = list(Chair.objects.filter(clinic=clinic, is_active=True))
    people = {
        row.pk: row for row in StaffMember.objects.filter(pk__in={key for row in rows for key in row[1:4] if key})
    }
    first, last = (local(moment_of(minute), clinic.zone).date() for minute in (rows[0][4], max(row[5] for row in rows)))
    around = surroundings(
        clinic, dentists=list(people.values()), chairs=chairs, first=first, last=last, at=at, with_taken=False
    )
    until = minute_of(at + timedelta(days=OUT_OF_ORDER_DAYS))
    ground = Ground(
        around=around,
        here={row.pk for row in people_of(clinic)},
        chairs={row.pk for row in chairs},
        broken={row.pk: until for row in chairs if row.state == ChairState.OUT_OF_ORDER},
    )
    needs = _needs(clinic, at)
    found = {}
    for key, dentist, chair, assistant, start, end, text, accepted in rows:
        hands = tuple((max(a, start), min(b, end)) for a, b in spans_of_text(text))
        row = Standing(
            key, dentist, chair, (start, end), hands, assistant, needs.get(key, frozenset()), frozenset(accepted)
        )
        reasons = no_longer_fits(row, ground)
        if reasons:
            found[key] = reasons
    return found


@prepared
def _expected(clinic_id: uuid.UUID, at: datetime) -> QuerySet[Any, Any]:
    found = Appointment.objects.filter(clinic_id=clinic_id, starts_at__gte=at, status__in=sorted(EXPECTED))
    return found.order_by("starts_at", "pk").values_list(
        "pk", "dentist_id", "chair_id", "assistant_id", MinuteOf("starts_at"), MinuteOf("ends_at"),
        Cast("dentist_spans", TextField()), "accepted",
    )  # fmt: skip


def _needs(clinic: Clinic, at: datetime) -> dict[Any, frozenset[str]]:
    """What the chairs of these appointments must be able to do."""
    needs: dict[Any, frozenset[str]] = {}
    for key, capabilities, equipment in _asked_of_chairs(clinic.pk, at):
        mine = frozenset(capabilities) | frozenset(equipment_code(word) for word in equipment)
        needs[key] = needs.get(key, frozenset()) | mine
    return needs


@prepared
def _asked_of_chairs(clinic_id: uuid.UUID, at: datetime) -> QuerySet[Any, Any]:
    found = AppointmentItem.objects.filter(
        appointment__clinic_id=clinic_id, appointment__starts_at__gte=at, appointment__status__in=sorted(EXPECTED)
    )
    return found.values_list("appointment_id", "procedure__chair_needs", "procedure__equipment_needs")
