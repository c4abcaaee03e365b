"""The door: who may come in how, what is pointed out, who decides about warnings, what the clinic says of triage."""

from datetime import timedelta

import pytest

from incisor.audit.models import Entry
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound
from incisor.reception import queries, services
from incisor.reception.models import ArrivalCheck, CareAcknowledgement, FlowRules, LateWord, TriageQuestion, TriageRule
from incisor.scheduling.models import Appointment
from incisor.scheduling.services import SlotTaken
from incisor.visits.models import Visit
from incisor.visits.services import UndoImpossible
from tests.factories.clinics import make_procedure
from tests.factories.patients import make_alert, make_patient
from tests.factories.scheduling import make_appointment


@pytest.fixture
def extraction(db):
    return make_procedure(
        code="extraction_simple", name_zh="普通拔牙", follow_up_key="extraction", specialty="oral_surgery",
        is_high_risk=True,
    )  # fmt: skip


@pytest.fixture
def book(clinic, pia, dana, chair, cleaning, at):
    def make(minutes=15, **over):
        values = {"patient": pia, "procedure": cleaning, **over}
        return make_appointment(
            clinic=clinic, dentist=dana, chair=chair, starts_at=at + timedelta(minutes=minutes), **values
        )

    return make


def audited(action):
    return Entry.objects.filter(what=action).count()


def test_cancelled_is_not_checked_in_by_the_way(rosa, book, at):
    cancelled = book(status="cancelled")

    with pytest.raises(services.WasCancelled):
        services.check_in(by=rosa, appointment=cancelled, at=at)

    assert Visit.objects.count() == 0
    assert Appointment.objects.get().status == "cancelled"


def test_cancelled_who_comes_after_all_gets_the_old_time_and_undo_cancels_again(rosa, book, at, clinic):
    cancelled = book(status="cancelled")

    visit = services.check_in(by=rosa, appointment=cancelled, after_all=True, at=at)
    assert Appointment.objects.get().status == "arrived"

    services.undo_step(by=rosa, clinic=clinic, step=visit.steps.get(), at=at)
    assert Appointment.objects.get().status == "cancelled"


def test_cancelled_whose_time_is_taken_is_refused(rosa, book, at, clinic):
    cancelled = book(status="cancelled")
    book(patient=make_patient(clinic=clinic, name="后来者", file_number="Z1"))

    with pytest.raises(SlotTaken):
        services.check_in(by=rosa, appointment=cancelled, after_all=True, at=at)


def test_what_lost_its_time_is_never_checked_in(rosa, book, at):
    with pytest.raises(services.WasCancelled):
        services.check_in(by=rosa, appointment=book(status="rescheduled"), after_all=True, at=at)


def test_late_with_a_word_is_due_when_announced_and_keeps_the_place(rosa, book, at):
    booked = book(minutes=-25)
    services.note_late(by=rosa, appointment=booked, minutes=30, at=at - timedelta(hours=1))

    visit = services.check_in(by=rosa, appointment=booked, at=at)

    assert visit.due_at == booked.starts_at + timedelta(minutes=30)
    assert queries.by_the_clock(booked.clinic, booked, at).situation == "late_told"


def test_second_word_replaces_the_first_and_can_be_taken_back(rosa, book, at, clinic):
    booked = book(minutes=60)
    services.note_late(by=rosa, appointment=booked, minutes=10, at=at)
    word = services.note_late(by=rosa, appointment=booked, minutes=20, at=at)

    assert queries.late_words(clinic, [booked.pk]) == {booked.pk: 20}
    services.end_late_word(by=rosa, word=word, at=at)
    services.end_late_word(by=rosa, word=word, at=at)

    assert queries.late_words(clinic, [booked.pk]) == {}
    assert (LateWord.objects.count(), audited("appointment.late_noted"), audited("appointment.late_taken_back")) == (
        2, 2, 1,
    )  # fmt: skip


@pytest.mark.parametrize("minutes", [0, 4, 241])
def test_late_word_that_cannot_be_meant(rosa, book, at, minutes):
    with pytest.raises(services.NotLate):
        services.note_late(by=rosa, appointment=book(), minutes=minutes, at=at)


def test_nobody_is_late_for_what_does_not_stand(rosa, book, at):
    with pytest.raises(services.NotLate):
        services.note_late(by=rosa, appointment=book(status="cancelled"), minutes=10, at=at)


