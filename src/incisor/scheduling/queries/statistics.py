"""Figures about bookings (APT-14), as rows that a page draws and a list exports. Every figure states its filter.

Each reads one clinic and one stretch of days by an index, whatever the size of the table.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incisor.clinics.enums import Specialty
from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds, zone
from incisor.scheduling.enums import AppointmentStatus, BookingChannel, CancelReason, ChangeKind
from incisor.scheduling.models import Appointment, AppointmentChange, AppointmentItem
from incisor.scheduling.rules import KEPT

STEPS = ("day", "week", "month")
KEPT_VALUES = sorted(KEPT)


@dataclass(frozen=True)
class Figures:
    """A table of figures. stated: what was counted and what was not, as a sentence; rows: plain values, as exported."""

    name: str
    stated: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def _planned(clinic: Clinic, first: date, last: date) -> QuerySet[Appointment]:
    """Return the appointments that lie in the days, slips of the desk left out."""
    begin, end = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    return _without_slips(Appointment.objects.filter(clinic=clinic, starts_at__gte=begin, starts_at__lt=end))


def _made(clinic: Clinic, first: date, last: date) -> QuerySet[Appointment]:
    """Return the appointments that were booked on the days, slips of the desk and imported ones left out."""
    begin, end = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    found = Appointment.objects.filter(clinic=clinic, created_at__gte=begin, created_at__lt=end)
    return _without_slips(found).exclude(channel=BookingChannel.IMPORT)


def _without_slips(found: QuerySet[Appointment]) -> QuerySet[Appointment]:
    return found.exclude(cancel_reason=CancelReason.MISTAKE)


def _days(first: date, last: date) -> str:
    return _("%(first)s to %(last)s") % {"first": first.isoformat(), "last": last.isoformat()}


def period_of(day: date, step: str) -> date:
    """Return the first day of the day's week (from Monday) or month; the day itself for “day”."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def bookings_made(clinic: Clinic, *, first: date, last: date, step: str = "day") -> Figures:
    """Return how many bookings were made a day, week or month, every period of the time, empty ones as 0."""
    days = _made(clinic, first, last).annotate(day=TruncDate("created_at", tzinfo=zone(clinic.zone)))
    counts: Counter[date] = Counter()
    for day, count in days.values_list("day").annotate(count=Count("pk")).values_list("day", "count"):
        counts[period_of(day, step)] += count
    periods = dict.fromkeys(period_of(first + timedelta(days=n), step) for n in range((last - first).days + 1))
    stated = _("Booked on %(days)s, by the day of booking; imported ones and slips of the desk left out.")
    return Figures(
        name=_("Bookings made"),
        stated=stated % {"days": _days(first, last)},
        columns=(_("From"), _("Bookings")),
        rows=[(period, counts[period]) for period in periods],
    )


def peaks(clinic: Clinic, *, first: date, last: date) -> Figures:
    """Return at which hours of which weekdays bookings were made, the busiest first; hours without any left out."""
    here = zone(clinic.zone)
    hours = _made(clinic, first, last).annotate(
        weekday=ExtractIsoWeekDay("created_at", tzinfo=here), hour=ExtractHour("created_at", tzinfo=here)
    )
    counted = hours.values("weekday", "hour").annotate(count=Count("pk")).order_by("-count", "weekday", "hour")
    stated = _("Booked on %(days)s, by weekday (1 is Monday) and hour of booking.") % {"days": _days(first, last)}
    return Figures(
        name=_("Peaks"),
        stated=stated,
        columns=(_("Weekday"), pgettext("figures", "Hour"), _("Bookings")),
        rows=[(row["weekday"], row["hour"], row["count"]) for row in counted],
    )


def _outcomes(found: QuerySet[Appointment]) -> dict[str, Any]:
    return {
        "all": Count("pk"),
        "kept": Count("pk", filter=Q(status__in=KEPT_VALUES)),
        "missed": Count("pk", filter=Q(status=AppointmentStatus.NO_SHOW)),
        "cancelled": Count("pk", filter=Q(status=AppointmentStatus.CANCELLED)),
    }


def rate(part: int, whole: int) -> float | None:
    """Return a share in per cent with one place, None where there is nothing to divide by."""
    return round(100 * part / whole, 1) if whole else None


def _by(
    name: str, heading: str, clinic: Clinic, first: date, last: date, key: str, label: Callable[[Any], str],
    found: QuerySet[Appointment] | None = None,
) -> Figures:  # fmt: skip
    rows = _planned(clinic, first, last) if found is None else found
    counted = rows.values(key).annotate(**_outcomes(rows)).order_by("-all", key)
    stated = _(
        "Appointments on %(days)s, by their own day; slips of the desk left out. Came: of all that were not cancelled."
    )
    return Figures(
        name=name,
        stated=stated % {"days": _days(first, last)},
        columns=(
            heading,
            pgettext("figures", "Appointments"),
            pgettext("figures", "Came"),
            pgettext("figures", "Missed"),
            pgettext("figures", "Cancelled"),
            _("Came, %"),
        ),
        rows=[
            (
                label(row[key]),
                row["all"],
                row["kept"],
                row["missed"],
                row["cancelled"],
                rate(row["kept"], row["all"] - row["cancelled"]),
            )
            for row in counted
        ],
    )


