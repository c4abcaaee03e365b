"""What the chair says: stage, end, another chair, delay, help, the next visit; and what the desk does with it."""

from datetime import timedelta

import pytest

from incisor.audit.models import Entry
from incisor.clinics.models import Chair
from incisor.kernel.errors import ChangedMeanwhile, NotFound
from incisor.kernel.live import version
from incisor.messaging.models import OutboxMessage
from incisor.outreach.models import FollowUpTask
from incisor.reception import queries, services
from incisor.reception.models import DelayTold, DentistDelay, HelpCall
from incisor.reception.services.stages import VisitIsOver
from incisor.scheduling.models import Appointment
from incisor.visits import queries as visits
from incisor.visits import services as visits_services
from incisor.visits.models import Visit
from incisor.visits.services import NextVisitTooFar, UndoImpossible
from incisor.visits.services.steps import StepTaken
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.reception import make_help_call
from tests.factories.scheduling import make_appointment
from tests.factories.visits import make_note, make_visit

MINUTE = timedelta(minutes=1)


@pytest.fixture
def dentist_late_text(clinic):
    from incisor.messaging.models import MessageTemplate

    return MessageTemplate.objects.create(
        clinic=clinic, key="dentist_late", language="zh-hans", subject="晚点", body="{patient} {time} {until} {dentist}"
    )


@pytest.fixture
def sitting(clinic, pia, dana, chair, at):
    Chair.objects.filter(pk=chair.pk).update(state="occupied", state_since=at)
    made = make_visit(clinic=clinic, patient=pia, at=at, status="in_chair", dentist=dana, chair=chair, stage="seated")
    return visits.visit(clinic, made.pk)


@pytest.fixture
def later(clinic, dana, chair, cleaning, at):
    def make(minutes, name, **over):
        patient = make_patient(clinic=clinic, name=name, file_number=f"L{minutes}", **over)
        return make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair, procedure=cleaning, starts_at=at + minutes * MINUTE
        )  # fmt: skip

    return make


def test_stage_is_a_step_that_can_be_taken_back(clinic, dana_user, sitting, at):
    before = Visit.objects.filter(pk=sitting.pk).values("stage", "stage_at", "expected_end_at").get()

    step = services.set_stage(by=dana_user, visit=sitting, stage="treating", at=at + MINUTE)

    assert (sitting.stage, sitting.stage_at) == ("treating", at + MINUTE)
    assert version(clinic.pk, "day") > 0
    services.undo_step(by=dana_user, clinic=clinic, step=step, at=at + 2 * MINUTE)
    assert Visit.objects.filter(pk=sitting.pk).values("stage", "stage_at", "expected_end_at").get() == before


def test_end_is_said_in_minutes(dana_user, sitting, at):
    services.set_expected_end(by=dana_user, visit=sitting, minutes=15, at=at)

    assert Visit.objects.get(pk=sitting.pk).expected_end_at == at + 15 * MINUTE


def test_two_hands_set_the_stage_at_once(clinic, dana_user, sitting, at):
    stale = visits.visit(clinic, sitting.pk)
    services.set_stage(by=dana_user, visit=sitting, stage="treating", at=at)

    with pytest.raises(StepTaken):
        services.set_stage(by=dana_user, visit=stale, stage="anaesthesia", at=at)


def test_only_who_sits_has_a_stage(clinic, dana_user, pia, at):
    waiting = make_visit(clinic=clinic, patient=pia, at=at)

    with pytest.raises(services.NotInChair):
        services.set_stage(by=dana_user, visit=waiting, stage="treating", at=at)


def test_broken_chair_lets_its_patient_go_to_another_and_back(clinic, rosa, sitting, chair, at):
    other = make_chair(clinic=clinic, name="2号椅")

    step = services.change_chair(by=rosa, visit=sitting, chair=other, is_broken=True, at=at)

    assert (Visit.objects.get(pk=sitting.pk).chair, Visit.objects.get(pk=sitting.pk).status) == (other, "in_chair")
    assert list(Chair.objects.order_by("name").values_list("name", "state")) == [
        (chair.name, "out_of_order"),
        ("2号椅", "occupied"),
    ]
    services.undo_step(by=rosa, clinic=clinic, step=step, at=at)
    assert Visit.objects.get(pk=sitting.pk).chair == chair
    assert dict(Chair.objects.values_list("name", "state")) == {chair.name: "occupied", "2号椅": "free"}


def test_change_of_chair_cannot_be_undone_when_the_old_one_is_taken(clinic, rosa, sitting, chair, at):
    other = make_chair(clinic=clinic, name="2号椅")
    step = services.change_chair(by=rosa, visit=sitting, chair=other, is_broken=False, at=at)
    Chair.objects.filter(pk=chair.pk).update(state="occupied")

    with pytest.raises(UndoImpossible):
        services.undo_step(by=rosa, clinic=clinic, step=step, at=at)


