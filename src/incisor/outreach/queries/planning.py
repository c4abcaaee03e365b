"""What a clinic's reminder rules ask for: rules and house as plain values, who is due now, what goes out on a day."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet
from django.utils.translation import get_language

from incisor.clinics.models import Clinic
from incisor.clinics.queries import opening
from incisor.kernel.clock import day_bounds, local
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.kernel.spans import minute_of
from incisor.messaging.queries import sending_rules
from incisor.outreach.enums import AT_ONCE, NoticeState
from incisor.outreach.models import Notice, ReminderRule
from incisor.outreach.rules import Coming, House, Plan, Rule, families, family_due, is_for, plan, reach
from incisor.patients.enums import ContactChannel
from incisor.patients.models import Patient
from incisor.scheduling.enums import EXPECTED, ChangeKind
from incisor.scheduling.models import Appointment, AppointmentChange, AppointmentItem

EXPECTED_VALUES = sorted(EXPECTED)
# How many closed days in a row pull a reminder forward.
CLOSED_REACH = timedelta(days=10)


class Row(NamedTuple):
    """An appointment as the planner reads it: nothing sealed is opened."""

    id: uuid.UUID
    starts_at: datetime
    created_at: datetime
    patient_id: uuid.UUID
    patient: str
    family: str
    wish: str
    language: str
    dentist: str


def reminder_rules(clinic: Clinic) -> list[ReminderRule]:
    """Return the clinic's rules in the order of an appointment's life, switched off ones too."""
    return list(ReminderRule.objects.filter(clinic=clinic).order_by("position", "pk"))


def reminder_rule(clinic: Clinic, rule_id: Any) -> ReminderRule:
    """Return one rule of the clinic. Raises NotFound."""
    found = ReminderRule.objects.filter(clinic=clinic, pk=as_uuid(rule_id)).first()
    if found is None:
        raise NotFound()
    return found


def active_rules(clinic: Clinic) -> list[ReminderRule]:
    """Return the rules that are switched on."""
    return _active_rules(clinic.pk)


def codes_of(appointment: Appointment) -> frozenset[str]:
    """Return the codes of the treatments that an appointment is for."""
    return frozenset(_codes(appointment.pk))


@prepared
def _codes(appointment_id: uuid.UUID) -> QuerySet[Any, Any]:
    return AppointmentItem.objects.filter(appointment_id=appointment_id).values_list("procedure__code", flat=True)


@prepared
def _active_rules(clinic_id: uuid.UUID) -> QuerySet[ReminderRule]:
    return ReminderRule.objects.filter(clinic_id=clinic_id, is_active=True).order_by("position", "pk")


def plain_rule(row: ReminderRule) -> Rule:
    """Return a rule as the planner knows it."""
    return Rule(
        id=row.pk,
        moment=row.moment,
        amount=row.amount,
        at_time=row.at_time,
        channels=tuple(row.channels),
        procedures=frozenset(row.procedures),
        active_since=row.active_since,
    )


def house_of(clinic: Clinic, first: date, last: date) -> House:
    """Return what the clinic says about sending, with the days from the first to the last on which it is closed."""
    rules = sending_rules(clinic)
    closed: set[date] = set()
    if not rules.is_sent_on_closed_days:
        spans = opening(clinic, first, last).open
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            begin, end = (minute_of(at) for at in day_bounds(day, clinic.zone))
            if not any(start < end and stop > begin for start, stop in spans):
                closed.add(day)
    return House(
        zone=clinic.zone,
        quiet_from=rules.quiet_from,
        quiet_until=rules.quiet_until,
        closed=frozenset(closed),
        is_sent_on_closed_days=rules.is_sent_on_closed_days,
    )


@dataclass(frozen=True)
class Planned:
    """What is planned for some appointments: each with its row, and what has been dealt with already."""

    plans: list[Plan]
    rows: Mapping[uuid.UUID, Row]
    notices: Mapping[tuple[uuid.UUID, uuid.UUID, datetime], Notice] = field(default_factory=dict)


def planned_between(
    clinic: Clinic, rules: Sequence[Rule], starts_at: datetime, ends_at: datetime, house: House
) -> Planned:
    """Return what the rules of days and hours before ask for, for every appointment expected to begin in the time.

    A constant number of queries; notices that exist are beside the plans, not left out.
    """
    rows = {row.id: row for row in map(Row._make, _rows(clinic.pk, starts_at, ends_at))}
    if not rows or not rules:
        return Planned([], rows)
    procedures: dict[uuid.UUID, set[str]] = defaultdict(set)
    if any(rule.procedures for rule in rules):
        for appointment_id, code in _procedures(clinic.pk, starts_at, ends_at):
            procedures[appointment_id].add(code)
    moved = dict(_moved(clinic.pk, starts_at, ends_at))
    mails = _with_mail(row.patient_id for row in rows.values() if row.wish == ContactChannel.EMAIL)
    plans = []
    for row in rows.values():
        coming = Coming(
            id=row.id,
            starts_at=row.starts_at,
            known_since=max(row.created_at, moved.get(row.id) or row.created_at),
            procedures=frozenset(procedures[row.id]),
            family=row.family,
            wish=row.wish,
            has_email=row.patient_id in mails,
        )
        plans += [plan(rule, coming, house) for rule in rules if is_for(rule, coming.procedures)]
    return Planned(plans, rows, _notices(clinic, starts_at, ends_at))


@prepared
def _rows(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    found = Appointment.objects.filter(
        clinic_id=clinic_id, starts_at__gte=starts_at, starts_at__lt=ends_at, status__in=EXPECTED_VALUES
    ).filter(patient__is_active=True)
    return found.order_by("starts_at", "pk").values_list(
        "pk", "starts_at", "created_at", "patient_id", "patient__name", "patient__phone_index",
        "patient__contact_channel", "patient__language", "dentist__name",
    )  # fmt: skip


@prepared
def _procedures(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    return AppointmentItem.objects.filter(
        appointment__clinic_id=clinic_id, appointment__starts_at__gte=starts_at, appointment__starts_at__lt=ends_at
    ).values_list("appointment_id", "procedure__code")


def _moved(clinic_id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "QuerySet[Any, Any]":
    """Return when each appointment of the time was moved last."""
    return (
        AppointmentChange.objects.filter(
            kind=ChangeKind.MOVED, appointment__clinic_id=clinic_id, appointment__moved_count__gt=0,
            appointment__starts_at__gte=starts_at, appointment__starts_at__lt=ends_at,
        )
        .values_list("appointment_id")
        .annotate(last=Max("at"))
    )  # fmt: skip


def _with_mail(patient_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    ids = set(patient_ids)
    found = Patient.objects.filter(pk__in=ids).only("email") if ids else []
    return {patient.pk for patient in found if patient.email}


def _notices(
    clinic: Clinic, starts_at: datetime, ends_at: datetime
) -> dict[tuple[uuid.UUID, uuid.UUID, datetime], Notice]:
    found = Notice.objects.filter(
        appointment__clinic=clinic, appointment__starts_at__gte=starts_at, appointment__starts_at__lt=ends_at,
        withdrawn_at=None,
    ).select_related("message", "task", "by")  # fmt: skip
    return {(one.rule_id, one.appointment_id, one.for_start): one for one in found.defer("message__body")}


def timed(rules: Iterable[ReminderRule]) -> list[Rule]:
    """Return the rules of days and hours before, as plain values."""
    return [plain_rule(row) for row in rules if row.moment not in AT_ONCE]


def due_now(clinic: Clinic, rules: Sequence[ReminderRule], at: datetime) -> tuple[list[tuple[Plan, ...]], Planned]:
    """Return the messages and calls to be made now, those of a family together, and the rows they are about."""
    plain = timed(rules)
    if not plain:
        return [], Planned([], {})
    today = local(at, clinic.zone).date()
    house = house_of(clinic, today - CLOSED_REACH, today + CLOSED_REACH + reach(plain))
    until = _end_of_reach(at, plain, house)
    planned = planned_between(clinic, plain, at, until, house)
    fresh = [
        one for one in planned.plans if one.way and (one.rule, one.appointment, one.starts_at) not in planned.notices
    ]
    groups = (family_due(group, at, house) for group in families(fresh))
    return [group for group in groups if group], planned


def _end_of_reach(at: datetime, rules: Sequence[Rule], house: House) -> datetime:
    """Return how far ahead appointments can be due now: the rules' reach, longer over days that are closed."""
    end = at + reach(rules)
    while (
        local(end, house.zone).date() in house.closed
        or local(end - timedelta(days=1), house.zone).date() in house.closed
    ):
        end += timedelta(days=1)
    return end


