"""Drugs against what is known, the mouth as it is now, the health check, reading by fields, putting texts together."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.patients.rules.health import health_items
from incisor.visits.enums import DESK_FIELDS, DrugFrequency, DrugRoute, RecordField, ToothState
from incisor.visits.rules.drugs import (
    AGE,
    ALLERGY,
    CARE,
    CONDITION,
    CROSS,
    Clash,
    Known,
    clashes,
    conditions_named,
    drug_named,
    drugs,
    groups_named,
)
from incisor.visits.rules.health_check import GRAVE, WORTH_KNOWING, Worry, questions_for, unanswered, worries
from incisor.visits.rules.merging import Merge, merge, print_of
from incisor.visits.rules.mouth import LEADS_TO, Entry, mouth_of
from incisor.visits.rules.reading import ALL_FIELDS, fields_of_person, in_order, usual_fields
from incisor.visits.rules.teeth import (
    SURFACES,
    TEETH,
    NoSuchSurface,
    NoSuchTooth,
    parse_places,
    places_text,
    teeth_in_order,
)

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def test_shipped_drugs_name_known_allergies_illnesses_and_ways():
    lists = health_items()

    for drug in drugs().values():
        assert set(drug.groups) | set(drug.cross) <= set(lists["allergy"]), drug.key
        assert set(drug.avoid) | set(drug.caution) <= set(lists["condition"]), drug.key
        assert (drug.route in DrugRoute.values, drug.frequency in DrugFrequency.values) == (True, True), drug.key
        assert all(drug.word(name, "zh-hans") and drug.word(name, "en") for name in ("name", "strength", "dose"))


@pytest.mark.parametrize(
    ("key", "name", "known", "expected"),
    [
        ("amoxicillin", "阿莫西林胶囊", Known(), []),
        ("amoxicillin", "阿莫西林胶囊", Known(allergies=(("penicillin", "青霉素类"),)), [(ALLERGY, "penicillin")]),
        ("amoxicillin", "阿莫西林胶囊", Known(allergies=(("", "打青霉素起疹子"),)), [(ALLERGY, "")]),
        ("cefuroxime", "头孢呋辛酯片", Known(allergies=(("penicillin", ""),)), [(CROSS, "penicillin")]),
        ("ibuprofen", "布洛芬", Known(allergies=(("aspirin", ""),)), [(CROSS, "aspirin")]),
        ("doxycycline", "多西环素", Known(age=7), [(AGE, "8")]),
        ("doxycycline", "多西环素", Known(age=8), []),
        ("levofloxacin", "左氧", Known(age=None), []),
        (
            "ibuprofen", "布洛芬", Known(conditions=frozenset({"asthma", "gastric_ulcer"})),
            [(CONDITION, "gastric_ulcer"), (CARE, "asthma")],
        ),
        (None, "阿莫西林颗粒", Known(allergies=(("penicillin", ""),)), [(ALLERGY, "penicillin")]),
        (None, "头孢克肟", Known(allergies=(("penicillin", ""),)), [(CROSS, "penicillin")]),
        (None, "云南白药", Known(allergies=(("", "云南白药"),)), [(ALLERGY, "")]),
        (None, "云南白药", Known(allergies=(("penicillin", ""), ("", "药"))), []),
    ],
)  # fmt: skip
def test_clashes(key, name, known, expected):
    found = clashes(drug=drugs()[key] if key else None, name=name, known=known)

    assert [(clash.kind, clash.key) for clash in found] == expected
    assert [clash.is_refused for clash in found] == [kind != CARE for kind, _key in expected]


def test_free_words_are_understood():
    assert groups_named("头孢拉定") == {"cephalosporin"}
    assert groups_named("Amoxicillin 500") == {"penicillin"}
    assert conditions_named("每天一片阿司匹林、华法林") == {"anticoagulants"}
    assert conditions_named("维生素C") == frozenset()
    assert (drug_named(" 替硝唑片 ").key, drug_named("x"), drug_named("板蓝根")) == ("tinidazole", None, None)
    assert Clash(ALLERGY, "penicillin").is_refused


@given(st.sampled_from(sorted(drugs())))
def test_who_is_allergic_to_a_drugs_group_is_always_refused(key):
    for group in drugs()[key].groups:
        found = clashes(drug=drugs()[key], name="", known=Known(allergies=((group, ""),)))
        assert any(clash.is_refused for clash in found)


def entry(days, tooth=36, **more):
    return Entry(at=AT + timedelta(days=days), tooth=tooth, **more)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], {}),
        ([entry(0, state="caries", surfaces="MO")], {36: {"caries": "MO"}}),
        ([entry(0, state="caries", surfaces="MO"), entry(1, code="filling_composite", surfaces="O")],
         {36: {"caries": "M", "filled": "O"}}),
        ([entry(0, state="caries", surfaces="MO"), entry(1, code="filling_composite")], {36: {"filled": ""}}),
        ([entry(0, state="caries"), entry(0, code="filling_composite", surfaces="O")], {36: {"filled": "O"}}),
        ([entry(1, code="extraction_simple"), entry(0, state="caries")], {36: {"missing": ""}}),
        ([entry(0, state="missing"), entry(1, code="implant_surgery"), entry(2, code="implant_crown")],
         {36: {"implant": "", "crown": ""}}),
        ([entry(0, state="missing"), entry(1, state="filled", surfaces="O")], {36: {"filled": "O"}}),
        ([entry(0, state="filled", surfaces="O"), entry(1, state="filled", surfaces="M")], {36: {"filled": "MO"}}),
        ([entry(0, state="filled"), entry(1, state="filled", surfaces="M")], {36: {"filled": ""}}),
        ([entry(0, code="cleaning_ultrasonic")], {}),
        ([entry(0, state="caries", surfaces="O"), entry(1, code="crown_zirconia")], {36: {"crown": ""}}),
        ([entry(0, state="crown", surfaces="M")], {36: {"crown": ""}}),
    ],
)  # fmt: skip
def test_mouth_now(entries, expected):
    assert {tooth: picture.marks for tooth, picture in mouth_of(entries).items()} == expected


def test_words_of_a_finding_go_with_it():
    caries = entry(0, state="caries", surfaces="O", text="深")

    assert mouth_of([caries])[36].texts == {"caries": "深"}
    assert mouth_of([caries, entry(1, code="filling_composite")])[36].texts == {}


@given(
    st.lists(
        st.builds(
            entry,
            st.integers(0, 9),
            tooth=st.sampled_from([11, 36]),
            state=st.sampled_from(ToothState.values),
            surfaces=st.sampled_from(["", "O", "MO", "DBL"]),
        )
    ),
    st.sampled_from([code for code, state in LEADS_TO.items() if state == ToothState.MISSING]),
)
def test_an_extraction_ends_everything_whatever_was_before(entries, code):
    found = mouth_of([*entries, entry(10, tooth=36, code=code)])

    assert found[36].marks == {"missing": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("36mo, 37", {36: "MO", 37: ""}), ("36 OM 37 b", {36: "MO", 37: "B"}), ("36m、36d", {36: "MD"}), ("", {})],
)
def test_places(text, expected):
    assert parse_places(text) == expected


@pytest.mark.parametrize(("text", "error"), [("mo", NoSuchTooth), ("19", NoSuchTooth), ("36x", NoSuchSurface)])
def test_places_that_there_are_not(text, error):
    with pytest.raises(error):
        parse_places(text)


@given(st.dictionaries(st.sampled_from(sorted(TEETH)), st.sets(st.sampled_from(SURFACES))))
def test_places_are_read_as_they_are_written(chosen):
    surfaces = {str(tooth): "".join(one for one in SURFACES if one in letters) for tooth, letters in chosen.items()}

    assert parse_places(places_text(teeth_in_order(chosen), surfaces)) == {
        int(tooth): letters for tooth, letters in surfaces.items()
    }


def test_who_is_asked_what():
    keys = {question.key for question in questions_for(sex="female", age=30, is_surgery=True)}

    assert {"pregnant", "menstruation", "eaten", "unwell"} <= keys
    assert "pregnant" not in {one.key for one in questions_for(sex="male", age=30, is_surgery=True)}
    assert "pregnant" not in {one.key for one in questions_for(sex="female", age=8, is_surgery=False)}
    assert "pregnant" in {one.key for one in questions_for(sex="unknown", age=None, is_surgery=False)}
    assert "eaten" not in {one.key for one in questions_for(sex="female", age=30, is_surgery=False)}


def test_worries_are_the_answers_to_mind_the_grave_first():
    answers = {"medicine": "yes", "unwell": "yes", "eaten": "no", "alcohol": "no", "chest": "unknown"}

    assert worries(answers) == [
        Worry("unwell", GRAVE, True),
        Worry("chest", WORTH_KNOWING, False),
        Worry("medicine", WORTH_KNOWING, True),
        Worry("eaten", WORTH_KNOWING, True),
    ]
    asked = questions_for(sex="male", age=30, is_surgery=False)
    assert unanswered(answers, asked) == ["changed", "blood_thinner"]


def test_reading_by_role():
    assert usual_fields(reads_notes=True, works_at_desk=True, calls_patients=True) == ALL_FIELDS
    assert usual_fields(reads_notes=False, works_at_desk=True, calls_patients=True) == DESK_FIELDS
    assert usual_fields(reads_notes=False, works_at_desk=False, calls_patients=True) == {RecordField.PROCEDURES}
    assert usual_fields(reads_notes=False, works_at_desk=False, calls_patients=False) == frozenset()
    assert fields_of_person(writes_notes=True, roles=[]) == ALL_FIELDS
    assert fields_of_person(writes_notes=False, roles=[["advice"], ["teeth", "gone"]]) == {"advice", "teeth"}
    assert in_order({"advice", "complaint"}) == ["complaint", "advice"]
    assert in_order(RecordField.values) == RecordField.values


def test_two_writers_are_put_together_field_by_field():
    seen = {name: print_of(value) for name, value in {"a": "1", "b": "1", "c": "1", "d": "1"}.items()}

    found = merge(
        seen=seen,
        given={"a": "2", "b": "1", "c": "2", "d": "1", "e": "9"},
        current={"a": "1", "b": "3", "c": "3", "d": "1", "e": "8"},
    )

    assert found == Merge(own=("a",), theirs=("b",), both=("c", "e"))
