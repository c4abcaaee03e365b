"""Visits that lost their time: kept, booked again, given up; nothing typed is lost."""

from datetime import UTC, datetime, timedelta

import pytest

from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.scheduling import queries, services
from incisor.scheduling.enums import AppointmentStatus as S
from incisor.scheduling.enums import CancelReason
from incisor.scheduling.models import Appointment, AppointmentChange, FreedSlot, Unplaced
from incisor.scheduling.rules import is_kept, settles
from tests.factories.clinics import make_procedure

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
WEDNESDAY = TEN + timedelta(days=1)


@pytest.fixture
def booked(rosa, clinic, pia, dana, chair, cleaning, at):
    return services.book_appointment(
        by=rosa, clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedures=[cleaning],
        need="洗牙", note="怕疼", channel="online", minutes=40, at=at,
    )  # fmt: skip


def cancelled(booked, rosa, at, reason="ill"):
    return services.cancel_appointment(by=rosa, appointment=booked, reason=reason, at=at)


@pytest.mark.parametrize(
    ("reason", "kept"), [("ill", True), ("no_time", True), ("mistake", False), ("treated_elsewhere", False)]
)
def test_which_cancelled_visits_are_kept(reason, kept):
    assert is_kept(CancelReason(reason)) is kept


@pytest.mark.parametrize(
    ("booked", "wanted", "answer"), [([1, 2], [2], True), ([1], [2], False), ([1], [], True), ([], [1], False)]
)
def test_which_booking_settles_a_visit(booked, wanted, answer):
    assert settles(booked, wanted) is answer


def test_cancelled_visit_keeps_all_that_was_typed(booked, clinic, dana, pia, cleaning, rosa, at):
    cancelled(booked, rosa, at)

    [row] = queries.to_place(clinic)
    assert (row.patient, row.dentist, row.origin, row.since_at) == (pia, dana, "cancelled", at)
    assert (row.need, row.note, row.channel, row.minutes) == ("洗牙", "怕疼", "online", 40)
    assert [item.procedure for item in row.items.all()] == [cleaning]
    assert queries.to_place_count(clinic) == 1


def test_visit_cancelled_by_mistake_is_not_kept(booked, clinic, rosa, at):
    cancelled(booked, rosa, at, "mistake")

    assert queries.to_place(clinic) == []


def test_missed_visit_waits_and_undo_takes_it_off(booked, clinic, rosa):
    later = TEN + timedelta(hours=1)
    change = services.change_status(by=rosa, appointment=booked, to=S.NO_SHOW, at=later)
    assert [row.origin for row in queries.to_place(clinic)] == ["missed"]

    services.undo_change(by=rosa, clinic=clinic, change=change, at=later)

    assert queries.to_place(clinic) == []
    assert Unplaced.objects.get().state == "restored"


def test_cut_card_waits_and_is_placed_again_as_the_same_row(booked, clinic, rosa, at):
    services.unplace_appointment(by=rosa, appointment=booked, at=at)
    [row] = queries.to_place(clinic)
    booked.refresh_from_db()
    assert (row.origin, booked.status) == ("cut", "rescheduled")

    placed = services.place_unplaced(by=rosa, unplaced=row, starts_at=WEDNESDAY, at=at)

    assert (placed.pk, placed.status, placed.starts_at) == (booked.pk, "confirmed", WEDNESDAY)
    assert (placed.need, placed.note) == ("洗牙", "怕疼")
    row.refresh_from_db()
    assert (row.state, row.placed_as_id) == ("placed", booked.pk)
    assert Appointment.objects.count() == 1


def test_undo_of_a_cut_and_of_its_placing(booked, clinic, rosa, at):
    cut = services.unplace_appointment(by=rosa, appointment=booked, at=at)
    services.undo_change(by=rosa, clinic=clinic, change=cut, at=at + timedelta(seconds=1))
    booked.refresh_from_db()
    assert (booked.status, booked.starts_at, queries.to_place(clinic)) == ("confirmed", TEN, [])

    services.unplace_appointment(by=rosa, appointment=booked, at=at + timedelta(seconds=2))
    [row] = queries.to_place(clinic)
    services.place_unplaced(by=rosa, unplaced=row, starts_at=WEDNESDAY, at=at + timedelta(seconds=3))
    change = AppointmentChange.objects.filter(appointment=booked).order_by("-at", "-pk").first()
    services.undo_change(by=rosa, clinic=clinic, change=change, at=at + timedelta(seconds=4))

    assert [one.pk for one in queries.to_place(clinic)] == [row.pk]
    booked.refresh_from_db()
    assert booked.status == "rescheduled"


