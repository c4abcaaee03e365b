"""Time patterns, holds, assistants and full days against an oracle that counts single minutes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incisor.clinics.rules import Opening, equipment_words, pattern_of, pattern_text
from incisor.kernel.fields import spans_of_text, text_of_spans
from incisor.scheduling.enums import ConflictKind as K
from incisor.scheduling.rules import (
    Need,
    Surroundings,
    Taken,
    conflicts,
    fitted,
    need_of,
    occupying,
    starts_for,
    urgent,
    wish_of,
)
from incisor.staff.rules import Duty

DAY = 600  # minutes of the little world
WHOLE = ((0, DAY),)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def minutes_of(spans):
    return {minute for start, end in spans for minute in range(start, end)}


SPANS = st.lists(
    st.tuples(st.integers(0, DAY), st.integers(1, 120)).map(lambda row: (row[0], row[0] + row[1])), max_size=4
)


@st.composite
def needs(draw):
    minutes = draw(st.sampled_from([15, 30, 45, 60]))
    cells = draw(st.lists(st.booleans(), min_size=minutes // 5, max_size=minutes // 5))
    busy = fitted([(n * 5, n * 5 + 5) for n, is_on in enumerate(cells) if is_on], usual=minutes, minutes=minutes)
    return Need(
        minutes=minutes,
        before=draw(st.sampled_from([0, 5, 10])),
        buffer=draw(st.sampled_from([0, 5, 15])),
        busy=busy,
    )


@st.composite
def worlds(draw):
    def rows(kind=None, *, is_block=False):
        return tuple(Taken(span, is_block=is_block, kind=kind) for span in draw(SPANS))

    return Surroundings(
        opening=Opening(hours=tuple(draw(SPANS)) or WHOLE, shut=(), kinds={}, holidays={}),
        duty={
            "dentist": Duty(rostered=tuple(draw(SPANS)) or WHOLE, leave=tuple(draw(SPANS)[:1])),
            "nurse": Duty(rostered=tuple(draw(SPANS)) or WHOLE, leave=()),
        },
        day_of=lambda minute: date(1970, 1, 1) + timedelta(minutes=minute),
        dentist_busy={"dentist": draw(SPANS), "nurse": draw(SPANS)},
        chair_busy={"chair": draw(SPANS)},
        dentist_taken={"dentist": rows(K.HELD) + rows(is_block=True), "nurse": rows(K.HELD)},
        chair_taken={"chair": rows(K.HELD) + rows(is_block=True)},
        patient_taken=tuple(draw(SPANS)[:2]),
        patient_held=rows(K.HELD)[:1],
        abilities={"chair": frozenset()},
        full={None: tuple(Taken(span) for span in draw(SPANS)[:1]), "dentist": ()},
    )


def possible(need, around, start, assistant):
    """May it begin here? By sets of minutes."""
    whole = set(range(start, start + need.minutes))
    room = (
        whole
        | set(range(start - need.before, start))
        | set(range(start + need.minutes, start + need.minutes + need.buffer))
    )
    hands = {start + minute for minute in minutes_of(need.busy or ((0, need.minutes),))}
    own = set(hands)
    if start in hands:
        own |= set(range(start - need.before, start))
    if start + need.minutes - 1 in hands:
        own |= set(range(start + need.minutes, start + need.minutes + need.buffer))

    def taken(rows, *, blocks, busy=()):
        return minutes_of([*busy, *(row.span for row in rows if row.is_block is blocks)])

    mine, places = around.dentist_taken["dentist"], around.chair_taken["chair"]
    duty = around.duty["dentist"]
    fits = (
        start % 5 == 0
        and whole <= minutes_of(around.opening.hours)
        and hands <= minutes_of(duty.rostered) - minutes_of(duty.leave)
        and not hands & taken(mine, blocks=True)
        and not own & taken(mine, blocks=False, busy=around.dentist_busy["dentist"])
        and not whole & taken(places, blocks=True)
        and not room & taken(places, blocks=False, busy=around.chair_busy["chair"])
        and not whole & (minutes_of(around.patient_taken) | minutes_of(row.span for row in around.patient_held))
        and start not in minutes_of(row.span for row in around.full[None])
    )
    if not assistant:
        return fits
    helper = around.dentist_taken["nurse"]
    return (
        fits
        and whole <= minutes_of(around.duty["nurse"].rostered)
        and not room & taken(helper, blocks=False, busy=around.dentist_busy["nurse"])
    )


@settings(max_examples=150)
@given(worlds(), needs(), st.booleans())
def test_gate_and_search_find_exactly_what_the_oracle_finds(around, need, with_nurse):
    nurse = "nurse" if with_nurse else None
    expected = {start for start in range(0, DAY, 5) if possible(need, around, start, nurse)}

    by_gate = {
        start
        for start in range(0, DAY, 5)
        if not conflicts(
            wish_of(need, dentist="dentist", chair="chair", start=start, assistant=nurse), around, now=None
        )
    }
    spans = starts_for(around, dentists=["dentist"], chairs=["chair"], need=need, assistant=nurse)["dentist"]["chair"]
    by_search = {start for start in minutes_of(spans) if start % 5 == 0 and 0 <= start < DAY}

    assert by_gate == expected
    assert by_search == expected


class Procedure:
    def __init__(self, code="x", minutes=30, busy=(), before=0, after=0, specialty="general", equipment=()):
        self.code, self.duration_minutes, self.busy = code, minutes, list(busy)
        self.buffer_before_minutes, self.buffer_after_minutes = before, after
        self.chair_needs, self.equipment_needs = ["basic"], list(equipment)
        self.specialty, self.is_high_risk = specialty, False


ANAESTHESIA = [[0, 10], [20, 50]]


@pytest.mark.parametrize(
    ("usual", "minutes", "expected"),
    [
        (50, 50, ((0, 10), (20, 50))),
        (50, 60, ((0, 10), (20, 60))),  # what is longer needs the dentist at its end
        (50, 40, ((0, 10), (20, 40))),
        (50, 15, ((0, 10),)),
        (50, 10, ()),  # nothing but hands is left: all the time
    ],
)
def test_pattern_follows_the_length(usual, minutes, expected):
    assert fitted(ANAESTHESIA, usual=usual, minutes=minutes) == expected


def test_no_pattern_is_all_the_time():
    assert fitted([], usual=30, minutes=45) == ()
    assert Need(minutes=30).hands == ((0, 30),)
    assert Need(minutes=30, before=5, buffer=10).taken == ((-5, 40),)


def test_buffers_stay_with_the_chair_where_the_dentist_is_away():
    assert Need(minutes=50, before=5, buffer=10, busy=((0, 10), (20, 40))).taken == ((-5, 10), (20, 40))
    assert Need(minutes=50, before=5, buffer=10, busy=((10, 50),)).taken == ((10, 60),)


def test_patterns_of_several_procedures_stand_one_after_the_other():
    need = need_of([Procedure(minutes=20), Procedure("root", 50, ANAESTHESIA, before=5, after=12)])

    assert (need.minutes, need.before, need.buffer) == (70, 5, 15)
    assert need.busy == ((0, 30), (40, 70))
    assert need.kinds == (
        frozenset({"procedure:x", "specialty:general"}), frozenset({"procedure:root", "specialty:general"}),
    )  # fmt: skip


def test_an_appointment_s_own_pattern_wins_over_that_of_its_procedures():
    mine = need_of([Procedure("root", 50, ANAESTHESIA)], minutes=60, busy=[[0, 5], [30, 60]])

    assert mine.busy == ((0, 5), (30, 60))
    assert need_of([Procedure("root", 50, ANAESTHESIA)], busy=[]).busy == ()


def test_equipment_is_asked_of_the_chair_by_its_words():
    assert need_of([Procedure(equipment=["Laser"])]).chair == {"basic", "equipment:laser"}
    assert equipment_words("Laser，CBCT; laser\n") == ["laser", "cbct"]


def test_urgent_need_is_the_same_otherwise():
    assert urgent(Need(minutes=20)) == Need(minutes=20, is_urgent=True)


def test_what_a_row_takes_up():
    at = EPOCH + timedelta(minutes=1000)
    row = occupying(at, Need(minutes=50, before=5, buffer=10, busy=((0, 10), (20, 50))))

    assert row == {
        "starts_at": at,
        "ends_at": at + timedelta(minutes=50),
        "blocked_from": at - timedelta(minutes=5),
        "blocked_until": at + timedelta(minutes=60),
        "busy": [[0, 10], [20, 50]],
        "dentist_spans": ((995, 1010), (1020, 1060)),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("0-10, 20-50", [[0, 10], [20, 50]]),
        ("0–10，20—50", [[0, 10], [20, 50]]),
        ("0-50", []),  # all the time
        ("20-50,0-10", None),
        ("0-10,10-20", None),  # they touch: one pair
        ("0-7", None),
        ("10-5", None),
        ("0-55", None),
        ("half", None),
    ],
)
def test_pattern_as_people_type_it(text, expected):
    assert pattern_of(text, minutes=50) == expected


def test_pattern_is_shown_as_it_is_typed():
    assert pattern_text([[0, 10], [20, 50]]) == "0-10, 20-50"


@pytest.mark.parametrize("spans", [(), ((5, 10),), ((5, 10), (20, 30)), ((-5, 10), (20, 30), (40, 45))])
def test_spans_come_back_from_the_database_text(spans):
    assert spans_of_text(text_of_spans(spans)) == spans
