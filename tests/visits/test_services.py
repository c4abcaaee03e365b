"""Visits: steps, notes, teeth and procedures done."""

import threading
from collections import defaultdict
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection

from incisor.audit.models import Entry
from incisor.kernel import events
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound
from incisor.kernel.organisation import enter
from incisor.patients.services import merge_patients
from incisor.visits import queries, services
from incisor.visits.events import NoteSigned, TreatmentEnded, VisitClosed
from incisor.visits.models import Visit, VisitStep
from incisor.visits.services.arrival import AlreadyHere
from incisor.visits.services.notes import NextVisitWrong
from incisor.visits.services.steps import ChairTaken, StepImpossible, StepTaken, UndoImpossible
from incisor.visits.services.teeth import TeethUnknown
from incisor.visits.services.treatments import Treatment, TreatmentWrong
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_staff
from tests.factories.visits import make_note, make_visit

LATER = timedelta(minutes=10)


@pytest.fixture
def heard(monkeypatch):
    """What is published, in order; other apps' reactions stay away."""
    found = []
    kinds = (TreatmentEnded, VisitClosed, NoteSigned)
    monkeypatch.setattr(events, "_reactions", defaultdict(list, {kind: [found.append] for kind in kinds}))
    return found


@pytest.fixture
def seated(clinic, pia, dana, chair, at):
    return make_visit(clinic=clinic, patient=pia, at=at, dentist=dana, chair=chair, status="in_chair")


def test_begin_visit_gives_numbers_of_the_day(clinic, other_clinic, rosa, omar, pia, at):
    second = make_patient(clinic=clinic, name="王小明", file_number="A000002")
    elsewhere = make_patient(clinic=other_clinic, name="李雷", file_number="B000001")

    first = services.begin_visit(by=rosa, clinic=clinic, patient=pia, complaint=" 牙痛 ", urgency="emergency", at=at)
    other = services.begin_visit(by=rosa, clinic=clinic, patient=second, at=at)
    theirs = services.begin_visit(by=omar, clinic=other_clinic, patient=elsewhere, at=at)
    tomorrow = services.begin_visit(
        by=rosa, clinic=clinic, patient=make_patient(clinic=clinic, file_number="A3"), at=at + timedelta(days=1)
    )

    assert [visit.queue_number for visit in (first, other, theirs, tomorrow)] == [1, 2, 1, 1]
    assert (first.status, first.urgency, first.kind, first.complaint) == ("waiting", "emergency", "first", "牙痛")
    assert [(step.from_status, step.to_status, step.by_id) for step in first.steps.all()] == [("", "waiting", rosa.pk)]
    assert Entry.objects.filter(what="visit.begun", patient_id=pia.pk, user_id=rosa.pk).count() == 1


def test_number_of_a_withdrawn_visit_is_not_given_again(clinic, rosa, pia, at):
    mistake = services.begin_visit(by=rosa, clinic=clinic, patient=pia, at=at)

    services.withdraw_visit(by=rosa, visit=mistake, at=at)
    again = services.begin_visit(by=rosa, clinic=clinic, patient=pia, at=at)

    assert again.queue_number == 2
    assert [visit.pk for visit in queries.visits_of_day(clinic, mistake.business_date)] == [again.pk]


def test_patient_who_waits_does_not_begin_twice(clinic, rosa, pia, at):
    services.begin_visit(by=rosa, clinic=clinic, patient=pia, at=at)

    with pytest.raises(AlreadyHere):
        services.begin_visit(by=rosa, clinic=clinic, patient=pia, at=at)

    assert Visit.objects.count() == 1


def test_patient_of_another_clinic_is_not_found(clinic, other_clinic, rosa, at):
    stranger = make_patient(clinic=other_clinic, name="李雷", file_number="B000001")

    with pytest.raises(NotFound):
        services.begin_visit(by=rosa, clinic=clinic, patient=stranger, at=at)


def test_begin_visit_needs_the_permission(clinic, omar, pia, at):
    with pytest.raises(NotAllowed):
        services.begin_visit(by=omar, clinic=clinic, patient=pia, at=at)


