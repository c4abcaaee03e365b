"""Decisions on plain values: content, designing, answers, signatures, needs, offers."""

import json
import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.forms import rules
from incisor.forms.rules import Asked, Known, NotASignature, Rule, designing
from incisor.forms.rules.content import MOST_FIELDS
from tests.factories.forms import STROKES, field, small_content

SIGN = field("signature", "sign", "签名", signer="patient", is_required=True)


def content(*fields, title_zh="", title_en=""):
    return {"sections": [{"key": "s1", "title_zh": title_zh, "title_en": title_en, "fields": list(fields)}]}


# --- content


@pytest.mark.parametrize(
    ("only", "sex", "age", "shown"),
    [
        ("", "female", 5, True),
        ("female", "female", 30, True),
        ("female", "male", 30, False),
        ("female", "unknown", 30, True),
        ("male", "female", 30, False),
        ("child", "male", 17, True),
        ("child", "male", 18, False),
        ("child", "male", None, True),
        ("adult", "male", 17, False),
        ("adult", "male", 18, True),
        ("adult", "male", None, True),
    ],
)
def test_field_is_shown_to_whom_it_is_for(only, sex, age, shown):
    assert rules.applies(field("text", "f1", only=only), Asked(sex=sex, age=age)) is shown


def test_text_falls_back_to_the_other_language():
    assert rules.text_of({"label_zh": "甲", "label_en": ""}, "label", "en") == "甲"
    assert rules.text_of({"label_zh": "甲", "label_en": "A"}, "label", "en") == "A"
    assert rules.text_of({"label_zh": "甲", "label_en": "A"}, "label", "zh-hans") == "甲"


def test_good_content_has_no_fault():
    assert rules.faults_of(small_content(guardian=True, staff=True)) == []


@pytest.mark.parametrize(
    ("broken", "keys"),
    [
        (content(), [""]),
        (content(field("text", "f1")), [""]),
        (content(SIGN, *[field("text", f"f{n}") for n in range(MOST_FIELDS)]), [""]),
        (content(SIGN, field("text", "a"), field("text", "a")), ["a"]),
        (content(SIGN, field("text", "a", source="name"), field("text", "b", source="name")), ["b"]),
        (content(SIGN, {**SIGN, "key": "again"}), ["again"]),
        (content(SIGN, title_zh="甲"), ["s1"]),
        (content(SIGN, {**field("text", "a"), "label_en": ""}), ["a"]),
        (content(SIGN, field("many", "a")), ["a"]),
        (content(SIGN, field("one", "a", options=[{"key": "x", "label_zh": "甲", "label_en": "A"}])), ["a"]),
        (content(SIGN, field("many", "a", options=[{"key": "x", "label_zh": "甲", "label_en": ""}])), ["a"]),
        (content({**SIGN, "signer": ""}), ["sign"]),
        (content(SIGN, field("number", "a", minimum=5, maximum=1)), ["a"]),
    ],
)
def test_fault_is_found_and_named(broken, keys):
    assert [fault.key for fault in rules.faults_of(broken)] == keys


# --- designing


def steps():
    name = st.sampled_from(["add_field", "copy_field", "remove_field", "step_field", "add_section", "move_section"])
    return st.lists(st.tuples(name, st.integers(0, 9), st.integers(-1, 9)), max_size=12)


@given(steps())
def test_any_steps_leave_a_whole_form_and_the_old_one_alone(given_steps):
    form = small_content(guardian=True)
    for name, first, second in given_steps:
        before = json.dumps(form)
        fields = rules.fields_of(form)
        key = fields[first % len(fields)]["key"] if fields else ""
        section = form["sections"][first % len(form["sections"])]["key"]
        if name == "add_field":
            after = designing.add_field(form, section=section, kind="text", at=second)
        elif name == "add_section":
            after = designing.add_section(form)
        elif name == "move_section":
            after = designing.move_section(form, key=section, to=second)
        elif not key:
            continue
        elif name == "step_field":
            after = designing.step_field(form, key=key, by=-1 if second % 2 else 1)
        else:
            after = getattr(designing, name)(form, key=key)
        assert json.dumps(form) == before
        keys = [one["key"] for one in [*after["sections"], *rules.fields_of(after)]]
        assert len(keys) == len(set(keys))
        grown = {"add_field": 1, "copy_field": 1, "remove_field": -1}.get(name, 0)
        assert len(rules.fields_of(after)) == len(fields) + grown
        form = after