class Message(NamedTuple):
    """One line of “what goes out on this day”: a text or a call, or why there is none."""

    rule: ReminderRule
    send_at: datetime
    way: str
    why: str
    rows: list[Row]
    notices: list[Notice]

    @property
    def state(self) -> str:
        """What has become of it, empty while it is only planned."""
        return self.notices[0].state if self.notices else ""


def messages_of_day(clinic: Clinic, day: date, at: datetime) -> list[Message]:
    """Return what goes out on a local day by the rules as they are now, by time; what was dealt with shows its outcome.

    Days that have begun or passed show what became of it; appointments that were cancelled since are not among them.
    """
    rows = {row.pk: row for row in active_rules(clinic)}
    plain = timed(rows.values())
    begin, end = day_bounds(day, clinic.zone)
    house = house_of(clinic, day - CLOSED_REACH, day + CLOSED_REACH + reach(plain))
    planned = planned_between(clinic, plain, begin, end + reach(plain) + CLOSED_REACH, house)
    found = []
    for group in families(_on_day(planned, begin, end)):
        one = group[0]
        notices = [
            notice
            for notice in (planned.notices.get((each.rule, each.appointment, each.starts_at)) for each in group)
            if notice is not None
        ]
        send_at = max(min(each.send_at for each in group), begin)
        found.append(
            Message(
                rows[one.rule], send_at, one.way, one.why, [planned.rows[each.appointment] for each in group], notices
            )
        )
    found += _at_once(clinic, rows, begin, end)
    return sorted(found, key=lambda one: (one.send_at, one.rows[0].starts_at, str(one.rows[0].id)))


