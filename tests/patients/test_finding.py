"""The one search."""

from datetime import date, timedelta

import pytest

from incisor.kernel.ids import uuid7_at
from incisor.patients import hooks, queries
from incisor.patients.queries import finding
from tests.factories.patients import make_alert, make_patient

ID_CARD = "11010519491231002X"


@pytest.fixture
def people(clinic, system):
    def made(number, name, phone, **over):
        return make_patient(
            clinic=clinic, created_by=system, name=name, file_number=f"A{number:06d}", phone=phone, **over
        )

    return {
        "wang": made(1, "王小明", "13812345678", born_on=date(1985, 3, 4)),
        "shan": made(2, "单雄信", "13912340000", id_number=ID_CARD),
        "lv": made(3, "吕布", "13700001234"),
        "anna": made(4, "Anna Schmidt", "+4930123456"),
        "ouyang": made(5, "欧阳娜娜", "13655556666"),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("王", ["wang"]),
        ("王小", ["wang"]),
        ("王小明", ["wang"]),
        ("wxm", ["wang"]),
        ("WXM", ["wang"]),
        ("wangxiaoming", ["wang"]),
        ("wang xiao", ["wang"]),
        ("wang'xiao'ming", ["wang"]),
        ("wangxm", ["wang"]),
        ("wxiaom", ["wang"]),
        ("王xm", ["wang"]),
        ("李xm", []),
        ("shanxx", ["shan"]),
        ("danxiongxin", ["shan"]),
        ("lvbu", ["lv"]),
        ("lubu", ["lv"]),
        ("anna", ["anna"]),
        ("schmidt", ["anna"]),
        ("oynn", ["ouyang"]),
        ("13812345678", ["wang"]),
        ("138 1234 5678", ["wang"]),
        ("１３８１２３４５６７８", ["wang"]),
        ("+86 13812345678", ["wang"]),
        ("5678", ["wang"]),
        ("1234", ["lv"]),
        ("0000", ["shan"]),
        ("A000003", ["lv"]),
        ("a3", ["lv"]),
        ("000003", ["lv"]),
        (ID_CARD, ["shan"]),
        (ID_CARD.lower(), ["shan"]),
        ("19850304", ["wang"]),
        ("王小明 5678", ["wang"]),
        ("王小明 9999", []),
        ("wxm 13812345678", ["wang"]),
        ("=", []),
        ("zzz", []),
        ("%", []),
        ("99999999999999999999999", []),
    ],
)
def test_find(clinic, people, at, text, found):
    names = {patient.pk: key for key, patient in people.items()}

    assert [names[hit.patient.pk] for hit in queries.find(clinic, text, at=at)] == found


def test_find_shows_nothing_of_another_clinic(other_clinic, people, at):
    for text in ("王小明", "wxm", "13812345678", "5678", "A000001", "19850304", ""):
        assert queries.find(other_clinic, text, at=at) == []


@pytest.fixture(autouse=True)
def without_upper_apps(monkeypatch):
    """What the apps above know about now is theirs to test."""
    monkeypatch.setattr(hooks.search_ranking, "_entries", {})


@pytest.fixture
def ranking(without_upper_apps):
    scores = {}

    def rank(clinic, patient_ids, at):
        return {key: value for key, value in scores.items() if patient_ids is None or key in patient_ids}

    hooks.search_ranking.add(hooks.Ranking(key="test", label="", order=1, rank=rank))
    return scores


def test_find_puts_who_is_due_first(clinic, system, at, ranking):
    first = make_patient(
        clinic=clinic, created_by=system, name="王小", file_number="A000001", last_seen_on=date(2026, 3, 1)
    )
    due = make_patient(clinic=clinic, created_by=system, name="王小丽", file_number="A000002")
    ranking[due.pk] = (60, "10:30")

    hits = queries.find(clinic, "wang", at=at)

    assert [(hit.patient.pk, hit.note) for hit in hits] == [(due.pk, "10:30"), (first.pk, "")]
    assert [hit.patient.pk for hit in queries.find(clinic, "", at=at)] == [due.pk]


def test_find_reaches_who_is_due_among_more_hits_than_it_reads(clinic, system, at, ranking, monkeypatch):
    monkeypatch.setattr(finding, "READ", 3)
    for number in range(6):
        make_patient(
            clinic=clinic, created_by=system, name="安安", file_number=f"A{number:06d}", phone=f"1380000{number:04d}"
        )
    due = make_patient(clinic=clinic, created_by=system, name="安祖", file_number="A000099")
    ranking[due.pk] = (60, "")

    assert queries.find(clinic, "a", at=at)[0].patient.pk == due.pk


def test_find_takes_few_queries_however_many_hits(clinic, system, at, django_assert_max_num_queries):
    for number in range(1, 4):
        made = make_patient(clinic=clinic, created_by=system, name="王小明", file_number=f"A{number:06d}")
        make_alert(patient=made)

    for text in ("王小明", "wxm", "wxiaom", "13800001111", "1111", "A000001", "19900517", "王小明 1111"):
        with django_assert_max_num_queries(4):
            hits = queries.find(clinic, text, at=at)
            assert [alert.label for hit in hits for alert in hit.patient.allergies if alert.code] == ["青霉素类"] * len(
                hits
            )
        assert hits


@pytest.mark.parametrize(("hours", "is_first"), [(0, True), (11, True), (13, False), (-1, False)])
def test_file_that_was_just_made_comes_before_who_was_seen(clinic, system, at, hours, is_first):
    moment = int((at - timedelta(hours=hours)).timestamp() * 1000)
    new = make_patient(
        clinic=clinic,
        created_by=system,
        name="王小丽",
        file_number="A000001",
        pk=uuid7_at(milliseconds=moment, random=9),
    )
    seen = make_patient(clinic=clinic, created_by=system, name="王小红", file_number="A000002", last_seen_on=at.date())

    found = [hit.patient.pk for hit in queries.find(clinic, "wangx", at=at)]

    assert found == ([new.pk, seen.pk] if is_first else [seen.pk, new.pk])


def test_exact_name_comes_before_longer_ones(clinic, system, at):
    make_patient(
        clinic=clinic, created_by=system, name="王小明明", file_number="A000001", last_seen_on=date(2026, 3, 1)
    )
    exact = make_patient(clinic=clinic, created_by=system, name="王小明", file_number="A000002")

    assert queries.find(clinic, "王小明", at=at)[0].patient.pk == exact.pk
