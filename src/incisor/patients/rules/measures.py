"""Readings of blood pressure and blood glucose: what can be one, and which the dentist must hear of before anything begins.

The desk makes no diagnosis: it writes down and tells. Sources: 中国高血压防治指南 (2024): from 140/90 mmHg high, from 180/110 grade 3,
at which planned dental treatment is put off; 中国糖尿病防治指南 (2024): fasting from 7.0, otherwise from 11.1 mmol/l diabetic,
below 3.9 low in a diabetic; from 16.7 planned treatment is put off.
"""

from dataclasses import dataclass

BLOOD_PRESSURE, GLUCOSE = "blood_pressure", "glucose"
NORMAL, RAISED, SEVERE, LOW = "normal", "raised", "severe", "low"
SYSTOLIC, DIASTOLIC = (60, 280), (30, 180)
TENTHS = (10, 400)  # 1.0 to 40.0 mmol/l
MG_PER_MMOL = 18  # what an American meter shows
LOW_SYSTOLIC, LOW_TENTHS = 90, 39


@dataclass(frozen=True)
class Figures:
    """What is kept. value, second: mmHg, or tenths of mmol/l and None."""

    value: int
    second: int | None


def pressure_of(*, systolic: int, diastolic: int) -> Figures | None:
    """Return a blood pressure, None when these two cannot be one."""
    fits = SYSTOLIC[0] <= systolic <= SYSTOLIC[1] and DIASTOLIC[0] <= diastolic <= DIASTOLIC[1]
    return Figures(systolic, diastolic) if fits and diastolic < systolic else None


def glucose_of(*, typed: float) -> Figures | None:
    """Return a blood glucose typed in mmol/l, or in mg/dl when it can only be that; None when it can be neither."""
    tenths = round(typed * 10)
    if tenths > TENTHS[1]:
        tenths = round(typed * 10 / MG_PER_MMOL)
    return Figures(tenths, None) if TENTHS[0] <= tenths <= TENTHS[1] else None


def reading_level(*, kind: str, value: int, second: int | None, moment: str = "") -> str:
    """Return NORMAL, RAISED, SEVERE or LOW."""
    if kind == BLOOD_PRESSURE:
        lower = second or 0
        if value >= 180 or lower >= 110:
            return SEVERE
        if value >= 140 or lower >= 90:
            return RAISED
        return LOW if value < LOW_SYSTOLIC else NORMAL
    if value >= 167:
        return SEVERE
    if value >= (70 if moment == "fasting" else 111):
        return RAISED
    return LOW if value < LOW_TENTHS else NORMAL


def shown_reading(*, kind: str, value: int, second: int | None) -> str:
    """Return the reading as it is written: 128/82 mmHg, 6.1 mmol/l."""
    if kind == BLOOD_PRESSURE:
        return f"{value}/{second} mmHg"
    return f"{value / 10:.1f} mmol/L"