def test_kind_follows_what_is_booked(clinic, rosa, pia, dana, chair, cleaning, at):
    make_visit(clinic=clinic, patient=pia, at=at - timedelta(days=30), status="done")
    booked = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at, procedure=cleaning, status="arrived"
    )

    visit = services.begin_visit(by=rosa, clinic=clinic, patient=pia, appointment=booked, at=at)

    assert (visit.kind, visit.dentist_id, visit.due_at) == ("return", dana.pk, at)


def test_steps_move_on_with_their_times_and_events(clinic, rosa, dana_user, pia, dana, chair, at, heard):
    visit = make_visit(clinic=clinic, patient=pia, at=at, dentist=dana)

    services.take_step(by=rosa, visit=visit, to="called", at=at + LATER)
    services.take_step(by=dana_user, visit=visit, to="in_chair", chair=chair, at=at + 2 * LATER)
    services.take_step(by=dana_user, visit=visit, to="to_pay", at=at + 3 * LATER)
    services.take_step(by=rosa, visit=visit, to="done", reason="免检", at=at + 4 * LATER)

    visit = Visit.objects.get(pk=visit.pk)
    assert (visit.called_at, visit.seated_at, visit.ended_at, visit.closed_at) == tuple(
        at + n * LATER for n in (1, 2, 3, 4)
    )
    assert (visit.status, visit.chair_id, visit.closing_reason, visit.version) == ("done", chair.pk, "免检", 5)
    assert [type(event).__name__ for event in heard] == ["TreatmentEnded", "VisitClosed"]


def test_step_that_does_not_follow_is_refused(clinic, rosa, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)

    with pytest.raises(StepImpossible):
        services.take_step(by=rosa, visit=visit, to="done", at=at)

    assert Visit.objects.get().status == "waiting"


def test_two_screens_take_the_same_step_once(clinic, rosa, pia, at):
    mine = make_visit(clinic=clinic, patient=pia, at=at)
    theirs = Visit.objects.get(pk=mine.pk)
    services.take_step(by=rosa, visit=mine, to="called", at=at)

    with pytest.raises(StepTaken):
        services.take_step(by=rosa, visit=theirs, to="called", at=at)

    assert VisitStep.objects.filter(to_status="called").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_desks_call_the_same_patient_at_once(clinic, rosa, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)
    copies = [Visit.objects.get(pk=visit.pk) for _ in range(4)]
    start, outcomes = threading.Barrier(4), []
    # The tests' SQLite lives in memory, where the file gate of a real one cannot stand: one after the other, as it lets in.
    gate = threading.Lock() if connection.vendor == "sqlite" else nullcontext()

    def call(copy):
        enter("desk")
        start.wait(timeout=10)
        try:
            with gate:
                services.take_step(by=rosa, visit=copy, to="called", at=at)
            outcomes.append("called")
        except StepTaken:
            outcomes.append("refused")
        finally:
            connection.close()

    desks = [threading.Thread(target=call, args=(copy,)) for copy in copies]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()

    assert sorted(outcomes) == ["called", "refused", "refused", "refused"]
    assert VisitStep.objects.filter(to_status="called").count() == 1


def test_chair_takes_one_patient(clinic, rosa, pia, chair, at):
    other = make_patient(clinic=clinic, name="王小明", file_number="A000002")
    make_visit(clinic=clinic, patient=other, at=at, chair=chair, status="in_chair")
    visit = make_visit(clinic=clinic, patient=pia, at=at)

    with pytest.raises(ChairTaken):
        services.take_step(by=rosa, visit=visit, to="in_chair", chair=chair, at=at)

    assert Visit.objects.get(pk=visit.pk).status == "waiting"


def fields_of(visit):
    row = Visit.objects.filter(pk=visit.pk).values().get()
    row.pop("version")
    return row


@pytest.mark.parametrize(
    ("before", "to"),
    [
        ("waiting", "called"),
        ("waiting", "in_chair"),
        ("called", "waiting"),
        ("called", "left"),
        ("in_chair", "to_pay"),
        ("to_pay", "done"),
    ],
)
def test_undo_restores_exactly(clinic, rosa, pia, dana, chair, at, before, to):
    visit = make_visit(
        clinic=clinic, patient=pia, at=at, dentist=dana, status=before, queue_rank=-2,
        chair=chair if before in {"in_chair", "to_pay"} else None,
    )  # fmt: skip
    was = fields_of(visit)
    step = services.take_step(
        by=rosa, visit=visit, to=to, at=at + LATER, reason="误操作", chair=chair if to == "in_chair" else None
    )
    assert fields_of(visit) != was

    restored = services.undo_step(by=rosa, visit=visit, step=step, at=at + 2 * LATER)

    assert fields_of(visit) == was
    assert "last_seen_on" in restored
    assert (VisitStep.objects.get(pk=step.pk).undone_by_id, visit.status) == (rosa.pk, before)


