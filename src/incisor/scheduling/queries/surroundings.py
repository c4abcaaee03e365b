"""Loading what decides about times: hours, rosters, what is taken. Index ranges with constant bounds only."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from incisor.clinics.models import Chair, Clinic
from incisor.clinics.queries import opening
from incisor.clinics.rules import abilities_of
from incisor.kernel.clock import day_bounds, local, zone
from incisor.kernel.spans import Span, minute_of, moment_of
from incisor.patients.models import Patient
from incisor.scheduling.enums import ConflictKind as K
from incisor.scheduling.models import OCCUPYING_VALUES, Appointment, Hold
from incisor.scheduling.queries.blocking import hindering
from incisor.scheduling.queries.limiting import full_days_of, limits_for
from incisor.scheduling.queries.occupied import EMPTY, Held, occupied
from incisor.scheduling.rules import Limit, Need, Surroundings, Taken
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
    assistants: Sequence[StaffMember] = (),
    first: date,
    last: date,
    at: datetime,
    need: Need | None = None,
    besides: Appointment | None = None,
    besides_hold: Hold | None = None,
    with_taken: bool = True,
    limits: Sequence[Limit] | None = None,
) -> Surroundings:
    """Return all that decides about times of these dentists and chairs from the first to the last day.

    patients: whose other appointments count, in every clinic. at: when it is asked; holds that end before do not
    count, a reserve may have opened. need: for what; None leaves out daily limits and lets no block be used. besides,
    besides_hold: what does not count, because it is about to be moved, or booked. with_taken: False leaves out all
    appointments and holds. limits: those that concern the need, when they are known already.
    """
    opened = opening(clinic, first, last)
    if limits is None:
        limits = limits_for(clinic, need) if need is not None else ()
    staff_ids = [*dict.fromkeys(row.pk for row in (*dentists, *assistants))]
    chair_ids, patient_ids = [row.pk for row in chairs], [row.pk for row in patients]
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    rows = (
        EMPTY
        if not with_taken
        else occupied(
            staff_ids,
            chair_ids,
            patient_ids,
            starts_at - REACH,
            ends_at,
            at=at,
            with_assistants=bool(assistants),
            besides=besides.pk if besides else None,
            besides_hold=besides_hold.pk if besides_hold else None,
        )
    )
    of_staff, of_chair, held = _held(clinic, rows.holds, set(patient_ids))
    blocks = hindering(clinic, first, last, staff_ids=staff_ids, need=need, now=minute_of(at))
    for dentist_id, chair_id, row in blocks:
        (of_chair[chair_id] if chair_id is not None else of_staff[dentist_id]).append(row)
    return Surroundings(
        opening=opened,
        duty=duties(clinic, staff_ids, first, last, kinds=opened.kinds),
        day_of=day_finder(clinic.zone),
        dentist_busy=_together(rows.of_staff),
        chair_busy=_together(rows.of_chairs),
        dentist_taken={key: tuple(found) for key, found in of_staff.items()},
        chair_taken={key: tuple(found) for key, found in of_chair.items()},
        patient_taken=tuple(rows.of_patients),
        licence_ends={row.pk: _licence_ends(clinic, row) for row in dentists},
        abilities={row.pk: abilities_of(row.capabilities, row.equipment) for row in chairs},
        usual_chairs={row.pk: getattr(row, "usual_chair_id", None) for row in dentists},
        patient_held=tuple(held),
        full=full_days_of(clinic, limits, [row.pk for row in dentists], first, last, besides),
    )


Found = dict[Any, list[Taken]]


def _together(found: Iterable[tuple[Any, Sequence[Span]]]) -> dict[Any, Sequence[Span]]:
    result: dict[Any, Sequence[Span]] = {}
    for key, spans in found:
        result[key] = (*result[key], *spans) if key in result else spans
    return result


def _held(clinic: Clinic, holds: Iterable[Held], patients: set[Any]) -> tuple[Found, Found, list[Taken]]:
    """What is held: by dentist, by chair, and for the patients."""
    of_staff: Found = defaultdict(list)
    of_chair: Found = defaultdict(list)
    of_patient: list[Taken] = []
    for hold in holds:
        label = f"{hold.by} · {local(hold.expires_at, clinic.zone):%H:%M}"
        of_staff[hold.dentist].extend([Taken(span, label=label, kind=K.HELD) for span in hold.spans])
        of_chair[hold.chair].append(Taken(hold.blocked, label=label, kind=K.HELD))
        if hold.assistant is not None:
            of_staff[hold.assistant].append(Taken(hold.blocked, label=label, kind=K.HELD))
        if hold.patient in patients:
            of_patient.append(Taken(hold.span, label=label, kind=K.HELD))
    return of_staff, of_chair, of_patient


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
