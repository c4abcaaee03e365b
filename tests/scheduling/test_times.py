"""Availability and conflicts against a brute-force oracle that knows nothing but single minutes.

The oracle below is written from REQUIREMENTS APT-5, not from the rules: it asks for each minute of the wish, one by one,
by the wall clock of the clinic, whether the clinic is open, the dentist on duty, and nobody else is there.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from incisor.clinics.rules import Opening, Shut, WeeklyHours, hours_on
from incisor.kernel.spans import minute_of, moment_of
from incisor.scheduling.enums import ConflictKind as K
from incisor.scheduling.rules import Surroundings, Taken, Wish, conflicts, free_starts, grid_starts
from incisor.staff.rules import DayException, Duty, rostered_on

MONDAY = date(2026, 3, 2)
# Shanghai has no clock changes; Berlin jumps ahead on 2026-03-29 and back on 2026-10-25.
ZONES = [("Asia/Shanghai", MONDAY), ("Europe/Berlin", date(2026, 3, 27)), ("Europe/Berlin", date(2026, 10, 23))]
DAYS = 4


@dataclass
class Rules:
    """A few days of a clinic in the words of people: wall-clock hours, days by name."""

    zone: str
    first: date
    hours: list[tuple[int, time, time]]
    roster: list[tuple[int, time, time]]
    exceptions: list[tuple[date, time | None, time | None]] = field(default_factory=list)
    kinds: dict[date, str] = field(default_factory=dict)
    leave: list[tuple[datetime, datetime]] = field(default_factory=list)
    closures: list[tuple[datetime, datetime, bool]] = field(default_factory=list)  # the last: of the chair only
    appointments: list[tuple[int, int, int, str]] = field(default_factory=list)  # start, minutes, buffer, of whom
    blocks: list[tuple[int, int, str]] = field(default_factory=list)
    licence_until: date | None = None
    capabilities: frozenset[str] = frozenset({"basic"})


# ---------------------------------------------------------------------------------------------- the oracle


def wall(minute: int, zone: str) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))


def same_moment(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def holds(rows: list[tuple[int, time, time]], minute: int, rules: Rules) -> bool:
    """Does one of the weekly rows hold in this minute? A row's edges are moments; 23:59 at the end is midnight."""
    now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    day = wall(minute, rules.zone).date()
    kind = rules.kinds.get(day)
    if kind == "holiday":
        return False
    weekdays = {day.weekday()}
    if kind == "workday" and day.weekday() == 5:
        weekdays.add(4)
    if kind == "workday" and day.weekday() == 6:
        weekdays.add(0)
    return any(weekday in weekdays and between(now, day, starts, ends, rules.zone) for weekday, starts, ends in rows)


def between(now: datetime, day: date, starts: time, ends: time, zone: str) -> bool:
    if ends == time(23, 59):
        last = same_moment(day + timedelta(days=1), time(0), zone)
    else:
        last = same_moment(day, ends, zone)
    return same_moment(day, starts, zone) <= now < last


def on_duty(minute: int, rules: Rules) -> bool:
    now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    day = wall(minute, rules.zone).date()
    special = [row for row in rules.exceptions if row[0] == day]
    if special:
        return any(starts is not None and between(now, day, starts, ends, rules.zone) for _day, starts, ends in special)
    return holds(rules.roster, minute, rules)


