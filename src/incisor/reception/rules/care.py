"""What the dentist must know before an operation (REQUIREMENTS REC-9). The desk warns and makes no diagnosis."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incisor.clinics.enums import ChairNeed, FollowUpKey, Specialty

ALERT, WARNING, ASK = "alert", "warning", "ask"
# REQUIREMENTS REC-9: glucose over 8.8 mmol/l, blood pressure over 140/90 mmHg.
GLUCOSE_TENTHS, SYSTOLIC, DIASTOLIC = 88, 140, 90
# House value: a reading that old says nothing about today.
FRESH = timedelta(hours=24)
OPERATIONS = frozenset({"abscess_drainage", "frenectomy", "apical_surgery", "flap_surgery", "crown_lengthening"})


@dataclass(frozen=True, kw_only=True)
class Illness:
    """Illnesses of the list (patients/data/conditions.json) that stand behind one warning."""

    key: str
    codes: frozenset[str]
    level: str = WARNING


# In the order in which REC-9 names them; what the list marks besides comes last, as "other".
ILLNESSES: tuple[Illness, ...] = (
    Illness(key="heart", codes=frozenset({"heart_disease", "heart_valve", "pacemaker"}), level=ALERT),
    Illness(key="hepatitis", codes=frozenset({"hepatitis", "liver_cirrhosis"})),
    Illness(key="hyperthyroidism", codes=frozenset({"hyperthyroidism"})),
    Illness(key="nephritis", codes=frozenset({"nephritis"})),
    Illness(key="bleeding", codes=frozenset({"bleeding_disorder", "anticoagulants"}), level=ALERT),
    Illness(key="pregnancy", codes=frozenset({"pregnancy"}), level=ALERT),
    Illness(key="tumour", codes=frozenset({"malignant_tumour", "radiotherapy_head"}), level=ALERT),
    Illness(key="inflammation", codes=frozenset({"acute_infection"})),
    Illness(key="psychiatric", codes=frozenset({"psychiatric_illness"})),
    Illness(key="steroids", codes=frozenset({"steroids_long_term"})),
    Illness(key="menstruation", codes=frozenset({"menstruation"})),
)
NAMED = frozenset(code for one in ILLNESSES for code in one.codes)
# Judged by what is measured today, not by the illness.
MEASURED = frozenset({"hypertension", "diabetes"})


@dataclass(frozen=True)
class Measured:
    """A reading. value, second: mmHg, or tenths of mmol/l and None."""

    kind: str
    value: int
    second: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One warning. key: what it is; figure: the reading it comes from; codes: the illnesses of the list behind it."""

    key: str
    level: str
    figure: tuple[int, int | None] | None = None
    codes: tuple[str, ...] = ()


def is_operation(
    *, code: str, follow_up_key: str, specialty: str, is_high_risk: bool, chair_needs: Iterable[str]
) -> bool:
    """Tell whether a procedure is an extraction or an operation."""
    if follow_up_key == FollowUpKey.EXTRACTION or code in OPERATIONS:
        return True
    if not is_high_risk:
        return False
    return specialty in {Specialty.ORAL_SURGERY, Specialty.IMPLANTS} or ChairNeed.SURGERY in set(chair_needs)


def warnings_of(
    *, codes: Collection[str], is_pregnant: bool, cautions: Collection[str], readings: Iterable[Measured], at: datetime
) -> list[Warned]:
    """Return what must be told before an operation, the gravest first.

    codes: the illnesses noted. cautions: the codes that the list marks. readings: the newest of each kind. What is
    measured too high warns; who has high blood pressure or diabetes without a fresh reading is measured first.
    """
    noted = set(codes) | ({"pregnancy"} if is_pregnant else set())
    newest = {one.kind: one for one in readings if at - one.at <= FRESH}
    found = [*_measured(noted, newest), *_ill(noted)]
    others = sorted((noted & set(cautions)) - NAMED - MEASURED)
    if others:
        found.append(Warned(key="other", level=WARNING, codes=tuple(others)))
    order = (ALERT, WARNING, ASK)
    return sorted(found, key=lambda one: order.index(one.level))


def _measured(noted: set[str], newest: dict[str, Measured]) -> list[Warned]:
    found = []
    pressure, glucose = newest.get("blood_pressure"), newest.get("glucose")
    if pressure and (pressure.value > SYSTOLIC or (pressure.second or 0) > DIASTOLIC):
        found.append(Warned(key="pressure", level=ALERT, figure=(pressure.value, pressure.second)))
    elif pressure is None and "hypertension" in noted:
        found.append(Warned(key="measure_pressure", level=ASK, codes=("hypertension",)))
    if glucose and glucose.value > GLUCOSE_TENTHS:
        found.append(Warned(key="glucose", level=ALERT, figure=(glucose.value, None)))
    elif glucose is None and "diabetes" in noted:
        found.append(Warned(key="measure_glucose", level=ASK, codes=("diabetes",)))
    return found


def _ill(noted: set[str]) -> list[Warned]:
    return [
        Warned(key=one.key, level=one.level, codes=tuple(sorted(one.codes & noted)))
        for one in ILLNESSES
        if one.codes & noted
    ]


def key_of(one: Warned) -> str:
    """Return by what an acknowledgement holds: another figure or another illness must be seen anew."""
    more = "/".join(str(part) for part in one.figure) if one.figure else ",".join(one.codes)
    return f"{one.key}:{more}" if more else one.key


def unseen(found: Iterable[Warned], acknowledged: Collection[str]) -> list[Warned]:
    """Return the warnings that no dentist has decided about yet."""
    return [one for one in found if key_of(one) not in acknowledged]
