"""When which message about an appointment goes out, to whom and by which way: pure decisions (REQUIREMENTS APT-11)."""

import uuid
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from incisor.kernel.clock import local, moment
from incisor.messaging.rules import next_allowed
from incisor.outreach.enums import Moment, Way, WhyNone
from incisor.patients.enums import ContactChannel

# A reminder that comes later than this before the appointment is of no use any more.
LEAD = {Moment.DAYS_BEFORE: timedelta(hours=2)}
SHORT_LEAD = timedelta(minutes=30)
# Whoever booked or moved so shortly before a reminder is due knows the time: the confirmation has just said it.
JUST_TOLD = timedelta(hours=1)
# How far back a reminder is pulled over days on which the clinic is closed.
MOST_CLOSED_DAYS = 31
# Which ways reach whom: the patient's own wish. Who prefers the phone takes a notice by SMS too.
ACCEPTED = {
    ContactChannel.PHONE: (Way.CALL, Way.SMS),
    ContactChannel.SMS: (Way.SMS, Way.CALL),
    ContactChannel.WECHAT: (Way.WECHAT, Way.CALL),
    ContactChannel.EMAIL: (Way.EMAIL, Way.CALL),
    ContactChannel.NONE: (),
}


@dataclass(frozen=True, kw_only=True)
class House:
    """What a clinic says about sending. closed: days on which nobody is there."""

    zone: str
    quiet_from: time
    quiet_until: time
    closed: frozenset[date] = frozenset()
    is_sent_on_closed_days: bool = False


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A reminder rule, as plain values (see models.ReminderRule)."""

    id: uuid.UUID
    moment: str
    amount: int
    at_time: time
    channels: tuple[str, ...]
    procedures: frozenset[str] = frozenset()
    active_since: datetime


@dataclass(frozen=True, kw_only=True)
class Coming:
    """An appointment that somebody may be told of. known_since: since when the patient knows this time.

    family: the same for people who share a phone, empty without a number. wish: ContactChannel.
    """

    id: uuid.UUID
    starts_at: datetime
    known_since: datetime
    procedures: frozenset[str]
    family: str
    wish: str
    has_email: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one rule does for one appointment. way: empty when nobody is told, and why."""

    rule: uuid.UUID
    appointment: uuid.UUID
    starts_at: datetime
    send_at: datetime
    expires_at: datetime
    way: str
    why: str = ""
    family: Hashable = field(default=None)


def is_for(rule: Rule, procedures: frozenset[str]) -> bool:
    """Tell whether a rule is for an appointment with these procedures."""
    return not rule.procedures or bool(rule.procedures & procedures)


def way_for(rule: Rule, coming: Coming) -> tuple[str, str]:
    """Return by which way the patient is told, or an empty text and why by none.

    The rule's order decides among the ways that the patient's own wish allows and for which there is an address.
    """
    accepted = ACCEPTED[ContactChannel(coming.wish)]
    if not accepted:
        return "", WhyNone.NO_CONTACT
    reachable = [way for way in accepted if (coming.has_email if way == Way.EMAIL else coming.family)]
    if not reachable:
        return "", WhyNone.NO_ADDRESS
    return next(((way, "") for way in rule.channels if way in reachable), ("", WhyNone.NO_WAY))


def due_at(rule: Rule, *, starts_at: datetime, house: House) -> datetime:
    """Return when a rule of days or hours before wants its message, before quiet hours are looked at."""
    wall = local(starts_at, house.zone)
    if rule.moment == Moment.DAYS_BEFORE:
        day, clock = wall.date() - timedelta(days=rule.amount), rule.at_time
    else:
        due = starts_at - timedelta(hours=rule.amount)
        day, clock = local(due, house.zone).date(), local(due, house.zone).time()
        if not _is_shut(day, house):
            return due
    for _n in range(MOST_CLOSED_DAYS):
        if not _is_shut(day, house):
            break
        day -= timedelta(days=1)
    return moment(day, clock, house.zone)


def _is_shut(day: date, house: House) -> bool:
    return day in house.closed and not house.is_sent_on_closed_days


def allowed_from(at: datetime, house: House) -> datetime:
    """Return the moment itself, or the end of the quiet hours that it lies in."""
    wall = local(at, house.zone).replace(tzinfo=None)
    later = next_allowed(wall, quiet_from=house.quiet_from, quiet_until=house.quiet_until)
    return at if later == wall else moment(later.date(), later.time(), house.zone)


def last_use(rule_moment: str, starts_at: datetime) -> datetime:
    """Return until when a message is of any use."""
    return starts_at - LEAD.get(Moment(rule_moment), SHORT_LEAD)


def plan(rule: Rule, coming: Coming, house: House) -> Plan:
    """Return what a rule of days or hours before does for an appointment that it is for.

    Never within quiet hours, never when it is of no use any more, never for what was due before the rule was switched on.
    """
    due = due_at(rule, starts_at=coming.starts_at, house=house)
    send_at, until = allowed_from(due, house), last_use(rule.moment, coming.starts_at)
    way, why = way_for(rule, coming)
    if due < rule.active_since:
        way, why = "", WhyNone.OLD_RULE
    elif due - JUST_TOLD <= coming.known_since:
        way, why = "", WhyNone.JUST_BOOKED
    elif send_at >= until:
        way, why = "", WhyNone.TOO_LATE
    return Plan(
        rule=rule.id, appointment=coming.id, starts_at=coming.starts_at, send_at=send_at, expires_at=until, way=way,
        why=why, family=(local(coming.starts_at, house.zone).date(), coming.family) if coming.family else coming.id,
    )  # fmt: skip


def is_due(one: Plan, at: datetime, house: House) -> bool:
    """Tell whether a plan is to be carried out at that moment."""
    return bool(one.way) and one.send_at <= at < one.expires_at and allowed_from(at, house) == at


def families(plans: Iterable[Plan]) -> list[tuple[Plan, ...]]:
    """Return the plans as messages: people with one phone on one day get one text, which names them by time.

    What is called about and what nobody is told stands alone.
    """
    together: dict[Hashable, list[Plan]] = defaultdict(list)
    for one in plans:
        is_text = one.way and one.way != Way.CALL
        together[(one.rule, one.family, one.way) if is_text else (one.rule, one.appointment)].append(one)
    groups = [
        tuple(sorted(found, key=lambda one: (one.starts_at, str(one.appointment)))) for found in together.values()
    ]
    return sorted(groups, key=lambda group: (first_send(group), group[0].starts_at, str(group[0].appointment)))


def first_send(group: Sequence[Plan]) -> datetime:
    """Return when a family's text goes out: with the first of them."""
    return min(one.send_at for one in group)


def family_due(group: Sequence[Plan], at: datetime, house: House) -> tuple[Plan, ...]:
    """Return who of a family is told now: all for whom it is still of use, as soon as the first is due."""
    if not any(is_due(one, at, house) for one in group):
        return ()
    return tuple(one for one in group if at < one.expires_at)


def reach(rules: Iterable[Rule]) -> timedelta:
    """Return how far before an appointment the earliest of the rules can be due."""
    days = [
        timedelta(days=rule.amount + 1) if rule.moment == Moment.DAYS_BEFORE else timedelta(hours=rule.amount)
        for rule in rules
    ]
    return max(days, default=timedelta(0))