def test_field_moves_over_the_edge_of_its_section():
    form = designing.add_section(content(field("text", "a"), field("text", "b")))

    down = designing.step_field(form, key="b", by=1)
    up = designing.step_field(down, key="b", by=-1)

    assert [[one["key"] for one in part["fields"]] for part in down["sections"]] == [["a"], ["b"]]
    assert [[one["key"] for one in part["fields"]] for part in up["sections"]] == [["a", "b"], []]
    assert designing.step_field(form, key="a", by=-1) is form


def test_sections_are_named_moved_and_removed():
    form = designing.add_section(content(SIGN), title_zh=" 乙 ", title_en="B")
    named = designing.rename_section(form, key="s1", title_zh="甲", title_en="A")

    assert [part["title_zh"] for part in designing.move_section(named, key="s2", to=0)["sections"]] == ["乙", "甲"]
    assert [part["key"] for part in designing.remove_section(named, key="s2")["sections"]] == ["s1"]
    assert designing.remove_section(content(SIGN), key="s1")["sections"][0]["fields"] == []


def test_part_that_is_gone_is_refused():
    for change in (
        lambda: designing.remove_field(content(), key="x"),
        lambda: designing.add_field(content(), section="x", kind="text"),
    ):
        with pytest.raises(designing.NoSuchPart):
            change()


def test_added_field_has_what_its_kind_needs():
    made = designing.add_field(content(), section="s1", kind="signature")
    ticked = designing.add_field(made, section="s1", kind="consent", at=0)

    assert [(one["kind"], one["signer"], one["is_required"]) for one in rules.fields_of(ticked)] == [
        ("consent", "", True),
        ("signature", "patient", True),
    ]


def test_changed_field_is_brought_into_shape():
    form = content(field("text", "a", source="name"), field("signature", "b", signer="patient"), field("note", "c"))

    changed = designing.change_field(
        form,
        key="a",
        values={"label_zh": " 新\r\n名 ", "source": "phone", "only": "x", "signer": "staff", "minimum": 3},
    )
    signer = designing.change_field(form, key="b", values={"signer": "nobody", "asks_detail": True})
    noted = designing.change_field(form, key="c", values={"is_required": True})

    one = designing.field_of(changed, "a")
    assert (one["label_zh"], one["source"], one["only"], one["signer"], one["minimum"]) == ("新\n名", "", "", "", None)
    assert designing.field_of(signer, "b")["signer"] == "patient"
    assert designing.field_of(noted, "c")["is_required"] is False


def test_choices_are_typed_one_a_line_and_keep_their_keys():
    before = [{"key": "diabetes", "label_zh": "糖尿病", "label_en": "Diabetes"}]

    typed = designing.options_from_lines("高血压｜High pressure\n糖尿病 | Diabetes\n\n哮喘\n | Cough", before=before)

    assert [(one["key"], one["label_zh"], one["label_en"]) for one in typed] == [
        ("o1", "高血压", "High pressure"),
        ("diabetes", "糖尿病", "Diabetes"),
        ("o2", "哮喘", "哮喘"),
        ("o3", "Cough", "Cough"),
    ]
    assert designing.lines_of_options(before) == "糖尿病 | Diabetes"


def test_choices_with_wrong_or_doubled_keys_get_new_ones():
    given_options = [{"key": "A!", "label_zh": "甲"}, {"key": "o1", "label_zh": "乙"}, {"key": "o1", "label_zh": "丙"}]

    shaped = designing.in_shape({"kind": "many", "options": given_options})

    assert [one["key"] for one in shaped["options"]] == ["o1", "o2", "o3"]


# --- answers

