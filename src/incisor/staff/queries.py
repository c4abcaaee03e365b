"""Reading people at work."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from incisor.clinics.models import Clinic
from incisor.clinics.queries import opening
from incisor.clinics.rules import WeeklyHours
from incisor.kernel.clock import day_bounds
from incisor.kernel.errors import NotFound
from incisor.kernel.spans import Span, span_of
from incisor.staff.enums import StaffKind
from incisor.staff.models import Leave, Placement, RosterException, RosterRule, StaffMember
from incisor.staff.rules import DayException, Duty, rostered_on, working_on


def _placed(clinic: Clinic) -> QuerySet[StaffMember]:
    """People who work in the clinic now, each with `usual_chair_id`, in their order there."""
    here = StaffMember.objects.filter(placements__clinic=clinic, placements__is_active=True, is_active=True).annotate(
        usual_chair_id=F("placements__chair_id")
    )
    return here.order_by("placements__position", "number", "pk")


def dentists(clinic: Clinic) -> list[StaffMember]:
    """Return the dentists who work in the clinic, each with `usual_chair_id`, in their order on the calendar."""
    return list(_placed(clinic).filter(kind=StaffKind.DENTIST))


def dentist(clinic: Clinic, staff_id: Any) -> StaffMember:
    """Return a dentist who works in the clinic, with `usual_chair_id`. Raises NotFound."""
    found = _placed(clinic).filter(kind=StaffKind.DENTIST, pk=staff_id).first()
    if found is None:
        raise NotFound()
    return found


def lock_dentists(staff_ids: Iterable[Any]) -> list[StaffMember]:
    """Lock people until the transaction ends, in the order of their keys; before chairs and patients."""
    found = StaffMember.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(staff_ids))
    return list(found.order_by("pk"))


def duties(
    clinic: Clinic, staff_ids: Collection[Any], first: date, last: date, *, kinds: dict[date, str]
) -> dict[Any, Duty]:
    """Return when people are on duty in the clinic from the first to the last day, by id.

    kinds: what the calendar of public holidays says, as `clinics.queries.opening` returns it.
    """
    starts_at, ends_at = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    roster: dict[Any, list[WeeklyHours]] = defaultdict(list)
    weekly = RosterRule.objects.filter(clinic=clinic, staff__in=staff_ids, valid_from__lte=last)
    for staff_id, *row in weekly.filter(Q(valid_until=None) | Q(valid_until__gte=first)).values_list(
        "staff_id", "weekday", "starts", "ends", "valid_from", "valid_until"
    ):
        roster[staff_id].append(WeeklyHours(*row))  # type: ignore[arg-type]
    exceptions: dict[Any, list[DayException]] = defaultdict(list)
    special = RosterException.objects.filter(clinic=clinic, staff__in=staff_ids, day__gte=first, day__lte=last)
    for staff_id, *row in special.values_list("staff_id", "day", "starts", "ends"):
        exceptions[staff_id].append(DayException(*row))  # type: ignore[arg-type]
    leave: dict[Any, list[Span]] = defaultdict(list)
    away = Leave.objects.filter(staff__in=staff_ids, cancelled_at=None, ends_at__gt=starts_at, starts_at__lt=ends_at)
    for staff_id, starts, ends in away.values_list("staff_id", "starts_at", "ends_at"):
        leave[staff_id].append(span_of(starts, ends))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {
        staff_id: Duty(
            rostered=tuple(
                span
                for day in days
                for span in rostered_on(
                    day=day,
                    roster=roster[staff_id],
                    exceptions=exceptions[staff_id],
                    kind=kinds.get(day),
                    zone=clinic.zone,
                )
            ),
            leave=tuple(leave[staff_id]),
        )
        for staff_id in staff_ids
    }


def working_minutes(clinic: Clinic, staff: StaffMember, day: date) -> list[Span]:
    """Return the minutes of a day in which the person takes patients in the clinic."""
    opened = opening(clinic, day, day)
    duty = duties(clinic, [staff.pk], day, day, kinds=opened.kinds)[staff.pk]
    return working_on(rostered=duty.rostered, opened=opened.open, leave=duty.leave)


def usual_chair_of(clinic: Clinic, staff: StaffMember) -> Any:
    """Return the id of the chair at which the person usually works in the clinic, None when there is none."""
    return Placement.objects.filter(clinic=clinic, staff=staff).values_list("chair_id", flat=True).first()
