"""What patients say about their appointments, and deposits: noted with author and way, seen at the desk at once."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import events
from incisor.kernel.edits import change, locked
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.scheduling.enums import EXPECTED, AnswerWay, AppointmentStatus, ChangeKind, Demand, PatientAnswer
from incisor.scheduling.events import AppointmentAnswered
from incisor.scheduling.models import Appointment, AppointmentChange, ConfirmationRules
from incisor.scheduling.queries.lists import day_of
from incisor.scheduling.rules import is_counted_again, is_met
from incisor.scheduling.services.changing import NothingToUndo, to_status
from incisor.scheduling.services.recording import note_change


class NotExpected(Refused):
    """Nobody is expected for this appointment any more: it was cancelled, missed, or has begun."""

    code = "not_expected"


def _current(appointment_id: Any, clinic_id: Any) -> Appointment:
    return Appointment.objects.select_related("clinic", "patient", "dentist", "chair").get(
        pk=appointment_id, clinic_id=clinic_id
    )


def _write(appointment: Appointment, **values: Any) -> None:
    """Compare and set: write unless somebody else did since it was read."""
    same = Appointment.objects.filter(pk=appointment.pk, version=appointment.version)
    if not same.update(version=F("version") + 1, **values):
        raise ChangedMeanwhile(_("Somebody else has just changed this appointment. Look at it again, then decide."))
    for name, value in values.items():
        setattr(appointment, name, value)
    appointment.version += 1


def _expected(appointment: Appointment) -> Appointment:
    current = _current(appointment.pk, appointment.clinic_id)
    if current.status not in EXPECTED:
        raise NotExpected(
            _("This appointment is %(status)s, so there is nothing to confirm any more.")
            % {"status": current.get_status_display()}
        )
    return current


@action(Permission.APPOINTMENT_BOOK)
def note_answer(
    *, by: User, appointment: Appointment, answer: str, way: str = AnswerWay.DESK, note: str = "", at: datetime
) -> AppointmentChange:
    """Note what the patient said about an appointment. answer: PatientAnswer; way: AnswerWay; note: own words.

    "I will come" counts once a day; when it was asked for and has come often enough, the appointment stands. The answer
    itself moves and cancels nothing. Raises NotExpected, ChangedMeanwhile.
    """
    current = _expected(appointment)
    chosen, by_way = PatientAnswer(answer), AnswerWay(way)
    before = _answer_facts(current)
    count = current.confirmed_count
    if chosen is PatientAnswer.CONFIRMED:
        earlier = current.answered_at if current.confirmed_count else None
        answered_on = day_of(current.clinic, earlier) if earlier else None
        count += is_counted_again(answered_on=answered_on, day=day_of(current.clinic, at))
    _write(current, answer=chosen.value, answered_at=at, confirmed_count=count)
    noted = note_change(
        current,
        "appointment.answered",
        kind=ChangeKind.ANSWERED,
        by=by,
        at=at,
        before=before,
        after={**_answer_facts(current), "way": by_way.value},
        reason=" · ".join(filter(None, (str(chosen.label), str(by_way.label), note))),
    )
    events.publish(
        AppointmentAnswered(
            clinic_id=current.clinic_id,
            appointment_id=current.pk,
            patient_id=current.patient_id,
            answer=chosen.value,
            way=by_way.value,
            at=at,
        )
    )
    _stand_if_met(current, by=by, at=at)
    return noted


def _answer_facts(appointment: Appointment) -> dict[str, Any]:
    answered_at = appointment.answered_at
    return {
        "answer": appointment.answer,
        "answered_at": answered_at.isoformat() if answered_at else None,
        "confirmed_count": appointment.confirmed_count,
    }


def _stand_if_met(current: Appointment, *, by: User, at: datetime) -> None:
    """Let a request stand once everything that was asked for it is there; other requests wait for the clinic's word."""
    has_deposit = current.deposit_minor is not None
    if (
        current.status == AppointmentStatus.REQUESTED
        and current.demand
        and is_met(demand=current.demand, confirmed_count=current.confirmed_count, has_deposit=has_deposit)
    ):
        # whoever takes the money need not be allowed to change appointments
        to_status(current, AppointmentStatus.CONFIRMED, by=by, at=at, reason="", what="appointment.status_changed")


