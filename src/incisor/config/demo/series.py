"""The demo's courses of visits: what a patient came for step by step stands together as one series."""

from collections import defaultdict
from datetime import datetime, timedelta

from incisor.accounts.models import User
from incisor.config.demo.team import ZONE, Place
from incisor.kernel import clock
from incisor.scheduling.models import (
    Appointment,
    AppointmentItem,
    Series,
    SeriesStep,
    SeriesTemplate,
    SeriesVisit,
    Unplaced,
    UnplacedItem,
)

LOOKS_BACK = timedelta(days=40)
MOST, MOST_UNPLACED = 8, 1
GONE = ("cancelled", "no_show", "rescheduled")


def make_series(places: list[Place], *, at: datetime, system: User) -> None:
    """Tie coming appointments to the visits before them; what has no time yet waits for one."""
    for place in places:
        by = place.desk[0] if place.desk else system
        steps = defaultdict(list)
        for step in SeriesStep.objects.filter(template__clinic=place.clinic).order_by("position"):
            steps[step.template_id].append(step)
        booked = _booked(place, at)
        made = waiting = 0
        for template in SeriesTemplate.objects.filter(clinic=place.clinic).order_by("position"):
            for items in booked.values():
                found = _course(items, steps[template.pk])
                if made == MOST or len(found) < 2 or found[-1].appointment.starts_at <= at:
                    continue
                leaves = len(found) < len(steps[template.pk]) and waiting < MOST_UNPLACED
                if len(found) < len(steps[template.pk]) and not leaves:
                    continue
                _write(template, steps[template.pk], found, by=by)
                for item in found:
                    items.remove(item)
                made, waiting = made + 1, waiting + leaves


def _booked(place: Place, at: datetime) -> dict[object, list[AppointmentItem]]:
    """Return what each patient comes and came for, in order of time."""
    rows = AppointmentItem.objects.filter(
        appointment__clinic=place.clinic, appointment__starts_at__gte=at - LOOKS_BACK, position=0
    ).exclude(appointment__status__in=GONE)
    found: dict[object, list[AppointmentItem]] = defaultdict(list)
    for row in rows.select_related("appointment").order_by("appointment__starts_at", "pk"):
        found[row.appointment.patient_id].append(row)
    return found


def _course(items: list[AppointmentItem], steps: list[SeriesStep]) -> list[AppointmentItem]:
    """Return the appointments that are the first steps of the course, each at most twice its days after the one before."""
    found: list[AppointmentItem] = []
    for item in items:
        if len(found) == len(steps):
            break
        step = steps[len(found)]
        is_near = not found or item.appointment.starts_at - found[-1].appointment.starts_at <= timedelta(
            days=2 * step.max_days
        )
        if item.procedure_id == step.procedure_id and is_near:
            found.append(item)
    return found


def _write(template: SeriesTemplate, steps: list[SeriesStep], found: list[AppointmentItem], *, by: User) -> None:
    first: Appointment = found[0].appointment
    begun_at = first.starts_at - timedelta(days=2)
    series = Series.objects.create(
        clinic_id=first.clinic_id, patient_id=first.patient_id, template=template, name_zh=template.name_zh,
        name_en=template.name_en, is_same_dentist=template.is_same_dentist, created_by=by, created_at=begun_at,
    )  # fmt: skip
    due_on = clock.local(found[-1].appointment.starts_at, ZONE).date()
    for position, step in enumerate(steps):
        item = found[position] if position < len(found) else None
        minutes = step.minutes or (item.appointment.ends_at - item.appointment.starts_at).seconds // 60 if item else 30
        visit = SeriesVisit.objects.create(
            series=series, position=position, procedure_id=step.procedure_id, minutes=minutes,
            min_days=step.min_days, ideal_days=step.ideal_days, max_days=step.max_days,
            appointment=item.appointment if item else None,
        )  # fmt: skip
        if item is None:
            due_on += timedelta(days=step.ideal_days)
            kept = Unplaced.objects.create(
                clinic_id=first.clinic_id, patient_id=first.patient_id, series_visit=visit, origin="series",
                why=series.name_zh, minutes=minutes, dentist_id=first.dentist_id, due_on=due_on, since_at=begun_at,
                created_by=by,
            )  # fmt: skip
            UnplacedItem.objects.create(unplaced=kept, procedure_id=step.procedure_id, position=0)