@pytest.mark.parametrize(
    ("minutes", "rules", "situation"),
    [
        (40, {}, "early"),
        (40, {"early_minutes": 60}, "on_time"),
        (-16, {}, "late"),
        (-16, {"late_minutes": 20}, "on_time"),
    ],
)
def test_the_clinics_own_limits_hold(clinic, book, at, minutes, rules, situation):
    if rules:
        FlowRules.objects.create(clinic=clinic, **rules)

    assert queries.arriving(clinic, book(minutes=minutes), at).situation == situation


def test_who_is_early_may_take_a_gap_before_and_undo_gives_the_old_time_back(rosa, book, at, clinic, dana, chair):
    booked = book(minutes=120)
    arriving = queries.arriving(clinic, booked, at, with_gaps=True)
    assert arriving.gaps
    assert all(gap.starts_at < booked.starts_at for gap in arriving.gaps)
    slot = arriving.gaps[0]
    was = booked.starts_at

    visit = services.take_gap(
        by=rosa, appointment=booked, dentist=slot.dentist, chair=slot.chair, starts_at=slot.starts_at, at=at
    )

    moved = Appointment.objects.get()
    assert (moved.starts_at, moved.status, visit.due_at) == (slot.starts_at, "arrived", slot.starts_at)
    services.undo_step(by=rosa, clinic=clinic, step=visit.steps.get(), at=at)
    moved.refresh_from_db()
    assert (moved.starts_at, moved.status) == (was, "confirmed")


def test_gap_of_somebody_who_waits_keeps_number_and_place(rosa, book, at, clinic, dana, chair):
    booked = book(minutes=120)
    visit = services.check_in(by=rosa, appointment=booked, at=at)

    again = services.take_gap(
        by=rosa, appointment=booked, dentist=dana, chair=chair, starts_at=at + timedelta(minutes=30), at=at
    )

    assert (again.pk, again.queue_number, again.due_at) == (visit.pk, visit.queue_number, at + timedelta(minutes=30))
    assert Visit.objects.count() == 1


def test_who_comes_a_day_early_is_brought_forward_in_one_step(rosa, book, at, clinic):
    tomorrow = book(minutes=24 * 60)
    arriving = queries.arriving(clinic, tomorrow, at, with_gaps=True)
    slot = arriving.gaps[0]

    services.take_gap(
        by=rosa, appointment=tomorrow, dentist=slot.dentist, chair=slot.chair, starts_at=slot.starts_at, at=at
    )

    assert arriving.situation == "coming_day"
    assert Visit.objects.get().status == "waiting"


def test_other_days_and_lost_times_are_found_for_somebody_at_the_door(book, at, clinic, pia):
    book(minutes=24 * 60)
    book(minutes=-26 * 60, status="no_show")
    book(minutes=30, status="cancelled")
    book(minutes=90)  # expected today: not among these

    found = queries.not_for_now(clinic, pia, at)

    assert [one.situation for one in found] == ["cancelled", "coming_day", "past_day"]


def test_points_are_kept_at_the_door_and_seen_once(rosa, book, at, clinic, pia):
    pia.phone, pia.special_needs, pia.tags = "", ["hearing"], ["VIP"]
    pia.save()
    visit = services.check_in(by=rosa, appointment=book(status="requested"), at=at)

    check = ArrivalCheck.objects.get(visit=visit)
    assert [key for key, _level in check.points] == ["background", "missing", "unconfirmed", "needs", "vip"]
    services.see_points(by=rosa, visit=visit, at=at)
    services.see_points(by=rosa, visit=visit, at=at)
    check.refresh_from_db()
    assert (check.seen_by, audited("visit.points_seen")) == (rosa, 1)
    services.see_points(by=rosa, visit=visit, seen=False, at=at)
    check.refresh_from_db()
    assert check.seen_at is None