@action(Permission.APPOINTMENT_BOOK, or_else=(Permission.MONEY_TAKE,))
def note_deposit(*, by: User, appointment: Appointment, amount_minor: int, at: datetime) -> AppointmentChange:
    """Note that the patient has paid a deposit, in fen: billing does so when it takes the money. Raises NotExpected."""
    current = _expected(appointment)
    before = {"deposit_minor": current.deposit_minor}
    _write(current, deposit_minor=amount_minor)
    noted = note_change(
        current, "appointment.deposit_noted", kind=ChangeKind.DEPOSIT, by=by, at=at, before=before,
        after={"deposit_minor": amount_minor},
    )  # fmt: skip
    if current.demand == Demand.DEPOSIT:
        _stand_if_met(current, by=by, at=at)
    return noted


@action(Permission.APPOINTMENT_BOOK, or_else=(Permission.MONEY_REVERSE,))
def release_deposit(*, by: User, appointment: Appointment, at: datetime) -> AppointmentChange | None:
    """Note that a deposit was given back: billing does so when it reverses the money. None when there was none.

    An appointment that stood because of it is requested again.
    """
    current = _current(appointment.pk, appointment.clinic_id)
    if current.deposit_minor is None:
        return None
    before: dict[str, Any] = {"deposit_minor": current.deposit_minor}
    values: dict[str, Any] = {"deposit_minor": None}
    falls_back = current.demand == Demand.DEPOSIT and current.status == AppointmentStatus.CONFIRMED
    from_status = current.status if falls_back else ""
    if falls_back:
        values["status"] = AppointmentStatus.REQUESTED.value
    _write(current, **values)
    return note_change(
        current, "appointment.deposit_released", kind=ChangeKind.DEPOSIT, by=by, at=at, before=before,
        after={"deposit_minor": None}, from_status=from_status,
    )  # fmt: skip


@action(Permission.APPOINTMENT_BOOK)
def take_back_answer(*, by: User, clinic: Clinic, change: AppointmentChange, at: datetime) -> AppointmentChange:
    """Take back an answer noted by mistake; what stood because of it is requested again.

    Raises NothingToUndo when something else was written since, and for a deposit: its payment is reversed instead.
    """
    current = _current(change.appointment_id, clinic.pk)
    latest = (
        AppointmentChange.objects.filter(appointment=current)
        .exclude(kind=ChangeKind.STATUS, at=change.at, from_status=AppointmentStatus.REQUESTED)
        .order_by("-at", "-pk")
        .first()
    )
    if latest is None or latest.pk != change.pk or change.kind != ChangeKind.ANSWERED:
        raise NothingToUndo(_("This cannot be undone any more: the appointment has been changed since."))
    values = dict(change.before)
    if values.get("answered_at"):
        values["answered_at"] = datetime.fromisoformat(values["answered_at"])
    has_stood = AppointmentChange.objects.filter(
        appointment=current, kind=ChangeKind.STATUS, at=change.at, from_status=AppointmentStatus.REQUESTED,
        to_status=AppointmentStatus.CONFIRMED,
    ).exists()  # fmt: skip
    if has_stood:
        values["status"] = AppointmentStatus.REQUESTED.value
    from_status = current.status if has_stood else ""
    _write(current, **values)
    return note_change(
        current, "appointment.answer_taken_back", kind=ChangeKind(change.kind), by=by, at=at, before=change.after,
        after=change.before, from_status=from_status, reason=_("Taken back"),
    )  # fmt: skip


@action(Permission.CLINIC_EDIT)
def change_confirmation_rules(
    *, by: User, clinic: Clinic, values: dict[str, Any], version: int, at: datetime
) -> ConfirmationRules:
    """Change what is asked before an appointment stands and what patients may do by themselves. Raises ChangedMeanwhile."""
    ConfirmationRules.objects.get_or_create(clinic=clinic)
    row = locked(ConfirmationRules.objects.get(clinic=clinic), version=version)
    before, after = change(row, values)
    record("confirmation_rules.changed", subject=row, before=before, after=after)
    return row
