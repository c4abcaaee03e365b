"""Finding files of one person: while typing, at night, in the worklist."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.accounts.queries import system_user
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.patients import jobs, queries, rules, services
from incisor.patients.models import DuplicatePair, DuplicateScan, Patient, PatientAlert
from incisor.patients.rules import ONE_PERSON, WORKLIST, Person, is_near, likeness
from tests.factories.patients import make_patient

FRAGMENT = {"HTTP_HX_REQUEST": "true"}
WANG = Person(
    name="王小明",
    reading="wangxiaoming",
    phone="13800001111",
    born_on=date(1990, 5, 17),
    sex="male",
    id_number="A1234567",
)


# ---- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("abcd", "abcd", True), ("abcd", "abxd", True), ("abcd", "abdc", True), ("abcd", "acd", True),
        ("acd", "abcd", True), ("abcd", "abcde", True), ("abcd", "abdcx", False), ("abcd", "dcba", False),
        ("abcd", "ab", False), ("", "a", True), ("", "", True), ("abcd", "bcda", False), ("abcde", "axcye", False),
    ],
)  # fmt: skip
def test_is_near(one, other, near):
    assert is_near(one, other) is near


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_nearness_does_not_depend_on_the_order(one, other):
    assert is_near(one, other) is is_near(other, one)


@pytest.mark.parametrize(
    ("over", "signs", "at_least", "below"),
    [
        ({}, ("same_id", "same_phone", "same_name", "same_birth"), 200, 300),
        ({"id_number": "A1234576"}, ("near_id", "same_phone", "same_name", "same_birth"), ONE_PERSON, 200),
        ({"id_number": "B9999999"}, ("other_id", "same_phone", "same_name", "same_birth"), 0, LIKELY := 40),
        ({"id_number": "", "phone": "13800001112"}, ("near_phone", "same_name", "same_birth"), ONE_PERSON, 200),
        ({"id_number": "", "phone": "13912341111", "born_on": None}, ("same_last_four", "same_name"), LIKELY, WORKLIST),
        ({"id_number": "", "phone": "123", "born_on": date(1990, 7, 15)}, ("same_name", "other_birth"), 0, LIKELY),
        ({"id_number": "", "born_on": date(1990, 5, 18)}, ("same_phone", "same_name", "near_birth"), ONE_PERSON, 200),
        (
            {"id_number": "", "phone": "", "born_on": date(1990, 5, 17), "name": "汪小明"},
            ("same_sound", "same_birth"), LIKELY, WORKLIST,
        ),
        (
            {"id_number": "", "name": "单", "reading": "shan", "readings": frozenset({"wangxiaoming"})},
            ("same_phone", "other_reading", "same_birth"), ONE_PERSON, 200,
        ),
        # twins: one phone, one birthday, names that differ in a character; shown, but never taken for one person
        (
            {"id_number": "", "name": "王小亮", "reading": "wangxiaoliang"},
            ("same_phone", "near_name", "same_birth"), WORKLIST, ONE_PERSON,
        ),
        (
            {"id_number": "", "name": "王小民", "reading": "wangxiaomin"},
            ("same_phone", "near_sound", "same_birth"), WORKLIST, ONE_PERSON,
        ),
        ({"id_number": "", "phone": "", "name": "李", "reading": "li"}, ("same_birth",), 0, LIKELY),
        ({"id_number": "", "name": "", "reading": "", "sex": "female"}, ("same_phone", "same_birth", "other_sex"), 0, 61),
    ],
)  # fmt: skip
def test_likeness_by_signs(over, signs, at_least, below):
    found = likeness(WANG, Person(**{**vars(WANG), **over}))

    assert found.signs == signs
    assert at_least <= found.score < below
    assert len(found.reasons) == len(signs)


def test_swapped_day_and_month_are_near():
    one, other = Person(born_on=date(1990, 5, 7)), Person(born_on=date(1990, 7, 5))

    assert likeness(one, other).signs == ("near_birth",)


def test_unknown_signs_have_no_words():
    assert rules.in_words(["same_phone", "of_a_later_version"]) == [str(rules.in_words(["same_phone"])[0])]


# ---- while typing ----------------------------------------------------------------------------------------------------


def found(clinic, **given):
    return [(one.patient.name, one.likeness.signs) for one in queries.look_alikes(clinic, **given)]


def test_typing_finds_by_other_reading_last_four_and_slips(clinic, system):
    make_patient(clinic=clinic, created_by=system, name="单晓", phone="13900001111")

    born = date(1990, 5, 17)
    assert found(clinic, name="单晓", phone="13812341111") == [("单晓", ("same_last_four", "same_name"))]
    assert found(clinic, name="单小", born_on=born) == [("单晓", ("same_sound", "same_birth"))]
    assert found(clinic, name="单晓", phone="13900001112", born_on=born)[0][1] == (
        "near_phone",
        "same_name",
        "same_birth",
    )
    assert found(clinic, name="李四", born_on=born) == []


def test_typing_leads_to_the_kept_file(clinic, system, mona, pia, at):
    other = make_patient(clinic=clinic, created_by=system, name="皮雅", file_number="A000009", phone="13800002222")
    services.merge_patients(by=mona, clinic=clinic, kept=pia, lesser=other, choices={}, versions=(1, 1), at=at)

    assert [one.patient.pk for one in queries.look_alikes(clinic, name="皮雅", born_on=pia.born_on)] == [pia.pk]
    assert [
        one.patient.pk for one in queries.look_alikes(clinic, name="皮亚", phone="13800002222", born_on=pia.born_on)
    ] == [pia.pk]


# ---- at night --------------------------------------------------------------------------------------------------------


@pytest.fixture
def search(clinic, system, at):
    def run(at=at):
        count = 0
        while portion := services.search_duplicates(by=system_user(), clinic=clinic, at=at):
            count += portion
        return count

    return run


@pytest.fixture
def people(clinic, system):
    def make(*rows):
        return [
            make_patient(clinic=clinic, created_by=system, **{"file_number": f"A0001{number:02d}", **row})
            for number, row in enumerate(rows)
        ]

    return make


def test_night_finds_pairs_by_every_block(clinic, search, people):
    one, same_phone, same_birth, last_four, stranger = people(
        {"name": "王小明", "phone": "13811112222"},
        {"name": "汪小明", "phone": "13811112222", "born_on": None},
        {"name": "王小明", "phone": "13900009999"},
        {"name": "王小明", "phone": "13711112222", "born_on": date(1990, 5, 18)},
        {"name": "赵钱孙", "phone": "13899998888", "born_on": date(1970, 1, 1)},
    )

    search()

    pairs = {frozenset((pair.one_id, pair.other_id)): pair for pair in DuplicatePair.objects.all()}
    assert frozenset((one.pk, same_phone.pk)) in pairs
    assert pairs[frozenset((one.pk, same_birth.pk))].reasons == ["same_name", "same_birth"]
    assert frozenset((one.pk, last_four.pk)) in pairs
    assert not any(stranger.pk in pair for pair in pairs)
    assert all(pair.one_id < pair.other_id and pair.score >= WORKLIST for pair in pairs.values())


def test_night_goes_on_where_it_was_and_takes_what_changed(clinic, search, people, mona, at, monkeypatch):
    monkeypatch.setattr("incisor.patients.services.duplicates.PORTION", 2)
    one, other, _third = people(
        {"name": "王小明", "phone": "13811112222"},
        {"name": "李大", "phone": "13700000000", "born_on": None},
        {"name": "赵钱孙", "phone": "13899998888", "born_on": None},
    )
    assert search() > 0
    scan = DuplicateScan.objects.get()
    assert (scan.finished_at, DuplicatePair.objects.count()) == (at, 0)
    assert search(at + timedelta(minutes=1)) == 0

    later = at + timedelta(hours=3)
    services.change_patient(
        by=mona, patient=other, version=1, changes={"name": "王小明", "phone": "13811112222"}, at=later
    )
    search(later + timedelta(hours=1))
    assert DuplicatePair.objects.get().score >= ONE_PERSON

    services.change_patient(
        by=mona,
        patient=other,
        version=2,
        changes={"name": "李大", "phone": "13700000000"},
        at=later + timedelta(hours=2),
    )
    search(later + timedelta(hours=3))
    assert DuplicatePair.objects.count() == 0
    assert one.pk != other.pk


def test_many_changes_of_one_moment_are_read_whole(clinic, people, mona, at, monkeypatch):
    files = people(*({"name": "甲乙", "phone": f"1380000100{number}", "born_on": None} for number in range(4)))
    for patient in files:
        services.change_patient(by=mona, patient=patient, version=1, changes={"phone": "13811112222"}, at=at)

    facts, done = queries.changed_files(clinic, at - timedelta(hours=1), at + timedelta(hours=1), limit=2)
    assert (len(facts), done) == (4, at)
    services.change_patient(by=mona, patient=files[0], version=2, changes={"sex": "male"}, at=at + timedelta(minutes=1))
    facts, done = queries.changed_files(clinic, at - timedelta(hours=1), at + timedelta(hours=1), limit=5)
    assert (len(facts), done) == (4, at)


def test_blocks_that_say_nothing_are_left_out(clinic, people, search, monkeypatch):
    monkeypatch.setattr("incisor.patients.queries.duplicates.BLOCK_AT_MOST", 2)
    monkeypatch.setattr("incisor.patients.queries.duplicates.BIRTHS_AT_MOST", 2)
    people(*({"name": "学生", "phone": "13800001111"} for _number in range(3)))

    search()

    # the phone and the birth date of three say nothing; the name with the end of the phone still does
    assert DuplicatePair.objects.count() == 3


def test_files_of_another_clinic_are_never_compared(clinic, other_clinic, system, search, pia):
    make_patient(clinic=other_clinic, created_by=system, file_number="B000001")

    search()

    assert DuplicatePair.objects.count() == 0


def test_job_works_at_night_and_catches_up_by_day(clinic, people, at):
    people({"name": "王小明"}, {"name": "王小明"})
    noon = datetime(2026, 3, 2, 4, tzinfo=at.tzinfo)

    assert jobs.search_duplicates(noon) == "0 files"  # the first search: two files, done in one portion
    assert DuplicatePair.objects.count() == 1
    scanned = DuplicateScan.objects.get().checked_count
    assert jobs.search_duplicates(noon + timedelta(hours=21)) == "0 files"  # 09:00: not late, so it waits for the night
    assert DuplicateScan.objects.get().checked_count == scanned
    jobs.search_duplicates(noon + timedelta(hours=14))  # 02:00, but done less than a day ago
    assert DuplicateScan.objects.get().finished_at == noon
    jobs.search_duplicates(noon + timedelta(hours=38))  # 02:00 of the night after
    assert DuplicateScan.objects.get().finished_at == noon + timedelta(hours=38)


# ---- deciding --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(clinic, system, search, pia):
    make_patient(clinic=clinic, created_by=system, file_number="A000009", name="皮雅")
    search()
    return DuplicatePair.objects.get()


def test_different_people_are_never_shown_again_and_can_be_put_back(clinic, rosa, mona, pair, search, at):
    with pytest.raises(NotAllowed):
        services.call_different(by=rosa, pair=pair, at=at)
    services.call_different(by=mona, pair=pair, at=at)
    with pytest.raises(services.DecidedMeanwhile):
        services.call_different(by=mona, pair=pair, at=at)
    DuplicateScan.objects.all().delete()
    search(at + timedelta(days=1))
    assert list(queries.duplicate_pairs(clinic, "open")) == []
    assert queries.pair_counts(clinic) == {"different": 1}

    services.reopen_pair(by=mona, pair=pair, at=at)

    assert list(queries.duplicate_pairs(clinic, "open")) == [pair]


def test_pair_of_another_clinic_is_not_found(other_clinic, pair):
    with pytest.raises(NotFound):
        queries.duplicate_pair(other_clinic, pair.pk)


# ---- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


def text_of(response):
    return response.content.decode()


def test_worklist_shows_both_files_and_why(as_mona, pair):
    page = text_of(as_mona.get("/duplicates/"))

    assert "same phone，name sounds the same，same birth date" in page
    assert page.count('class="pair-side') == 2
    assert f"/patients/{pair.one_id}/merge/{pair.other_id}/" in page
    assert "13800001111" not in page


def test_decision_is_taken_in_place_with_undo(as_mona, pair):
    answer = as_mona.post(f"/duplicates/{pair.pk}/different/", **FRAGMENT, HTTP_HX_TARGET="duplicate-list")

    assert "No two files look like one person" in text_of(answer)
    assert f"/duplicates/{pair.pk}/reopen/" in answer.headers["HX-Trigger"]
    assert "Decided by" in text_of(as_mona.get("/duplicates/?show=different"))
    assert as_mona.post(f"/duplicates/{pair.pk}/reopen/").status_code == 303
    assert as_mona.post(f"/duplicates/{pair.pk}/reopen/").status_code == 409


def test_worklist_is_closed_to_others(as_rosa, pair):
    assert as_rosa.get("/duplicates/").status_code == 403


def test_worklist_costs_the_same_with_one_pair_and_three(as_mona, clinic, people, search, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    people({"name": "王小明"}, {"name": "王小明"})
    search()
    as_mona.get("/duplicates/")
    with CaptureQueriesContext(connection) as one:
        as_mona.get("/duplicates/")
    DuplicateScan.objects.all().delete()
    people({"name": "王小明", "file_number": "A000501"})
    search()
    assert DuplicatePair.objects.count() == 3
    with django_assert_num_queries(len(one)):
        as_mona.get("/duplicates/")


def test_merge_on_pages(as_mona, clinic, system, pair, pia):
    other = Patient.objects.exclude(pk=pia.pk).get()
    PatientAlert.objects.create(
        clinic=clinic, patient=other, kind="allergy", text="芒果", recorded_by=system, recorded_at=pia.created_at
    )
    url = f"/patients/{pia.pk}/merge/{other.pk}/"

    assert "皮雅" in text_of(as_mona.get(f"/patients/{pia.pk}/merge/"))
    assert "A000009" in text_of(as_mona.get(f"/patients/{pia.pk}/merge/", {"q": "皮雅"}, **FRAGMENT))
    preview = text_of(as_mona.get(url))
    assert 'name="field-name" value="kept" checked' in preview
    assert "Allergies, illnesses, medication, warnings" in preview
    assert "This is the same file" in text_of(as_mona.get(f"/patients/{pia.pk}/merge/{pia.pk}/"))
    assert as_mona.post(url, {"kept_version": "x"}).status_code == 422
    done = as_mona.post(url, {"kept_version": 1, "lesser_version": 1, "field-name": "lesser"})
    assert (done.status_code, done.headers["Location"]) == (303, f"/patients/{pia.pk}/")
    assert as_mona.get(f"/patients/{other.pk}/").headers["Location"] == f"/patients/{pia.pk}/"
    merged = queries.merges(clinic).get()
    report = text_of(as_mona.get(f"/merges/{merged.pk}/"))
    assert "皮亚 → 皮雅" in report
    assert "A000009" in text_of(as_mona.get("/duplicates/?show=merged"))
    assert "A000009" in text_of(as_mona.get(f"/patients/{pia.pk}/privacy/", **FRAGMENT))
    undone = as_mona.post(f"/merges/{merged.pk}/undo/")
    assert (undone.status_code, undone.headers["Location"]) == (303, f"/patients/{other.pk}/")
    assert as_mona.post(f"/merges/{merged.pk}/undo/").status_code == 409
    assert "undone by" in text_of(as_mona.get(f"/merges/{merged.pk}/"))
    assert Patient.objects.get(pk=pia.pk).name == "皮亚"


def test_import_takes_nobody_for_somebody_who_only_sounds_the_same(clinic, mona, pia, at):
    from incisor.patients.hooks import CheckedRow
    from incisor.patients.services._import_check import check

    rows = [
        CheckedRow(number=2, cells={"name": "皮雅", "phone": "13800001111"}),
        CheckedRow(number=3, cells={"name": "皮亚", "phone": "13800001111", "born_on": "1990-05-17"}),
        CheckedRow(number=4, cells={"name": "皮亚", "phone": "13800001112", "born_on": "1990-05-17"}),
        CheckedRow(number=5, cells={"name": "皮亚", "phone": "13912345678", "born_on": "1991-11-11"}),
    ]
    for row in rows:
        check(clinic, [row], at)

    assert [problem.field for problem in rows[0].problems] == ["name"]
    assert rows[1].values["patient_id"] == rows[2].values["patient_id"] == pia.pk
    assert (rows[3].problems, rows[3].planned) == ([], "created")