def test_undo_of_a_step_leaves_what_was_corrected_since(clinic, rosa, pia, dana, at):
    other = make_staff(clinic=clinic, number="D9")
    visit = make_visit(clinic=clinic, patient=pia, at=at, dentist=dana)
    step = services.take_step(by=rosa, visit=visit, to="called", at=at)
    services.correct_visit(by=rosa, visit=visit, dentist=other, at=at + LATER)

    services.undo_step(by=rosa, visit=visit, step=step, at=at + 2 * LATER)

    visit = Visit.objects.get()
    assert (visit.status, visit.called_at, visit.dentist_id) == ("waiting", None, other.pk)


def test_undo_of_a_step_leaves_what_somebody_else_judged_while_it_was_taken(clinic, rosa, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)
    same = Visit.objects.get()
    services.set_urgency(by=rosa, visit=same, urgency="emergency", signs=["fever"], at=at)
    step = services.take_step(by=rosa, visit=visit, to="called", at=at + LATER)

    services.undo_step(by=rosa, visit=visit, step=step, at=at + 2 * LATER)

    assert (Visit.objects.get().status, Visit.objects.get().urgency) == ("waiting", "emergency")


def test_urgency_is_judged_anew_and_taken_back(clinic, rosa, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at, urgency="urgent", signs=["fever"])

    step = services.set_urgency(by=rosa, visit=visit, urgency="routine", signs=[], at=at)
    assert (visit.urgency, visit.signs, visit.status) == ("routine", [], "waiting")
    assert Entry.objects.filter(what="visit.triage", patient_id=pia.pk).count() == 1

    services.undo_step(by=rosa, visit=visit, step=step, at=at + LATER)
    assert (Visit.objects.get().urgency, Visit.objects.get().signs) == ("urgent", ["fever"])


@pytest.mark.parametrize("status", ["in_chair", "to_pay", "done", "left"])
def test_nobody_judges_how_urgent_it_was_for_who_does_not_wait_any_more(clinic, rosa, pia, dana, chair, at, status):
    sits = chair if status == "in_chair" else None
    visit = make_visit(clinic=clinic, patient=pia, dentist=dana, chair=sits, at=at, status=status)

    with pytest.raises(StepImpossible):
        services.set_urgency(by=rosa, visit=visit, urgency="emergency", signs=[], at=at)
    assert Visit.objects.get().urgency == "routine"


def test_undo_is_refused_when_something_followed(clinic, rosa, pia, chair, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)
    step = services.take_step(by=rosa, visit=visit, to="called", at=at)
    services.take_step(by=rosa, visit=visit, to="in_chair", chair=chair, at=at + LATER)

    with pytest.raises(UndoImpossible):
        services.undo_step(by=rosa, visit=visit, step=step, at=at + 2 * LATER)


def test_undone_step_cannot_be_undone_twice(clinic, rosa, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)
    step = services.take_step(by=rosa, visit=visit, to="called", at=at)
    services.undo_step(by=rosa, visit=visit, step=step, at=at)

    with pytest.raises(UndoImpossible):
        services.undo_step(by=rosa, visit=visit, step=step, at=at)


def test_note_is_written_and_written_again(seated, dana_user, at):
    note = services.save_note(by=dana_user, visit=seated, version=0, values={"complaint": "牙痛"}, at=at)
    note = services.save_note(by=dana_user, visit=seated, version=1, values={"findings": "龋洞"}, at=at)

    assert (note.complaint, note.findings, note.version) == ("牙痛", "龋洞", 2)


def test_audit_of_a_note_holds_no_words_of_it(seated, dana_user, at):
    services.save_note(by=dana_user, visit=seated, version=0, values={"complaint": "秘密"}, at=at)

    assert Entry.objects.get(what="visit.note_saved").detail == '{"after":{"fields":["complaint"]}}'


