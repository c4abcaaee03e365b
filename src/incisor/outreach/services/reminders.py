"""Messages about appointments: written when the clinic's rules say so, once, and taken back when they are not true."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.clock import local
from incisor.kernel.db.writing import insert
from incisor.kernel.errors import ChangedMeanwhile
from incisor.kernel.ids import uuid7
from incisor.messaging.enums import LinkPurpose, MessageStatus
from incisor.messaging.models import MessageTemplate, OutboxMessage
from incisor.messaging.queries import public_address, template_for
from incisor.messaging.rules import fill, is_link_needed, without_link
from incisor.messaging.services import make_link, withdraw_links, write_message
from incisor.outreach.enums import AT_ONCE, Moment, NoticeState, TaskKind, TaskStatus, Way, WhyNone
from incisor.outreach.models import FollowUpTask, Notice, ReminderRule
from incisor.outreach.queries.planning import (
    active_rules,
    appointments_in,
    codes_of,
    due_notices,
    due_now,
    house_of,
    notices_about,
    plain_rule,
)
from incisor.outreach.rules import Coming, Plan, allowed_from, is_for, last_use, way_for
from incisor.outreach.rules.words import FAMILY_KEY, Told, values_for
from incisor.outreach.services.call_tasks import make_call_task
from incisor.patients.enums import ContactChannel
from incisor.scheduling.enums import AppointmentStatus
from incisor.scheduling.models import Appointment

GONE_OUT = frozenset({MessageStatus.SENT, MessageStatus.SENDING})
# What the appointment must be for a message about what happened to it to be true.
TRUE_WHILE = {
    Moment.BOOKED: AppointmentStatus.CONFIRMED,
    Moment.REQUESTED: AppointmentStatus.REQUESTED,
    Moment.MOVED: None,
    Moment.CANCELLED: AppointmentStatus.CANCELLED,
}


def announce(*, appointment: Appointment, moment: str, by: User, at: datetime) -> None:
    """Let the rules of that moment tell the patient, in some minutes: what is undone at once is never told.

    Runs inside the action that booked, moved or cancelled.
    """
    if appointment.starts_at <= at + timedelta(minutes=30):
        return  # whoever is about to come in needs no message
    rows = [row for row in active_rules(appointment.clinic) if row.moment == moment]
    codes = codes_of(appointment) if any(row.procedures for row in rows) else frozenset()
    for row in rows:
        if is_for(plain_rule(row), codes):
            _note(row, appointment, NoticeState.DUE, by=by, at=at, due_at=at + timedelta(minutes=row.amount))


def _note(
    rule: ReminderRule, appointment: Appointment, state: str, *, by: User, at: datetime, **more: Any
) -> Notice | None:
    """Write that a rule has dealt with an appointment; None when it had already."""
    notice = Notice(
        clinic_id=appointment.clinic_id, rule=rule, appointment=appointment, for_start=appointment.starts_at,
        state=state, by=by, at=at, **more,
    )  # fmt: skip
    return notice if insert(notice, or_nothing=True) else None


def announce_move(*, appointment: Appointment, was_untold: bool, by: User, at: datetime) -> None:
    """Tell the new time, unless it is the one that the patient was told last: a move and back again is nothing to tell."""
    if was_untold:
        is_request = appointment.status == AppointmentStatus.REQUESTED
        announce(appointment=appointment, moment=Moment.REQUESTED if is_request else Moment.BOOKED, by=by, at=at)
        return
    told = Notice.objects.filter(
        appointment=appointment,
        withdrawn_at=None,
        rule__moment__in=sorted(AT_ONCE),
        message__status__in=sorted(GONE_OUT),
    )
    last = told.order_by("-at", "-pk").first()
    if last is None or last.for_start != appointment.starts_at:
        announce(appointment=appointment, moment=Moment.MOVED, by=by, at=at)


def retract(*, appointment: Appointment, at: datetime) -> bool:
    """Take back what was not told yet; True when the patient has not been told of the booking at all.

    A text about several people is taken back for all of them and written anew for the others. Runs inside an action.
    """
    was_untold = False
    notices = notices_about([appointment.pk])
    for notice in notices:
        if notice.state == NoticeState.DUE:
            was_untold |= notice.rule.moment in {Moment.BOOKED, Moment.REQUESTED}
            Notice.objects.filter(pk=notice.pk).update(withdrawn_at=at)
        elif notice.message is not None and notice.message.status == MessageStatus.WAITING:
            is_back = _take_back(notice, at)
            was_untold |= is_back and notice.rule.moment in {Moment.BOOKED, Moment.REQUESTED}
        elif notice.task is not None and notice.task.status == TaskStatus.OPEN:
            FollowUpTask.objects.filter(pk=notice.task.pk, status=TaskStatus.OPEN).update(
                status=TaskStatus.CANCELLED, closed_at=at
            )
            Notice.objects.filter(pk=notice.pk).update(withdrawn_at=at)
            live.touch(appointment.clinic_id, "tasks")
    return was_untold


def _take_back(notice: Notice, at: datetime) -> bool:
    """Keep a waiting message from going out; False when the worker was quicker. Its other notices are due again."""
    message_id = notice.message_id
    stopped = OutboxMessage.objects.filter(pk=message_id, status=MessageStatus.WAITING).update(  # type: ignore[misc]
        status=MessageStatus.CANCELLED
    )
    if not stopped:
        return False
    withdraw_links(clinic=notice.clinic, purpose=LinkPurpose.ANSWER, subject_id=message_id, at=at)  # type: ignore[arg-type]
    others = Notice.objects.filter(message_id=message_id, withdrawn_at=None)
    others.filter(appointment_id=notice.appointment_id).update(withdrawn_at=at)
    others.filter(due_at=None).update(withdrawn_at=at)  # by a rule of days or hours before: planned anew
    others.exclude(due_at=None).update(state=NoticeState.DUE, message=None)
    return True


@action(Permission.MESSAGE_SEE)
def write_due_messages(*, by: User, clinic: Clinic, at: datetime) -> tuple[int, int]:
    """Write what the clinic's rules ask for at this moment; returns how many texts and how many calls.

    Running it again, also at once beside another worker, writes nothing twice: each notice is unique.
    """
    rules = {row.pk: row for row in active_rules(clinic)}
    groups, _planned = due_now(clinic, list(rules.values()), at)
    found = appointments_in(clinic, {one.appointment for group in groups for one in group})
    texts = calls = 0
    for group in groups:
        rule = rules[group[0].rule]
        people = [found[one.appointment] for one in group if one.appointment in found]
        if len(people) < len(group):
            continue
        made = _tell(rule, people, group, by=by, at=at)
        texts += made == NoticeState.WRITTEN
        calls += made == NoticeState.CALL
    more_texts, more_calls = _write_announced(clinic, by=by, at=at)
    return texts + more_texts, calls + more_calls


def _tell(rule: ReminderRule, people: Sequence[Appointment], group: Sequence[Plan], *, by: User, at: datetime) -> str:
    """Write the text, or the call, that a rule asks for; an empty text when another worker has done so."""
    try:
        with transaction.atomic():
            if group[0].way == Way.CALL:
                return _ask_for_call(rule, people[0], by=by, at=at)
            return _write_text(rule, people, way=group[0].way, expires_at=group[0].expires_at, by=by, at=at)
    except _ToldAlready:
        return ""


class _ToldAlready(Exception):
    """Another worker has written this notice."""


def _ask_for_call(rule: ReminderRule, appointment: Appointment, *, by: User, at: datetime) -> str:
    notice = _note(rule, appointment, NoticeState.CALL, by=by, at=at)
    if notice is None:
        raise _ToldAlready
    task = make_call_task(appointment=appointment, kind=TaskKind.CONFIRM, key=f"notice:{notice.pk}", at=at)
    if task is None:
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.NONE, why=WhyNone.NO_CONTACT)
        return ""
    Notice.objects.filter(pk=notice.pk).update(task=task)
    return NoticeState.CALL


def _write_text(
    rule: ReminderRule,
    people: Sequence[Appointment],
    *,
    way: str,
    expires_at: datetime,
    by: User,
    at: datetime,
    notices: Sequence[Notice] = (),
) -> str:
    """Put one text for these appointments, all of one family, into the outbox. notices: those that were announced."""
    first = people[0]
    words = words_for(rule, people)
    if words is None:
        noted: list[Notice | None] = list(notices)
        noted = noted or [_note(rule, one, NoticeState.NONE, by=by, at=at) for one in people]
        Notice.objects.filter(pk__in=[one.pk for one in noted if one]).update(
            state=NoticeState.NONE, why=WhyNone.NO_TEXT
        )
        return ""
    message_id = uuid7()
    link = ""
    if is_link_needed(words.body) and public_address(first.clinic):
        _link, path = make_link(
            clinic=first.clinic,
            purpose=LinkPurpose.ANSWER,
            patient=first.patient,
            subject_id=message_id,
            lasts=max(one.starts_at for one in people) - at,
            at=at,
        )
        link = public_address(first.clinic) + path
    message = write_message(
        message_id=message_id,
        clinic=first.clinic,
        patient=first.patient,
        key=f"notice:{message_id}",
        template_key=words.key,
        channel=way,
        address=first.patient.email if way == Way.EMAIL else first.patient.phone,
        subject=words.subject,
        body=fill(
            words.body if link else without_link(words.body),
            {**filling(first.clinic, people, words.language, at), "link": link},
        ),
        not_before=at,
        expires_at=expires_at,
        at=at,
    )
    if notices:
        mine = Notice.objects.filter(pk__in=[one.pk for one in notices], state=NoticeState.DUE, withdrawn_at=None)
        if mine.update(state=NoticeState.WRITTEN, message=message) < len(notices):
            raise _ToldAlready
    elif any(_note(rule, one, NoticeState.WRITTEN, by=by, at=at, message=message) is None for one in people):
        raise _ToldAlready
    return NoticeState.WRITTEN


def words_for(rule: ReminderRule, people: Sequence[Appointment]) -> MessageTemplate | None:
    """Return the words for these people: the rule's own for one, the family's for several, in the first one's language."""
    first = people[0]
    own = template_for(first.clinic, rule.template_key, first.patient.language)
    if own is None or len(people) == 1:
        return own
    return template_for(first.clinic, FAMILY_KEY, first.patient.language) or own