OPTIONS = [{"key": "a", "label_zh": "甲", "label_en": "A"}, {"key": "b", "label_zh": "乙", "label_en": "B"}]


@pytest.mark.parametrize(
    ("kind", "posted", "answer"),
    [
        ("text", {"f-x": [" 名 "]}, "名"),
        ("long_text", {"f-x": ["一\r\n二"]}, "一\n二"),
        ("one", {"f-x": ["", "b"]}, "b"),
        ("one", {"f-x": ["", "c"]}, ""),
        ("many", {"f-x": ["", "b", "a", "c"]}, ["a", "b"]),
        ("yes_no", {"f-x": ["", "yes"], "f-x-detail": [" 芒果 "]}, {"yes": True, "detail": "芒果"}),
        ("yes_no", {"f-x": [""]}, {"yes": None, "detail": ""}),
        ("consent", {"f-x": ["no", "yes"]}, True),
        ("consent", {"f-x": ["no"]}, False),
        ("date", {"f-x": ["1990-05-17"]}, "1990-05-17"),
    ],
)
def test_answer_is_read(kind, posted, answer):
    form = content(field(kind, "x", options=OPTIONS), field("note", "n"))

    assert rules.read_answers(form, posted) == {"x": answer}


def test_field_that_the_page_did_not_hold_is_left_out():
    assert rules.read_answers(content(field("text", "x")), {"f-y": ["1"]}) == {}


@pytest.mark.parametrize(
    ("kind", "answer", "more", "is_wrong"),
    [
        ("text", "", {"is_required": True}, True),
        ("text", "", {}, False),
        ("text", "名", {"is_required": True}, False),
        ("consent", False, {"is_required": True}, True),
        ("yes_no", {"yes": None, "detail": ""}, {"is_required": True}, True),
        ("yes_no", {"yes": False, "detail": ""}, {"is_required": True, "asks_detail": True}, False),
        ("yes_no", {"yes": True, "detail": ""}, {"is_required": True, "asks_detail": True}, True),
        ("yes_no", {"yes": True, "detail": ""}, {"asks_detail": True}, False),
        ("date", "1990-13-01", {}, True),
        ("date", "1990-12-01", {}, False),
        ("phone", "12345", {}, True),
        ("phone", "138 0000 1111", {}, False),
        ("phone", "------", {}, True),
        ("number", "abc", {}, True),
        ("number", "NaN", {}, True),
        ("number", "70", {"minimum": 60, "maximum": 200}, False),
        ("number", "59.5", {"minimum": 60}, True),
        ("number", "201", {"maximum": 200}, True),
    ],
)
def test_mistake_is_named(kind, answer, more, is_wrong):
    form = content(field(kind, "x", options=OPTIONS, **more), SIGN)

    assert (set(rules.mistakes(form, {"x": answer}, Asked())) == {"x"}) is is_wrong


def test_what_the_file_knows_and_what_is_not_shown_need_no_answer():
    form = content(
        field("phone", "x", is_required=True, source="phone"), field("text", "y", is_required=True, only="female")
    )

    assert rules.mistakes(form, {}, Asked(sex="male"), known=frozenset({"phone"})) == {}


@pytest.mark.parametrize(
    ("kind", "answer", "zh", "en"),
    [
        ("text", "", "", ""),
        ("text", "名", "名", "名"),
        ("one", "a", "甲", "A"),
        ("many", ["a", "b"], "甲、乙", "A, B"),
        ("consent", True, "Agreed", "Agreed"),
        ("yes_no", {"yes": True, "detail": "芒果"}, "Yes：芒果", "Yes: 芒果"),
        ("yes_no", {"yes": False, "detail": "芒果"}, "No", "No"),
        ("number", "12", "12 支", "12 pieces"),
    ],
)
def test_answer_in_words(kind, answer, zh, en):
    from django.utils import translation

    one = field(kind, "x", options=OPTIONS, unit_zh="支", unit_en="pieces")

    with translation.override("en"):
        assert (rules.in_words(one, answer, "zh-hans"), rules.in_words(one, answer, "en")) == (zh, en)