def _on_day(planned: Planned, begin: datetime, end: datetime) -> list[Plan]:
    """Keep what is due on the day, and what was due there for those who get none for a reason worth telling."""
    return [one for one in planned.plans if begin <= one.send_at < end]


def _at_once(clinic: Clinic, rules: Mapping[uuid.UUID, ReminderRule], begin: datetime, end: datetime) -> list[Message]:
    """Return confirmations that wait for the end of the quiet hours of that day."""
    waiting = Notice.objects.filter(
        clinic=clinic, state=NoticeState.DUE, due_at__gte=begin, due_at__lt=end, withdrawn_at=None
    ).select_related("rule", "appointment__patient", "appointment__dentist")
    return [
        Message(
            notice.rule, notice.due_at, _wish_way(notice.appointment.patient), "", [_row(notice.appointment)], [notice]
        )
        for notice in waiting
        if notice.rule_id in rules and notice.due_at is not None
    ]


def _wish_way(patient: Patient) -> str:
    return {ContactChannel.WECHAT: "wechat", ContactChannel.EMAIL: "email"}.get(
        ContactChannel(patient.contact_channel), "sms"
    )


def _row(appointment: Appointment) -> Row:
    patient = appointment.patient
    return Row(
        appointment.pk, appointment.starts_at, appointment.created_at, patient.pk, patient.name, patient.phone_index,
        patient.contact_channel, patient.language, appointment.dentist.name,
    )  # fmt: skip


def due_notices(clinic: Clinic, at: datetime) -> list[Notice]:
    """Return what happened at an appointment and may be told now, the oldest first, with all that a text needs."""
    return list(
        Notice.objects.filter(clinic=clinic, state=NoticeState.DUE, due_at__lte=at, withdrawn_at=None)
        .select_related("rule", "appointment__patient", "appointment__dentist")
        .order_by("due_at", "pk")[:200]
    )


def notices_about(appointment_ids: Collection[uuid.UUID]) -> list[Notice]:
    """Return the notices of appointments that still hold, with their messages and rules."""
    found = Notice.objects.filter(appointment_id__in=list(appointment_ids), withdrawn_at=None)
    return list(found.select_related("rule", "message", "task").order_by("at", "pk"))


def notice(clinic: Clinic, notice_id: Any) -> Notice:
    """Return one notice of the clinic. Raises NotFound."""
    found = Notice.objects.filter(clinic=clinic, pk=as_uuid(notice_id)).select_related("message", "rule").first()
    if found is None:
        raise NotFound()
    return found


def appointments_in(clinic: Clinic, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Appointment]:
    """Return appointments of the clinic with patient and dentist, by id."""
    found = Appointment.objects.filter(clinic=clinic, pk__in=list(ids)).select_related("patient", "dentist")
    return {one.pk: one for one in found}


def told_in(clinic: Clinic, message_id: uuid.UUID) -> list[Appointment]:
    """Return the appointments that a message told of, by time, with patient, dentist and chair."""
    ids = Notice.objects.filter(clinic=clinic, message_id=message_id).values_list("appointment_id", flat=True)
    found = Appointment.objects.filter(clinic=clinic, pk__in=list(ids)).select_related("patient", "dentist", "chair")
    return list(found.order_by("starts_at", "pk"))


def language_of_page() -> str:
    """Return “en” or “zh”, the language of whoever reads."""
    return "en" if (get_language() or "").startswith("en") else "zh"