def possible(rules: Rules, start: int, minutes: int, buffer: int, needs: frozenset[str], now: int) -> bool:
    """May an appointment begin here? Minute by minute."""
    if start % 5 or minutes % 5 or not 5 <= minutes <= 480:
        return False
    if start < now and not (now - start < 5 and start // 5 == now // 5):
        return False
    if not needs <= rules.capabilities:
        return False
    if rules.licence_until is not None and wall(start, rules.zone).date() > rules.licence_until:
        return False
    for minute in range(start, start + minutes + buffer):
        is_treatment = minute < start + minutes
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
        if is_treatment:
            if not holds(rules.hours, minute, rules) or not on_duty(minute, rules):
                return False
            if any(starts <= moment < ends for starts, ends in rules.leave):
                return False
            if any(starts <= moment < ends for starts, ends, _of_chair in rules.closures):
                return False
            if any(a <= minute < b for a, b, _who in rules.blocks):
                return False
        for a, length, rest, who in rules.appointments:
            if who in ("dentist", "chair") and a <= minute < a + length + rest:
                return False
            if who == "patient" and is_treatment and a <= minute < a + length:
                return False
    return True


# ---------------------------------------------------------------------------------- the same for the rules


def surroundings_of(rules: Rules) -> Surroundings:
    days = [rules.first + timedelta(days=n) for n in range(DAYS)]
    weekly = [WeeklyHours(*row) for row in rules.hours]
    roster = [WeeklyHours(*row) for row in rules.roster]
    exceptions = [DayException(*row) for row in rules.exceptions]
    span = lambda a, b: (minute_of(a), minute_of(b))  # noqa: E731 -- shorter than its name
    dentist, chair = [], []
    for start, minutes, buffer, who in rules.appointments:
        {"dentist": dentist, "chair": chair}.get(who, []).append(Taken((start, start + minutes + buffer)))
    for start, end, who in rules.blocks:
        {"dentist": dentist, "chair": chair}[who].append(Taken((start, end), is_block=True, label="x"))
    return Surroundings(
        opening=Opening(
            hours=tuple(
                part for day in days for part in hours_on(weekly, day=day, kind=rules.kinds.get(day), zone=rules.zone)
            ),
            shut=tuple(Shut(span(a, b), "x", "chair" if of_chair else None) for a, b, of_chair in rules.closures),
            kinds=rules.kinds,
            holidays={day: "x" for day, kind in rules.kinds.items() if kind == "holiday"},
        ),
        duty={
            "dentist": Duty(
                rostered=tuple(
                    part
                    for day in days
                    for part in rostered_on(
                        day=day, roster=roster, exceptions=exceptions, kind=rules.kinds.get(day), zone=rules.zone
                    )
                ),
                leave=tuple(span(a, b) for a, b in rules.leave),
            )
        },
        day_of=lambda minute: wall(minute, rules.zone).date(),
        dentist_taken={"dentist": tuple(dentist)},
        chair_taken={"chair": tuple(chair)},
        patient_taken=tuple((a, a + length) for a, length, _rest, who in rules.appointments if who == "patient"),
        licence_ends={
            "dentist": None
            if rules.licence_until is None
            else minute_of(same_moment(rules.licence_until + timedelta(days=1), time(0), rules.zone))
        },
        abilities={"chair": rules.capabilities},
    )


# ------------------------------------------------------------------------------------- making up clinics

TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 5, 15, 30, 45]))


@st.composite
def weekly_rows(draw, *, most):
    rows = []
    for _ in range(draw(st.integers(1, most))):
        starts, ends = sorted([draw(TIMES), draw(st.one_of(TIMES, st.just(time(23, 59))))])
        if starts < ends:
            rows.append((draw(st.integers(0, 6)), starts, ends))
    return rows