def test_who_must_sign():
    patient, guardian = SIGN, field("signature", "g", signer="guardian", is_required=True)
    staff = field("signature", "s", signer="staff", is_required=True)

    def wanted(*fields, needs_guardian):
        return rules.wanted_signers(list(fields), needs_guardian=needs_guardian)

    assert wanted(patient, guardian, staff, needs_guardian=False) == {"sign": True, "g": False, "s": True}
    assert wanted(patient, guardian, staff, needs_guardian=True) == {"sign": False, "g": True, "s": True}
    assert wanted(patient, needs_guardian=True) == {"sign": True}
    assert wanted(guardian, needs_guardian=False) == {"g": True}


# --- signatures


def test_strokes_are_measured_and_drawn():
    made = rules.drawn(STROKES)

    assert (made.ink, made.milliseconds, len(made.strokes)) == (847, 260, 2)
    picture = rules.svg_of(made.strokes)
    assert picture.count("<path") == 2
    assert "Q300 200 400 150" in picture
    assert 'd="M5 5h1"' in rules.svg_of([[[5, 5, 0]]])


def test_points_outside_the_pad_are_held_inside():
    assert rules.drawn("[[[-50, -5, -1], [5000, 900, 5]]]").strokes == [[[0, 0, 0], [1000, 400, 5]]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "[[]]",
        "[[[1, 2]]]",
        "[[1, 2, 3]]",
        '[[[1, 2, "x"]]]',
        "[[[1, 2, true]]]",
        "[[[1, 2, NaN]]]",
        "[[[1, 1, 0], [20, 20, 5]]]",
        json.dumps([[[1, 1, 0]]] * 201),
        json.dumps([[[1, 1, 0]] * 8001]),
        "[" * 300_001,
        "[" * 100_000,
    ],
)
def test_what_is_no_signature_is_refused(text):
    with pytest.raises(NotASignature):
        rules.drawn(text)


def test_signatures_are_read_from_what_was_sent():
    posted = {
        "s-a": ["[]"],
        "s-a-name": [" 王 "],
        "s-b": ["[]"],
        "s-b-typed": ["yes"],
        "s-b-relation": ["mother"],
        "s-c": [""],
    }

    found = rules.read_signatures(["a", "b", "c", "d"], posted, witness="rosa")

    assert [(one.field, one.strokes, one.name, one.relation, one.is_typed, one.witness) for one in found] == [
        ("a", "[]", "王", "", False, None),
        ("b", "", "", "mother", True, "rosa"),
    ]


def test_hash_is_of_the_facts_not_of_their_order():
    assert rules.digest_of({"a": 1, "b": "中"}) == rules.digest_of({"b": "中", "a": 1})
    assert rules.digest_of({"a": 1}) != rules.digest_of({"a": 2})
    assert rules.digest_of({"a": 1}) == rules.digest_of_bytes(rules.canonical({"a": 1}).encode())
    assert rules.moment_text(datetime(2026, 3, 2, 1, 30, 5, 999, tzinfo=UTC)) == "2026-03-02T01:30:05Z"
    assert rules.in_groups("abcdefgh12") == "abcd efgh 12"


# --- needs

A, B, EXTRACTION, IMPLANT = (uuid.UUID(int=number) for number in range(1, 5))
DAY = date(2026, 3, 2)
NEW = {"registered_on": DAY}


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        (date(2008, 3, 2), date(2026, 3, 1), 17),
        (date(2008, 3, 2), date(2026, 3, 2), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (None, DAY, None),
        (date(2027, 1, 1), DAY, None),
    ],
)
def test_age(born_on, day, age):
    assert rules.age_on(born_on, day) == age


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 2), 12, date(2025, 3, 2)),
        (date(2026, 1, 15), 2, date(2025, 11, 15)),
        (date(2026, 5, 31), 1, date(2026, 4, 30)),
    ],
)
def test_months_before(day, months, before):
    assert rules.months_before(day, months) == before


def needed(rule, known, **more):
    return rules.missing([rule], known, day=DAY, guardian_below_age=18, **more)


