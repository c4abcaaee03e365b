"""Rules of blocks, daily limits and of what no longer fits: tables, no database."""

from datetime import date

import pytest

from incisor.clinics.rules import Opening, Shut
from incisor.scheduling.enums import ConflictKind as K
from incisor.scheduling.rules import (
    STEPS,
    Asking,
    BlockedTime,
    Counted,
    Ground,
    Limit,
    Need,
    Standing,
    Surroundings,
    Taken,
    concerns,
    full_days,
    hindrance,
    holds_on,
    no_longer_fits,
)
from incisor.staff.rules import Duty

IMPLANT = frozenset({"procedure:implant", "specialty:implants"})
CROWN = frozenset({"procedure:crown", "specialty:prosthodontics"})
MONDAY = date(2026, 3, 2)


def need(*kinds, **over):
    return Need(minutes=30, kinds=kinds, **over)


RESERVE = BlockedTime((1000, 1060), kind="reserve", opens_minutes=120)
ONLY = BlockedTime((1000, 1060), kind="only", only=frozenset({"specialty:implants"}))


@pytest.mark.parametrize(
    ("block", "asking", "expected"),
    [
        (BlockedTime((0, 60), kind="lunch"), Asking(need(IMPLANT), 0), K.BLOCK),
        (BlockedTime((0, 60), kind="closed"), Asking(None, 0), K.BLOCK),
        (RESERVE, Asking(need(CROWN), 879), K.RESERVE),
        (RESERVE, Asking(need(CROWN), 880), None),  # two hours before
        (RESERVE, Asking(need(CROWN, is_urgent=True), 0), None),
        (RESERVE, Asking(None, 0), K.RESERVE),
        (RESERVE, Asking(need(CROWN), None), K.RESERVE),
        (ONLY, Asking(need(IMPLANT), 0), None),
        (ONLY, Asking(need(IMPLANT, CROWN), 0), K.ONLY),  # every treatment must be of the kind
        (ONLY, Asking(need(), 0), K.ONLY),
        (ONLY, Asking(None, 0), K.ONLY),
    ],
)
def test_which_blocks_stand_in_the_way(block, asking, expected):
    assert hindrance(block, asking) == expected


def test_the_rule_of_the_reserve_can_be_replaced():
    assert hindrance(RESERVE, Asking(need(CROWN), 0), opens=lambda _block, _asking: True) is None


@pytest.mark.parametrize(
    ("day", "over", "expected"),
    [
        (MONDAY, {}, True),
        (date(2026, 3, 3), {}, False),
        (date(2026, 2, 23), {}, False),  # before it began
        (MONDAY, {"valid_until": MONDAY}, True),
        (date(2026, 3, 9), {"valid_until": MONDAY}, False),
        (MONDAY, {"skipped": ["2026-03-02"]}, False),
        (date(2028, 2, 29), {"weekdays": [1]}, True),
    ],
)
def test_when_a_weekly_block_holds(day, over, expected):
    rule = {"weekdays": [0], "valid_from": MONDAY, "valid_until": None, "skipped": [], **over}

    assert holds_on(day, **rule) is expected


TWO = Limit(key=1, name="种植", most=2, kinds=frozenset({"specialty:implants"}))


def test_limit_concerns_what_it_counts():
    assert concerns(TWO, need(CROWN, IMPLANT))
    assert not concerns(TWO, need(CROWN))


@pytest.mark.parametrize(
    ("limit", "booked", "expected"),
    [
        (TWO, [("a", IMPLANT)], {}),
        (TWO, [("a", IMPLANT), ("b", IMPLANT)], {None: {MONDAY: "种植"}}),
        (TWO, [("a", IMPLANT), ("b", CROWN)], {}),
        (Limit(1, "种植", 1, TWO.kinds, dentist="a"), [("a", IMPLANT)], {"a": {MONDAY: "种植"}}),
        (Limit(1, "种植", 1, TWO.kinds, dentist="a"), [("b", IMPLANT)], {}),
        (Limit(1, "种植", 1, TWO.kinds, is_each=True), [("b", IMPLANT)], {"b": {MONDAY: "种植"}}),
    ],
)
def test_full_days(limit, booked, expected):
    rows = [Counted(MONDAY, dentist, kinds) for dentist, kinds in booked]

    assert full_days([limit], rows, ["a", "b"]) == expected