def test_a_cut_time_is_free_for_others(booked, clinic, rosa, at):
    services.unplace_appointment(by=rosa, appointment=booked, at=at)

    slot = FreedSlot.objects.get()
    assert (slot.starts_at, slot.ends_at, slot.freed_by, slot.state) == (
        TEN,
        TEN + timedelta(minutes=40),
        "moved",
        "open",
    )


def test_cancelled_visit_is_booked_again_as_a_new_row_that_names_the_old(booked, clinic, rosa, cleaning, at):
    cancelled(booked, rosa, at)
    [row] = queries.to_place(clinic)

    placed = services.place_unplaced(by=rosa, unplaced=row, starts_at=WEDNESDAY, at=at)

    placed.refresh_from_db()
    assert (placed.moved_from_id, placed.need, placed.note, placed.channel) == (booked.pk, "洗牙", "怕疼", "online")
    assert (placed.ends_at - placed.starts_at, [i.procedure for i in placed.items.all()]) == (
        timedelta(minutes=40),
        [cleaning],
    )
    assert queries.to_place(clinic) == []
    row.refresh_from_db()
    assert (row.state, row.placed_as_id, row.closed_by) == ("placed", placed.pk, rosa)


def test_any_booking_of_the_treatment_settles_the_visit_and_its_undo_brings_it_back(
    booked, clinic, pia, rosa, cleaning, at
):
    cancelled(booked, rosa, at)
    other = make_procedure(code="FILL", name_zh="补牙")
    services.book_appointment(by=rosa, clinic=clinic, patient=pia, starts_at=WEDNESDAY, procedures=[other], at=at)
    assert queries.to_place_count(clinic) == 1

    made = services.book_appointment(
        by=rosa, clinic=clinic, patient=pia, starts_at=WEDNESDAY + timedelta(hours=2), procedures=[cleaning], at=at
    )
    assert queries.to_place_count(clinic) == 0

    change = AppointmentChange.objects.get(appointment=made)
    services.undo_change(by=rosa, clinic=clinic, change=change, at=at)
    assert queries.to_place_count(clinic) == 1


def test_refused_placing_leaves_the_visit_on_the_list(booked, clinic, rosa, dana, chair, cleaning, at):
    cancelled(booked, rosa, at)
    [row] = queries.to_place(clinic)
    sunday = TEN + timedelta(days=5)

    with pytest.raises(services.SlotTaken):
        services.place_unplaced(by=rosa, unplaced=row, starts_at=sunday, at=at)

    assert queries.to_place_count(clinic) == 1


def test_given_up_with_a_reason_and_taken_up_again(booked, clinic, rosa, at):
    cancelled(booked, rosa, at)
    [row] = queries.to_place(clinic)

    services.give_up_unplaced(by=rosa, unplaced=row, reason="not_wanted", at=at)
    assert queries.to_place(clinic) == []
    with pytest.raises(services.AlreadySettled):
        services.give_up_unplaced(by=rosa, unplaced=row, reason="not_wanted", at=at)
    services.take_up_unplaced(by=rosa, unplaced=row, at=at)

    assert [one.pk for one in queries.to_place(clinic)] == [row.pk]
    with pytest.raises(services.AlreadySettled):
        services.take_up_unplaced(by=rosa, unplaced=row, at=at)
    assert {"visit_to_place.given_up", "visit_to_place.taken_up"} <= set(Entry.objects.values_list("what", flat=True))


def test_a_try_to_reach_the_patient_is_noted(booked, clinic, rosa, at):
    cancelled(booked, rosa, at)
    [row] = queries.to_place(clinic)

    services.note_contact(by=rosa, unplaced=row, outcome="no_answer", at=at)

    [row] = queries.to_place(clinic)
    assert (row.contact_count, row.contacted_at, row.contact_outcome) == (1, at, "no_answer")


def test_a_cut_appointment_can_be_cancelled_for_good(booked, clinic, rosa, at):
    services.unplace_appointment(by=rosa, appointment=booked, at=at)

    cancelled(booked, rosa, at + timedelta(seconds=1), "treated_elsewhere")

    assert queries.to_place(clinic) == []


def test_who_may_not_book_may_not_cut_either(booked, clinic, omar, other_clinic, at):
    with pytest.raises(NotAllowed):
        services.unplace_appointment(by=omar, appointment=booked, at=at)
    with pytest.raises(NotFound):
        queries.unplaced(other_clinic, booked.pk)


def test_started_treatment_cannot_be_cut(booked, rosa, at):
    Appointment.objects.filter(pk=booked.pk).update(status="in_treatment")
    booked.refresh_from_db()

    with pytest.raises(services.WrongStatus):
        services.unplace_appointment(by=rosa, appointment=booked, at=at)