@pytest.mark.parametrize(
    ("known", "is_missing"),
    [
        (Known(**NEW), True),
        (Known(**NEW, signed={A: [(DAY, frozenset())]}), False),
        (Known(registered_on=date(2020, 1, 1), last_seen_on=date(2025, 1, 1)), False),
        (Known(registered_on=date(2020, 1, 1)), True),
        (Known(registered_on=DAY, last_seen_on=DAY), True),
    ],
)
def test_first_visit_asks_who_is_new(known, is_missing):
    rule = Rule(design=A, occasion="first_visit", since=date(2026, 1, 1))

    assert bool(needed(rule, known)) is is_missing


@pytest.mark.parametrize(
    ("signed_on", "is_missing", "is_old"),
    [(None, True, False), (date(2025, 3, 2), True, True), (date(2025, 3, 3), False, False)],
)
def test_every_twelve_months(signed_on, is_missing, is_old):
    known = Known(**NEW, signed={A: [(signed_on, frozenset())]} if signed_on else {})

    found = needed(Rule(design=A, occasion="every", months=12), known)

    assert [(one.design, one.is_out_of_date) for one in found] == ([(A, is_old)] if is_missing else [])


@pytest.mark.parametrize(
    ("planned", "signed", "left"),
    [
        (set(), [], None),
        ({EXTRACTION}, [], {EXTRACTION}),
        ({EXTRACTION}, [(DAY, frozenset({EXTRACTION}))], None),
        ({EXTRACTION, IMPLANT}, [(DAY, frozenset({EXTRACTION}))], {IMPLANT}),
        ({EXTRACTION, IMPLANT}, [(DAY, frozenset())], None),
        ({EXTRACTION}, [(date(2025, 8, 1), frozenset())], {EXTRACTION}),
    ],
)
def test_consent_before_what_is_planned(planned, signed, left):
    rule = Rule(design=A, occasion="procedure", months=6, procedures=frozenset({EXTRACTION, IMPLANT}))
    known = Known(**NEW, planned=frozenset(planned), signed={A: signed} if signed else {})

    found = needed(rule, known)

    assert [set(one.procedures) for one in found] == ([left] if left else [])


@pytest.mark.parametrize(
    ("limits", "known", "is_missing"),
    [
        ({"from_age": 18}, {"born_on": date(2020, 1, 1)}, False),
        ({"from_age": 18}, {"born_on": date(1990, 1, 1)}, True),
        ({"to_age": 12}, {"born_on": date(1990, 1, 1)}, False),
        ({"to_age": 12}, {"born_on": date(2020, 1, 1)}, True),
        ({"from_age": 18}, {}, True),
        ({"only": "female"}, {"sex": "male"}, False),
        ({"only": "female"}, {"sex": "unknown"}, True),
    ],
)
def test_rule_for_some_only(limits, known, is_missing):
    assert bool(needed(Rule(design=A, occasion="first_visit", **limits), Known(**NEW, **known))) is is_missing


def test_form_is_asked_for_once_and_a_guardian_signs_for_a_child():
    twice = [
        Rule(design=A, occasion="first_visit"),
        Rule(design=A, occasion="every", months=12),
        Rule(design=B, occasion="first_visit"),
    ]
    child = Known(**NEW, born_on=date(2020, 1, 1))

    found = rules.missing(twice, child, day=DAY, guardian_below_age=18)

    assert [(one.design, one.signer) for one in found] == [(A, "guardian"), (B, "guardian")]


# --- offers

LISTED = {"allergy": {"penicillin"}, "condition": {"diabetes"}}
ALLERGIES = field(
    "many", "al", source="allergy",
    options=[{"key": "penicillin", "label_zh": "青霉素", "label_en": "Penicillin"}, {"key": "o1", "label_zh": "芒果", "label_en": "Mango"}],
)  # fmt: skip


def offered(fields, answers, *, file=None, alerts=(), asked=None):
    found = rules.offers_of(
        content(*fields), answers, file=file or {}, alerts=alerts, listed=LISTED, asked=asked or Asked()
    )
    return [(one.what, one.code, one.before, one.after) for one in found]


