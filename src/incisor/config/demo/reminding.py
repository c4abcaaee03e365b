"""The demo's reminders: what the rules wrote yesterday and today, what patients answered, calls that are due."""

import os
from datetime import datetime, time, timedelta

from incisor.accounts.models import User
from incisor.audit.services import recording
from incisor.clinics.models import Clinic
from incisor.config.demo.material import Dice
from incisor.config.demo.team import ZONE, Place
from incisor.kernel import clock
from incisor.messaging.enums import MessageStatus
from incisor.messaging.models import OutboxMessage, SendingRules
from incisor.outreach.enums import NoticeState, TaskKind
from incisor.outreach.models import Notice
from incisor.outreach.services import make_call_task, make_missed_call, write_due_messages
from incisor.scheduling.enums import EXPECTED, AnswerWay, AppointmentStatus, PatientAnswer
from incisor.scheduling.models import Appointment
from incisor.scheduling.services import note_answer

ADDRESS = os.environ.get("INCISOR_DEMO_ADDRESS", "http://localhost:8000")
ANSWERED = [PatientAnswer.CONFIRMED] * 8 + [PatientAnswer.OTHER_TIME, PatientAnswer.CANCEL]
MOST_ANSWERS = 24


def remind(dice: Dice, places: list[Place], *, at: datetime, system: User) -> None:
    """Let the rules of each clinic speak as they would have, and some patients answer; nothing that is not real."""
    today = clock.local(at, ZONE).date()
    for place in places:
        SendingRules.objects.create(clinic=place.clinic, public_address=ADDRESS)
        for day in (today - timedelta(days=1), today):
            told_at = clock.moment(day, time(10, 5), ZONE)
            if told_at < at:
                _tell(dice, place.clinic, told_at, at, system)
        _calls(dice, place.clinic, at, system)


def _tell(dice: Dice, clinic: Clinic, told_at: datetime, at: datetime, system: User) -> None:
    write_due_messages(by=system, clinic=clinic, at=told_at)
    OutboxMessage.objects.filter(clinic=clinic, status=MessageStatus.WAITING, created_at=told_at).update(
        status=MessageStatus.SENT, sent_at=told_at, attempt_count=1
    )
    told = Notice.objects.filter(clinic=clinic, at=told_at, state=NoticeState.WRITTEN)
    waiting = [
        one.appointment
        for one in told.select_related("appointment").order_by("pk")
        if one.appointment.status in EXPECTED and dice.chance(0.4)
    ]
    for appointment in waiting[:MOST_ANSWERS]:
        answered_at = min(told_at + timedelta(minutes=dice.between(2, 90)), at)
        note_answer(by=system, appointment=appointment, answer=dice.one(ANSWERED), way=AnswerWay.LINK, at=answered_at)


def _calls(dice: Dice, clinic: Clinic, at: datetime, system: User) -> None:
    """Whoever missed today is to be called; one reminder call is left over from yesterday."""
    begin, end = clock.day_bounds(clock.local(at, ZONE).date(), ZONE)
    today = Appointment.objects.filter(clinic=clinic, starts_at__gte=begin, starts_at__lt=end).select_related(
        "clinic", "patient"
    )
    with recording(user_id=system.pk, user_name=system.name, clinic_id=clinic.pk, at=at):
        for appointment in today.filter(status=AppointmentStatus.NO_SHOW):
            make_missed_call(appointment=appointment, at=at - timedelta(minutes=dice.between(5, 50)))
        tomorrow = Appointment.objects.filter(
            clinic=clinic, starts_at__gte=end, starts_at__lt=end + timedelta(days=1), status__in=sorted(EXPECTED)
        ).select_related("clinic", "patient")
        for appointment in tomorrow.filter(answer="").order_by("starts_at", "pk")[:1]:
            yesterday = at - timedelta(days=1)
            make_call_task(appointment=appointment, kind=TaskKind.CONFIRM, key=f"demo:{appointment.pk}", at=yesterday)
