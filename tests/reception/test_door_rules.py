"""How somebody comes, what is pointed out, what is warned of, whom triage proposes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.reception.enums import Act, Situation
from incisor.reception.rules.arrivals import TABLE, Coming, Limits, acts_of, situation_of
from incisor.reception.rules.care import ALERT, ASK, WARNING, Measured, is_operation, key_of, unseen, warnings_of
from incisor.reception.rules.guide import Answer, Question, faults, walk
from incisor.reception.rules.points import Facts, is_pressing, points_of
from incisor.reception.rules.triage import DentistNow, Sign, opens_reserve, proposed_dentists
from incisor.scheduling.enums import AppointmentStatus

LIMITS = Limits(early=30, late=15)
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
S = Situation


@pytest.mark.parametrize(
    ("coming", "situation"),
    [
        (Coming(status="confirmed", minutes=0), S.ON_TIME),
        (Coming(status="requested", minutes=-30), S.ON_TIME),
        (Coming(status="confirmed", minutes=-31), S.EARLY),
        (Coming(status="confirmed", minutes=15), S.ON_TIME),
        (Coming(status="confirmed", minutes=16), S.LATE),
        (Coming(status="confirmed", minutes=16, told_minutes=20), S.LATE_TOLD),
        (Coming(status="confirmed", minutes=35, told_minutes=20), S.LATE_TOLD),
        (Coming(status="confirmed", minutes=36, told_minutes=20), S.LATE),
        (Coming(status="arrived", minutes=0), S.ON_TIME),
        (Coming(status="no_show", minutes=40), S.MISSED),
        (Coming(status="no_show", minutes=40, days=1), S.PAST_DAY),
        (Coming(status="cancelled", minutes=0), S.CANCELLED),
        (Coming(status="cancelled", minutes=-3000, days=-2), S.CANCELLED),
        (Coming(status="rescheduled", minutes=0), S.CUT),
        (Coming(status="confirmed", minutes=-1440, days=-1), S.COMING_DAY),
        (Coming(status="confirmed", minutes=1440, days=1), S.PAST_DAY),
        (Coming(status="confirmed", minutes=0, is_own=False), S.OTHER_CLINIC),
        (Coming(status="cancelled", minutes=0, is_own=False, is_here=True), S.OTHER_CLINIC),
        (Coming(status="arrived", minutes=0, is_here=True), S.HERE),
        (Coming(status="in_treatment", minutes=0), S.HERE),
        (Coming(status="completed", minutes=90, is_here=True), S.OVER),
        (Coming(status="completed", minutes=90), S.OVER),
    ],
)
def test_situation(coming, situation):
    assert situation_of(coming, LIMITS) == situation


@given(
    status=st.sampled_from(AppointmentStatus.values),
    minutes=st.integers(-5000, 5000),
    days=st.integers(-3, 3),
    told=st.integers(0, 240),
    is_here=st.booleans(),
    is_own=st.booleans(),
)
def test_every_coming_has_a_situation_and_nobody_is_checked_in_who_should_not_be(
    status, minutes, days, told, is_here, is_own
):
    coming = Coming(status=status, minutes=minutes, days=days, told_minutes=told, is_here=is_here, is_own=is_own)
    handling = TABLE[situation_of(coming, LIMITS)]

    if handling.checks_in:
        assert is_own
        assert not is_here
        assert days == 0
        assert status not in ("cancelled", "rescheduled", "completed", "in_treatment")
    if handling.alone:
        assert handling.checks_in


def test_the_old_time_is_offered_only_while_it_can_still_be_taken():
    assert Act.RESTORE in acts_of("cancelled", is_past=False)
    assert Act.RESTORE not in acts_of("cancelled", is_past=True)
    assert Act.RESTORE not in acts_of("cancelled", is_past=False, is_restorable=False)


@pytest.mark.parametrize(
    ("values", "is_one"),
    [
        ({"code": "extraction_simple", "follow_up_key": "extraction", "specialty": "oral_surgery"}, True),
        ({"code": "flap_surgery", "follow_up_key": "periodontal", "specialty": "periodontics"}, True),
        ({"code": "implant_surgery", "follow_up_key": "implant", "specialty": "implants", "is_high_risk": True}, True),
        ({"code": "own", "specialty": "general", "is_high_risk": True, "chair_needs": ["surgery"]}, True),
        ({"code": "child_sedation", "specialty": "paediatric", "is_high_risk": True}, False),
        ({"code": "implant_crown", "follow_up_key": "implant", "specialty": "implants"}, False),
        ({"code": "filling_composite", "follow_up_key": "filling"}, False),
    ],
)
def test_what_is_an_operation(values, is_one):
    whole = {"follow_up_key": "other", "specialty": "general", "is_high_risk": False, "chair_needs": [], **values}

    assert is_operation(**whole) is is_one


def warned(*codes, readings=(), is_pregnant=False, cautions=("heart_disease", "bisphosphonates")):
    return warnings_of(codes=codes, is_pregnant=is_pregnant, cautions=cautions, readings=readings, at=AT)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("heart_disease", "heart"),
        ("hepatitis", "hepatitis"),
        ("hyperthyroidism", "hyperthyroidism"),
        ("nephritis", "nephritis"),
        ("bleeding_disorder", "bleeding"),
        ("pregnancy", "pregnancy"),
        ("malignant_tumour", "tumour"),
        ("acute_infection", "inflammation"),
        ("psychiatric_illness", "psychiatric"),
        ("steroids_long_term", "steroids"),
        ("menstruation", "menstruation"),
    ],
)
def test_every_illness_of_rec_9_warns(code, key):
    assert [one.key for one in warned(code)] == [key]


@pytest.mark.parametrize(
    ("kind", "value", "second", "keys"),
    [
        ("blood_pressure", 140, 90, []),
        ("blood_pressure", 141, 80, ["pressure"]),
        ("blood_pressure", 130, 91, ["pressure"]),
        ("glucose", 88, None, []),
        ("glucose", 89, None, ["glucose"]),
    ],
)
def test_limits_of_rec_9(kind, value, second, keys):
    assert [one.key for one in warned(readings=[Measured(kind, value, second, AT)])] == keys


def test_old_reading_says_nothing_and_asks_to_measure_who_needs_it():
    old = [Measured("blood_pressure", 180, 110, AT - timedelta(hours=25)), Measured("glucose", 200, None, AT)]

    found = warned("hypertension", "diabetes", readings=old)

    assert [(one.key, one.level) for one in found] == [("glucose", ALERT), ("measure_pressure", ASK)]
    assert [one.key for one in warned("diabetes")] == ["measure_glucose"]
    assert warned("hypertension", readings=[Measured("blood_pressure", 120, 80, AT)]) == []


def test_what_the_list_marks_besides_comes_last_and_the_gravest_first():
    found = warned("bisphosphonates", "hepatitis", is_pregnant=True)

    assert [(one.key, one.level) for one in found] == [
        ("pregnancy", ALERT), ("hepatitis", WARNING), ("other", WARNING),
    ]  # fmt: skip


def test_acknowledged_holds_for_this_figure_alone():
    first = warned(readings=[Measured("blood_pressure", 150, 95, AT)])
    higher = warned(readings=[Measured("blood_pressure", 170, 100, AT)])
    keys = [key_of(one) for one in first]

    assert keys == ["pressure:150/95"]
    assert unseen(first, keys) == []
    assert unseen(higher, keys) == higher
    assert key_of(warned("hepatitis")[0]) == "hepatitis:hepatitis"


def test_nothing_is_pointed_out_of_somebody_with_everything_in_order():
    assert points_of(Facts()) == []


def test_points_come_in_the_order_of_gravity():
    found = points_of(
        Facts(
            has_phone=False, has_sex=False, has_birth_date=False, has_background=False, is_minor_alone=True,
            forms_count=2, owed_minor=100, deposit_is_open=True, is_unconfirmed=True, care_count=1, care_is_grave=True,
            is_vip=True, needs=("hearing",), warnings=("怕打针",), others=(("info", "金卡"), ("alert", "停诊通知")),
        )
    )  # fmt: skip

    assert [point.key for point in found] == [
        "care", "other", "warning", "background", "guardian", "missing", "forms", "debt", "deposit", "unconfirmed",
        "needs", "vip", "other",
    ]  # fmt: skip
    assert found[5].words == ("phone", "birth_date", "sex")
    assert any(is_pressing(point.level) for point in found)
    assert not any(is_pressing(point.level) for point in points_of(Facts(is_vip=True)))
    assert points_of(Facts(care_count=1))[0].level == "warning"


def asked(*questions):
    return [Question(key, key, tuple(answers)) for key, answers in questions]


TREE = asked(
    ("a", [Answer("危险", "breathing", "end"), Answer("没有")]),
    ("b", [Answer("疼", "pain", "d"), Answer("不疼", "", "c")]),
    ("c", [Answer("检查", "checkup", "end")]),
    ("d", [Answer("牙龈", "gum"), Answer("回头", "pain", "a")]),
)


@pytest.mark.parametrize(
    ("given_", "question", "signs"),
    [
        ([], "a", ()),
        ([0], None, ("breathing",)),
        ([1], "b", ()),
        ([1, 0], "d", ("pain",)),
        ([1, 1], "c", ()),
        ([1, 0, 0], None, ("pain", "gum")),
        ([1, 0, 1], None, ("pain",)),  # a way back leads on
        ([1, 9], "b", ()),
        ([0, 0, 0], None, ("breathing",)),
    ],
)
def test_answers_lead_through_the_questions(given_, question, signs):
    gone = walk(TREE, given_)

    assert (gone.question.key if gone.question else None, gone.signs) == (question, signs)


def test_no_questions_are_at_their_end_at_once():
    assert walk([], [0]).question is None


@given(st.lists(st.integers(0, 5), max_size=30))
def test_every_way_ends(given_):
    gone = walk(TREE, given_)

    assert len(gone.answered) <= len(TREE)


def test_faults_of_questions_are_found():
    wrong = asked(("a", []), ("b", [Answer("x", "gone", "a"), Answer("y", "", "nowhere"), Answer("z", "ok", "end")]))

    assert faults(wrong, frozenset({"ok"})) == [
        ("a", "no_answer"), ("b", "no_sign"), ("b", "not_later"), ("b", "not_later"),
    ]  # fmt: skip
    assert faults(TREE[:3], frozenset({"breathing", "pain", "checkup"})) == [("b", "not_later")]


def dentist(key, *specialties, **more):
    return DentistNow(key=key, specialties=frozenset(specialties), **more)


@pytest.mark.parametrize(
    ("people", "specialty", "level", "order"),
    [
        ([dentist("g", "general"), dentist("s", "oral_surgery")], "oral_surgery", "routine", ["s", "g"]),
        ([dentist("o", "orthodontics"), dentist("g", "general")], "oral_surgery", "routine", ["g", "o"]),
        ([dentist("a", "general"), dentist("b", "general", is_own=True)], "general", "routine", ["b", "a"]),
        ([dentist("a", "general", free_in=60), dentist("b", "general", free_in=10)], "", "urgent", ["b", "a"]),
        (
            [dentist("s", "oral_surgery", is_busy=True), dentist("g", "general")],
            "oral_surgery",
            "emergency",
            ["g", "s"],
        ),
        ([dentist("a", "general", waiting=2), dentist("b", "general", delay=30)], "", "emergency", ["b", "a"]),
        ([], "general", "routine", []),
    ],
)
def test_dentists_are_proposed(people, specialty, level, order):
    assert [one.key for one in proposed_dentists(people, specialty=specialty, level=level)] == order


def test_why_a_dentist_is_proposed():
    people = [dentist("s", "implants", is_own=True), dentist("g", "general", waiting=1, is_busy=True)]

    found = proposed_dentists(people, specialty="implants", level="urgent")

    assert [one.reasons for one in found] == [("specialist", "own", "free_now"), ()]
    busy = proposed_dentists([dentist("g", "general", is_busy=True)], specialty="general", level="urgent")
    assert busy[0].reasons == ("least_waiting",)


def test_reserve_opens_by_its_sign_alone():
    known = {
        key: Sign(key=key, label=key, level="urgent", advice="", specialty="general", opens_reserve=key == "a")
        for key in "ab"
    }

    assert opens_reserve(["b", "a"], known)
    assert not opens_reserve(["b", "gone"], known)
