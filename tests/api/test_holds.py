"""Holds by the interface."""

from datetime import timedelta

import pytest

from incisor.scheduling.models import Appointment, Hold
from incisor.scheduling.rules import need_of
from incisor.scheduling.services import hold_slot
from tests.api.conftest import assert_problem
from tests.factories.patients import make_patient


@pytest.fixture
def wish(dana, cleaning, tomorrow):
    """What a program sends to hold a time."""
    return {"dentist_id": str(dana.pk), "starts_at": tomorrow, "procedures": [cleaning.code]}


def test_held_time_is_nobody_elses(program, wish, clinic, pia):
    response = program.post("holds", wish)

    held = Hold.objects.get()
    body = response.json()
    assert response.status_code == 201, body
    assert (body["id"], body["is_open"], body["appointment_id"]) == (str(held.pk), True, None)
    assert body["expires_at"] == "2026-03-02T09:35:00+08:00"
    assert (held.created_by_id, held.purpose, held.label) == (program.token.user_id, "online", "官网预约")
    assert_problem(program.post("appointments", {**wish, "patient_id": str(pia.pk)}), 409, "slot_taken")
    starts = [one["starts_at"] for one in program.get("free-times?procedures=CLEAN&days=2&limit=500").json()["items"]]
    assert wish["starts_at"] not in starts


def test_hold_is_booked(program, wish, pia):
    hold_id = program.post("holds", wish).json()["id"]

    response = program.post("appointments", {**wish, "patient_id": str(pia.pk), "hold_id": hold_id})

    made = Appointment.objects.get()
    assert response.status_code == 201, response.json()
    after = program.get(f"holds/{hold_id}").json()
    assert (after["is_open"], after["appointment_id"]) == (False, str(made.pk))


def test_same_hold_sent_again_is_one_hold(program, wish):
    first = program.post("holds", wish, key="the-same-key")
    again = program.post("holds", wish, key="the-same-key")

    assert first.json()["id"] == again.json()["id"]
    assert Hold.objects.count() == 1
    assert_problem(program.post("holds", {**wish, "lasts_seconds": 60}, key="the-same-key"), 422, "key_reused")


def test_time_that_is_held_names_others(program, wish):
    program.post("holds", wish)

    body = assert_problem(program.post("holds", wish), 409, "slot_taken")

    assert body["alternatives"]


def test_given_back_the_time_is_free(program, wish, pia):
    hold_id = program.post("holds", wish).json()["id"]

    for _sent in range(2):
        assert program.delete(f"holds/{hold_id}").status_code == 204

    assert program.post("appointments", {**wish, "patient_id": str(pia.pk)}).status_code == 201


def test_hold_of_the_desk_or_another_clinic_is_not_found(program, foreign, wish, rosa, clinic, dana, cleaning, at, pia):
    mine = program.post("holds", wish).json()["id"]
    desk = hold_slot(
        by=rosa, clinic=clinic, dentist=dana, starts_at=at + timedelta(days=1, hours=3), need=need_of([cleaning]), at=at
    )

    for who, key in ((foreign, mine), (program, desk.pk)):
        assert_problem(who.get(f"holds/{key}"), 404, "not_found")
        assert_problem(who.delete(f"holds/{key}"), 404, "not_found")
    other = make_patient(clinic=clinic, name="别人", file_number="A000002", phone="13900002222")
    assert_problem(
        program.post("appointments", {**wish, "patient_id": str(other.pk), "hold_id": str(desk.pk)}), 404, "not_found"
    )
    assert Hold.objects.filter(ended_at=None).count() == 2


@pytest.mark.parametrize(
    "over", [{"lasts_seconds": 5}, {"lasts_seconds": 3600}, {"procedures": []}, {"dentist_id": None}]
)
def test_hold_of_another_shape_is_refused(program, wish, over):
    assert_problem(program.post("holds", {**wish, **over}), 422, "wrong_shape")