def test_nobody_is_led_to_a_chair_that_is_not_free(clinic, rosa, sitting, chair, at):
    taken = make_chair(clinic=clinic, name="2号椅")
    Chair.objects.filter(pk=taken.pk).update(state="out_of_order")

    with pytest.raises(services.ChairNotFree):
        services.change_chair(by=rosa, visit=sitting, chair=taken, is_broken=True, at=at)
    with pytest.raises(NotFound):
        services.change_chair(by=rosa, visit=sitting, chair=chair, is_broken=True, at=at)


def test_those_booked_on_a_broken_chair_are_listed_and_moved(clinic, rosa, dana, chair, later, at):
    first, second = later(60, "甲"), later(120, "乙")
    services.set_chair_state(by=rosa, chair=chair, state="out_of_order", at=at)
    assert queries.booked_on_broken(clinic, chair, at) == [first, second]
    other = make_chair(clinic=clinic, name="2号椅")

    result = services.move_off_chair(by=rosa, clinic=clinic, chair=chair, at=at)

    assert (list(result.moved), result.stuck) == ([first, second], ())
    assert set(Appointment.objects.values_list("chair", "dentist", "starts_at")) == {
        (other.pk, dana.pk, first.starts_at),
        (other.pk, dana.pk, second.starts_at),
    }
    assert queries.booked_on_broken(clinic, chair, at) == []


def test_who_finds_no_other_chair_stays_on_the_list(clinic, rosa, chair, later, at):
    only = later(60, "甲")
    services.set_chair_state(by=rosa, chair=chair, state="out_of_order", at=at)

    result = services.move_off_chair(by=rosa, clinic=clinic, chair=chair, at=at)

    assert [row for row, _why in result.stuck] == [only]
    assert queries.booked_on_broken(clinic, chair, at) == [only]


def test_record_is_said_to_be_ready(rosa, sitting, at):
    services.set_record_ready(by=rosa, visit=sitting, is_ready=True, at=at)
    assert Visit.objects.get(pk=sitting.pk).record_ready_at == at

    services.set_record_ready(by=rosa, visit=sitting, is_ready=False, at=at)
    assert Visit.objects.get(pk=sitting.pk).record_ready_at is None

    Visit.objects.filter(pk=sitting.pk).update(status="to_pay")
    with pytest.raises(VisitIsOver):
        services.set_record_ready(by=rosa, visit=sitting, is_ready=True, at=at)


def test_note_to_the_desk_does_not_wipe_out_another(dana_user, sitting, at):
    services.tell_desk(by=dana_user, visit=sitting, note=" 怕打针 ", seen="", at=at)
    assert Visit.objects.get(pk=sitting.pk).desk_note == "怕打针"

    with pytest.raises(ChangedMeanwhile, match="怕打针"):
        services.tell_desk(by=dana_user, visit=sitting, note="要发票", seen="", at=at)


def test_two_presses_of_running_late_both_count(clinic, dana, dana_user, at):
    services.add_delay(by=dana_user, clinic=clinic, dentist=dana, more=10, at=at)
    delay = services.add_delay(by=dana_user, clinic=clinic, dentist=dana, more=20, at=at + MINUTE)

    assert queries.delays_of(clinic, queries.day_of(clinic, at)) == {dana.pk: 30}
    assert Entry.objects.filter(what="dentist.delay").count() == 2
    assert services.undo_delay(by=dana_user, clinic=clinic, delay=delay, at=at + 2 * MINUTE) == 10
    assert queries.delays_of(clinic, queries.day_of(clinic, at)) == {dana.pk: 10}


def test_in_time_again(clinic, dana, dana_user, at):
    services.add_delay(by=dana_user, clinic=clinic, dentist=dana, more=10, at=at)

    assert services.set_delay(by=dana_user, clinic=clinic, dentist=dana, minutes=0, at=at) is None
    assert queries.delays_of(clinic, queries.day_of(clinic, at)) == {}
    assert DentistDelay.objects.count() == 1


def test_delay_that_was_changed_since_is_not_undone(clinic, dana, dana_user, at):
    first = services.add_delay(by=dana_user, clinic=clinic, dentist=dana, more=10, at=at)
    services.add_delay(by=dana_user, clinic=clinic, dentist=dana, more=10, at=at)

    with pytest.raises(ChangedMeanwhile):
        services.undo_delay(by=dana_user, clinic=clinic, delay=first, at=at)


def test_impossible_delay_is_refused(clinic, dana, dana_user, at):
    with pytest.raises(services.DelayImpossible):
        services.set_delay(by=dana_user, clinic=clinic, dentist=dana, minutes=500, at=at)


