"""A dentist runs late: said once, seen everywhere, told to those who are booked later."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import events, live
from incisor.kernel.clock import business_date, local
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.messaging.services import enqueue, withdraw
from incisor.reception import queries
from incisor.reception.enums import TellWay
from incisor.reception.events import DelayToCall
from incisor.reception.models import DelayTold, DentistDelay
from incisor.reception.rules.delays import LONGEST, added
from incisor.staff.models import StaffMember
from incisor.staff.queries import lock_dentists

DESK_OR_CHAIR = (Permission.RECEPTION_WORK,)


class DelayImpossible(Refused):
    """Nobody runs late by that much."""

    code = "delay_impossible"


class NobodyToTell(Refused):
    """Nobody is left whom the delay concerns."""

    code = "nobody_to_tell"


@action(Permission.CHAIR_WORK, or_else=DESK_OR_CHAIR)
def set_delay(*, by: User, clinic: Clinic, dentist: StaffMember, minutes: int, at: datetime) -> DentistDelay | None:
    """Say by how many minutes the dentist runs late today; 0 says in time again and returns None. Raises DelayImpossible."""
    if not 0 <= minutes <= LONGEST:
        raise DelayImpossible(_("A delay is between 0 and %(most)s minutes.") % {"most": LONGEST})
    lock_dentists([dentist.pk])
    return _put(clinic, dentist, minutes, by, at)


@action(Permission.CHAIR_WORK, or_else=DESK_OR_CHAIR)
def add_delay(*, by: User, clinic: Clinic, dentist: StaffMember, more: int, at: datetime) -> DentistDelay | None:
    """Add minutes to the dentist's delay of today, however much it is. Two hands that press at once both count."""
    lock_dentists([dentist.pk])
    now = _open_row(clinic, dentist, at)
    return _put(clinic, dentist, added(now.minutes if now else 0, more), by, at)


def _open_row(clinic: Clinic, dentist: StaffMember, at: datetime) -> DentistDelay | None:
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    return DentistDelay.objects.filter(clinic=clinic, dentist=dentist, business_date=day, cleared_at=None).first()


def _put(clinic: Clinic, dentist: StaffMember, minutes: int, by: User, at: datetime) -> DentistDelay | None:
    """End the delay that stands and begin the new one. The dentist's row is locked."""
    before = _open_row(clinic, dentist, at)
    if before is not None and before.minutes == minutes:
        return before
    if before is not None:
        DentistDelay.objects.filter(pk=before.pk).update(cleared_at=at)
    made = None
    if minutes:
        day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
        made = DentistDelay.objects.create(
            clinic=clinic, dentist=dentist, business_date=day, minutes=minutes, before=before, by=by, at=at
        )
    if before is not None:
        _not_true_any_more(clinic, before)
    was = before.minutes if before else 0
    record("dentist.delay", subject=dentist, before={"minutes": was}, after={"minutes": minutes})
    live.touch(clinic.pk, "day")
    return made


def _not_true_any_more(clinic: Clinic, delay: DentistDelay) -> None:
    """Take back what was written of the old delay and has not gone out yet."""
    withdraw(clinic=clinic, key_prefix=f"delay:{delay.pk}:")


@action(Permission.CHAIR_WORK, or_else=DESK_OR_CHAIR)
def undo_delay(*, by: User, clinic: Clinic, delay: DentistDelay, at: datetime) -> int:
    """Take a delay back; what stood before it stands again. Returns the minutes. Raises ChangedMeanwhile."""
    lock_dentists([delay.dentist_id])
    now = _open_row(clinic, delay.dentist, at)
    if now is None or now.pk != delay.pk:
        raise ChangedMeanwhile(_("The delay was changed since; it cannot be taken back any more."))
    minutes = delay.before.minutes if delay.before else 0
    _put(clinic, delay.dentist, minutes, by, at)
    return minutes


@action(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def tell_of_delay(*, by: User, clinic: Clinic, delay: DentistDelay, at: datetime) -> dict[str, int]:
    """Tell those booked later that their time will be late: by message, else by a call of the desk.

    Nobody is told twice of the same delay. Returns how many by which way. Raises ChangedMeanwhile, NobodyToTell.
    """
    lock_dentists([delay.dentist_id])
    if not DentistDelay.objects.filter(pk=delay.pk, cleared_at=None).exists():
        raise ChangedMeanwhile(_("The delay was changed since. Look at the list again."))
    concerned = [one for one in queries.concerned_by(delay, at) if one.told is None]
    if not concerned:
        raise NobodyToTell(_("Everybody whom the delay concerns has been told."))
    ways = {TellWay.MESSAGE: 0, TellWay.CALL: 0}
    for one in concerned:
        appointment = one.appointment
        message = enqueue(
            clinic=clinic,
            patient=appointment.patient,
            template_key="dentist_late",
            key=f"delay:{delay.pk}:{appointment.pk}",
            values={
                "dentist": delay.dentist.name,
                "time": local(appointment.starts_at, clinic.zone).strftime("%H:%M"),
                "until": local(one.starts_at, clinic.zone).strftime("%H:%M"),
            },
            expires_at=appointment.starts_at,
            at=at,
        )
        way = TellWay.MESSAGE if message is not None else TellWay.CALL
        DelayTold.objects.create(
            clinic=clinic, delay=delay, appointment=appointment, way=way, minutes=one.minutes, message=message, by=by, at=at
        )  # fmt: skip
        ways[way] += 1
        if way == TellWay.CALL:
            events.publish(
                DelayToCall(
                    clinic_id=clinic.pk, delay_id=delay.pk, appointment_id=appointment.pk, minutes=one.minutes, at=at
                )
            )
        record(
            "appointment.delay_told",
            subject=appointment,
            patient_id=appointment.patient_id,
            after={"minutes": one.minutes, "way": way.value},
        )
    live.touch(clinic.pk, "day")
    return {way.value: count for way, count in ways.items()}


@action(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def note_told(*, by: User, clinic: Clinic, delay: DentistDelay, appointment_id: object, at: datetime) -> DelayTold:
    """Note that somebody was told of the delay already, at the desk or on the phone. Raises NobodyToTell."""
    found = [
        one for one in queries.concerned_by(delay, at) if one.appointment.pk == appointment_id and one.told is None
    ]
    if not found:
        raise NobodyToTell(_("Nobody has to be told there any more. Look at the list again."))
    one = found[0]
    told = DelayTold.objects.create(
        clinic=clinic, delay=delay, appointment=one.appointment, way=TellWay.SAID, minutes=one.minutes, by=by, at=at
    )
    record(
        "appointment.delay_told",
        subject=one.appointment,
        patient_id=one.appointment.patient_id,
        after={"minutes": one.minutes, "way": TellWay.SAID.value},
    )
    live.touch(clinic.pk, "day")
    return told
