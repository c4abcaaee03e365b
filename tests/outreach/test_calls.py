"""Calls about appointments, people who want no calls, wrong numbers, what stands on top of the list."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from incisor.kernel.clock import moment
from incisor.kernel.errors import ChangedMeanwhile
from incisor.outreach.models import CallingRules, CallRefusal, FollowUpCall, FollowUpTask
from incisor.outreach.queries import missed_reasons, open_tasks
from incisor.outreach.services import (
    CallNotRecorded,
    RuleRefused,
    change_calling_rules,
    plan_follow_up,
    record_call,
    undo_call,
    welcome_calls,
)
from incisor.scheduling.models import Appointment
from incisor.scheduling.services import change_status
from incisor.visits.models import TreatmentDone
from tests.factories.outreach import make_protocol, make_task
from tests.factories.scheduling import make_appointment
from tests.factories.visits import make_visit

MONDAY = date(2026, 3, 2)
ZONE = "Asia/Shanghai"


@pytest.fixture
def coming(clinic, pia, dana, chair, at):
    return make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(days=2))


def test_who_wants_no_calls_gets_none_any_more(clinic, pia, dana, cleaning, rosa, at):
    first = make_task(clinic=clinic, patient=pia)
    others = [make_task(clinic=clinic, patient=pia, kind=kind) for kind in ("protocol", "again", "confirm", "number")]

    record_call(by=rosa, task=first, outcome="refused", at=at)

    assert [FollowUpTask.objects.get(pk=one.pk).status for one in others] == ["cancelled"] * 3 + ["open"]
    make_protocol(clinic=clinic, at=at)
    visit = make_visit(clinic=clinic, patient=pia, at=at, status="done", dentist=dana)
    TreatmentDone.objects.create(visit=visit, procedure=cleaning, dentist=dana)
    assert plan_follow_up(visit=visit, by=rosa, at=at) == []


def test_missed_appointment_of_who_wants_no_calls_is_not_called(clinic, pia, rosa, coming, at):
    record_call(by=rosa, task=make_task(clinic=clinic, patient=pia), outcome="refused", at=at)

    change_status(by=rosa, appointment=coming, to="no_show", at=coming.starts_at)

    assert not FollowUpTask.objects.filter(kind="missed").exists()


def test_taking_the_refusal_back_opens_what_it_closed(clinic, pia, rosa, at):
    other = make_task(clinic=clinic, patient=pia)
    call = record_call(by=rosa, task=make_task(clinic=clinic, patient=pia), outcome="refused", at=at)

    undo_call(by=rosa, call=call, at=at)

    assert set(FollowUpTask.objects.values_list("status", flat=True)) == {"open"}
    assert CallRefusal.objects.get().ended_by == rosa
    assert other.status == "open"


def test_calls_may_be_welcome_again(clinic, pia, rosa, at):
    record_call(by=rosa, task=make_task(clinic=clinic, patient=pia), outcome="refused", at=at)
    refusal = CallRefusal.objects.get()

    welcome_calls(by=rosa, refusal=refusal, at=at)

    with pytest.raises(ChangedMeanwhile):
        welcome_calls(by=rosa, refusal=refusal, at=at)
    record_call(by=rosa, task=make_task(clinic=clinic, patient=pia), outcome="refused", at=at)
    assert CallRefusal.objects.filter(ended_at=None).count() == 1


def test_wrong_number_makes_a_task_for_the_desk(clinic, pia, rosa, dana, at):
    record_call(by=rosa, task=make_task(clinic=clinic, patient=pia, role="dentist"), outcome="wrong_number", at=at)

    task = FollowUpTask.objects.get(status="open")
    assert (task.kind, task.role, task.due_on) == ("number", "receptionist", MONDAY)
    record_call(by=rosa, task=task, outcome="corrected", at=at)
    assert not FollowUpTask.objects.filter(status="open").exists()


@pytest.mark.parametrize(
    ("kind", "outcome"), [("protocol", "comes"), ("confirm", "well"), ("missed", "comes"), ("number", "no_answer")]
)
def test_answers_are_those_of_the_kind_of_call(clinic, pia, rosa, at, kind, outcome):
    with pytest.raises(CallNotRecorded):
        record_call(by=rosa, task=make_task(clinic=clinic, patient=pia, kind=kind), outcome=outcome, at=at)


def test_yes_on_the_phone_is_noted_at_the_appointment_and_taken_back(clinic, pia, rosa, coming, at):
    task = make_task(clinic=clinic, patient=pia, kind="confirm", appointment=coming)

    call = record_call(by=rosa, task=task, outcome="comes", at=at)
    assert Appointment.objects.get().answer == "confirmed"
    undo_call(by=rosa, call=call, at=at + timedelta(minutes=1))

    assert Appointment.objects.get().answer == ""
    assert FollowUpTask.objects.get(pk=task.pk).status == "open"


def test_no_on_the_phone_cancels_and_is_taken_back(clinic, pia, rosa, coming, at):
    task = make_task(clinic=clinic, patient=pia, kind="confirm", appointment=coming)

    call = record_call(by=rosa, task=task, outcome="cancels", note="出差", at=at)
    found = Appointment.objects.get()
    assert (found.status, found.cancel_note) == ("cancelled", "出差")
    undo_call(by=rosa, call=call, at=at + timedelta(minutes=1))

    assert Appointment.objects.get().status == "confirmed"


def test_nobody_answers_about_an_appointment_again_in_two_hours(clinic, pia, rosa, coming, at):
    task = make_task(clinic=clinic, patient=pia, kind="confirm", appointment=coming)

    record_call(by=rosa, task=task, outcome="no_answer", at=at)

    again = FollowUpTask.objects.get(status="open")
    assert (again.kind, again.due_on, again.due_at, again.appointment) == (
        "confirm", MONDAY, at + timedelta(hours=2), coming
    )  # fmt: skip


def test_why_somebody_did_not_come_is_counted(clinic, pia, rosa, coming, at):
    for why, outcome in (("forgot", "rebooked"), ("forgot", "waits"), ("price", "cancels")):
        task = make_task(clinic=clinic, patient=pia, kind="missed", appointment=coming)
        record_call(by=rosa, task=task, outcome=outcome, why_missed=why, at=at)

    figures = missed_reasons(clinic, first=MONDAY, last=MONDAY)

    assert [row[1:] for row in figures.rows] == [(2, 1), (1, 0)]
    with pytest.raises(CallNotRecorded):
        record_call(
            by=rosa,
            task=make_task(clinic=clinic, patient=pia, kind="missed"),
            outcome="waits",
            why_missed="moon",
            at=at,
        )


def test_list_begins_with_what_presses(clinic, pia, coming, at):
    """Within the hour; left-over reminder calls until noon; the rest by its day."""
    old = make_task(clinic=clinic, patient=pia, due_on=MONDAY - timedelta(days=9))
    left_over = make_task(
        clinic=clinic, patient=pia, kind="confirm", appointment=coming, due_on=MONDAY - timedelta(days=1)
    )
    missed = make_task(clinic=clinic, patient=pia, kind="missed", appointment=coming, due_at=at + timedelta(minutes=40))
    today = make_task(clinic=clinic, patient=pia, kind="confirm", appointment=coming, due_on=MONDAY)

    morning = [one.pk for one in open_tasks(clinic, until=MONDAY, at=at)]
    afternoon = [one.pk for one in open_tasks(clinic, until=MONDAY, at=moment(MONDAY, time(12), ZONE))]

    assert morning == [missed.pk, left_over.pk, old.pk, today.pk]
    assert afternoon == [missed.pk, old.pk, left_over.pk, today.pk]


def test_calling_hours_are_the_clinics(clinic, mona, at):
    given = {
        "workdays": [(time(9), time(12))], "weekend": [(time(10), time(11))], "missed_minutes": 30,
        "leftover_until": time(11),
    }  # fmt: skip
    with pytest.raises(RuleRefused):
        change_calling_rules(by=mona, clinic=clinic, version=1, at=at, **{**given, "weekend": [(time(12), time(9))]})
    change_calling_rules(by=mona, clinic=clinic, version=1, at=at, **given)
    with pytest.raises(ChangedMeanwhile):
        change_calling_rules(by=mona, clinic=clinic, version=1, at=at, **given)

    assert CallingRules.objects.get().workdays == [["09:00", "12:00"]]


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_call_about_a_missed_appointment_on_screen(as_rosa, clinic, pia, coming):
    task = make_task(clinic=clinic, patient=pia, kind="missed", appointment=coming)
    url = reverse("outreach:follow-ups")

    page = as_rosa.get(url + f"?task={task.pk}&who=all").content.decode()
    wrong = as_rosa.post(reverse("outreach:record-call", args=[task.pk]), {"outcome": "well"})
    done = as_rosa.post(reverse("outreach:record-call", args=[task.pk]), {"outcome": "waits", "why_missed": "ill"})

    assert "没来的原因" in page
    assert (wrong.status_code, done.status_code) == (422, 303)
    assert FollowUpCall.objects.get().why_missed == "ill"


def test_contacts_say_that_calls_are_not_welcome(as_rosa, clinic, pia, rosa):
    at = datetime.fromisoformat("2026-03-02T01:30:00+00:00")
    record_call(by=rosa, task=make_task(clinic=clinic, patient=pia), outcome="refused", at=at)

    page = as_rosa.get(reverse("outreach:contacts", args=[pia.pk])).content.decode()
    answer = as_rosa.post(reverse("outreach:welcome-calls", args=[pia.pk]))

    assert "不愿接受回访" in page
    assert answer.status_code == 303
    assert as_rosa.post(reverse("outreach:welcome-calls", args=[pia.pk])).status_code == 303
    assert CallRefusal.objects.filter(ended_at=None).count() == 0


def test_calling_hours_page(as_mona, clinic):
    url = reverse("outreach:calling-rules")
    values = {
        "workdays": "9:00-12:00，14:00–17:00", "weekend": "10:00~11:00", "missed_minutes": 45, "leftover_until": "12:00",
        "version": 1,
    }  # fmt: skip

    assert as_mona.get(url).status_code == 200
    assert as_mona.post(url, {**values, "weekend": "morning"}).status_code == 422
    assert as_mona.post(url, {**values, "weekend": "25:00-26:00"}).status_code == 422
    assert as_mona.post(url, {**values, "weekend": "10:00-12:00, 11:00-13:00"}).status_code == 422
    assert as_mona.post(url, values).status_code == 303
    assert CallingRules.objects.get(clinic=clinic).workdays == [["09:00", "12:00"], ["14:00", "17:00"]]