@pytest.mark.parametrize(
    ("answers", "alerts", "found"),
    [
        ({"al": ["penicillin"]}, [], [("allergy", "penicillin", "", "青霉素")]),
        ({"al": ["penicillin"]}, [("allergy", "penicillin", "青霉素类")], []),
        ({"al": ["o1"]}, [], [("allergy", "", "", "芒果")]),
        ({"al": ["o1"]}, [("allergy", "", "芒果")], []),
        ({"al": []}, [], []),
        ({}, [], []),
    ],
)
def test_allergies_are_offered_when_new(answers, alerts, found):
    assert offered([ALLERGIES], answers, alerts=alerts) == found


def test_details_and_lines_become_alerts():
    detail = field("yes_no", "m", "常用药", source="medication", asks_detail=True)
    lines = field("long_text", "c", source="condition")
    answers = {"m": {"yes": True, "detail": " 阿司匹林  "}, "c": "胃病\n\n 胃病 \n痛风"}

    assert offered([detail, lines], answers) == [
        ("medication", "", "", "阿司匹林"),
        ("condition", "", "", "胃病"),
        ("condition", "", "", "痛风"),
    ]
    assert offered([detail], {"m": {"yes": False, "detail": "x"}}) == []
    assert offered([detail], {"m": {"yes": True, "detail": ""}}) == [("medication", "", "", "常用药")]


@pytest.mark.parametrize(
    ("source", "kind", "before", "after", "is_offered"),
    [
        ("phone", "phone", "13800001111", "138 0000 1111", False),
        ("phone", "phone", "13800001111", "+86 13800001111", False),
        ("phone", "phone", "13800001111", "13900001111", True),
        ("name", "text", "王 芳", "王芳", False),
        ("name", "text", "王芳", "王方", True),
        ("address", "text", "", "新街1号", True),
    ],
)
def test_changes_are_offered_with_before_and_after(source, kind, before, after, is_offered):
    found = offered([field(kind, "x", source=source)], {"x": after}, file={source: before})

    assert found == ([(source, "", before, after)] if is_offered else [])


def test_field_that_was_not_shown_offers_nothing():
    assert offered([field("text", "x", source="name", only="female")], {"x": "李"}, asked=Asked(sex="male")) == []


def test_offer_says_what_it_is():
    alert, change = rules.Offer("a", "allergy", "芒果"), rules.Offer("b", "phone", "139", "138")

    assert (alert.is_alert, alert.is_sealed, change.is_alert, change.is_sealed) == (True, False, False, True)


def test_file_fills_in_open_values_only():
    form = content(
        field("text", "n", source="name"),
        field("phone", "p", source="phone"),
        field("one", "s", source="sex", options=[{"key": "female", "label_zh": "女", "label_en": "F"}]),
        ALLERGIES,
        field("yes_no", "m", source="medication"),
        field("long_text", "c", source="condition"),
        field("yes_no", "w", source="warning"),
        field("text", "free"),
    )
    alerts = [
        ("allergy", "penicillin", "青霉素类"),
        ("medication", "", "阿司匹林"),
        ("condition", "", "痛风"),
        ("condition", "diabetes", "糖尿病"),
    ]

    found = rules.answers_from_file(form, file={"name": "王芳", "phone": "138", "sex": "female"}, alerts=alerts)
    other = rules.answers_from_file(form, file={"sex": "other"}, alerts=[])

    assert found == {
        "n": "王芳",
        "s": "female",
        "al": ["penicillin"],
        "m": {"yes": True, "detail": "阿司匹林"},
        "c": "痛风",
    }
    assert other == {}


def test_empty_content_has_a_section_and_signers_are_those_who_see_the_field():
    both = content(SIGN, field("signature", "g", signer="guardian", only="child"))

    assert rules.fields_of(rules.empty_content()) == []
    assert [one["key"] for one in rules.signers_of(both, Asked(age=30))] == ["sign"]