@st.composite
def clinics(draw):
    zone, first = draw(st.sampled_from(ZONES))
    begin = minute_of(same_moment(first, time(0), zone))
    minutes = st.integers(begin - 600, begin + DAYS * 1440)
    days = st.integers(0, DAYS - 1).map(lambda n: first + timedelta(days=n))
    always = [(weekday, time(0), time(23, 59)) for weekday in range(7)]
    usual = [(weekday, time(8, 30), time(18)) for weekday in range(7)]
    exceptions = []
    for day in draw(st.lists(days, max_size=2)):
        starts, ends = sorted([draw(TIMES), draw(TIMES)])
        exceptions.append((day, starts, ends) if starts < ends and draw(st.booleans()) else (day, None, None))

    def stretches(most):
        found = []
        for start in draw(st.lists(minutes, max_size=most)):
            found.append((start, start + draw(st.integers(1, 900))))
        return found

    taken = [
        (start - start % 5, draw(st.sampled_from([15, 30, 45, 90])), draw(st.sampled_from([0, 5, 10, 20])), who)
        for start in draw(st.lists(minutes, max_size=6))
        for who in [draw(st.sampled_from(["dentist", "chair", "patient"]))]
    ]
    return Rules(
        zone=zone,
        first=first,
        hours=draw(st.one_of(st.just(always), st.just(usual), weekly_rows(most=8))),
        roster=draw(st.one_of(st.just(always), st.just(usual), weekly_rows(most=8))),
        exceptions=exceptions,
        kinds=draw(st.dictionaries(days, st.sampled_from(["holiday", "workday"]), max_size=2)),
        leave=[(moment_of(a), moment_of(b)) for a, b in stretches(2)],
        closures=[(moment_of(a), moment_of(b), draw(st.booleans())) for a, b in stretches(2)],
        appointments=taken,
        blocks=[(a, b, draw(st.sampled_from(["dentist", "chair"]))) for a, b in stretches(2)],
        licence_until=draw(st.one_of(st.none(), days)),
        capabilities=draw(st.sampled_from([frozenset({"basic"}), frozenset({"basic", "xray"})])),
    )


WISHES = st.tuples(
    st.sampled_from([5, 15, 30, 40, 60, 120]),
    st.sampled_from([0, 5, 15]),
    st.sampled_from([frozenset(), frozenset({"basic"}), frozenset({"xray"})]),
    st.integers(-300, 3000),
)


@settings(max_examples=150)
@given(clinics(), WISHES, st.lists(st.integers(0, (DAYS - 1) * 1440), min_size=20, max_size=60))
def test_conflicts_are_found_exactly_where_the_oracle_finds_them(rules, wish, offsets):
    minutes, buffer, needs, since = wish
    around = surroundings_of(rules)
    begin = minute_of(same_moment(rules.first, time(0), rules.zone))
    now = begin + since

    for offset in offsets:
        start = begin + offset
        found = conflicts(Wish("dentist", "chair", start, minutes, buffer, needs), around, now=now)
        assert (not found) == possible(rules, start, minutes, buffer, needs, now), (start, found)


@settings(max_examples=60)
@given(clinics(), WISHES)
def test_free_starts_are_exactly_the_possible_ones(rules, wish):
    minutes, buffer, needs, since = wish
    around = surroundings_of(rules)
    begin = minute_of(same_moment(rules.first, time(0), rules.zone))
    now = begin + since
    last = begin + (DAYS - 1) * 1440

    spans = free_starts(
        around, dentists=["dentist"], chairs=["chair"], minutes=minutes, buffer=buffer, needs=needs, now=now
    )["dentist"].get("chair", [])
    found = {start for start in grid_starts(spans) if begin <= start < last}

    assert found == {start for start in range(begin, last, 5) if possible(rules, start, minutes, buffer, needs, now)}


# ------------------------------------------------------------------------------------ every reason by name


def plain(**over) -> Rules:
    week = [(weekday, time(9), time(17)) for weekday in range(5)]
    return Rules(zone="Asia/Shanghai", first=MONDAY, hours=week, roster=week, **over)


def kinds(rules: Rules, hour: int, minute: int = 0, *, day: date = MONDAY, now: int | None = None, **wish) -> list[K]:
    start = minute_of(same_moment(day, time(hour, minute), rules.zone))
    asked = Wish("dentist", "chair", start, **{"minutes": 30, "needs": frozenset({"basic"}), **wish})
    return [conflict.kind for conflict in conflicts(asked, surroundings_of(rules), now=now)]