def test_warnings_before_an_operation_are_the_dentists_to_decide(rosa, dana_user, book, at, clinic, pia, extraction):
    make_alert(patient=pia, kind="condition", code="bleeding_disorder", text="血友病")
    visit = services.check_in(by=rosa, appointment=book(procedure=extraction), at=at)
    care = queries.care_of_visit(clinic, visit, at)

    assert [line.key for line in care.open] == ["bleeding:bleeding_disorder"]
    with pytest.raises(NotAllowed):
        services.acknowledge_care(by=rosa, visit=visit, warnings=["bleeding:bleeding_disorder"], decision="go_on",
                                  reason="可以", at=at)  # fmt: skip
    with pytest.raises(services.WordNeeded):
        services.acknowledge_care(by=dana_user, visit=visit, warnings=["bleeding:bleeding_disorder"],
                                  decision="go_on", reason=" ", at=at)  # fmt: skip
    word = services.acknowledge_care(
        by=dana_user, visit=visit, warnings=["bleeding:bleeding_disorder", "made up"], decision="carefully",
        reason="已查凝血，备止血材料", at=at,
    )  # fmt: skip

    assert word.warnings == ["bleeding:bleeding_disorder"]
    assert queries.care_of_visit(clinic, visit, at).open == []
    assert audited("visit.care_acknowledged") == 1
    with pytest.raises(services.NotWarned):
        services.acknowledge_care(by=dana_user, visit=visit, warnings=["bleeding:bleeding_disorder"],
                                  decision="go_on", reason="再来", at=at)  # fmt: skip
    assert CareAcknowledgement.objects.count() == 1


def test_new_warning_opens_again(rosa, dana_user, book, at, clinic, pia, extraction):
    make_alert(patient=pia, kind="condition", code="hepatitis", text="乙肝")
    visit = services.check_in(by=rosa, appointment=book(procedure=extraction), at=at)
    keys = [line.key for line in queries.care_of_visit(clinic, visit, at).open]
    services.acknowledge_care(by=dana_user, visit=visit, warnings=keys, decision="go_on", reason="稳定期", at=at)
    make_alert(patient=pia, kind="pregnancy", code="", text="孕 12 周")

    visit = Visit.objects.get(pk=visit.pk)
    assert [line.key for line in queries.care_of_visit(clinic, visit, at).open] == ["pregnancy:pregnancy"]


def test_no_operation_no_warning(rosa, book, at, clinic, pia, cleaning, extraction):
    make_alert(patient=pia, kind="condition", code="hepatitis", text="乙肝")
    booked = book()
    visit = services.check_in(by=rosa, appointment=booked, at=at)

    assert queries.care_of_visit(clinic, visit, at).lines == []
    assert queries.care_before_booking(clinic, pia, [cleaning], at).lines == []
    assert len(queries.care_before_booking(clinic, pia, [cleaning, extraction], at).lines) == 1
    assert queries.care_of_appointment(clinic, booked, at).lines == []


def test_walk_in_with_a_surgical_sign_is_warned_of_too(rosa, at, clinic, pia):
    make_alert(patient=pia, kind="medication", code="anticoagulants", text="华法林")
    visit = services.receive_walk_in(by=rosa, clinic=clinic, patient=pia, signs=["wisdom_inflamed"], at=at)

    assert [line.level for line in queries.care_of_visit(clinic, visit, at).lines] == ["alert"]
    assert ["care", "alert"] in ArrivalCheck.objects.get(visit=visit).points


def test_walk_in_takes_a_gap_and_is_checked_in(rosa, at, clinic, pia, dana, chair):
    gap = queries.gaps_today(clinic, pia, at)[0]

    visit = services.receive_in_gap(
        by=rosa, clinic=clinic, patient=pia, dentist=gap.slot.dentist, chair=gap.slot.chair,
        starts_at=gap.slot.starts_at, signs=["night_pain"], at=at,
    )  # fmt: skip

    assert (visit.urgency, visit.due_at, visit.appointment.status) == ("urgent", gap.slot.starts_at, "arrived")
    assert visit.appointment.channel == "walk_in"


def test_reserve_opens_by_the_rule_alone(rosa, at, clinic, pia, dana, chair):
    from incisor.scheduling.models import Block

    Block.objects.create(
        clinic=clinic, dentist=dana, kind="reserve", starts_at=at + timedelta(minutes=10), ends_at=at + timedelta(hours=14), reason="急诊",
        opens_minutes=0, created_by=rosa, created_at=at,
    )  # fmt: skip
    starts_at = at + timedelta(minutes=30)
    given = {"by": rosa, "clinic": clinic, "patient": pia, "dentist": dana, "chair": chair, "starts_at": starts_at}

    assert queries.gaps_today(clinic, pia, at) == []
    assert queries.triage_offer(clinic, pia, ("checkup",), at).gaps == []
    offer = queries.triage_offer(clinic, pia, ("bleeding",), at)
    assert [gap.uses_reserve for gap in offer.gaps] == [True]
    with pytest.raises(SlotTaken):
        services.receive_in_gap(**given, signs=["checkup"], at=at)
    visit = services.receive_in_gap(**given, signs=["bleeding"], at=at)
    assert visit.urgency == "emergency"


