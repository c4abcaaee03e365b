"""Teeth, steps, kinds, and what a signature needs and covers."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.visits.enums import StepVerb, VisitKind, VisitStatus
from incisor.visits.rules.chart import WIDTH, height, places
from incisor.visits.rules.kinds import visit_kind
from incisor.visits.rules.notes import SignedContent, Written, addendum_seal, missing_for_signing, seal_of
from incisor.visits.rules.statuses import IN_PLACE, NEXT, STEPS, may_step, may_step_in_place
from incisor.visits.rules.teeth import (
    SURFACES,
    TEETH,
    NoSuchSurface,
    NoSuchTooth,
    dentition_at,
    is_front,
    is_milk,
    is_tooth,
    is_upper,
    parse_teeth,
    surfaces_in_order,
    teeth_in_order,
)

S = VisitStatus


def test_every_status_has_its_line_in_the_table():
    assert set(NEXT) == set(VisitStatus)


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (S.WAITING, S.CALLED, True), (S.WAITING, S.IN_CHAIR, True), (S.WAITING, S.LEFT, True),
        (S.CALLED, S.IN_CHAIR, True), (S.CALLED, S.WAITING, True), (S.CALLED, S.LEFT, True),
        (S.IN_CHAIR, S.TO_PAY, True), (S.TO_PAY, S.DONE, True),
        (S.WAITING, S.DONE, False), (S.WAITING, S.TO_PAY, False), (S.IN_CHAIR, S.WAITING, False),
        (S.IN_CHAIR, S.DONE, False), (S.DONE, S.TO_PAY, False), (S.LEFT, S.WAITING, False),
        (S.WITHDRAWN, S.WAITING, False),
    ],
)  # fmt: skip
def test_steps(before, after, allowed):
    assert may_step(before, after) is allowed


@given(st.integers())
def test_only_fdi_numbers_are_teeth(number):
    quadrant, place = divmod(number, 10)
    expected = (1 <= quadrant <= 4 and 1 <= place <= 8) or (5 <= quadrant <= 8 and 1 <= place <= 5)

    assert is_tooth(number) is expected


def test_there_are_32_and_20():
    assert (len([t for t in TEETH if not is_milk(t)]), len([t for t in TEETH if is_milk(t)])) == (32, 20)


@pytest.mark.parametrize(
    ("tooth", "front", "upper"),
    [(11, True, True), (36, False, False), (43, True, False), (55, False, True), (71, True, False)],
)
def test_place_of_a_tooth(tooth, front, upper):
    assert (is_front(tooth), is_upper(tooth)) == (front, upper)


@given(st.lists(st.sampled_from(sorted(TEETH))))
def test_teeth_in_order_keeps_each_once(numbers):
    ordered = teeth_in_order(numbers)

    assert sorted(ordered) == sorted(set(numbers))
    assert teeth_in_order(reversed(ordered)) == ordered


@pytest.mark.parametrize(
    ("text", "teeth"),
    [("", []), ("36", [36]), ("36, 11", [11, 36]), ("46、11，36 36", [11, 46, 36]), (" 85 ", [85])],
)
def test_teeth_are_read_as_typed(text, teeth):
    assert parse_teeth(text) == teeth


@pytest.mark.parametrize("text", ["0", "10", "19", "49", "56", "3 6", "x", "-11", "11.", "²"])
def test_what_is_no_tooth_is_refused(text):
    with pytest.raises(NoSuchTooth):
        parse_teeth(text)


@pytest.mark.parametrize(("text", "surfaces"), [("", ""), ("dom", "MOD"), ("b l o", "OBL"), ("OO", "O")])
def test_surfaces_are_written_in_order(text, surfaces):
    assert surfaces_in_order(text) == surfaces


def test_unknown_surface_is_refused():
    with pytest.raises(NoSuchSurface):
        surfaces_in_order("MX")


@pytest.mark.parametrize(
    ("age", "teeth"),
    [(None, "adult"), (3, "milk"), (5, "milk"), (6, "mixed"), (12, "mixed"), (13, "adult"), (80, "adult")],
)
def test_chart_by_age(age, teeth):
    assert dentition_at(age) == teeth


@pytest.mark.parametrize(("dentition", "count"), [("adult", 32), ("milk", 20), ("mixed", 52)])
def test_chart_places_no_tooth_over_another(dentition, count):
    found = places(dentition)

    assert len({place.number for place in found}) == count
    assert all(0 <= place.x <= WIDTH - 30 and 0 <= place.y <= height(dentition) - 30 for place in found)
    for one, other in pairwise(sorted(found, key=lambda place: (place.y, place.x))):
        assert one.y != other.y or other.x - one.x >= 40
    assert all({letter for letter, _points in place.surfaces} == set(SURFACES) for place in found)


def leftmost(place, letter):
    points = dict(place.surfaces)[letter]
    return sum(int(corner.split(",")[0]) for corner in points.split()) / 4


def test_mesial_lies_towards_the_midline():
    for place in places("mixed"):
        mesial, distal = leftmost(place, "M"), leftmost(place, "D")
        assert (mesial > distal) is (place.x < WIDTH / 2)


DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("seen", "procedures", "specialties", "kind"),
    [
        (None, (), (), VisitKind.FIRST),
        (None, ("exam_recall",), ("general",), VisitKind.FIRST),
        (DAY - timedelta(days=366), (), (), VisitKind.FIRST),
        (DAY - timedelta(days=365), (), (), VisitKind.RETURN),
        (DAY - timedelta(days=30), ("consultation",), ("general",), VisitKind.CONSULTATION),
        (DAY - timedelta(days=30), ("ortho_adjustment",), ("orthodontics",), VisitKind.ORTHODONTIC),
        (DAY - timedelta(days=30), ("exam_recall",), ("general",), VisitKind.CHECK_UP),
        (DAY - timedelta(days=30), ("exam_recall", "cleaning"), ("general",), VisitKind.RETURN),
    ],
)
def test_kind_of_a_visit(seen, procedures, specialties, kind):
    assert visit_kind(last_seen_on=seen, on=DAY, procedures=procedures, specialties=specialties) == kind


FULL = {"complaint": "c", "findings": "f", "diagnosis": "d", "treatment": "t"}


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        (Written(), ["complaint", "findings", "diagnosis", "treatment"]),
        (Written(**FULL), []),
        (Written(complaint="c", tooth_findings=1, codes=1, treatments=1), []),
        (Written(**{**FULL, "complaint": "  "}), ["complaint"]),
        (Written(**{**FULL, "diagnosis": ""}), ["diagnosis"]),
    ],
)
def test_what_a_signature_still_needs(written, missing):
    assert missing_for_signing(written) == missing


AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CONTENT = {
    "visit": "v", "clinic": "c", "texts": {"complaint": "牙痛"}, "codes": ("K02.1",),
    "teeth": ((36, "caries", "O", ""),), "treatments": (("fill", (36,), {"36": "O"}, 1, ""),), "next_visit": {"after_days": 7},
    "signed_by": "u", "signed_at": AT,
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"visit": "w"}, {"clinic": "d"}, {"texts": {"complaint": "牙疼"}}, {"codes": ()},
        {"teeth": ((36, "caries", "M", ""),)}, {"treatments": (("fill", (36,), {"36": "O"}, 2, ""),)}, {"treatments": (("fill", (36,), {}, 1, ""),)},
        {"drugs": (("阿莫西林", "0.5 g"),)}, {"dentist": "d"}, {"kind": "first"}, {"next_visit": {"after_days": 8}},
        {"signed_by": "x"}, {"signed_at": AT + timedelta(seconds=1)},
    ],
)  # fmt: skip
def test_seal_covers_everything(change):
    assert seal_of(SignedContent(**{**CONTENT, **change})) != seal_of(SignedContent(**CONTENT))


def test_seal_does_not_depend_on_order_or_zone():
    more = {**CONTENT, "teeth": ((11, "crown", "", ""), (36, "caries", "O", ""))}
    turned = {**more, "teeth": tuple(reversed(more["teeth"])), "signed_at": AT.astimezone()}

    assert seal_of(SignedContent(**more)) == seal_of(SignedContent(**turned))


def test_seal_of_an_addendum_covers_what_stood_before():
    one = addendum_seal(before="a", text="t", by="u", at=AT)

    assert one != addendum_seal(before="b", text="t", by="u", at=AT)
    assert one != addendum_seal(before="a", text="s", by="u", at=AT)


def test_every_step_is_one_line_of_the_table():
    assert len({(step.before, step.after) for step in STEPS}) == len(STEPS)
    assert {status for status in VisitStatus if not NEXT[status]} == {"done", "left", "withdrawn"}
    assert set(IN_PLACE) == set(StepVerb) - {StepVerb.PARK}  # who is put aside changes the status too


@pytest.mark.parametrize(
    ("status", "verb", "allowed"),
    [
        ("called", "call_again", True),
        ("waiting", "call_again", False),
        ("in_chair", "stage", True),
        ("to_pay", "stage", False),
        ("waiting", "redirect", True),
        ("called", "park", False),
        ("waiting", "no_such_verb", False),
    ],
)
def test_step_in_place_by_the_table(status, verb, allowed):
    assert may_step_in_place(status, verb) is allowed
