"""Readings of blood pressure and glucose: what can be one, and which the dentist must hear of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.patients.rules import glucose_of, pressure_of, reading_level, shown_reading


@pytest.mark.parametrize(
    ("upper", "lower", "fits"),
    [(128, 82, True), (280, 180, True), (60, 30, True), (281, 90, False), (59, 40, False), (120, 29, False),
     (120, 181, False), (80, 120, False), (100, 100, False)],
)  # fmt: skip
def test_pressure(upper, lower, fits):
    found = pressure_of(systolic=upper, diastolic=lower)

    assert (found is not None) == fits
    assert found is None or (found.value, found.second) == (upper, lower)


@pytest.mark.parametrize(
    ("typed", "tenths"),
    [(6.1, 61), (1.0, 10), (40.0, 400), (0.9, None), (110.0, 61), (720.0, 400), (800.0, None)],
)
def test_glucose_in_both_units(typed, tenths):
    found = glucose_of(typed=typed)

    assert (found.value if found else None) == tenths


@pytest.mark.parametrize(
    ("given_", "level"),
    [
        (("blood_pressure", 128, 82, ""), "normal"),
        (("blood_pressure", 140, 82, ""), "raised"),
        (("blood_pressure", 128, 90, ""), "raised"),
        (("blood_pressure", 180, 82, ""), "severe"),
        (("blood_pressure", 150, 110, ""), "severe"),
        (("blood_pressure", 88, 60, ""), "low"),
        (("blood_pressure", 120, None, ""), "normal"),
        (("glucose", 61, None, "fasting"), "normal"),
        (("glucose", 70, None, "fasting"), "raised"),
        (("glucose", 70, None, ""), "normal"),
        (("glucose", 111, None, "random"), "raised"),
        (("glucose", 167, None, ""), "severe"),
        (("glucose", 38, None, ""), "low"),
    ],
)
def test_level(given_, level):
    kind, value, second, moment = given_

    assert reading_level(kind=kind, value=value, second=second, moment=moment) == level


def test_shown():
    assert shown_reading(kind="blood_pressure", value=128, second=82) == "128/82 mmHg"
    assert shown_reading(kind="glucose", value=61, second=None) == "6.1 mmol/L"


@given(st.floats(min_value=0, max_value=2000, allow_nan=False))
def test_any_glucose_is_kept_within_bounds_or_refused(typed):
    found = glucose_of(typed=typed)

    assert found is None or 10 <= found.value <= 400
