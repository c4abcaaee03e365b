"""What patients say, who confirms twice or pays a deposit first, who keeps appointments."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from incisor.audit.models import Entry
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed
from incisor.patients.models import Restriction
from incisor.scheduling.enums import EXPECTED, AppointmentStatus, Demand
from incisor.scheduling.models import Appointment, AppointmentChange, ConfirmationRules
from incisor.scheduling.queries import demand_of, keeping_badges, keeping_records
from incisor.scheduling.rules import KeepingRecord, demand_for, is_counted_again, is_met, may_change_alone
from incisor.scheduling.services import (
    NotExpected,
    NothingToUndo,
    book_appointment,
    change_confirmation_rules,
    change_status,
    note_answer,
    note_deposit,
    release_deposit,
    take_back_answer,
)
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("missed", "restrictions", "limit", "demand", "asked"),
    [
        (0, [], 2, "double", ""),
        (1, [], 2, "double", ""),
        (2, [], 2, "double", "double"),
        (2, [], 2, "deposit", "deposit"),
        (9, [], 0, "deposit", ""),
        (9, [], 2, "", ""),
        (0, ["prepay"], 0, "", "deposit"),
        (0, ["double_confirm"], 2, "double", "double"),
        (2, ["double_confirm"], 2, "deposit", "deposit"),
        (2, ["prepay", "double_confirm"], 2, "double", "deposit"),
    ],
)
def test_demand_for(missed, restrictions, limit, demand, asked):
    record = KeepingRecord(kept=3, missed=missed)

    assert demand_for(record=record, restrictions=restrictions, missed_limit=limit, demand=demand) == asked


def test_two_clicks_on_one_day_are_one_confirmation(at):
    assert is_counted_again(answered_on=None, day=at.date())
    assert not is_counted_again(answered_on=at.date(), day=at.date())
    assert is_counted_again(answered_on=at.date(), day=at.date() + DAY)


@pytest.mark.parametrize(
    ("demand", "count", "deposit", "met"),
    [
        ("", 0, False, True),
        ("double", 1, True, False),
        ("double", 2, False, True),
        ("deposit", 5, False, False),
        ("deposit", 0, True, True),
    ],
)
def test_is_met(demand, count, deposit, met):
    assert is_met(demand=demand, confirmed_count=count, has_deposit=deposit) is met


@given(
    status=st.sampled_from(list(AppointmentStatus)), hours=st.integers(0, 72), ahead=st.integers(-100, 100),
    is_allowed=st.booleans(),
)  # fmt: skip
def test_may_change_alone_only_in_time_and_while_expected(status, hours, ahead, is_allowed):
    at = datetime.fromisoformat("2026-03-02T01:30:00+00:00")

    found = may_change_alone(
        status=status, starts_at=at + timedelta(hours=ahead), at=at, hours=hours, is_allowed=is_allowed
    )

    assert found is (is_allowed and status in EXPECTED and ahead > 0 and ahead >= hours)


@pytest.fixture
def coming(clinic, pia, dana, chair, at):
    return make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + 3 * DAY, created_at=at
    )


def past(clinic, patient, dana, chair, at, statuses):
    for number, status in enumerate(statuses):
        make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair, starts_at=at - (number + 1) * DAY, status=status
        )


def test_record_counts_the_latest_and_no_cancelled_ones(clinic, pia, dana, chair, at):
    past(
        clinic,
        pia,
        dana,
        chair,
        at,
        ["completed", "cancelled", "no_show", "confirmed", "completed", "no_show", "no_show"],
    )
    other = make_patient(clinic=clinic, file_number="A2", name="李雷", phone="13800002222")
    past(clinic, other, dana, chair, at, ["completed"])

    found = keeping_records(clinic, [pia.pk, other.pk], at, last=4)

    assert found == {pia.pk: KeepingRecord(kept=2, missed=2), other.pk: KeepingRecord(kept=1, missed=0)}


def test_badge_stands_only_by_who_has_missed_and_costs_the_same(
    clinic, pia, dana, chair, at, django_assert_max_num_queries
):
    past(clinic, pia, dana, chair, at, ["completed", "no_show"])
    others = [make_patient(clinic=clinic, file_number=f"B{n}", name="李雷", phone=f"1380000222{n}") for n in range(3)]
    past(clinic, others[0], dana, chair, at, ["no_show", "no_show", "completed"])
    past(clinic, others[1], dana, chair, at, ["completed"])

    with django_assert_max_num_queries(2):
        found = keeping_badges(clinic, [pia, *others], at)

    assert {pk: (badges[0].level, badges[0].text) for pk, badges in found.items()} == {
        pia.pk: ("info", "近2次预约到诊1次"),
        others[0].pk: ("warning", "近3次预约到诊1次"),
    }


def test_booking_of_who_missed_twice_is_only_requested(clinic, pia, dana, chair, cleaning, rosa, at):
    past(clinic, pia, dana, chair, at, ["no_show", "no_show"])

    made = book_appointment(
        by=rosa, clinic=clinic, patient=pia, dentist=dana, procedures=[cleaning], starts_at=at + 2 * DAY, at=at
    )

    assert (made.status, made.demand) == ("requested", "double")


def test_restriction_in_the_file_asks_for_a_deposit(clinic, pia, rosa, at):
    Restriction.objects.create(clinic=clinic, patient=pia, kind="prepay", reason="x", set_by=rosa, set_at=at)

    assert demand_of(clinic, pia, at) is Demand.DEPOSIT


def test_confirmed_on_two_days_it_stands(clinic, coming, rosa, at):
    Appointment.objects.update(status="requested", demand="double")

    note_answer(by=rosa, appointment=coming, answer="confirmed", at=at)
    note_answer(by=rosa, appointment=coming, answer="confirmed", at=at + timedelta(hours=1))
    assert (Appointment.objects.get().status, Appointment.objects.get().confirmed_count) == ("requested", 1)
    note_answer(by=rosa, appointment=coming, answer="confirmed", at=at + DAY)

    assert (Appointment.objects.get().status, Appointment.objects.get().confirmed_count) == ("confirmed", 2)
    assert Entry.objects.filter(what="appointment.answered").count() == 3


def test_request_for_the_clinics_word_does_not_stand_by_the_patients(clinic, coming, rosa, at):
    Appointment.objects.update(status="requested")

    note_answer(by=rosa, appointment=coming, answer="confirmed", at=at)

    assert Appointment.objects.get().status == "requested"


def test_deposit_lets_it_stand_and_is_taken_back(clinic, coming, rosa, at):
    Appointment.objects.update(status="requested", demand="deposit")

    change = note_deposit(by=rosa, appointment=coming, amount_minor=10000, at=at)
    assert (Appointment.objects.get().status, Appointment.objects.get().deposit_minor) == ("confirmed", 10000)
    with pytest.raises(NothingToUndo):
        take_back_answer(by=rosa, clinic=clinic, change=change, at=at)
    release_deposit(by=rosa, appointment=coming, at=at + timedelta(seconds=5))

    assert (Appointment.objects.get().status, Appointment.objects.get().deposit_minor) == ("requested", None)
    assert release_deposit(by=rosa, appointment=coming, at=at) is None


def test_answer_is_taken_back_to_the_one_before(clinic, coming, rosa, at):
    note_answer(by=rosa, appointment=coming, answer="other_time", at=at)
    change = note_answer(by=rosa, appointment=coming, answer="confirmed", at=at + DAY)

    take_back_answer(by=rosa, clinic=clinic, change=change, at=at + DAY)

    found = Appointment.objects.get()
    assert (found.answer, found.answered_at, found.confirmed_count) == ("other_time", at, 0)


@pytest.mark.parametrize("status", ["cancelled", "arrived", "completed", "no_show"])
def test_nothing_to_confirm_when_nobody_is_expected(coming, rosa, at, status):
    Appointment.objects.update(status=status)

    with pytest.raises(NotExpected):
        note_answer(by=rosa, appointment=coming, answer="confirmed", at=at)
    with pytest.raises(NotExpected):
        note_deposit(by=rosa, appointment=coming, amount_minor=1, at=at)


def test_answer_is_of_the_old_time_after_a_move(clinic, coming, rosa, at):
    from incisor.scheduling.services import move_appointment

    note_answer(by=rosa, appointment=coming, answer="confirmed", at=at)
    move_appointment(by=rosa, appointment=coming, starts_at=coming.starts_at + DAY, at=at)

    assert (Appointment.objects.get().answer, Appointment.objects.get().confirmed_count) == ("", 0)


def test_rules_are_changed_with_version_and_by_the_manager(clinic, mona, rosa, at):
    values = {"missed_limit": 3, "demand": "deposit"}

    with pytest.raises(NotAllowed):
        change_confirmation_rules(by=rosa, clinic=clinic, values=values, version=1, at=at)
    made = change_confirmation_rules(by=mona, clinic=clinic, values=values, version=1, at=at)
    with pytest.raises(ChangedMeanwhile):
        change_confirmation_rules(by=mona, clinic=clinic, values=values, version=1, at=at)

    assert (made.missed_limit, made.demand, made.version) == (3, "deposit", 2)
    assert Entry.objects.filter(what="confirmation_rules.changed").count() == 1


# ---- pages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def soon(clinic, pia, dana, chair):
    from incisor.kernel.clock import now

    return make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=now() + 2 * DAY)


def test_desk_notes_an_answer_and_takes_it_back(as_rosa, soon):
    said = as_rosa.post(reverse("scheduling:appointment-answer", args=[soon.pk]), {"answer": "confirmed"})
    change = AppointmentChange.objects.get()
    panel = as_rosa.get(reverse("scheduling:appointment", args=[soon.pk])).content.decode()

    assert said.status_code == 303
    assert "已回复会来" in panel
    assert as_rosa.post(reverse("scheduling:answer-undo", args=[change.pk])).status_code == 303
    assert Appointment.objects.get().answer == ""
    assert (
        as_rosa.post(reverse("scheduling:appointment-answer", args=[soon.pk]), {"answer": "maybe"}).status_code == 409
    )


def test_deposit_is_taken_at_the_till(as_rosa, soon):
    Appointment.objects.update(status="requested", demand="deposit")

    panel = as_rosa.get(reverse("scheduling:appointment", args=[soon.pk])).content.decode()

    assert reverse("billing:deposit", args=[soon.pk]) in panel


def test_rules_page(as_mona, clinic):
    url = reverse("scheduling:confirmation-rules")
    values = {
        "counted_visits": 8, "missed_limit": 3, "demand": "deposit", "deposit": "50", "may_cancel": "on", "cancel_hours": 12,
        "move_hours": 12, "move_days": 7, "version": 1,
    }  # fmt: skip

    assert as_mona.get(url).status_code == 200
    assert as_mona.post(url, {**values, "cancel_hours": 9999}).status_code == 422
    assert as_mona.post(url, values).status_code == 303
    assert as_mona.post(url, values).status_code == 422  # somebody else was quicker

    rules = ConfirmationRules.objects.get(clinic=clinic)
    assert (rules.deposit_minor, rules.may_cancel, rules.may_move, rules.move_days) == (5000, True, False, 7)


def test_outsider_finds_nothing(as_omar, soon):
    assert (
        as_omar.post(reverse("scheduling:appointment-answer", args=[soon.pk]), {"answer": "confirmed"}).status_code
        == 404
    )


def test_status_page_of_a_confirmed_request_publishes_it(clinic, coming, rosa, at):
    Appointment.objects.update(status="requested")
    coming.refresh_from_db()

    change_status(by=rosa, appointment=coming, to="confirmed", at=at)

    assert Appointment.objects.get().status == "confirmed"