def by_channel(clinic: Clinic, *, first: date, last: date) -> Figures:
    """Return appointments by the channel through which they were booked, and what became of them."""
    return _by(
        _("By channel"), _("Channel"), clinic, first, last, "channel", lambda value: str(BookingChannel(value).label)
    )


def by_dentist(clinic: Clinic, *, first: date, last: date) -> Figures:
    """Return appointments by dentist, and what became of them."""
    rows = _planned(clinic, first, last)
    names = dict(rows.values_list("dentist_id", "dentist__name").distinct())
    return _by(_("By dentist"), _("Dentist"), clinic, first, last, "dentist_id", lambda value: names[value], rows)


def by_kind(clinic: Clinic, *, first: date, last: date) -> Figures:
    """Return appointments by the specialty of their first procedure, and what became of them."""
    first_item = AppointmentItem.objects.filter(appointment=OuterRef("pk")).order_by("position", "pk")
    rows = _planned(clinic, first, last).annotate(kind=Subquery(first_item.values("procedure__specialty")[:1]))
    labels = dict(Specialty.choices)
    return _by(
        _("By kind"),
        pgettext("figures", "Kind"),
        clinic,
        first,
        last,
        "kind",
        lambda value: str(labels.get(value, _("None named"))),
        rows,
    )


def conversion(clinic: Clinic, *, first: date, last: date, at: Any) -> Figures:
    """Return how many of the bookings became visits; those whose time has not come yet are counted apart."""
    begin, end = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    over = _planned(clinic, first, last).filter(starts_at__lt=min(at, end))
    counts = over.aggregate(**_outcomes(over), rescheduled=Count("pk", filter=Q(status=AppointmentStatus.RESCHEDULED)))
    ahead = Appointment.objects.filter(clinic=clinic, starts_at__gte=max(at, begin), starts_at__lt=end)
    ahead_count = _without_slips(ahead).exclude(status=AppointmentStatus.CANCELLED).count()
    kept, whole = counts["kept"], counts["all"] - counts["rescheduled"]
    open_count = whole - kept - counts["missed"] - counts["cancelled"]
    stated = _(
        "Appointments on %(days)s whose time has come; slips of the desk and those cut out to be placed anew left out."
    )
    return Figures(
        name=_("From booking to visit"),
        stated=stated % {"days": _days(first, last)},
        columns=(_("What became of them"), pgettext("figures", "Appointments"), _("Share, %")),
        rows=[
            (pgettext("figures", "Came"), kept, rate(kept, whole)),
            (pgettext("figures", "Missed"), counts["missed"], rate(counts["missed"], whole)),
            (pgettext("figures", "Cancelled"), counts["cancelled"], rate(counts["cancelled"], whole)),
            (_("Nothing noted"), open_count, rate(open_count, whole)),
            (_("All whose time has come"), whole, rate(whole, whole)),
            (_("Still to come, not counted"), ahead_count, None),
        ],
    )


def cancellations(clinic: Clinic, *, first: date, last: date) -> Figures:
    """Return the cancellations by reason with their share of all appointments, and how many came within a day."""
    planned = _planned(clinic, first, last)
    whole = planned.count()
    cancelled = planned.filter(status=AppointmentStatus.CANCELLED)
    last_change = AppointmentChange.objects.filter(
        appointment=OuterRef("pk"), kind=ChangeKind.STATUS, to_status=AppointmentStatus.CANCELLED
    ).values("appointment").annotate(at=Max("at")).values("at")  # fmt: skip
    counts: Counter[str] = Counter()
    late: Counter[str] = Counter()
    timed = cancelled.annotate(cancelled_at=Subquery(last_change))
    for reason, starts_at, cancelled_at in timed.values_list("cancel_reason", "starts_at", "cancelled_at"):
        counts[reason] += 1
        late[reason] += cancelled_at is not None and cancelled_at > starts_at - timedelta(hours=24)
    labels = dict(CancelReason.choices)
    rows = [
        (str(labels.get(reason, _("None named"))), count, rate(count, whole), late[reason])
        for reason, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]
    stated = _("Appointments on %(days)s, by their own day; the share is of all %(count)s; slips of the desk left out.")
    total = sum(counts.values())
    return Figures(
        name=_("Cancellations"),
        stated=stated % {"days": _days(first, last), "count": whole},
        columns=(
            pgettext("figures", "Reason"),
            pgettext("figures", "Cancelled"),
            _("Share, %"),
            _("Within a day before"),
        ),
        rows=[*rows, (pgettext("figures", "All"), total, rate(total, whole), sum(late.values()))],
    )
