"""Notes of calls: the note is the task."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.enquiries import queries, services
from incisor.enquiries.models import CallNote
from incisor.enquiries.services import NoteRefused
from incisor.kernel.errors import ChangedMeanwhile
from incisor.kernel.ids import uuid7
from tests.factories.accounts import make_user
from tests.factories.enquiries import make_call, make_note


def test_a_note_is_written_once_handed_on_settled_and_opened_again(clinic, rosa, mona, pia, at):
    key, due = uuid7(), at + timedelta(hours=3)
    call = make_call(clinic=clinic, patient=pia, state="taken", taken_by=rosa)
    words = {
        "by": rosa,
        "clinic": clinic,
        "text": " 想改到下周 ",
        "call": call,
        "owner": mona,
        "due_at": due,
        "note_id": key,
        "at": at,
    }
    note, again = services.write_note(**words), services.write_note(**words)

    assert (note.pk, again.pk, CallNote.objects.count()) == (key, key, 1)
    assert (note.text, note.patient, note.owner, note.first_asked, note.status) == (
        "想改到下周",
        pia,
        mona,
        rosa,
        "open",
    )
    services.hand_on(by=mona, note=note, version=1, owner=rosa, due_at=due, text="她认识", at=at)
    with pytest.raises(ChangedMeanwhile):
        services.settle_note(by=rosa, note=queries.note(clinic, key), version=1, result="", at=at)
    services.settle_note(by=rosa, note=queries.note(clinic, key), version=2, result="已改约", at=at)
    kept = queries.note(clinic, key)
    assert (kept.status, kept.result, kept.closed_at, kept.first_asked) == ("done", "已改约", at, rosa)
    services.reopen_note(by=rosa, note=kept, due_at=at, at=at)
    assert [step.kind for step in kept.steps.order_by("at", "pk")] == ["written", "handed_on", "done", "reopened"]
    assert queries.open_notes(clinic) == [kept]


def test_note_without_a_time_is_only_written_down(clinic, rosa, at):
    note = services.write_note(by=rosa, clinic=clinic, text="问地址", at=at)
    assert (note.status, note.closed_at) == ("done", at)
    assert queries.open_notes(clinic) == []
    assert queries.settled_notes(clinic, since=at) == [note]


def test_refusals_of_notes(clinic, rosa, omar, at):
    with pytest.raises(NoteRefused):
        services.write_note(by=rosa, clinic=clinic, text="  ", at=at)
    with pytest.raises(NoteRefused):
        services.write_note(by=rosa, clinic=clinic, text="x", owner=omar, due_at=at, at=at)
    note = make_note(clinic=clinic, by=rosa)
    with pytest.raises(NoteRefused):
        services.hand_on(by=rosa, note=note, version=1, owner=omar, due_at=at, at=at)


def test_own_fresh_note_can_be_taken_back(clinic, rosa, mona, at):
    note = make_note(clinic=clinic, by=rosa)
    with pytest.raises(ChangedMeanwhile):
        services.undo_note(by=mona, note=note, at=at)
    services.undo_note(by=rosa, note=note, at=at)
    assert queries.open_notes(clinic) == []
    with pytest.raises(ChangedMeanwhile):
        services.undo_note(by=rosa, note=note, at=at)


def test_lists_count_mine_and_whoever_was_asked_first(clinic, rosa, mona, at):
    make_note(clinic=clinic, by=rosa, due_at=at - timedelta(minutes=1))
    handed = make_note(clinic=clinic, by=rosa, owner=mona, due_at=at + timedelta(hours=1))

    assert queries.note_counts(clinic, user=rosa, at=at) == {"all": 2, "mine": 2, "overdue": 1}
    assert queries.open_notes(clinic, mine=mona) == [handed]


def test_one_line_makes_the_task(as_rosa, mona, clinic):
    typed = {"line": "想改到下周 @莫娜 明天10点", "note_id": str(uuid7())}
    answer = as_rosa.post(reverse("enquiries:note-new"), typed, headers={"HX-Request": "true"})

    note = CallNote.objects.get()
    assert (answer.status_code, note.text, note.owner, note.status) == (204, "想改到下周", mona, "open")
    assert reverse("enquiries:note-undo", args=[note.pk]) in answer.headers["HX-Trigger"]
    assert as_rosa.post(reverse("enquiries:note-undo", args=[note.pk])).status_code == 303


def test_note_from_a_patients_page_is_about_that_patient(as_rosa, clinic, pia):
    def asked_from(path):
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}"}
        return as_rosa.get(reverse("enquiries:note-new"), headers=headers)

    page = asked_from(reverse("patients:patient", args=[pia.pk]) + "?tab=health")

    assert page.context["patient"] == pia
    as_rosa.post(reverse("enquiries:note-new") + f"?patient={pia.pk}", {"line": "改约", "note_id": str(uuid7())})
    assert CallNote.objects.get().patient == pia
    for elsewhere in ("/", "/calendar/", "/nowhere/", reverse("patients:new")):
        answer = asked_from(elsewhere)
        assert (answer.status_code, pia.name in answer.content.decode()) == (200, False)


def test_whom_a_note_can_name_costs_the_same_for_many(clinic, rosa, mona, django_assert_num_queries):
    for number in range(3):
        make_user(username=f"more{number}", name=f"同事{number}", roles=["receptionist"], clinic=clinic)

    with django_assert_num_queries(3):
        assert len(queries.colleagues(clinic)) == 5


def test_faulty_lines_keep_what_was_typed(as_rosa):
    for line in ("", "x @zorro", "@"):
        page = as_rosa.post(reverse("enquiries:note-new"), {"line": line})
        assert page.status_code == 422, line
    assert "zorro" in as_rosa.post(reverse("enquiries:note-new"), {"line": "x @zorro"}).content.decode()


def test_pages_of_notes(as_rosa, rosa, mona, clinic, pia):
    note = make_note(clinic=clinic, by=rosa, patient=pia)
    for view in ("", "mine", "all", "calls", "missed", "settled", "nonsense"):
        assert as_rosa.get(reverse("enquiries:calls"), {"view": view}).status_code == 200
    assert pia.name in as_rosa.get(reverse("enquiries:calls")).content.decode()
    assert note.text in as_rosa.get(reverse("enquiries:note", args=[note.pk])).content.decode()
    assert note.text in as_rosa.get(reverse("enquiries:patient-calls", args=[pia.pk])).content.decode()
    hand = reverse("enquiries:note-hand-on", args=[note.pk])
    assert as_rosa.post(hand, {"version": 1, "line": "@明天"}).status_code == 422
    assert as_rosa.post(hand, {"version": 1, "line": "请回电 @莫娜"}).status_code == 303
    settle = reverse("enquiries:note-settle", args=[note.pk])
    assert as_rosa.post(settle, {}).status_code == 422
    assert as_rosa.post(settle, {"version": 2, "result": "好了"}).status_code == 303
    assert as_rosa.post(reverse("enquiries:note-reopen", args=[note.pk])).status_code == 303
    assert as_rosa.get(reverse("enquiries:note-new"), {"patient": str(pia.pk)}).context["patient"] == pia


def test_notes_of_another_clinic_are_not_found(as_omar, rosa, clinic):
    note = make_note(clinic=clinic, by=rosa)
    assert as_omar.get(reverse("enquiries:note", args=[note.pk])).status_code == 404
    assert as_omar.get(reverse("enquiries:calls"), {"view": "all"}).context["notes"] == []


def test_list_costs_the_same_for_one_and_three(as_rosa, rosa, clinic, pia, django_assert_max_num_queries):
    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            as_rosa.get(reverse("enquiries:calls"), {"view": "all"})
        return len(seen)

    make_note(clinic=clinic, by=rosa, patient=pia)
    as_rosa.get(reverse("enquiries:calls"), {"view": "all"})
    one = count()
    make_note(clinic=clinic, by=rosa, patient=pia)
    make_note(clinic=clinic, by=rosa)
    assert count() == one
