"""Loading what decides about times: hours, rosters, what is taken. Index ranges with constant bounds only."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import opening
from incisor.kernel.clock import day_bounds, zone
from incisor.kernel.db.functions import MinuteOf
from incisor.kernel.db.prepared import prepared
from incisor.kernel.spans import Span, minute_of, moment_of, span_of
from incisor.patients.models import Patient
from incisor.scheduling.models import OCCUPYING_VALUES, Appointment, Block
from incisor.scheduling.rules import Surroundings, Taken
from incisor.staff.models import StaffMember
from incisor.staff.queries import duties

# No appointment lasts longer, buffer included: what starts earlier cannot reach into a range.
REACH = timedelta(hours=12)
NONE = uuid.UUID(int=0)  # no appointment has this id


def day_finder(zone_name: str) -> Callable[[int], date]:
    """Return the function that tells the local date of a minute."""
    tz = zone(zone_name)
    return lambda minute: moment_of(minute).astimezone(tz).date()


def surroundings(
    clinic: Clinic,
    *,
    dentists: Sequence[StaffMember],
    chairs: Sequence[Chair],
    patients: Iterable[Patient] = (),
    first: date,
    last: date,
    besides: Appointment | None = None,
) -> Surroundings:
    """Return all that decides about times of these dentists and chairs from the first to the last day.

    patients: whose other appointments count, in every clinic. besides: an appointment that does not count, because it
    is about to be moved.
    """
    opened = opening(clinic, first, last)
    dentist_ids, chair_ids = [row.pk for row in dentists], [row.pk for row in chairs]
    dentist_taken, chair_taken = _taken(clinic, dentist_ids, chair_ids, first, last, besides)
    return Surroundings(
        opening=opened,
        duty=duties(clinic, dentist_ids, first, last, kinds=opened.kinds),
        day_of=day_finder(clinic.zone),
        dentist_taken=dentist_taken,
        chair_taken=chair_taken,
        patient_taken=_patients_taken(clinic, [row.pk for row in patients], first, last, besides),
        licence_ends={row.pk: _licence_ends(clinic, row) for row in dentists},
        abilities={row.pk: frozenset(row.capabilities) for row in chairs},
        usual_chairs={row.pk: getattr(row, "usual_chair_id", None) for row in dentists},
    )


def _licence_ends(clinic: Clinic, dentist: StaffMember) -> int | None:
    if dentist.licence_expires_on is None:
        return None
    return minute_of(day_bounds(dentist.licence_expires_on, clinic.zone)[1])


def occupying(clinic: Clinic, first: date, last: date, besides: Appointment | None = None) -> QuerySet[Appointment]:
    """Return the appointments of all clinics that take up time in these local days of the clinic."""
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    found = Appointment.objects.filter(
        status__in=OCCUPYING_VALUES, starts_at__gte=starts_at - REACH, starts_at__lt=ends_at
    )
    return found if besides is None else found.exclude(pk=besides.pk)


def _taken(
    clinic: Clinic, dentist_ids: list[Any], chair_ids: list[Any], first: date, last: date, besides: Appointment | None
) -> tuple[dict[Any, tuple[Taken, ...]], dict[Any, tuple[Taken, ...]]]:
    of_dentist: dict[Any, list[Taken]] = defaultdict(list)
    of_chair: dict[Any, list[Taken]] = defaultdict(list)
    # two queries, each a range of one index; the second leaves out what the first has told already
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    bounds = starts_at - REACH, ends_at, besides.pk if besides else NONE
    for dentist_id, chair_id, start, end in _of_dentists(tuple(dentist_ids), *bounds):
        row = Taken((start, end))
        of_dentist[dentist_id].append(row)
        of_chair[chair_id].append(row)
    for _dentist_id, chair_id, start, end in _of_chairs(tuple(chair_ids), tuple(dentist_ids), *bounds):
        of_chair[chair_id].append(Taken((start, end)))
    for dentist_id, chair_id, start_at, end_at, reason in _blocks(clinic.pk, starts_at, ends_at):
        row = Taken(span_of(start_at, end_at), is_block=True, label=reason)
        if dentist_id is not None:
            of_dentist[dentist_id].append(row)
        if chair_id is not None:
            of_chair[chair_id].append(row)
    return {key: tuple(rows) for key, rows in of_dentist.items()}, {key: tuple(rows) for key, rows in of_chair.items()}


_COLUMNS = ("dentist_id", "chair_id", MinuteOf("starts_at"), MinuteOf("blocked_until"))


def _busy(begin: datetime, end: datetime, besides: uuid.UUID) -> QuerySet[Appointment]:
    found = Appointment.objects.filter(status__in=OCCUPYING_VALUES, starts_at__gte=begin, starts_at__lt=end)
    return found.exclude(pk=besides)


@prepared
def _of_dentists(
    dentists: tuple[uuid.UUID, ...], begin: datetime, end: datetime, besides: uuid.UUID
) -> QuerySet[Any, Any]:
    return _busy(begin, end, besides).filter(dentist_id__in=dentists).values_list(*_COLUMNS)


@prepared
def _of_chairs(
    chairs: tuple[uuid.UUID, ...],
    dentists: tuple[uuid.UUID, ...],
    begin: datetime,
    end: datetime,
    besides: uuid.UUID,
) -> QuerySet[Any, Any]:
    found = _busy(begin, end, besides).filter(chair_id__in=chairs).exclude(dentist_id__in=dentists)
    return found.values_list(*_COLUMNS)


@prepared
def _of_patients(
    patients: tuple[uuid.UUID, ...], begin: datetime, end: datetime, besides: uuid.UUID
) -> QuerySet[Any, Any]:
    found = _busy(begin, end, besides).filter(patient_id__in=patients)
    return found.values_list(MinuteOf("starts_at"), MinuteOf("ends_at"))


@prepared
def _blocks(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> QuerySet[Any, Any]:
    found = Block.objects.filter(clinic_id=clinic_id, ends_at__gt=starts_at, starts_at__lt=ends_at, removed_at=None)
    return found.values_list("dentist_id", "chair_id", "starts_at", "ends_at", "reason")


def _patients_taken(
    clinic: Clinic, patient_ids: list[Any], first: date, last: date, besides: Appointment | None
) -> tuple[Span, ...]:
    if not patient_ids:
        return ()
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    return tuple(_of_patients(tuple(patient_ids), starts_at - REACH, ends_at, besides.pk if besides else NONE))