def test_offer_names_urgency_specialty_and_who_is_at_work(rosa, at, clinic, pia, dana):
    offer = queries.triage_offer(clinic, pia, ("swelling_face",), at)

    assert (offer.level, offer.specialty) == ("emergency", "oral_surgery")
    assert [one.person for one in offer.people] == [dana]
    assert queries.triage_offer(clinic, pia, (), at + timedelta(days=6)).people == []  # Sunday


def test_next_good_times_are_on_other_days_and_one_is_booked(rosa, at, clinic, pia, dana):
    times = queries.next_good_times(clinic, pia, at)
    assert times
    assert all(gap.slot.starts_at > at + timedelta(hours=14) for gap in times)
    slot = times[0].slot

    made = services.book_walk_in_later(
        by=rosa, clinic=clinic, patient=pia, dentist=slot.dentist, chair=slot.chair, starts_at=slot.starts_at,
        signs=["filling_lost"], at=at,
    )  # fmt: skip

    assert (made.starts_at, made.channel, made.status) == (slot.starts_at, "walk_in", "confirmed")
    assert Visit.objects.count() == 0


SIGN = {
    "label_zh": "夜里疼", "label_en": "Pain at night", "advice_zh": "", "advice_en": "", "level": "emergency",
    "specialty": "endodontics", "opens_reserve": True, "digit": 2, "is_active": True,
}  # fmt: skip


def test_the_clinics_own_sign_stands_before_the_shipped_one(mona, at, clinic, other_clinic):
    services.save_triage_rule(by=mona, clinic=clinic, key="night_pain", version=0, values=SIGN, at=at)

    sign = queries.signs_by_key(clinic)["night_pain"]
    assert (sign.level, sign.digit) == ("emergency", 2)
    assert queries.signs_by_key(clinic)["severe_pain"].digit is None  # it had the digit
    assert queries.signs_by_key(other_clinic)["night_pain"].level == "urgent"
    services.reset_triage_rule(by=mona, clinic=clinic, key="night_pain", at=at)
    assert queries.signs_by_key(clinic)["night_pain"].level == "urgent"
    assert (audited("triage.sign_changed"), audited("triage.sign_reset")) == (1, 1)


def test_shipped_emergency_cannot_be_judged_lower(mona, at, clinic):
    for change in ({"level": "routine"}, {"is_active": False}):
        with pytest.raises(services.TriageRefused):
            services.save_triage_rule(
                by=mona, clinic=clinic, key="bleeding", version=0, values={**SIGN, "digit": None, **change}, at=at
            )
    assert TriageRule.objects.count() == 0


def test_own_sign_is_added_changed_and_switched_off(mona, at, clinic):
    row = services.save_triage_rule(by=mona, clinic=clinic, key="", version=0, values={**SIGN, "digit": None}, at=at)
    assert queries.signs_by_key(clinic)[row.key].label
    with pytest.raises(ChangedMeanwhile):
        services.save_triage_rule(by=mona, clinic=clinic, key=row.key, version=7, values=SIGN, at=at)

    services.save_triage_rule(
        by=mona, clinic=clinic, key=row.key, version=1, values={**SIGN, "is_active": False}, at=at
    )

    assert row.key not in queries.signs_by_key(clinic)
    assert row.key in {one.key for one in queries.rule_rows(clinic)}
    with pytest.raises(NotFound):
        services.reset_triage_rule(by=mona, clinic=clinic, key=row.key, at=at)
    with pytest.raises(NotFound):
        services.save_triage_rule(by=mona, clinic=clinic, key="nonsense", version=0, values=SIGN, at=at)
    with pytest.raises(ChangedMeanwhile):
        services.save_triage_rule(by=mona, clinic=clinic, key="trauma", version=3, values=SIGN, at=at)


