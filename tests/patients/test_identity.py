"""Chinese identity: ID cards new and old, other papers, phone numbers by country, how names are read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.patients import queries, rules, services
from incisor.patients.models import Patient
from incisor.patients.rules.id_cards import CHECKS, WEIGHTS
from tests.factories.patients import make_patient

# ---- ID cards and papers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kind", "full", "born_on", "sex"),
    [
        ("11010519491231002X", "id_card", "11010519491231002X", date(1949, 12, 31), "female"),
        ("11010519491231002x", "id_card", "11010519491231002X", date(1949, 12, 31), "female"),
        ("110105 19491231 002X", "id_card", "11010519491231002X", date(1949, 12, 31), "female"),
        ("110105491231002", "old_id_card", "11010519491231002X", date(1949, 12, 31), "female"),
        ("130503670401001", "old_id_card", "130503196704010016", date(1967, 4, 1), "male"),
        ("810000199408230021", "residence", "810000199408230021", date(1994, 8, 23), "female"),
    ],
)
def test_id_card(typed, kind, full, born_on, sex):
    card = rules.id_card(typed)

    assert (card.kind, card.full, card.born_on, card.sex) == (kind, full, born_on, sex)


def test_new_residence_permit_of_a_foreigner():
    body = "93044019980203001"
    number = body + CHECKS[sum(int(one) * weight for one, weight in zip(body, WEIGHTS, strict=True)) % 11]

    assert rules.id_card(number).kind == "residence"


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("", ""),
        ("H12345678", "hk_macau"),
        ("M1234567801", "hk_macau"),
        ("12345678", "taiwan"),
        ("1234567890B", "taiwan"),
        ("CHN310112345678", "residence"),
        ("E12345678", "passport"),
        ("C01X00T47", "passport"),
        ("军字第2001号", "other"),
        ("11010519491231002X", "id_card"),
    ],
)
def test_kind_of_a_paper(typed, kind):
    assert rules.paper_kind(typed) == kind


def test_old_and_new_card_of_one_person_are_compared_as_one():
    assert rules.id_key("110105491231002") == rules.id_key("11010519491231002x") == "11010519491231002X"
    assert rules.id_key("e12345678") == "E12345678"


@pytest.mark.parametrize("text", ["110105194912310021", "1101051949123100", "110105491331002", "11010519491231002"])
def test_what_somebody_meant_as_a_card(text):
    assert rules.looks_like_card(text)
    assert rules.id_card(text) is None


@given(st.text(max_size=25))
def test_any_text_has_a_kind_and_a_key(text):
    assert rules.paper_kind(text) == rules.paper_kind(rules.clean_id(text))
    assert rules.id_key(rules.id_key(text)) == rules.id_key(text)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("110105194912310021", "校验位"),
        ("1101051949123100", "现在是 16 位"),
        ("110105491331002", "日期不对"),
        ("A1", "5 到 30 位"),
    ],
)
def test_wrong_numbers_are_refused_with_the_reason(clinic, rosa, at, number, words):
    with pytest.raises(services.WrongValue, match=words):
        services.register_patient(by=rosa, clinic=clinic, name="王", phone="13812345678", id_number=number, at=at)


def test_card_gives_birth_date_and_sex_and_its_kind(clinic, rosa, at):
    patient = services.register_patient(
        by=rosa, clinic=clinic, name="王芳", phone="13812345678", id_number="110105491231002", at=at
    )

    assert (patient.born_on, patient.sex, patient.id_kind) == (date(1949, 12, 31), "female", "old_id_card")
    found = queries.look_alikes(clinic, name="别人", id_number="11010519491231002X")
    assert [one.patient.pk for one in found] == [patient.pk]
    assert [hit.patient.pk for hit in queries.find(clinic, "11010519491231002x", at=at)] == [patient.pk]


def test_passport_is_taken_found_and_its_kind_can_be_corrected(clinic, rosa, at):
    patient = services.register_patient(
        by=rosa, clinic=clinic, name="Anna Schmidt", phone="+49 30 123456", id_number="c01x00t47", at=at
    )
    assert (patient.id_number, patient.id_kind) == ("C01X00T47", "passport")

    services.change_patient(by=rosa, patient=patient, version=1, changes={"id_kind": "other"}, at=at)
    assert Patient.objects.get().id_kind == "other"
    services.change_patient(by=rosa, patient=patient, version=2, changes={"id_number": "E12345678"}, at=at)
    assert Patient.objects.get().id_kind == "other"
    assert [hit.patient.pk for hit in queries.find(clinic, "e12345678", at=at)] == [patient.pk]
    services.change_patient(by=rosa, patient=patient, version=3, changes={"id_number": "11010519491231002X"}, at=at)
    assert Patient.objects.get().id_kind == "id_card"
    services.change_patient(by=rosa, patient=patient, version=4, changes={"id_number": ""}, at=at)
    assert Patient.objects.get().id_kind == ""


# ---- phone numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["12345", "1234567", "12012345678", "11000000000", "110", "120", "0571", "88888888", "11111111111", "+49 1111111",
     "9876543", "010 1234 5678"],
)  # fmt: skip
def test_numbers_that_nobody_can_dial_are_none(typed):
    assert rules.clean_phone(typed) == ""


@pytest.mark.parametrize(
    ("kept", "country", "shown"),
    [
        ("13800001111", "", "138 0000 1111"),
        ("+4930123456", "DE", "+49 30 123456"),
        ("+85291234567", "HK", "+852 9123 4567"),
        ("+99912345678901234", "", "+99912345678901234"),
        ("", "", ""),
    ],
)
def test_country_and_groups_of_a_number(kept, country, shown):
    assert rules.phone_country(kept) == country
    assert rules.shown_phone(kept) == shown


def test_short_number_is_refused_at_the_desk(clinic, rosa, at):
    with pytest.raises(services.WrongValue) as refusal:
        services.register_patient(by=rosa, clinic=clinic, name="王芳", phone="12345", at=at)

    assert refusal.value.field == "phone"


# ---- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("单雄信", "shan xiong xin"), ("解晓东", "xie xiao dong"), ("曾国藩", "zeng guo fan"), ("查良镛", "zha liang yong"),
        ("仇英", "qiu ying"), ("区永祥", "ou yong xiang"), ("欧阳修", "ou yang xiu"), ("尉迟恭", "yu chi gong"),
        ("万俟卨", "mo qi xie"), ("乐毅", "yue yi"), ("任静", "ren jing"), ("华罗庚", "hua luo geng"), ("朴槿惠", "piao jin hui"),
        ("盖叫天", "ge jiao tian"), ("长孙无忌", "zhang sun wu ji"), ("李Tom", "li tom"), ("Maria 王", "maria wang"),
        ("Anna 单", "anna shan"), ("尉迟 Tom", "yu chi tom"), ("阿依古丽·买买提", "a yi gu li mai mai ti"), ("Tom李", "tom li"),
    ],
)  # fmt: skip
def test_names_are_read_as_people_read_them(name, pinyin):
    assert rules.pinyin_of(name) == pinyin


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单雄信", ["shanxx", "danxiongxin", "sxx", "单"]),
        ("曾乐", ["zengle", "zengyue", "cengle", "zl", "zy"]),
        ("李Tom", ["litom", "tomli", "tom", "李tom", "李", "lt"]),
        ("Maria 王", ["maria", "wangmaria", "wang", "maria王", "mw"]),
        ("阿依古丽·买买提", ["阿依古丽买买提", "阿依古丽·买买提", "ayiguli", "ayglmmt", "阿依"]),
        ("吕布", ["lvbu", "lubu", "lb"]),
    ],
)
def test_alternative_readings_find_the_file(clinic, at, name, typed):
    patient = make_patient(clinic=clinic, name=name)
    make_patient(clinic=clinic, name="赵四", file_number="A000002", phone="13900002222")

    missed = [text for text in typed if patient.pk not in [hit.patient.pk for hit in queries.find(clinic, text, at=at)]]

    assert missed == []


def test_corrected_reading_is_kept_and_found(clinic, rosa, pia, at):
    services.change_patient(by=rosa, patient=pia, version=1, changes={"pinyin": "Pi Yia"}, at=at)

    assert Patient.objects.get().pinyin == "pi yia"
    assert [hit.patient.pk for hit in queries.find(clinic, "piyia", at=at)] == [pia.pk]
    assert [hit.patient.pk for hit in queries.find(clinic, "piya", at=at)] == [pia.pk]


def test_tag_is_found_with_its_sign(clinic, rosa, pia, at):
    services.change_patient(by=rosa, patient=pia, version=1, changes={"tags": ["VIP", "怕 疼"]}, at=at)

    for typed in ("#vip", "#怕疼", "#VIP"):
        assert [hit.patient.pk for hit in queries.find(clinic, typed, at=at)] == [pia.pk]
    assert queries.find(clinic, "#银卡", at=at) == []


def test_people_of_one_name_are_told_apart(clinic):
    one, other = make_patient(clinic=clinic), make_patient(clinic=clinic, phone="13900002222", file_number="A000002")

    assert (one.name, one.last_four, other.last_four) == (other.name, "1111", "2222")
    assert Patient.objects.defer("phone").get(pk=one.pk).last_four == ""
