"""Rules of treatment plans: statuses, estimates, progress, what is due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.visits.enums import PlanStatus
from incisor.visits.rules.plans import (
    NEXT,
    DoneOnce,
    Drawn,
    Due,
    Estimate,
    Planned,
    Stage,
    due_next,
    estimate,
    is_finished,
    may_become,
    missing_for_offer,
    progress,
)
from incisor.visits.rules.quantities import charged_quantity

DAY = date(2026, 3, 2)


def item(key="a", procedure="crown", **over):
    return Planned(id=key, procedure=procedure, **over)


def done(procedure="crown", on=DAY, **over):
    return DoneOnce(procedure=procedure, on=on, **over)


def counts(items, *treatments):
    return {key: one.count for key, one in progress(items, treatments).items()}


def test_every_status_has_a_line_and_leads_somewhere_known():
    assert set(NEXT) == set(PlanStatus)
    assert all(NEXT.values())


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("draft", "offered", True),
        ("draft", "accepted", False),
        ("offered", "accepted", True),
        ("offered", "draft", True),
        ("accepted", "finished", True),
        ("accepted", "put_away", False),
        ("finished", "accepted", True),
        ("declined", "offered", True),
        ("put_away", "draft", True),
        ("stopped", "accepted", True),
    ],
)
def test_may_become(before, after, may):
    assert may_become(before, after) is may


@pytest.mark.parametrize(
    ("quantity", "teeth", "is_per_tooth", "charged"),
    [(1, [], False, 1), (1, [11, 12], False, 1), (1, [11, 12], True, 2), (3, [11], True, 3), (2, [], True, 2)],
)
def test_charged_quantity(quantity, teeth, is_per_tooth, charged):
    assert charged_quantity(quantity=quantity, teeth=teeth, is_per_tooth=is_per_tooth) == charged


def test_estimate_adds_up_and_tells_what_has_no_price():
    items = [
        item("a", unit_minor=1000, teeth=(11, 12), is_per_tooth=True),
        item("b", unit_minor=500, quantity=3),
        item("c"),
        item("d", unit_minor=0),
    ]

    assert estimate(items) == Estimate(3500, 1)
    assert estimate([]) == Estimate()


@pytest.mark.parametrize(
    ("wanted", "treatments", "count"),
    [
        (item(), [done()], 1),
        (item(), [done("other")], 0),
        (item(since=DAY), [done(on=DAY - timedelta(days=1))], 0),
        (item(quantity=2), [done()], 1),
        (item(quantity=2), [done(quantity=5)], 2),
        (item(teeth=(36, 37)), [done(teeth=(36,))], 1),
        (item(teeth=(36, 37)), [done(teeth=(37, 36))], 2),
        (item(teeth=(36,)), [done(teeth=(46,))], 0),
        (item(teeth=(36,)), [done()], 1),  # named no tooth: it counts
        (item(), [done(teeth=(36,))], 1),
        (item(teeth=(36,), quantity=3), [done(teeth=(36,)), done(teeth=(36,))], 2),
        (item(teeth=(36,), quantity=3), [done(teeth=(36,)), done(teeth=(46,))], 1),
        (item(is_settled=True), [done()], 0),
    ],
)
def test_progress_of_one(wanted, treatments, count):
    assert counts([wanted], *treatments) == {"a": count}


def test_treatment_counts_once_and_for_the_tooth_that_it_names():
    first, second = item("a"), item("b", teeth=(36,))

    assert counts([first, second], done(teeth=(36,))) == {"a": 0, "b": 1}
    assert counts([first, second], done(teeth=(36,)), done()) == {"a": 1, "b": 1}


def test_settled_item_takes_nothing_from_another():
    assert counts([item("a", is_settled=True), item("b")], done()) == {"a": 0, "b": 1}


def test_last_day_is_the_latest():
    found = progress([item(quantity=2)], [done(on=DAY + timedelta(days=3)), done(on=DAY)])

    assert found["a"].last_on == DAY + timedelta(days=3)


A, B, C = item("a"), item("b", "bridge"), item("c", "check", is_settled=True)


@pytest.mark.parametrize(
    ("stages", "treatments", "due"),
    [
        ([Stage((A,))], [], Due(0, (A,), DAY)),
        ([Stage((A,), 5)], [], Due(0, (A,), DAY + timedelta(days=5))),
        ([Stage((A,)), Stage((B,), 14)], [done(on=DAY + timedelta(days=2))], Due(1, (B,), DAY + timedelta(days=16))),
        ([Stage((A, B), 7)], [done()], Due(0, (B,), DAY)),  # begun: goes on at once
        ([Stage((C,)), Stage((B,), 1)], [], Due(1, (B,), DAY + timedelta(days=1))),
        ([Stage((A,))], [done()], None),
        ([], [], None),
        ([Stage(())], [], None),
    ],
)
def test_due_next(stages, treatments, due):
    found = progress([one for stage in stages for one in stage.items], treatments)

    assert due_next(stages, found, agreed_on=DAY) == due


def test_plan_without_items_is_not_finished():
    assert not is_finished({})
    assert is_finished(progress([item()], [done()]))
    assert not is_finished(progress([item()], []))


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ([], ["options"]),
        ([Drawn(title="", stage_items=(1,))], []),
        ([Drawn(title="", stage_items=(0, 0))], ["items"]),
        ([Drawn(title="a", stage_items=(1,)), Drawn(title=" ", stage_items=(1,))], ["titles"]),
        ([Drawn(title="a", stage_items=(1,)), Drawn(title="", stage_items=())], ["titles", "items"]),
        ([Drawn(title="a", stage_items=(0, 1)), Drawn(title="b", stage_items=(2,))], []),
    ],
)
def test_missing_for_offer(options, missing):
    assert missing_for_offer(options) == missing


TEETH = st.lists(st.sampled_from([11, 12, 36]), unique=True, max_size=2).map(tuple)
PLANNED = st.lists(st.tuples(st.sampled_from("xy"), TEETH, st.integers(1, 3), st.booleans()), max_size=5)
DONE = st.lists(st.tuples(st.sampled_from("xyz"), TEETH, st.integers(1, 3)), max_size=6)


@given(PLANNED, DONE)
def test_nothing_is_counted_twice_or_beyond_what_is_wanted(planned, treatments):
    items = [
        item(number, procedure, teeth=teeth, quantity=quantity, is_settled=settled)
        for number, (procedure, teeth, quantity, settled) in enumerate(planned)
    ]
    rows = [done(procedure, teeth=teeth, quantity=quantity) for procedure, teeth, quantity in treatments]

    found = progress(items, rows)

    assert all(one.count <= one.item.wanted for one in found.values())
    assert not any(one.count for one in found.values() if one.item.is_settled)
    for procedure in "xyz":
        times = sum(max(row.quantity, len(row.teeth)) for row in rows if row.procedure == procedure)
        assert sum(one.count for one in found.values() if one.item.procedure == procedure) <= times