def filling(clinic: Clinic, people: Sequence[Appointment], language: str, at: datetime) -> dict[str, str]:
    """Return what fills the placeholders of a text in that language, but for the link."""
    is_chinese = language != "en"
    told = [
        Told(patient=one.patient.name, dentist=one.dentist.name, wall=local(one.starts_at, clinic.zone))
        for one in people
    ]
    values = values_for(told, sent_on=local(at, clinic.zone).date(), is_chinese=is_chinese)
    name = clinic.name if is_chinese else clinic.name_en or clinic.name
    return {**values, "clinic": name, "phone": clinic.phone}


def _write_announced(clinic: Clinic, *, by: User, at: datetime) -> tuple[int, int]:
    """Tell what happened to appointments: booked, moved, cancelled; what is not true any more is dropped."""
    waiting = due_notices(clinic, at)
    if not waiting:
        return 0, 0
    today = local(at, clinic.zone).date()
    house = house_of(clinic, today, today)
    allowed = allowed_from(at, house)
    if allowed > at:
        Notice.objects.filter(pk__in=[one.pk for one in waiting]).update(due_at=allowed)
        return 0, 0
    groups: dict[Any, list[tuple[Notice, str]]] = defaultdict(list)
    for notice in waiting:
        notice.appointment.clinic = clinic
        way = _way_of_announced(notice, at)
        if way:
            patient, day = notice.appointment.patient, local(notice.for_start, clinic.zone).date()
            alone = notice.rule.moment == Moment.CANCELLED or way == Way.CALL
            groups[notice.pk if alone else (notice.rule_id, patient.phone_index, day, way)].append((notice, way))
    texts = calls = 0
    for group in groups.values():
        made = _tell_announced([notice for notice, _way in group], group[0][1], by=by, at=at)
        texts += made == NoticeState.WRITTEN
        calls += made == NoticeState.CALL
    return texts, calls


