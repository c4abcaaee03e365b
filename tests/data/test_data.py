"""The data that is shipped: whole, in both languages, and in the words that the code knows."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from string import Formatter

import pytest
from pypinyin import lazy_pinyin

import incisor
from incisor.accounts.enums import RoleKey
from incisor.clinics.enums import ChairNeed, HolidayKind, Specialty
from incisor.clinics.models import Procedure
from incisor.outreach.enums import Satisfaction, StepContact, TaskKind
from incisor.outreach.models import ProtocolStep
from incisor.outreach.rules import outcomes_of
from incisor.patients.enums import Sex, Source
from incisor.scheduling.enums import CancelReason
from incisor.visits.enums import Urgency

SOURCE = Path(incisor.__file__).parent
GLOSSARY = SOURCE.parents[1] / "docs" / "glossary.md"
TREATMENTS = {
    "cleaning", "filling", "root_canal", "extraction", "prosthesis", "periodontal", "implant", "orthodontics", "other",
}  # fmt: skip
FILES = sorted([*SOURCE.glob("*/data/*.json"), *SOURCE.glob("config/demo/*.json")])


def load(path):
    return json.loads((SOURCE / path).read_text(encoding="utf-8"))


PROCEDURES = load("clinics/data/procedures.json")
CODES = {row["code"] for row in PROCEDURES}
HOLIDAYS = load("clinics/data/holidays.json")
PROTOCOLS = load("outreach/data/protocols.json")
STEPS = [(protocol["key"], step) for protocol in PROTOCOLS for step in protocol["steps"]]


def objects_in(value):
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects_in(child)


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def in_one(text):
    """A sheet is kept line by line."""
    return "\n".join(text) if isinstance(text, list) else text


def days(after):
    return after.get("days", 0) + 30 * after.get("months", 0) + 365 * after.get("years", 0)


def keys_are_unique(rows, key="key"):
    found = [row[key] for row in rows]
    return len(set(found)) == len(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_every_text_is_there_in_both_languages(path):
    chinese = re.compile(r"[\u3400-\u9fff]")
    for row in objects_in(json.loads(path.read_text(encoding="utf-8"))):
        for name in [name for name in row if name == "zh" or name.endswith("_zh")]:
            english = name[:-2] + "en"
            if name == "short_zh" and english not in row:
                continue
            if "fields" in row and not row[name] and not row[english]:
                continue  # a first section of a form needs no heading
            own, other = in_one(row[name]), in_one(row[english])
            assert own.strip() == own, row
            assert other.strip() == other, row
            assert bool(own), row
            assert bool(other), row
            assert not chinese.search(other), row
            assert placeholders(own) == placeholders(other), row


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_no_text_holds_a_replacement_or_control_letter(path):
    assert not re.search(r"[\ufffd\x00-\x09\x0b-\x1f]", path.read_text(encoding="utf-8"))


# procedures


def test_procedures_fit_their_table():
    limit = {field.name: field.max_length for field in Procedure._meta.fields if getattr(field, "max_length", None)}

    assert keys_are_unique(PROCEDURES, "code")
    for row in PROCEDURES:
        for name in ("code", "name_zh", "name_en", "short_zh", "follow_up_key", "aftercare_key"):
            assert len(row[name]) <= limit[name], row


def test_procedures_use_known_words_and_possible_figures():
    for row in PROCEDURES:
        assert row["specialty"] in Specialty.values, row
        assert row["chair_needs"], row
        assert set(row["chair_needs"]) <= set(ChairNeed.values), row
        assert row["follow_up_key"] in TREATMENTS, row
        assert row["duration_minutes"] % 5 == 0, row
        assert 10 <= row["duration_minutes"] <= 180, row
        assert row["buffer_after_minutes"] % 5 == 0, row
        assert 0 <= row["buffer_after_minutes"] <= 30, row
        assert isinstance(row["price_minor"], int), row
        assert 0 <= row["price_minor"] <= 1_000_000, row
        assert isinstance(row["per_tooth"], bool), row
        assert isinstance(row["high_risk"], bool), row


def test_every_specialty_and_chair_need_is_used_by_a_procedure():
    assert {row["specialty"] for row in PROCEDURES} == set(Specialty.values)
    assert {need for row in PROCEDURES for need in row["chair_needs"]} == set(ChairNeed.values)


def test_letters_of_procedures_are_unique_and_leave_the_booking_filters_free():
    letters = [row["letter"] for row in PROCEDURES if row["letter"]]

    assert len(set(letters)) == len(letters)
    assert all(re.fullmatch("[a-z]", letter) for letter in letters)
    assert not set(letters) & set("nwef")


# holidays


def test_holidays_are_one_line_a_day_in_order():
    found = [row["day"] for row in HOLIDAYS]

    assert found == sorted(set(found))
    assert {row["kind"] for row in HOLIDAYS} == set(HolidayKind.values)
    assert {day[:4] for day in found} == {"2024", "2025", "2026"}


def test_make_up_workdays_are_weekend_days_near_their_holiday():
    holidays = [date.fromisoformat(row["day"]) for row in HOLIDAYS if row["kind"] == "holiday"]
    for row in HOLIDAYS:
        day = date.fromisoformat(row["day"])
        if row["kind"] == "workday":
            assert day.weekday() >= 5, row
            assert any(abs((day - holiday).days) <= 14 for holiday in holidays), row


@pytest.mark.parametrize(
    ("year", "holidays", "workdays"),
    # counted in the three notices of the State Council
    [("2024", 28, 8), ("2025", 28, 5), ("2026", 33, 6)],
)
def test_each_year_has_the_days_of_its_notice(year, holidays, workdays):
    rows = [row for row in HOLIDAYS if row["day"].startswith(year)]

    assert sum(row["kind"] == "holiday" for row in rows) == holidays
    assert sum(row["kind"] == "workday" for row in rows) == workdays
    assert len({row["source"] for row in rows}) == 1


def test_a_named_holiday_is_one_unbroken_run_of_days():
    runs = {}
    for row in HOLIDAYS:
        if row["kind"] == "holiday":
            runs.setdefault((row["day"][:4], row["name_zh"]), []).append(date.fromisoformat(row["day"]))
    for name, found in runs.items():
        assert found == [found[0] + timedelta(days=n) for n in range(len(found))], name


# follow-up


def test_the_four_protocols_are_there():
    assert [protocol["key"] for protocol in PROTOCOLS] == ["P1", "P2", "P3", "P4"]


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol["key"])
def test_every_procedure_is_followed_up_within_thirty_days(protocol):
    for row in PROCEDURES:
        mine = [
            step
            for step in protocol["steps"]
            if step["treatment"] == row["follow_up_key"] and row["code"] in step.get("procedures", CODES)
        ]
        assert any(days(step["after"]) <= 30 for step in mine), row["code"]


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol["key"])
def test_no_procedure_gets_two_steps_of_one_role_on_one_day(protocol):
    for row in PROCEDURES:
        mine = [
            (days(step["after"]), step["role"])
            for step in protocol["steps"]
            if step["treatment"] == row["follow_up_key"] and row["code"] in step.get("procedures", CODES)
        ]
        assert len(set(mine)) == len(mine), (row["code"], mine)


def test_steps_use_known_words_and_fit_their_table():
    limit = {field.name: field.max_length for field in ProtocolStep._meta.fields if getattr(field, "max_length", None)}
    of = {row["code"]: row["follow_up_key"] for row in PROCEDURES}
    for key, step in STEPS:
        assert step["treatment"] in TREATMENTS, (key, step)
        assert len(step["after"]) == 1, (key, step)
        assert set(step["after"]) <= {"days", "months", "years"}, (key, step)
        assert step["role"] in RoleKey.values, (key, step)
        assert step["contact"] in StepContact.values, (key, step)
        assert all(of[code] == step["treatment"] for code in step.get("procedures", [])), (key, step)
        assert len(step["purpose_zh"]) <= limit["purpose_zh"], (key, step)
        assert len(step["purpose_en"]) <= limit["purpose_en"], (key, step)
        for name in ("purpose", "ask", "advise"):
            assert step[f"{name}_zh"], (key, step)
            assert step[f"{name}_en"], (key, step)


def test_the_shipped_steps_hold_no_field_that_the_set_up_does_not_read():
    known = {"treatment", "after", "role", "contact", "procedures", "repeat_every"}
    texts = {f"{name}_{language}" for name in ("purpose", "ask", "advise") for language in ("zh", "en")}
    for key, step in STEPS:
        assert set(step) <= known | texts, (key, step)
        assert step.get("repeat_every", {"years": 1}) == {"years": 1}, (key, step)
    assert any("repeat_every" in step for _, step in STEPS)


def test_protocol_three_is_the_table_of_the_requirements():
    """Source: REQUIREMENTS, follow-up protocols, column P3."""
    found = {}
    for step in PROTOCOLS[2]["steps"]:
        found.setdefault((step["treatment"], step["role"]), set()).update(
            f"{count}{unit[0]}" for unit, count in step["after"].items()
        )

    for treatment in TREATMENTS - {"other"}:
        assert found[treatment, "dentist"] == {"1d", "7d"}, treatment
        assert found[treatment, "follow_up_agent"] == {"3m", "6m", "1y"}, treatment
    assert found["extraction", "receptionist"] == {"5d"}
    assert found["implant", "receptionist"] == {"9d", "80d"}
    assert found["other", "dentist"] == {"1d"}


def test_call_flow_has_the_steps_outcomes_and_grades_of_the_call_screen():
    flow = load("outreach/data/call_flow.json")

    assert [step["key"] for step in flow["steps"]] == [
        "greet", "introduce", "confirm_person", "reason", "how_is_it", "advice", "satisfaction", "remind_check", "thank",
    ]  # fmt: skip
    assert [row["key"] for row in flow["outcomes"]] == list(outcomes_of(TaskKind.PROTOCOL))
    choices = next(step["choices"] for step in flow["steps"] if step["key"] == "satisfaction")
    assert [row["key"] for row in choices] == Satisfaction.values
    used = set().union(*(placeholders(step["say_zh"]) for step in flow["steps"]))
    assert used == set(flow["placeholders"])


def test_every_aftercare_key_of_a_procedure_has_its_sheet():
    sheets = load("outreach/data/aftercare.json")

    assert {row["aftercare_key"] for row in PROCEDURES} - {""} == {sheet["key"] for sheet in sheets}
    assert all(len(sheet["points"]) >= 4 for sheet in sheets)


# messages


def test_message_templates_fit_into_one_sms_and_use_known_placeholders():
    sample = {"patient": "欧阳静怡", "clinic": "栎屿口腔", "date": "11月23日", "time": "14:30", "dentist": "陈致远"}
    sample |= {
        "phone": "0339-5550128",
        "day": "明天",
        "link": "",
        "visits": "欧阳静怡14:30",
        "until": "12:30",
    }  # the link comes on top of a text of one message
    templates = load("messaging/data/templates.json")

    assert keys_are_unique(templates)
    for row in templates:
        assert placeholders(row["body_zh"]) <= set(sample), row
        assert len(row["body_zh"].format(**sample)) <= 70, row
        assert row["audience"] in {"patient", "staff"}, row


# triage, patients


def test_triage_signs_use_known_words():
    signs = load("reception/data/triage.json")

    assert keys_are_unique(signs)
    assert {row["level"] for row in signs} == set(Urgency.values)
    assert {row["specialty"] for row in signs} <= set(Specialty.values)
    emergencies = {row["key"] for row in signs if row["level"] == "emergency"}
    assert {"severe_pain", "bleeding", "trauma", "swelling_face", "fever", "knocked_out"} <= emergencies


def test_surname_readings_are_plain_syllables_one_for_each_letter():
    table = load("patients/data/surnames.json")

    assert keys_are_unique(table["readings"], "surname")
    assert len(set(table["compound"])) == len(table["compound"])
    for row in table["readings"]:
        assert len(set(row["readings"])) == len(row["readings"]), row
        for reading in row["readings"]:
            assert re.fullmatch("[a-z]+( [a-z]+)*", reading), row
            assert len(reading.split()) == len(row["surname"]), row
    assert {row["surname"] for row in table["readings"] if len(row["surname"]) > 1} <= set(table["compound"])


def test_surnames_are_read_as_surnames_where_the_library_reads_words():
    main = {row["surname"]: row["readings"][0] for row in load("patients/data/surnames.json")["readings"]}

    assert [main[name] for name in ("单", "曾", "仇", "解", "区", "朴", "尉迟", "万俟")] == [
        "shan", "zeng", "qiu", "xie", "ou", "piao", "yu chi", "mo qi",
    ]  # fmt: skip
    differing = [name for name in main if main[name] != " ".join(lazy_pinyin(list(name)))]
    assert len(differing) >= 35


def test_allergies_and_conditions_have_a_hint_each():
    allergies, conditions = load("patients/data/allergies.json"), load("patients/data/conditions.json")

    assert keys_are_unique(allergies)
    assert keys_are_unique(conditions)
    assert {row["severity"] for row in allergies} == {"mild", "moderate", "severe"}
    assert {row["kind"] for row in allergies} == {"drug", "material", "food"}
    warned = {row["key"] for row in conditions if row["caution_before_surgery"]}
    # REQUIREMENTS REC-9
    assert {
        "heart_disease", "hepatitis", "diabetes", "hypertension", "hyperthyroidism", "nephritis", "bleeding_disorder",
        "pregnancy", "malignant_tumour", "acute_infection", "psychiatric_illness", "steroids_long_term", "menstruation",
    } <= warned  # fmt: skip


# visit notes


def test_phrases_name_known_procedures_and_diagnoses():
    phrases, diagnoses = load("visits/data/phrases.json"), load("visits/data/diagnoses.json")
    known = {row["code"] for row in diagnoses}

    assert keys_are_unique(diagnoses, "code")
    assert keys_are_unique(phrases)
    assert all(re.fullmatch(r"[A-Z]\d\d\.\d", code) for code in known)
    for row in phrases:
        assert set(row["procedures"]) <= CODES, row["key"]
        assert set(row["diagnoses"]) <= known, row["key"]
        for part in ("complaint", "findings", "diagnosis", "treatment", "advice"):
            assert row[part], (row["key"], part)
            assert all(placeholders(line["zh"]) <= {"teeth"} for line in row[part]), (row["key"], part)


def test_every_procedure_has_phrases():
    named = {code for row in load("visits/data/phrases.json") for code in row["procedures"]}

    assert CODES - named == set()


# demo


def test_demo_people_use_known_words():
    people = load("config/demo/people.json")
    clinics = {row["key"] for row in people["clinics"]}

    assert [sum(row["clinic"] == clinic["key"] for row in people["dentists"]) for clinic in people["clinics"]] == [7, 4]
    assert keys_are_unique(people["dentists"] + people["staff"], "username")
    for row in people["dentists"]:
        assert row["clinic"] in clinics, row
        assert set(row["specialties"]) <= set(Specialty.values), row
    for row in people["staff"]:
        assert row["clinic"] in clinics | {""}, row
        assert row["role"] in RoleKey.values, row
    assert {row["role"] for row in people["staff"]} | {"dentist"} == set(RoleKey.values)
    for clinic in clinics:
        mine = {need for row in people["dentists"] if row["clinic"] == clinic for need in row["specialties"]}
        assert {"general", "orthodontics", "paediatric", "implants"} <= mine


def test_demo_names_are_enough_to_differ():
    names = load("config/demo/names.json")
    given = {name for row in names["given"] for sex in ("male", "female") for name in row[sex]}

    assert len(names["surnames"]) >= 120
    assert keys_are_unique(names["surnames"], "surname")
    assert all(row["weight"] > 0 for row in names["surnames"])
    assert len(given) >= 300
    assert {row["sex"] for row in names["rare_given"] + names["foreign"] + names["polyphonic"]} <= set(Sex.values)


def test_demo_talk_and_places_use_known_words():
    talk, places = load("config/demo/talk.json"), load("config/demo/places.json")

    assert {row["procedure"] for row in talk["complaints"]} <= CODES
    assert {row["urgency"] for row in talk["complaints"]} == set(Urgency.values)
    assert {row["reason"] for row in talk["cancel_reasons"]} == set(CancelReason.values)
    assert {row["source"] for row in places["channels"]} <= set(Source.values)
    assert all(district["streets"] for district in places["districts"])


# glossary


def test_glossary_names_each_thing_once_in_both_languages():
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| English")
    ]

    assert len(rows) >= 90
    assert all(len(row) == 4 and all(row) for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
    assert all(re.search(r"[\u4e00-\u9fff]", row[1]) for row in rows)
