"""Loading what decides about times: hours, rosters, what is taken. Index ranges with constant bounds only."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import opening
from incisor.kernel.clock import day_bounds, zone
from incisor.kernel.db.functions import MinuteOf
from incisor.kernel.spans import Span, minute_of, moment_of, span_of
from incisor.patients.models import Patient
from incisor.scheduling.models import OCCUPYING_VALUES, Appointment, Block
from incisor.scheduling.rules import Surroundings, Taken
from incisor.staff.models import StaffMember
from incisor.staff.queries import duties

# No appointment lasts longer, buffer included: what starts earlier cannot reach into a range.
REACH = timedelta(hours=12)


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
    busy = occupying(clinic, first, last, besides)
    columns = ("dentist_id", "chair_id", MinuteOf("starts_at"), MinuteOf("blocked_until"))
    for dentist_id, chair_id, start, end in busy.filter(dentist__in=dentist_ids).values_list(*columns):
        row = Taken((start, end))
        of_dentist[dentist_id].append(row)
        of_chair[chair_id].append(row)
    others = busy.filter(chair__in=chair_ids).exclude(dentist__in=dentist_ids)
    for _dentist_id, chair_id, start, end in others.values_list(*columns):
        of_chair[chair_id].append(Taken((start, end)))
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    blocks = Block.objects.filter(clinic=clinic, ends_at__gt=starts_at, starts_at__lt=ends_at, removed_at=None)
    for dentist_id, chair_id, start_at, end_at, reason in blocks.values_list(
        "dentist_id", "chair_id", "starts_at", "ends_at", "reason"
    ):
        row = Taken(span_of(start_at, end_at), is_block=True, label=reason)
        if dentist_id is not None:
            of_dentist[dentist_id].append(row)
        if chair_id is not None:
            of_chair[chair_id].append(row)
    return {key: tuple(rows) for key, rows in of_dentist.items()}, {key: tuple(rows) for key, rows in of_chair.items()}


def _patients_taken(
    clinic: Clinic, patient_ids: list[Any], first: date, last: date, besides: Appointment | None
) -> tuple[Span, ...]:
    if not patient_ids:
        return ()
    mine = occupying(clinic, first, last, besides).filter(patient__in=patient_ids)
    return tuple(mine.values_list(MinuteOf("starts_at"), MinuteOf("ends_at")))