def ground(**over):
    parts = {
        "hours": ((540, 1080),), "shut": (), "holidays": {}, "leave": (), "blocks": (), "places": (), "broken": {},
        "here": {"dentist"}, "chairs": {"chair"}, "licence": None, **over,
    }  # fmt: skip
    around = Surroundings(
        opening=Opening(hours=parts["hours"], shut=parts["shut"], kinds={}, holidays=parts["holidays"]),
        duty={
            "dentist": Duty(rostered=((540, 1020),), leave=parts["leave"]),
            "nurse": Duty(rostered=((540, 700),)),
        },
        day_of=lambda _minute: MONDAY,
        dentist_taken={"dentist": parts["blocks"]},
        chair_taken={"chair": parts["places"]},
        abilities={"chair": frozenset({"basic"})},
        licence_ends={"dentist": parts["licence"]},
    )
    return Ground(around=around, here=parts["here"], chairs=parts["chairs"], broken=parts["broken"])


def standing(**over):
    return Standing(
        **{"key": 1, "dentist": "dentist", "chair": "chair", "span": (600, 660), "hands": ((600, 660),), **over}
    )


@pytest.mark.parametrize(
    ("row", "over", "expected"),
    [
        ({}, {}, []),
        ({}, {"hours": ((540, 640),)}, [K.CLOSED]),
        ({}, {"hours": (), "holidays": {MONDAY: "春节"}}, [K.HOLIDAY]),
        ({}, {"shut": (Shut((650, 700), "停电"),)}, [K.CLOSURE]),
        ({}, {"shut": (Shut((650, 700), "维修", "chair"),)}, [K.CLOSURE]),
        ({}, {"shut": (Shut((650, 700), "维修", "other"),)}, []),
        ({}, {"shut": (Shut((660, 700), "停电"),)}, []),
        ({}, {"chairs": set()}, [K.CHAIR_OUT]),
        ({}, {"broken": {"chair": 601}}, [K.CHAIR_OUT]),
        ({}, {"broken": {"chair": 600}}, []),
        ({"needs": frozenset({"laser", "basic"})}, {}, [K.CAPABILITY]),
        ({}, {"here": set()}, [K.STAFF_GONE]),
        ({}, {"leave": ((0, 620),)}, [K.LEAVE]),
        ({"hands": ((600, 610), (640, 660))}, {"leave": ((610, 640),)}, []),
        ({"span": (1000, 1060), "hands": ((1000, 1060),)}, {}, [K.ROSTER]),
        ({"span": (1000, 1060), "hands": ((1000, 1020),)}, {}, []),
        ({}, {"licence": 600}, [K.LICENCE]),
        ({}, {"licence": 601}, []),
        ({"assistant": "nurse"}, {}, []),
        ({"assistant": "nurse", "span": (660, 720), "hands": ((660, 720),)}, {}, [K.ASSISTANT_AWAY]),
        ({}, {"blocks": (Taken((650, 700), is_block=True, label="会议"),)}, [K.BLOCK]),
        ({}, {"places": (Taken((650, 700), is_block=True),)}, [K.BLOCK]),
        ({}, {"blocks": (Taken((650, 700), is_block=True, kind=K.RESERVE), Taken((600, 660)))}, []),
        ({}, {"blocks": (Taken((600, 660)), Taken((650, 700), is_block=True))}, [K.BLOCK]),
        ({}, {"blocks": (Taken((700, 720), is_block=True), Taken((650, 660), is_block=True))}, [K.BLOCK]),
        ({"accepted": frozenset({"leave"})}, {"leave": ((0, 620),)}, []),
    ],
)
def test_what_no_longer_fits(row, over, expected):
    assert [reason.kind for reason in no_longer_fits(standing(**row), ground(**over))] == expected


def test_person_or_chair_unknown_to_the_ground_has_no_duty():
    row = standing(dentist="guest")

    assert [reason.kind for reason in no_longer_fits(row, ground(here={"guest"}))] == [K.ROSTER]


def test_each_step_of_a_status_stands_once_and_says_what_it_means():
    pairs = [(step.before, step.after) for step in STEPS]

    assert len(pairs) == len(set(pairs))
    assert all(step.means for step in STEPS)
    assert {step.after for step in STEPS if step.passes_gate} == {"confirmed", "requested", "arrived"}
    assert {step.after for step in STEPS if step.frees_time} == {"cancelled", "no_show", "rescheduled"}