def test_digit_goes_from_one_own_sign_to_another_and_back_by_reset(mona, at, clinic):
    services.save_triage_rule(by=mona, clinic=clinic, key="ulcer", version=0,
                              values={**SIGN, "level": "routine", "digit": 1}, at=at)  # fmt: skip
    services.save_triage_rule(by=mona, clinic=clinic, key="sensitivity", version=0,
                              values={**SIGN, "level": "routine", "digit": 1}, at=at)  # fmt: skip

    assert {sign.key: sign.digit for sign in queries.first_choices(clinic)}["sensitivity"] == 1
    services.reset_triage_rule(by=mona, clinic=clinic, key="night_pain", at=at)
    assert queries.first_choices(clinic)[0].key == "night_pain"


def test_receptionist_does_not_change_triage(rosa, at, clinic):
    with pytest.raises(NotAllowed):
        services.save_triage_rule(by=rosa, clinic=clinic, key="ulcer", version=0, values=SIGN, at=at)


ANSWERS = [{"zh": "是", "en": "Yes", "sign": "fever", "then": "end"}, {"zh": "否", "en": "No", "sign": "", "then": ""}]
QUESTION = {"version": 0, "position": 15, "text_zh": "发热吗？", "text_en": "", "answers": ANSWERS}


def test_questions_are_the_clinics_own_and_can_be_put_back(mona, at, clinic):
    shipped = [row.key for row in queries.question_rows(clinic)]
    own = services.save_triage_question(by=mona, clinic=clinic, key="", **QUESTION, at=at)
    services.save_triage_question(by=mona, clinic=clinic, key="pain", **{**QUESTION, "position": 5}, at=at)

    assert [row.key for row in queries.question_rows(clinic)][:3] == ["pain", shipped[0], own.key]
    assert own.text_en == "发热吗？"
    services.save_triage_question(by=mona, clinic=clinic, key=own.key, **{**QUESTION, "version": 1}, at=at)
    services.reset_triage_questions(by=mona, clinic=clinic, at=at)

    assert [row.key for row in queries.question_rows(clinic) if row.is_active] == shipped
    assert own.key not in {one.key for one in queries.questions(clinic)}
    assert TriageQuestion.objects.count() == 2
    services.reset_triage_questions(by=mona, clinic=clinic, at=at)


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [{"zh": "x", "en": "x", "sign": "nonsense", "then": ""}],
        [{"zh": "x", "en": "x", "sign": "", "then": "danger"}],
    ],
)
def test_question_that_cannot_work_is_refused(mona, at, clinic, answers):
    with pytest.raises(services.TriageRefused):
        services.save_triage_question(by=mona, clinic=clinic, key="", **{**QUESTION, "answers": answers}, at=at)


def test_question_nobody_knows_or_put_back_meanwhile(mona, at, clinic):
    with pytest.raises(NotFound):
        services.save_triage_question(by=mona, clinic=clinic, key="nonsense", **QUESTION, at=at)
    with pytest.raises(ChangedMeanwhile):
        services.save_triage_question(by=mona, clinic=clinic, key="pain", **{**QUESTION, "version": 4}, at=at)


def test_undo_of_a_gap_is_refused_when_the_old_time_went(rosa, book, at, clinic, dana, chair):
    booked = book(minutes=120)
    visit = services.take_gap(
        by=rosa, appointment=booked, dentist=dana, chair=chair, starts_at=at + timedelta(minutes=30), at=at
    )
    book(minutes=120, patient=make_patient(clinic=clinic, name="后来者", file_number="Z1"))

    with pytest.raises((SlotTaken, UndoImpossible)):
        services.undo_step(by=rosa, clinic=clinic, step=visit.steps.get(), at=at)
    assert Visit.objects.get().status == "waiting"


def test_question_switched_off_is_not_checked_and_others_faults_do_not_hinder(mona, at, clinic):
    services.save_triage_question(
        by=mona, clinic=clinic, key="", **{**QUESTION, "answers": [], "is_active": False}, at=at
    )
    services.save_triage_rule(
        by=mona, clinic=clinic, key="wisdom_inflamed", version=0,
        values={**SIGN, "digit": None, "is_active": False}, at=at,
    )  # fmt: skip

    services.save_triage_question(by=mona, clinic=clinic, key="", **QUESTION, at=at)  # “where” names a sign that is off

    assert TriageQuestion.objects.count() == 2


def test_only_a_missed_appointment_is_expected_again(rosa, book, at, clinic):
    booked = book()
    services.check_in(by=rosa, appointment=booked, at=at)

    with pytest.raises(NotFound):
        services.undo_no_show(by=rosa, clinic=clinic, change=booked.changes.get(), at=at)
