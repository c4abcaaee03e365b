"""Series of visits: booked in one go, shifted together, the rest cancelled; and the templates."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.patients.models import Patient
from incisor.scheduling.enums import BookingChannel, CancelReason, UnplacedOrigin, UnplacedState
from incisor.scheduling.models import (
    Appointment,
    AppointmentChange,
    Series,
    SeriesStep,
    SeriesTemplate,
    SeriesVisit,
    Unplaced,
    UnplacedItem,
)
from incisor.scheduling.queries.series import MOST_STEPS, planned_visits
from incisor.scheduling.services.booking import book_appointment
from incisor.scheduling.services.changing import cancel_appointment, move_appointment
from incisor.scheduling.services.gate import SlotTaken, lock_together, offering_alternatives
from incisor.staff.models import StaffMember


class Place(NamedTuple):
    """Where and when a visit of the series stands."""

    dentist: StaffMember
    chair: Chair
    starts_at: datetime


class SeriesImpossible(Refused):
    """The times do not belong to this series, or the template cannot be used."""

    code = "series_impossible"


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def book_series(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    template: SeriesTemplate,
    places: Sequence[Place | None],
    due: Sequence[date] = (),
    channel: str = BookingChannel.PHONE,
    note: str = "",
    request_key: str = "",
    at: datetime,
) -> tuple[Series, list[Appointment]]:
    """Book all visits of a series through the gate, all or nothing; returns the series and its appointments.

    places: one for each step, None for one that finds its time later: it goes on the list of visits to be booked.
    due: the ideal days, for those. Raises SlotTaken (details: position, from 1), SeriesImpossible.
    """
    visits = planned_visits(template)
    if len(places) != len(visits) or not any(places):
        raise SeriesImpossible(_("The series has changed. Choose the times again."))
    taken = [place for place in places if place is not None]
    lock_together(
        clinic, dentists=[one.dentist for one in taken], chairs=[one.chair for one in taken], patients=[patient]
    )
    series = Series.objects.create(
        clinic=clinic, patient=patient, template=template, name_zh=template.name_zh, name_en=template.name_en,
        is_same_dentist=template.is_same_dentist, created_by=by, created_at=at,
    )  # fmt: skip
    made = []
    for position, (visit, place) in enumerate(zip(visits, places, strict=True)):
        appointment = None
        if place is not None:
            try:
                appointment = book_appointment(
                    by=by, clinic=clinic, patient=patient, dentist=place.dentist, chair=place.chair,
                    starts_at=place.starts_at, minutes=visit.minutes, procedures=visit.procedures, channel=channel,
                    note=note, request_key=f"{request_key[:60]}-{position}" if request_key else "", at=at,
                )  # fmt: skip
            except SlotTaken as refusal:
                refusal.details["position"] = position + 1
                raise
            made.append(appointment)
        row = SeriesVisit.objects.create(
            series=series, position=position, procedure=visit.procedures[0], minutes=visit.minutes,
            min_days=visit.days.least, ideal_days=visit.days.ideal, max_days=visit.days.most, appointment=appointment,
        )  # fmt: skip
        if appointment is None:
            _place_later(row, series, due=due[position] if position < len(due) else None, by=by, at=at, channel=channel)
    record(
        "series.booked", subject=series, patient_id=patient.pk,
        after={"name": template.name_zh, "visits": len(visits), "booked": len(made)},
    )  # fmt: skip
    return series, made


def _place_later(visit: SeriesVisit, series: Series, *, due: date | None, by: User, at: datetime, channel: str) -> None:
    kept = Unplaced.objects.create(
        clinic_id=series.clinic_id, patient_id=series.patient_id, series_visit=visit, origin=UnplacedOrigin.SERIES,
        why=series.name_zh, minutes=visit.minutes, channel=channel, due_on=due, since_at=at, created_by=by,
    )  # fmt: skip
    UnplacedItem.objects.create(unplaced=kept, procedure_id=visit.procedure_id)


@action(Permission.APPOINTMENT_BOOK)
def undo_series(*, by: User, series: Series, at: datetime) -> None:
    """Take back a series that was just booked: its appointments are cancelled as a mistake. Raises WrongStatus."""
    for visit in SeriesVisit.objects.filter(series=series, appointment__isnull=False).select_related("appointment"):
        assert visit.appointment is not None
        cancel_appointment(by=by, appointment=visit.appointment, reason=CancelReason.MISTAKE, at=at)
    Unplaced.objects.filter(series_visit__series=series, state=UnplacedState.OPEN).update(
        state=UnplacedState.RESTORED, closed_by=by, closed_at=at, version=F("version") + 1
    )
    record("series.undone", subject=series, patient_id=series.patient_id, after={"name": series.name_zh})


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def shift_visits(
    *, by: User, clinic: Clinic, places: Sequence[tuple[Appointment, Place]], at: datetime
) -> list[AppointmentChange]:
    """Give later visits of a series other times, all or nothing, and return the changes. Raises SlotTaken, NotMovable."""
    is_later = bool(places) and places[0][1].starts_at > places[0][0].starts_at
    ordered = sorted(
        places, key=lambda pair: pair[0].starts_at, reverse=is_later
    )  # nobody stands in the way of another
    changes = [
        move_appointment(
            by=by, appointment=appointment, dentist=place.dentist, chair=place.chair, starts_at=place.starts_at, at=at
        )
        for appointment, place in ordered
    ]
    return changes[::-1] if is_later else changes


@action(Permission.APPOINTMENT_BOOK)
def cancel_visits(
    *, by: User, clinic: Clinic, appointments: Sequence[Appointment], reason: str, at: datetime
) -> list[AppointmentChange]:
    """Cancel the rest of a series, all or nothing, and return the changes. Raises WrongStatus."""
    return [cancel_appointment(by=by, appointment=one, reason=reason, at=at) for one in appointments]


class StepGiven(NamedTuple):
    """A step as it was typed."""

    procedure: Procedure
    minutes: int | None
    min_days: int
    ideal_days: int
    max_days: int


@action(Permission.CLINIC_EDIT)
def save_series_template(
    *,
    by: User,
    clinic: Clinic,
    template: SeriesTemplate | None,
    name_zh: str,
    name_en: str = "",
    is_same_dentist: bool,
    is_active: bool,
    steps: Sequence[StepGiven],
    version: int = 0,
    at: datetime,
) -> SeriesTemplate:
    """Add or change a series. Booked ones keep the days that were asked for then. Raises SeriesImpossible, ChangedMeanwhile."""
    if not 2 <= len(steps) <= MOST_STEPS:
        raise SeriesImpossible(_("A series has from 2 to %(most)s visits.") % {"most": MOST_STEPS})
    if any(not step.min_days <= step.ideal_days <= step.max_days for step in steps):
        raise SeriesImpossible(_("The days must rise: at least, best, at most."))
    values: dict[str, Any] = {
        "name_zh": name_zh, "name_en": name_en, "is_same_dentist": is_same_dentist, "is_active": is_active,
    }  # fmt: skip
    if template is None:
        last = SeriesTemplate.objects.filter(clinic=clinic).count()
        saved = SeriesTemplate.objects.create(clinic=clinic, position=last, **values)
    else:
        same = SeriesTemplate.objects.filter(pk=template.pk, clinic=clinic, version=version)
        if not same.update(version=F("version") + 1, **values):
            raise ChangedMeanwhile(_("Somebody else changed this series meanwhile. Compare, then save again."))
        saved = template
        SeriesStep.objects.filter(template=saved).delete()
    SeriesStep.objects.bulk_create(
        SeriesStep(template=saved, position=position, **step._asdict()) for position, step in enumerate(steps)
    )
    record(
        "series_template.saved", subject=saved,
        before={"name": template.name_zh} if template is not None else None,
        after={"name": name_zh, "visits": len(steps), "days": [step.ideal_days for step in steps]},
    )  # fmt: skip
    return saved