def _way_of_announced(notice: Notice, at: datetime) -> str:
    """Return by which way something announced is told; drop it when it is not true or of no use any more."""
    appointment, rule = notice.appointment, notice.rule
    wanted = TRUE_WHILE[Moment(rule.moment)]
    is_true = appointment.starts_at == notice.for_start and wanted in {None, appointment.status}
    if not is_true or not rule.is_active or at >= last_use(rule.moment, appointment.starts_at):
        Notice.objects.filter(pk=notice.pk).update(withdrawn_at=at)
        return ""
    patient = appointment.patient
    coming = Coming(
        id=appointment.pk, starts_at=appointment.starts_at, known_since=at, procedures=frozenset(),
        family=patient.phone_index, wish=patient.contact_channel,
        has_email=patient.contact_channel == ContactChannel.EMAIL and bool(patient.email),
    )  # fmt: skip
    way, why = way_for(plain_rule(rule), coming)
    if not way:
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.NONE, why=why)
    return way


def _tell_announced(notices: Sequence[Notice], way: str, *, by: User, at: datetime) -> str:
    rule = notices[0].rule
    people = sorted((one.appointment for one in notices), key=lambda one: (one.starts_at, str(one.pk)))
    try:
        with transaction.atomic():
            if way == Way.CALL:
                task = make_call_task(
                    appointment=people[0], kind=TaskKind.CONFIRM, key=f"notice:{notices[0].pk}", at=at
                )
                state = NoticeState.CALL if task else NoticeState.NONE
                Notice.objects.filter(pk=notices[0].pk).update(state=state, task=task)
                return state
            until = last_use(rule.moment, people[0].starts_at)
            return _write_text(rule, people, way=way, expires_at=until, by=by, at=at, notices=notices)
    except _ToldAlready:
        return ""


