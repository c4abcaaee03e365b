"""The note page, the chart, procedures done, and the patient's panels."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.patients.models import PatientAlert
from incisor.visits import queries, services
from incisor.visits.models import ToothFinding, TreatmentDone, VisitNote
from tests.factories.clinics import make_procedure
from tests.factories.visits import make_note, make_visit

PART = {"HX-Request": "true"}
WRITTEN = {"complaint": "牙痛", "findings": "36龋", "diagnosis": "龋病", "treatment": "充填", "advice": "勿咬硬物"}


@pytest.fixture
def as_dana(client, dana_user):
    client.force_login(dana_user)
    return client


@pytest.fixture
def visit(clinic, pia, dana, chair, at):
    return make_visit(
        clinic=clinic, patient=pia, at=at, dentist=dana, chair=chair, status="in_chair", complaint="牙痛两天"
    )


@pytest.fixture
def url(visit):
    return reverse("visits:note", args=[visit.pk])


def test_page_shows_chart_form_and_what_the_desk_noted(as_dana, url):
    html = as_dana.get(url).content.decode()

    assert html.count("data-tooth=") == 32
    assert "牙痛两天" in html
    assert Entry.objects.filter(what="visit.note_seen", is_look=True).count() == 1


def test_allergies_stand_on_top(as_dana, url, pia, system, at):
    PatientAlert.objects.create(
        clinic=pia.clinic, patient=pia, kind="allergy", text="青霉素", recorded_by=system, recorded_at=at
    )

    assert "青霉素" in as_dana.get(url).content.decode().split("note-columns")[0]


def test_draft_saves_itself(as_dana, url, visit, cleaning):
    answer = as_dana.post(
        url,
        {**WRITTEN, "version": 0, "diagnosis_codes": ["K02.1", "K05.1"], "next_procedure": cleaning.pk,
         "next_count": 2, "next_unit": 7, "next_note": "上午"},
        headers=PART,
    )  # fmt: skip

    note = VisitNote.objects.get()
    assert answer.status_code == 200
    assert 'name="version" value="1"' in answer.content.decode()
    assert {name: getattr(note, name) for name in WRITTEN} == WRITTEN
    assert (note.diagnosis_codes, note.next_procedure, note.next_after_days, note.next_note) == (
        ["K02.1", "K05.1"], cleaning, 14, "上午",
    )  # fmt: skip


def test_draft_saves_without_javascript(as_dana, url):
    answer = as_dana.post(url, {**WRITTEN, "version": 0})

    assert (answer.status_code, answer.headers["Location"]) == (303, url)


def test_conflict_shows_the_other_text_and_loses_none(as_dana, url, visit, dana_user, at):
    services.save_note(by=dana_user, visit=visit, version=0, values={"advice": "别人写的"}, at=at)

    answer = as_dana.post(url, {**WRITTEN, "version": 0}, headers=PART)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "别人写的" in html
    assert 'name="version" value="0"' in html
    assert 'name="seen_version" value="1"' in html
    assert queries.note_of(visit).advice == "别人写的"

    kept = as_dana.post(url, {**WRITTEN, "version": 0, "seen_version": 1}, headers=PART)

    assert kept.status_code == 200
    assert queries.note_of(visit).advice == WRITTEN["advice"]


def test_conflict_without_javascript_keeps_what_was_typed(as_dana, url, visit, dana_user, at):
    services.save_note(by=dana_user, visit=visit, version=0, values={"advice": "别人写的"}, at=at)

    answer = as_dana.post(url, {**WRITTEN, "version": 0})

    assert answer.status_code == 422
    assert WRITTEN["advice"] in answer.content.decode()


def test_next_visit_too_far_is_refused(as_dana, url):
    answer = as_dana.post(url, {**WRITTEN, "version": 0, "next_count": 90, "next_unit": 30}, headers=PART)

    assert answer.status_code == 422
    assert VisitNote.objects.count() == 0


def test_sign_saves_and_locks(as_dana, url, visit):
    answer = as_dana.post(url, {**WRITTEN, "version": 0, "action": "sign"}, headers=PART)

    note = VisitNote.objects.get()
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, url)
    assert (note.signed_at is not None, note.advice) == (True, WRITTEN["advice"])
    html = as_dana.get(url).content.decode()
    assert 'id="note-form"' not in html
    assert "data-tooth-chart" not in html
    assert note.seal[:16] in html


def test_incomplete_note_keeps_the_draft_and_says_what_is_missing(as_dana, url):
    answer = as_dana.post(url, {"complaint": "牙痛", "version": 0, "action": "sign"}, headers=PART)

    assert answer.status_code == 422
    assert VisitNote.objects.get().complaint == "牙痛"
    assert 'name="version" value="1"' in answer.content.decode()


def test_changed_note_is_shown_as_broken(as_dana, url, visit):
    as_dana.post(url, {**WRITTEN, "version": 0, "action": "sign"}, headers=PART)
    assert "notice-bad" not in as_dana.get(url).content.decode()

    ToothFinding.objects.create(visit=visit, patient=visit.patient, tooth=11, state="caries")

    assert "notice-bad" in as_dana.get(url).content.decode()


def test_addendum_is_added_and_an_empty_one_refused(as_dana, url, visit):
    as_dana.post(url, {**WRITTEN, "version": 0, "action": "sign"})
    add = reverse("visits:addendum", args=[visit.pk])

    assert as_dana.post(add, {"text": " "}).status_code == 422
    assert as_dana.post(add, {"text": "电话告知"}).status_code == 303
    assert "电话告知" in as_dana.get(url).content.decode()


def test_findings_are_recorded_on_the_chart_and_taken_off(as_dana, visit):
    teeth = reverse("visits:teeth", args=[visit.pk])

    answer = as_dana.post(
        teeth, {"teeth": "36、11", "state": "caries", "surfaces": ["O", "M"], "text": "深"}, headers=PART
    )

    assert answer.status_code == 200
    assert "surface-caries" in answer.content.decode()
    found = ToothFinding.objects.order_by("tooth").values_list("tooth", "state", "surfaces", "text")
    assert list(found) == [(11, "caries", "MO", "深"), (36, "caries", "MO", "深")]

    as_dana.post(teeth, {"teeth": "11 36", "state": ""}, headers=PART)
    assert ToothFinding.objects.count() == 0


@pytest.mark.parametrize("typed", ["", "99", "abc", "３６"])
def test_what_is_no_tooth_is_said_and_kept(as_dana, visit, typed):
    answer = as_dana.post(reverse("visits:teeth", args=[visit.pk]), {"teeth": typed, "state": "crown"}, headers=PART)

    assert answer.status_code == 422
    assert "form-errors" in answer.content.decode()
    assert ToothFinding.objects.count() == 0


@pytest.mark.parametrize(("dentition", "count"), [("adult", 32), ("milk", 20), ("mixed", 52)])
def test_chart_of_each_dentition(as_dana, visit, dentition, count):
    html = as_dana.get(
        reverse("visits:teeth", args=[visit.pk]), {"dentition": dentition}, headers=PART
    ).content.decode()

    assert html.count("data-tooth=") == count


def test_earlier_findings_show_faintly(as_dana, url, visit, clinic, pia, at):
    earlier = make_visit(clinic=clinic, patient=pia, at=at - timedelta(days=90), status="done")
    ToothFinding.objects.create(visit=earlier, patient=pia, tooth=46, state="filled")

    assert as_dana.get(url).content.decode().count("tooth-old") == 1


def test_procedure_is_found_by_initials_added_changed_and_removed(as_dana, visit):
    filling = make_procedure(code="FILL", name_zh="树脂充填", name_en="Composite filling", is_per_tooth=True)
    found = as_dana.get(reverse("visits:find-procedures", args=[visit.pk]), {"q": "szct"}, headers=PART)
    assert str(filling.pk) in found.content.decode()

    add = reverse("visits:treatments", args=[visit.pk])
    assert as_dana.post(add, {"procedure": filling.pk, "teeth": "36, 37"}, headers=PART).status_code == 200
    done = TreatmentDone.objects.get()
    assert (done.teeth, done.quantity) == ([36, 37], 2)

    one = reverse("visits:treatment", args=[visit.pk, done.pk])
    as_dana.post(one, {"teeth": "36", "quantity": 1}, headers=PART)
    assert list(TreatmentDone.objects.values_list("teeth", "quantity")) == [([36], 1)]

    as_dana.post(one, {"remove": 1}, headers=PART)
    assert TreatmentDone.objects.count() == 0


@pytest.mark.parametrize("typed", [{"teeth": "36"}, {"teeth": "19"}, {"quantity": 100}])
def test_wrong_procedure_is_said(as_dana, visit, cleaning, typed):
    more = {} if typed == {"teeth": "36"} else {"procedure": cleaning.pk}

    answer = as_dana.post(reverse("visits:treatments", args=[visit.pk]), {**more, **typed}, headers=PART)

    assert answer.status_code == 422
    assert TreatmentDone.objects.count() == 0


def test_phrases_and_diagnoses_are_offered(as_dana, visit):
    phrases = as_dana.get(reverse("visits:phrases", args=[visit.pk]), {"situation": "cleaning"}, headers=PART)
    assert phrases.content.decode().count("hx-swap-oob") == 5

    found = as_dana.get(reverse("visits:diagnoses", args=[visit.pk]), {"q": "k02.1"}, headers=PART).content.decode()
    assert 'data-diagnosis="K02.1"' in found


def test_patient_page_parts(as_dana, visit, pia, cleaning):
    TreatmentDone.objects.create(visit=visit, procedure=cleaning, teeth=[36])
    ToothFinding.objects.create(visit=visit, patient=pia, tooth=36, state="caries", surfaces="O")

    visits = as_dana.get(reverse("visits:patient-visits", args=[pia.pk]), headers=PART).content.decode()
    teeth = as_dana.get(reverse("visits:patient-teeth", args=[pia.pk]), headers=PART).content.decode()

    assert reverse("visits:note", args=[visit.pk]) in visits
    assert "surface-caries" in teeth


def test_desk_reads_its_part_and_writes_nothing(as_rosa, visit, pia, url, dana_user, at):
    make_note(visit=visit, by=dana_user, at=at)

    visits = as_rosa.get(reverse("visits:patient-visits", args=[pia.pk]), headers=PART).content.decode()
    html = as_rosa.get(url).content.decode()

    assert url in visits
    assert ("刷牙出血" in html, "每天用牙线" in html, "慢性龈炎" in html, "牙石" in html) == (True, True, False, False)
    assert 'id="note-form"' not in html
    assert as_rosa.post(url, WRITTEN).status_code == 403


def test_manager_reads_but_does_not_write(as_mona, visit, url):
    html = as_mona.get(url).content.decode()

    chart = as_mona.get(reverse("visits:teeth", args=[visit.pk]), {"dentition": "milk"}, headers=PART).content.decode()

    assert 'id="note-form"' not in html
    assert "teeth-form" not in chart
    assert as_mona.post(url, {**WRITTEN, "version": 0}).status_code == 403
    assert as_mona.post(reverse("visits:teeth", args=[visit.pk]), {"teeth": "11", "state": "crown"}).status_code == 403


def test_outsider_finds_nothing(as_omar, visit, pia, url):
    for name in ("note", "record-pdf", "prescription-pdf", "teeth", "attachments"):
        assert as_omar.get(reverse(f"visits:{name}", args=[visit.pk])).status_code == 404, name
    for name in ("patient-visits", "patient-teeth", "tooth-history", "patient-attachments", "health-check"):
        assert as_omar.get(reverse(f"visits:{name}", args=[pia.pk])).status_code == 404, name


def test_page_costs_the_same_with_one_and_three(as_dana, url, visit, pia, cleaning, clinic, at):
    def add(number):
        earlier = make_visit(clinic=clinic, patient=pia, at=at - timedelta(days=number), status="done")
        for where in (visit, earlier):
            ToothFinding.objects.create(visit=where, patient=pia, tooth=40 + number, state="caries")
        TreatmentDone.objects.create(visit=visit, procedure=cleaning, position=number)

    add(1)
    as_dana.get(url)
    with CaptureQueriesContext(connection) as one:
        as_dana.get(url)
    add(2)
    add(3)
    with CaptureQueriesContext(connection) as three:
        as_dana.get(url)

    assert len(three) == len(one)


def test_writing_without_javascript_goes_back_to_the_note(as_dana, visit, cleaning, url):
    done = as_dana.post(reverse("visits:treatments", args=[visit.pk]), {"procedure": cleaning.pk})
    teeth = as_dana.post(reverse("visits:teeth", args=[visit.pk]), {"teeth": "11", "state": "crown"})

    assert [(answer.status_code, answer.headers["Location"]) for answer in (done, teeth)] == [(303, url), (303, url)]
    assert (TreatmentDone.objects.count(), ToothFinding.objects.count()) == (1, 1)


def test_changing_a_procedure_to_what_is_impossible_is_said(as_dana, visit, cleaning):
    row = TreatmentDone.objects.create(visit=visit, procedure=cleaning)

    answer = as_dana.post(reverse("visits:treatment", args=[visit.pk, row.pk]), {"teeth": "99"}, headers=PART)

    assert answer.status_code == 422
    assert TreatmentDone.objects.get().teeth == []


def test_incomplete_note_without_javascript_keeps_the_page(as_dana, url):
    answer = as_dana.post(url, {"complaint": "牙痛", "version": 0, "action": "sign"})

    assert answer.status_code == 422
    assert "牙痛" in answer.content.decode()