@pytest.mark.parametrize("version", [0, 1, 3])
def test_note_of_another_version_is_not_overwritten(seated, dana_user, at, version):
    services.save_note(by=dana_user, visit=seated, version=0, values={"complaint": "一"}, at=at)
    services.save_note(by=dana_user, visit=seated, version=1, values={"complaint": "二"}, at=at)

    with pytest.raises(services.NoteChanged):
        services.save_note(by=dana_user, visit=seated, version=version, values={"complaint": "三"}, at=at)

    assert queries.note_of(seated).complaint == "二"


@pytest.mark.parametrize("days", [0, 1096])
def test_next_visit_lies_ahead(seated, dana_user, at, days):
    with pytest.raises(NextVisitWrong):
        services.save_note(by=dana_user, visit=seated, version=0, values={"next_after_days": days}, at=at)


def test_note_needs_note_write(seated, rosa, at):
    with pytest.raises(NotAllowed):
        services.save_note(by=rosa, visit=seated, version=0, values={"complaint": "x"}, at=at)


def test_signed_note_is_locked_sealed_and_told(seated, dana_user, cleaning, at, heard):
    note = make_note(visit=seated, by=dana_user, at=at)
    services.set_tooth_findings(by=dana_user, visit=seated, teeth=[36], state="caries", surfaces="do", at=at)

    signed = services.sign_note(by=dana_user, visit=seated, version=note.version, at=at)

    assert (signed.signed_by_id, signed.signed_at, len(signed.seal)) == (dana_user.pk, at, 64)
    assert queries.note_is_whole(seated, signed)
    assert [type(event).__name__ for event in heard] == ["NoteSigned"]
    for change in (
        lambda: services.save_note(by=dana_user, visit=seated, version=signed.version, values={"advice": "x"}, at=at),
        lambda: services.set_tooth_findings(by=dana_user, visit=seated, teeth=[11], state="crown", at=at),
        lambda: services.clear_tooth_findings(by=dana_user, visit=seated, teeth=[36], at=at),
        lambda: services.add_treatment(by=dana_user, visit=seated, procedure=cleaning, at=at),
        lambda: services.set_treatments_done(by=dana_user, visit=seated, treatments=[], at=at),
        lambda: services.sign_note(by=dana_user, visit=seated, version=signed.version, at=at),
    ):
        with pytest.raises(services.NoteIsSigned):
            change()


def test_altered_note_shows(seated, dana_user, at):
    note = make_note(visit=seated, by=dana_user, at=at)
    signed = services.sign_note(by=dana_user, visit=seated, version=note.version, at=at)
    services.add_addendum(by=dana_user, visit=seated, text="复查", at=at + LATER)
    assert queries.note_is_whole(seated, queries.note_of(seated))

    signed.advice = "改过"
    signed.save()

    assert not queries.note_is_whole(seated, queries.note_of(seated))


def test_merge_of_files_breaks_no_seal(clinic, system, mona, pia, seated, dana_user, at):
    note = make_note(visit=seated, by=dana_user, at=at)
    services.sign_note(by=dana_user, visit=seated, version=note.version, at=at)
    services.add_addendum(by=dana_user, visit=seated, text="复查", at=at + LATER)
    kept = make_patient(clinic=clinic, created_by=system, name="皮雅", file_number="A000009", phone="13800002222")

    merge_patients(
        by=mona, clinic=clinic, kept=kept, lesser=pia, choices={}, versions=(kept.version, pia.version), at=at
    )

    moved = queries.visit(clinic, seated.pk)
    assert moved.patient == kept
    assert queries.note_is_whole(moved, queries.note_of(moved))


def test_altered_addendum_shows(seated, dana_user, at):
    note = make_note(visit=seated, by=dana_user, at=at)
    services.sign_note(by=dana_user, visit=seated, version=note.version, at=at)
    services.add_addendum(by=dana_user, visit=seated, text="一", at=at + LATER)
    second = services.add_addendum(by=dana_user, visit=seated, text="二", at=at + 2 * LATER)
    assert queries.note_is_whole(seated, queries.note_of(seated))

    second.text = "三"
    second.save()

    assert not queries.note_is_whole(seated, queries.note_of(seated))