@action(Permission.MESSAGE_EDIT)
def switch_off(
    *, by: User, clinic: Clinic, rule: ReminderRule, appointments: Collection[Appointment], at: datetime
) -> list[Notice]:
    """Keep single messages of a rule from going out; returns the notices by which it is undone. Raises ChangedMeanwhile."""
    made = []
    for appointment in appointments:
        standing = Notice.objects.filter(
            appointment=appointment, rule=rule, for_start=appointment.starts_at, withdrawn_at=None
        )
        for notice in standing.select_related("message", "clinic"):
            if notice.state == NoticeState.WRITTEN and not _take_back(notice, at):
                raise ChangedMeanwhile(_("This message has gone out already."))
            standing.update(withdrawn_at=at)
        off = _note(rule, appointment, NoticeState.OFF, by=by, at=at, why=WhyNone.OFF)
        if off is None:
            raise ChangedMeanwhile(
                _("Somebody else has just dealt with this message. The list shows the latest state.")
            )
        record(
            "reminder.switched_off",
            subject=appointment,
            patient_id=appointment.patient_id,
            after={"rule": rule.name_zh, "starts_at": appointment.starts_at.isoformat()},
        )
        made.append(off)
    return made


@action(Permission.MESSAGE_EDIT)
def switch_on_again(*, by: User, clinic: Clinic, notices: Collection[Notice], at: datetime) -> None:
    """Let messages that were switched off go out after all, if there is time for them still."""
    for notice in notices:
        back = Notice.objects.filter(pk=notice.pk, clinic=clinic, state=NoticeState.OFF, withdrawn_at=None)
        if back.update(withdrawn_at=at):
            record(
                "reminder.switched_on",
                subject=notice.appointment,
                patient_id=notice.appointment.patient_id,
                after={"rule": notice.rule.name_zh, "starts_at": notice.for_start.isoformat()},
            )
