"""Follow-up from the finished visit to the recorded call."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from incisor.audit.models import Entry
from incisor.audit.services import recording
from incisor.kernel import events
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed
from incisor.outreach.models import FollowUpCall, FollowUpTask, Protocol, ProtocolStep
from incisor.outreach.services import (
    CallNotRecorded,
    ProtocolRefused,
    activate_protocol,
    change_step,
    record_call,
    undo_call,
)
from incisor.visits.events import VisitClosed
from incisor.visits.models import TreatmentDone
from tests.factories.outreach import make_protocol, make_task
from tests.factories.visits import make_visit


@pytest.fixture
def visit(clinic, pia, dana, cleaning, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at, status="done", dentist=dana)
    TreatmentDone.objects.create(visit=visit, procedure=cleaning, dentist=dana)
    return visit


def close(visit, at, system):
    with (
        transaction.atomic(),
        recording(user_id=system.pk, user_name=system.name, clinic_id=visit.clinic_id, at=at),
    ):
        events.publish(VisitClosed(clinic_id=visit.clinic_id, visit_id=visit.pk, patient_id=visit.patient_id, at=at))


def test_closed_visit_makes_its_tasks_once(clinic, visit, dana, at, system):
    make_protocol(
        clinic=clinic, at=at,
        steps=[("cleaning", {"after_days": 1}, "dentist"), ("cleaning", {"after_months": 6}, "follow_up_agent"),
               ("implant", {"after_days": 1}, "dentist")],
    )  # fmt: skip

    close(visit, at, system)
    close(visit, at, system)

    found = FollowUpTask.objects.order_by("due_on").values_list("due_on", "role", "responsible", "status")
    assert list(found) == [
        (date(2026, 3, 3), "dentist", dana.pk, "open"),
        (date(2026, 9, 2), "follow_up_agent", None, "open"),
    ]
    assert Entry.objects.filter(what="follow_up.planned").count() == 1


def test_step_that_is_only_a_record_makes_no_call(clinic, visit, at, system):
    make_protocol(clinic=clinic, at=at, steps=[("cleaning", {"after_days": 1, "contact": "record"}, "dentist")])

    close(visit, at, system)

    assert FollowUpTask.objects.count() == 0


def test_no_answer_is_called_again_tomorrow_and_at_most_three_times(clinic, pia, rosa, at):
    task = make_task(clinic=clinic, patient=pia)

    for attempt in range(3):
        record_call(by=rosa, task=task, outcome="no_answer", at=at + timedelta(days=attempt))
        task = FollowUpTask.objects.filter(status="open").first() or task

    tasks = FollowUpTask.objects.order_by("due_on").values_list("due_on", "kind", "status", "attempt_count")
    assert list(tasks) == [
        (date(2026, 3, 2), "protocol", "done", 1),
        (date(2026, 3, 3), "again", "done", 2),
        (date(2026, 3, 4), "again", "done", 3),
    ]


def test_unwell_tells_the_dentist_today_and_calls_again_tomorrow(clinic, pia, dana, rosa, at):
    task = make_task(clinic=clinic, patient=pia, dentist=dana)

    record_call(by=rosa, task=task, outcome="unwell", note="还在出血", at=at)

    made = FollowUpTask.objects.filter(origin=task).order_by("due_on")
    assert [(one.kind, one.due_on, one.role, one.responsible_id, one.note) for one in made] == [
        ("unwell", date(2026, 3, 2), "dentist", dana.pk, "还在出血"),
        ("again", date(2026, 3, 3), "receptionist", None, ""),
    ]


def test_call_is_recorded_with_author_satisfaction_and_audit_line(clinic, pia, rosa, at):
    task = make_task(clinic=clinic, patient=pia)

    call = record_call(by=rosa, task=task, outcome="well", satisfaction="d", note=" 很好 ", at=at)

    call.refresh_from_db()
    assert (call.outcome, call.satisfaction, call.note, call.by, call.at) == ("well", "d", "很好", rosa, at)
    assert Entry.objects.filter(what="follow_up.called", patient_id=pia.pk, user_id=rosa.pk).count() == 1


def test_second_caller_is_told(clinic, pia, rosa, mona, at):
    task = make_task(clinic=clinic, patient=pia)
    same = FollowUpTask.objects.get(pk=task.pk)
    record_call(by=rosa, task=task, outcome="well", at=at)

    with pytest.raises(ChangedMeanwhile):
        record_call(by=mona, task=same, outcome="no_answer", at=at)

    assert FollowUpCall.objects.count() == 1
    assert FollowUpTask.objects.count() == 1


def test_unknown_outcome_is_refused(clinic, pia, rosa, at):
    with pytest.raises(CallNotRecorded):
        record_call(by=rosa, task=make_task(clinic=clinic, patient=pia), outcome="perhaps", at=at)

    assert FollowUpTask.objects.get().status == "open"


def test_outsider_may_not_record(clinic, pia, omar, at):
    with pytest.raises(NotAllowed):
        record_call(by=omar, task=make_task(clinic=clinic, patient=pia), outcome="well", at=at)


def test_undo_opens_the_task_and_cancels_what_the_call_made(clinic, pia, dana, rosa, at):
    task = make_task(clinic=clinic, patient=pia, dentist=dana)
    call = record_call(by=rosa, task=task, outcome="unwell", at=at)

    undo_call(by=rosa, call=call, at=at)

    task.refresh_from_db()
    assert (task.status, task.attempt_count) == ("open", 0)
    assert set(FollowUpTask.objects.filter(origin=task).values_list("status", flat=True)) == {"cancelled"}
    with pytest.raises(ChangedMeanwhile):
        undo_call(by=rosa, call=call, at=at)


def test_undo_is_refused_the_next_day_and_when_something_followed(clinic, pia, rosa, at):
    task = make_task(clinic=clinic, patient=pia)
    call = record_call(by=rosa, task=task, outcome="no_answer", at=at)

    with pytest.raises(CallNotRecorded):
        undo_call(by=rosa, call=call, at=at + timedelta(days=1))
    record_call(by=rosa, task=FollowUpTask.objects.get(status="open"), outcome="well", at=at)
    with pytest.raises(CallNotRecorded):
        undo_call(by=rosa, call=call, at=at)


def test_changed_step_makes_a_new_version_and_keeps_the_old(clinic, mona, at):
    protocol = make_protocol(clinic=clinic, at=at)
    step = ProtocolStep.objects.get()
    values = {"after_days": 3, "after_months": None, "after_years": None, "role": "nurse", "contact": "call"}

    fresh = change_step(by=mona, clinic=clinic, step=step, values=values, at=at)

    protocol.refresh_from_db()
    assert (protocol.is_active, protocol.steps.get().after_days) == (False, 1)
    assert (fresh.version, fresh.is_active, fresh.steps.get().after_days, fresh.steps.get().role) == (
        2,
        True,
        3,
        "nurse",
    )
    with pytest.raises(ChangedMeanwhile):
        change_step(by=mona, clinic=clinic, step=step, values=values, at=at)


def test_step_needs_exactly_one_length(clinic, mona, at):
    make_protocol(clinic=clinic, at=at)
    values = {"after_days": 3, "after_months": 1, "after_years": None, "role": "nurse", "contact": "call"}

    with pytest.raises(ProtocolRefused):
        change_step(by=mona, clinic=clinic, step=ProtocolStep.objects.get(), values=values, at=at)


def test_one_protocol_is_active(clinic, mona, rosa, at):
    make_protocol(clinic=clinic, at=at)
    other = make_protocol(clinic=clinic, at=at, key="P1", is_active=False)

    activate_protocol(by=mona, protocol=other, at=at)

    assert list(Protocol.objects.filter(is_active=True)) == [other]
    with pytest.raises(NotAllowed):
        activate_protocol(by=rosa, protocol=other, at=at)