def at(hour: int, minute: int = 0) -> int:
    return minute_of(same_moment(MONDAY, time(hour, minute), "Asia/Shanghai"))


def stretch(a: int, b: int) -> tuple[datetime, datetime]:
    return moment_of(at(a)), moment_of(at(b))


def test_free_time_has_no_conflict():
    assert kinds(plain(), 9) == []
    assert kinds(plain(), 16, 30, buffer=20) == []  # cleaned after closing time


def test_each_reason_is_named():
    assert kinds(plain(), 8, 55) == [K.CLOSED, K.ROSTER]
    assert kinds(plain(), 16, 45) == [K.CLOSED, K.ROSTER]
    assert kinds(plain(kinds={MONDAY: "holiday"}), 10) == [K.HOLIDAY, K.ROSTER]
    assert kinds(plain(closures=[(*stretch(10, 11), False)]), 10) == [K.CLOSURE]
    assert kinds(plain(closures=[(*stretch(10, 11), True)]), 10) == [K.CLOSURE]
    assert kinds(plain(leave=[stretch(10, 11)]), 10, 45) == [K.LEAVE]
    assert kinds(plain(exceptions=[(MONDAY, None, None)]), 10) == [K.ROSTER]
    assert kinds(plain(blocks=[(at(10), at(11), "dentist")]), 9, 45) == [K.BLOCK]
    assert kinds(plain(appointments=[(at(10), 30, 0, "dentist")]), 10, 15) == [K.DENTIST]
    assert kinds(plain(appointments=[(at(10), 30, 0, "chair")]), 10, 15) == [K.CHAIR]
    assert kinds(plain(appointments=[(at(10), 30, 0, "patient")]), 10, 15) == [K.PATIENT]
    assert kinds(plain(), 10, needs=frozenset({"surgery"})) == [K.CAPABILITY]
    assert kinds(plain(licence_until=MONDAY - timedelta(days=1)), 10) == [K.LICENCE]
    assert kinds(plain(), 10, now=at(10, 5)) == [K.PAST]
    assert kinds(plain(), 10, 3) == [K.GRID]
    assert kinds(plain(), 9, minutes=485) == [K.LENGTH, K.CLOSED, K.ROSTER]


def test_the_running_five_minutes_can_still_be_booked():
    assert kinds(plain(), 10, now=at(10, 4)) == []


def test_buffers_keep_dentist_and_chair_apart_but_not_the_patient():
    assert kinds(plain(appointments=[(at(10), 30, 10, "dentist")]), 10, 35) == [K.DENTIST]
    assert kinds(plain(appointments=[(at(10), 30, 10, "dentist")]), 10, 40) == []
    assert kinds(plain(appointments=[(at(10), 30, 10, "patient")]), 10, 30) == []
    assert kinds(plain(appointments=[(at(10), 30, 0, "chair")]), 9, 30, buffer=5) == [K.CHAIR]
    assert kinds(plain(blocks=[(at(10), at(11), "chair")]), 9, 30, buffer=15) == []


def test_make_up_workday_is_worked_like_the_day_it_stands_for():
    sunday = date(2026, 3, 1)
    rules = plain(kinds={sunday: "workday"})
    rules.first = sunday

    assert kinds(rules, 10, day=sunday) == []
    rules.kinds = {}
    assert kinds(rules, 10, day=sunday) == [K.CLOSED, K.ROSTER]


def test_appointment_may_cross_midnight_where_the_clinic_does():
    always = [(weekday, time(0), time(23, 59)) for weekday in range(7)]
    rules = Rules(zone="Asia/Shanghai", first=MONDAY, hours=always, roster=always)

    assert kinds(rules, 23, 45) == []


def test_grid_starts_begin_at_the_gap_and_keep_to_the_step():
    assert grid_starts([(602, 640)], step=15) == [605, 615, 630]
    assert grid_starts([(600, 616)], step=15) == [600, 615]
    assert grid_starts([(601, 604)]) == []