@pytest.mark.parametrize(
    ("over", "missing"),
    [
        ({"complaint": " "}, ["complaint"]),
        ({"findings": ""}, ["findings"]),
        ({"diagnosis": "", "treatment": ""}, ["diagnosis", "treatment"]),
    ],
)
def test_incomplete_note_is_not_signed(seated, dana_user, at, over, missing):
    note = make_note(visit=seated, by=dana_user, at=at, **over)

    with pytest.raises(services.NoteIncomplete) as refusal:
        services.sign_note(by=dana_user, visit=seated, version=note.version, at=at)

    assert refusal.value.details["missing"] == missing


def test_note_of_a_patient_who_waits_is_not_signed(clinic, pia, dana_user, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)
    note = make_note(visit=visit, by=dana_user, at=at)

    with pytest.raises(services.NoteIncomplete):
        services.sign_note(by=dana_user, visit=visit, version=note.version, at=at)


def test_stale_page_does_not_sign(seated, dana_user, at):
    note = make_note(visit=seated, by=dana_user, at=at)
    services.save_note(by=dana_user, visit=seated, version=note.version, values={"advice": "新"}, at=at)

    with pytest.raises(services.NoteChanged):
        services.sign_note(by=dana_user, visit=seated, version=note.version, at=at)


def test_addendum_belongs_to_a_signed_note(seated, dana_user, at):
    make_note(visit=seated, by=dana_user, at=at)

    with pytest.raises(services.NoteNotSigned):
        services.add_addendum(by=dana_user, visit=seated, text="补充", at=at)


def test_teeth_findings_are_set_replaced_and_cleared(seated, dana_user, at):
    def now():
        return [(found.tooth, found.state, found.surfaces) for found in queries.findings_of(seated)]

    services.set_tooth_findings(by=dana_user, visit=seated, teeth=[36, 11], state="caries", surfaces="od", at=at)
    services.set_tooth_findings(by=dana_user, visit=seated, teeth=[36], state="caries", surfaces="mod", at=at)
    services.set_tooth_findings(by=dana_user, visit=seated, teeth=[36], state="filled", at=at)
    assert now() == [(11, "caries", "OD"), (36, "caries", "MOD"), (36, "filled", "")]

    services.set_tooth_findings(by=dana_user, visit=seated, teeth=[36], state="missing", at=at)
    assert now() == [(11, "caries", "OD"), (36, "missing", "")]

    services.clear_tooth_findings(by=dana_user, visit=seated, teeth=[11, 36], at=at)
    assert now() == []


@pytest.mark.parametrize(("teeth", "surfaces"), [([], ""), ([19], ""), ([56], ""), ([36], "X")])
def test_impossible_teeth_are_refused(seated, dana_user, at, teeth, surfaces):
    with pytest.raises(TeethUnknown):
        services.set_tooth_findings(by=dana_user, visit=seated, teeth=teeth, state="caries", surfaces=surfaces, at=at)


def test_treatments_are_added_changed_removed_replaced(seated, dana_user, dana, cleaning, at):
    first = services.add_treatment(by=dana_user, visit=seated, procedure=cleaning, at=at)
    services.add_treatment(by=dana_user, visit=seated, procedure=cleaning, teeth=[36, 11], quantity=2, at=at)
    services.change_treatment(by=dana_user, visit=seated, treatment=first, quantity=3, teeth=[], at=at)

    done = queries.treatments_of(seated)
    assert [(row.teeth, row.quantity, row.dentist_id) for row in done] == [([], 3, dana.pk), ([11, 36], 2, dana.pk)]

    services.remove_treatment(by=dana_user, visit=seated, treatment=first, at=at)
    services.set_treatments_done(
        by=dana_user, visit=seated, treatments=[Treatment(procedure=cleaning, teeth=[46])], at=at
    )
    assert [(row.teeth, row.quantity, row.position) for row in queries.treatments_of(seated)] == [([46], 1, 0)]


@pytest.mark.parametrize(("teeth", "quantity"), [([99], 1), ([], 0), ([], 100)])
def test_impossible_treatment_is_refused(seated, dana_user, cleaning, at, teeth, quantity):
    with pytest.raises(TreatmentWrong):
        services.add_treatment(by=dana_user, visit=seated, procedure=cleaning, teeth=teeth, quantity=quantity, at=at)


