"""The patient called: I come later. Who comes as announced keeps a place in the queue (REC-5)."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import live
from incisor.kernel.errors import Refused
from incisor.reception.models import LateWord
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment

LEAST, MOST = 5, 240


class NotLate(Refused):
    """Nobody is waited for, or so many minutes cannot be meant."""

    code = "not_late"


@action(Permission.RECEPTION_WORK)
def note_late(*, by: User, appointment: Appointment, minutes: int, at: datetime) -> LateWord:
    """Note that the patient comes so many minutes after the appointed time; a second word replaces the first."""
    if appointment.status not in EXPECTED:
        raise NotLate(_("Nobody is waited for at this appointment any more."))
    if not LEAST <= minutes <= MOST:
        raise NotLate(_("From 5 minutes to 4 hours. Who comes later than that needs another time."))
    Appointment.objects.select_for_update(no_key=True, of=("self",)).get(pk=appointment.pk)
    LateWord.objects.filter(appointment=appointment, ended_at=None).update(ended_at=at)
    word = LateWord.objects.create(
        clinic_id=appointment.clinic_id, appointment=appointment, minutes=minutes, by=by, at=at
    )
    record(
        "appointment.late_noted",
        subject=appointment,
        patient_id=appointment.patient_id,
        after={"minutes": minutes},
    )
    live.touch(appointment.clinic_id, "day")
    return word


@action(Permission.RECEPTION_WORK)
def end_late_word(*, by: User, word: LateWord, at: datetime) -> None:
    """Take back that the patient comes later. Twice changes nothing."""
    if LateWord.objects.filter(pk=word.pk, ended_at=None).update(ended_at=at):
        record(
            "appointment.late_taken_back",
            subject=word.appointment,
            patient_id=word.appointment.patient_id,
            before={"minutes": word.minutes},
        )
        live.touch(word.clinic_id, "day")
