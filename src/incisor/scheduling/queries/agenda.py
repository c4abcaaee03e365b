"""The agenda: appointments one below the other by time, as far as a filter lets them through, a page at a time."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds
from incisor.kernel.fields import as_uuid
from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.scheduling.queries.cards import SHOWN_FREED
from incisor.scheduling.queries.lists import FREED_VALUES, listed, with_parts
from incisor.scheduling.rules import CardFilter
from incisor.staff.queries import dentists as dentists_of

PAGE = 100
MOST_DAYS = 31


@dataclass(frozen=True)
class Agenda:
    """One page of the agenda. total: of all pages."""

    rows: list[Appointment]
    total: int
    page: int
    pages: int


def agenda(
    clinic: Clinic,
    first: date,
    last: date,
    *,
    wanted: CardFilter,
    with_freed: bool = False,
    page: int = 1,
    size: int = PAGE,
) -> Agenda:
    """Return the appointments that begin from the first to the last day, by time. with_freed: cancelled and missed too."""
    days = min((last - first).days + 1, MOST_DAYS)
    starts_at, ends_at = day_bounds(first, clinic.zone, days=max(days, 1))
    found = Appointment.objects.filter(clinic=clinic, starts_at__gte=starts_at, starts_at__lt=ends_at)
    found = _narrowed(found, clinic, wanted)
    if not with_freed and wanted.status.isdisjoint(SHOWN_FREED):
        found = found.exclude(status__in=FREED_VALUES)
    total = found.count()
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    rows = with_parts(found).order_by("starts_at", "pk")[(page - 1) * size : page * size]
    return Agenda(rows=listed(clinic, rows), total=total, page=page, pages=pages)


def _narrowed(found: QuerySet[Appointment], clinic: Clinic, wanted: CardFilter) -> QuerySet[Appointment]:
    if wanted.dentist:
        found = found.filter(dentist__in=_ids(wanted.dentist))
    if wanted.specialty:
        mine = [row.pk for row in dentists_of(clinic) if wanted.specialty.intersection(row.specialties)]
        found = found.filter(dentist__in=mine)
    if wanted.status:
        found = found.filter(status__in=sorted(wanted.status))
    if wanted.channel:
        found = found.filter(channel__in=sorted(wanted.channel))
    if wanted.procedure:
        items = AppointmentItem.objects.filter(appointment=OuterRef("pk"), procedure__in=_ids(wanted.procedure))
        found = found.filter(Exists(items))
    return found


def _ids(texts: frozenset[str]) -> list[uuid.UUID]:
    return [key for key in map(as_uuid, sorted(texts)) if key]
