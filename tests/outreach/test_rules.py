"""When to follow up and what comes of a call."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.outreach.rules import after_call, due_on, is_calling_time, steps_for, treatments_to_follow


@dataclass
class Step:
    treatment: str
    procedures: list[str] = field(default_factory=list)
    contact: str = "call"


@pytest.mark.parametrize(
    ("day", "after", "due"),
    [
        (date(2026, 1, 31), {"days": 1}, date(2026, 2, 1)),
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),
        (date(2028, 1, 31), {"months": 1}, date(2028, 2, 29)),
        (date(2026, 11, 30), {"months": 3}, date(2027, 2, 28)),
        (date(2028, 2, 29), {"years": 1}, date(2029, 2, 28)),
        (date(2026, 12, 31), {"days": 7}, date(2027, 1, 7)),
        (date(2026, 6, 15), {}, date(2026, 6, 15)),
    ],
)
def test_due_on(day, after, due):
    assert due_on(day, **after) == due


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_due_on_by_months_is_the_same_day_or_the_months_last(day, months):
    due = due_on(day, months=months)

    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == months
    assert due.day == day.day or (due.day < day.day and (due + timedelta(days=1)).day == 1)


def test_steps_for_names_procedures_only_when_the_step_does():
    all_of_it, only_filling, other = Step("root_canal"), Step("root_canal", ["root_canal_fill"]), Step("cleaning")

    assert steps_for([all_of_it, only_filling, other], treatment="root_canal", procedure="root_canal_fill") == [
        all_of_it,
        only_filling,
    ]
    assert steps_for([all_of_it, only_filling, other], treatment="root_canal", procedure="root_canal_open") == [
        all_of_it
    ]


def test_other_is_followed_up_only_when_there_is_nothing_else():
    assert treatments_to_follow([("other", "xray"), ("extraction", "e"), ("extraction", "e")]) == [("extraction", "e")]
    assert treatments_to_follow([("other", "xray")]) == [("other", "xray")]
    assert treatments_to_follow([]) == []


@pytest.mark.parametrize(
    ("outcome", "satisfaction", "attempts", "made"),
    [
        ("no_answer", "", 1, [("again", 1, "receptionist")]),
        ("no_answer", "", 3, []),
        ("well", "d", 1, []),
        ("well", "a", 1, [("dissatisfied", 0, "manager")]),
        ("unwell", "", 1, [("unwell", 0, "dentist"), ("again", 1, "receptionist")]),
        ("question", "", 1, [("question", 0, "dentist")]),
        ("refused", "", 1, []),
        ("wrong_number", "", 1, [("number", 0, "receptionist")]),
    ],
)
def test_after_call(outcome, satisfaction, attempts, made):
    found = after_call(
        outcome=outcome, satisfaction=satisfaction, role="receptionist", attempt_count=attempts,
        dentist_role="dentist", manager_role="manager", desk_role="receptionist",
    )  # fmt: skip

    assert [(one.kind, one.after_days, one.role) for one in found] == made


@pytest.mark.parametrize(
    ("wall", "may"),
    [
        (datetime(2026, 3, 2, 10, 29), False),
        (datetime(2026, 3, 2, 10, 30), True),
        (datetime(2026, 3, 2, 12, 0), False),
        (datetime(2026, 3, 2, 18, 29), True),
        (datetime(2026, 3, 7, 11, 0), False),
        (datetime(2026, 3, 8, 14, 30), True),
    ],
)
def test_is_calling_time(wall, may):
    assert is_calling_time(wall) is may