@pytest.mark.usefixtures("dentist_late_text")
def test_those_booked_later_are_told_once(clinic, dana, rosa, later, at):
    soon = later(5, "甲", phone="13900000001", contact_channel="phone")
    silent = later(45, "乙", phone="13900000002", contact_channel="none")
    later(200, "丙", phone="13900000003")  # free time takes the delay up
    services.add_delay(by=rosa, clinic=clinic, dentist=dana, more=25, at=at)
    delay = services.add_delay(by=rosa, clinic=clinic, dentist=dana, more=5, at=at)

    ways = services.tell_of_delay(by=rosa, clinic=clinic, delay=delay, at=at)

    assert ways == {"message": 1, "call": 1}
    assert dict(DelayTold.objects.values_list("appointment", "way")) == {soon.pk: "message", silent.pk: "call"}
    message = OutboxMessage.objects.get()
    assert message.template_key == "dentist_late"
    assert message.body.startswith("甲 09:35 10:00")
    assert FollowUpTask.objects.get().appointment == silent
    with pytest.raises(services.NobodyToTell):
        services.tell_of_delay(by=rosa, clinic=clinic, delay=delay, at=at)


@pytest.mark.usefixtures("dentist_late_text")
def test_message_of_a_delay_that_is_over_does_not_go_out(clinic, dana, rosa, later, at):
    later(5, "甲", phone="13900000001")
    delay = services.add_delay(by=rosa, clinic=clinic, dentist=dana, more=30, at=at)
    services.tell_of_delay(by=rosa, clinic=clinic, delay=delay, at=at)

    services.set_delay(by=rosa, clinic=clinic, dentist=dana, minutes=0, at=at)

    assert OutboxMessage.objects.get().status == "cancelled"
    with pytest.raises(ChangedMeanwhile):
        services.tell_of_delay(by=rosa, clinic=clinic, delay=delay, at=at)


def test_who_was_told_at_the_desk_is_noted(clinic, dana, rosa, later, at):
    one = later(5, "甲")
    delay = services.add_delay(by=rosa, clinic=clinic, dentist=dana, more=30, at=at)

    services.note_told(by=rosa, clinic=clinic, delay=delay, appointment_id=one.pk, at=at)

    assert [row.told.way for row in queries.concerned_by(delay, at)] == ["said"]
    with pytest.raises(services.NobodyToTell):
        services.note_told(by=rosa, clinic=clinic, delay=delay, appointment_id=one.pk, at=at)


def test_help_is_called_answered_and_over(clinic, dana_user, rosa, mona, sitting, chair, at):
    call = services.call_for_help(by=dana_user, clinic=clinic, kind="emergency", chair=chair, visit=sitting, at=at)

    assert queries.help_calls(clinic, at) == [call]
    assert version(clinic.pk, "help") == 1
    again = services.call_for_help(by=dana_user, clinic=clinic, kind="emergency", chair=chair, at=at)
    assert (again, HelpCall.objects.count()) == (call, 1)

    services.answer_help(by=rosa, call=call, at=at)
    with pytest.raises(services.HelpIsComing, match=rosa.name):
        services.answer_help(by=mona, call=call, at=at)
    services.end_help(by=dana_user, call=call, at=at)

    assert queries.help_calls(clinic, at) == []
    with pytest.raises(services.HelpIsComing):
        services.end_help(by=dana_user, call=call, at=at)
    with pytest.raises(services.HelpIsComing):
        services.answer_help(by=mona, call=call, at=at)


def test_answered_call_goes_from_the_screens_by_itself(clinic, rosa, at):
    make_help_call(clinic=clinic, by=rosa, at=at, answered_by=rosa, answered_at=at)
    open_call = make_help_call(clinic=clinic, by=rosa, at=at)
    make_help_call(clinic=clinic, by=rosa, at=at - timedelta(hours=13))

    assert queries.help_calls(clinic, at + timedelta(minutes=11)) == [open_call]


def test_next_visit_is_wanted_without_a_note_and_stands_before_it(clinic, rosa, dana_user, pia, sitting, cleaning, at):
    visits_services.want_next_visit(by=rosa, visit=sitting, procedure=cleaning, after_days=180, note="早上", at=at)

    wanted = visits.next_visit_wanted(sitting)
    assert (wanted.procedure, wanted.after_days, wanted.note, wanted.is_wanted) == (cleaning, 180, "早上", True)
    make_note(visit=sitting, by=dana_user, at=at, next_after_days=7)
    assert visits.next_visit_wanted(sitting).after_days == 180
    assert visits.planned_treatments(clinic, pia) == [cleaning]

    visits_services.want_next_visit(by=rosa, visit=sitting, is_none=True, at=at)
    assert (visits.next_visit_wanted(sitting).is_wanted, visits.planned_treatments(clinic, pia)) == (False, [])


def test_note_alone_says_what_is_wanted(dana_user, sitting, cleaning, at):
    make_note(visit=sitting, by=dana_user, at=at, next_procedure=cleaning, next_after_days=7)

    assert visits.next_visit_wanted(sitting).after_days == 7


def test_next_visit_lies_ahead(rosa, sitting, at):
    with pytest.raises(NextVisitTooFar):
        visits_services.want_next_visit(by=rosa, visit=sitting, after_days=2000, at=at)
    Visit.objects.filter(pk=sitting.pk).update(status="withdrawn")
    with pytest.raises(NotFound):
        visits_services.want_next_visit(by=rosa, visit=sitting, after_days=7, at=at)