def test_visit_of_another_clinic_is_not_found(clinic, other_clinic, at):
    stranger = make_patient(clinic=other_clinic, name="李雷", file_number="B000001")
    theirs = make_visit(clinic=other_clinic, patient=stranger, at=at)

    with pytest.raises(NotFound):
        queries.visit(clinic, theirs.pk)
    with pytest.raises(NotFound):
        queries.step_of(clinic, theirs.steps.get().pk)
    assert queries.visit(other_clinic, theirs.pk) == theirs


def test_visit_that_went_on_is_not_withdrawn(clinic, rosa, pia, at):
    visit = services.begin_visit(by=rosa, clinic=clinic, patient=pia, at=at)
    services.take_step(by=rosa, visit=visit, to="called", at=at)

    with pytest.raises(UndoImpossible):
        services.withdraw_visit(by=rosa, visit=visit, at=at)


def test_stale_screen_does_not_withdraw(clinic, rosa, pia, at):
    visit = services.begin_visit(by=rosa, clinic=clinic, patient=pia, at=at)
    Visit.objects.update(status="called")

    with pytest.raises(UndoImpossible):
        services.withdraw_visit(by=rosa, visit=visit, at=at)


def test_appointment_has_one_visit(clinic, rosa, pia, dana, chair, at):
    booked = make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at, status="arrived")
    make_visit(clinic=clinic, patient=pia, at=at, appointment=booked, number=90)

    with pytest.raises(AlreadyHere):
        services.begin_visit(by=rosa, clinic=clinic, patient=pia, appointment=booked, at=at)


def test_dentist_kind_and_note_are_corrected(clinic, rosa, pia, dana, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)

    services.correct_visit(by=rosa, visit=visit, dentist=dana, kind="consultation", desk_note="轮椅", at=at)

    visit = Visit.objects.get()
    assert (visit.dentist_id, visit.kind, visit.desk_note) == (dana.pk, "consultation", "轮椅")


def test_who_does_not_wait_has_no_place_in_the_queue(seated, rosa, at):
    with pytest.raises(ChangedMeanwhile):
        services.put_in_queue(by=rosa, visit=seated, rank=-1, reason="x", at=at)


def test_stale_screen_does_not_correct(clinic, rosa, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)
    Visit.objects.update(status="called")

    with pytest.raises(ChangedMeanwhile):
        services.correct_visit(by=rosa, visit=visit, desk_note="x", at=at)


def test_note_has_only_its_fields(seated, dana_user, at):
    with pytest.raises(TypeError):
        services.save_note(by=dana_user, visit=seated, version=0, values={"seal": "x"}, at=at)


def test_note_of_a_withdrawn_visit_is_not_written(clinic, pia, dana_user, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at, status="withdrawn")

    with pytest.raises(NotFound):
        services.save_note(by=dana_user, visit=visit, version=0, values={"complaint": "x"}, at=at)


def test_treatment_of_another_visit_is_not_changed(clinic, seated, pia, dana_user, cleaning, at):
    other = make_visit(clinic=clinic, patient=pia, at=at)
    theirs = services.add_treatment(by=dana_user, visit=other, procedure=cleaning, at=at)

    with pytest.raises(NotFound):
        services.change_treatment(by=dana_user, visit=seated, treatment=theirs, quantity=2, teeth=[], at=at)
    with pytest.raises(NotFound):
        queries.treatment_of(seated, theirs.pk)


def test_library_finds_by_code_words_and_initials(clinic, cleaning):
    assert [found.code for found in queries.find_diagnoses("K02.1")] == ["K02.1"]
    assert "K02.1" in [found.code for found in queries.find_diagnoses("牙本质龋")]
    assert queries.diagnosis_labels(["K02.1", "X99"])[1] == ("X99", "")
    assert queries.find_procedures("csjy") == queries.find_procedures("ultrasonic") == queries.find_procedures("CLEAN")
    assert queries.find_procedures("zzz") == []
    assert [found.fits for found in queries.phrases_for(clinic, ["cleaning_ultrasonic"])][:2] == [True, False]
