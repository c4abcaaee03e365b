"""Appointments and free times by the interface."""

from datetime import UTC, datetime, timedelta

import pytest

from incisor.audit.models import Entry
from incisor.scheduling.models import Appointment
from tests.api.conftest import assert_problem
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


@pytest.fixture
def booked(clinic, pia, dana, chair, cleaning):
    return make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedure=cleaning)


@pytest.fixture
def wish(pia, dana, cleaning, tomorrow):
    """What a program sends to book."""
    return {
        "patient_id": str(pia.pk),
        "dentist_id": str(dana.pk),
        "starts_at": tomorrow,
        "procedures": [cleaning.code],
        "need": "洗牙",
    }


def test_booking_goes_through_the_gate_under_the_account_of_the_key(program, wish, chair):
    response = program.post("appointments", wish)

    made = Appointment.objects.get()
    body = response.json()
    assert response.status_code == 201, body
    assert (made.starts_at, made.channel, made.status, made.chair) == (TEN, "online", "confirmed", chair)
    assert made.created_by_id == program.token.user_id
    assert (body["id"], body["starts_at"]) == (str(made.pk), "2026-03-03T10:00:00+08:00")
    assert body["patient"]["name"] == "皮亚"
    assert [one["code"] for one in body["procedures"]] == ["CLEAN"]
    assert response.headers["ETag"] == '"1"'
    assert Entry.objects.get(what="appointment.booked").user_name == "官网预约"


def test_same_booking_sent_again_is_one_appointment(program, wish):
    first = program.post("appointments", wish, key="the-same-key")
    again = program.post("appointments", wish, key="the-same-key")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert Appointment.objects.count() == 1


def test_same_key_for_another_time_is_refused(program, wish):
    program.post("appointments", wish, key="the-same-key")

    response = program.post("appointments", {**wish, "starts_at": "2026-03-03T14:00:00+08:00"}, key="the-same-key")

    assert_problem(response, 422, "key_reused")
    assert Appointment.objects.count() == 1


def test_taken_time_is_refused_with_reasons_and_alternatives(program, wish, clinic, booked, dana):
    other = make_patient(clinic=clinic, name="别人", file_number="A000002", phone="13900002222")

    body = assert_problem(program.post("appointments", {**wish, "patient_id": str(other.pk)}), 409, "slot_taken")

    assert "dentist" in body["reasons"]
    first = body["alternatives"][0]
    assert first["dentist"]["id"] == str(dana.pk)
    alternative = {**wish, "patient_id": str(other.pk), "starts_at": first["starts_at"],
                   "chair_id": first["chair"]["id"]}  # fmt: skip
    assert program.post("appointments", alternative).status_code == 201


def test_gate_chooses_who_is_free(program, wish, dana):
    del wish["dentist_id"]

    assert program.post("appointments", wish).json()["dentist"] == {"id": str(dana.pk), "name": "丹娜"}


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"procedures": ["NOPE"]}, 422),
        ({"procedures": []}, 422),
        ({"starts_at": "2026-03-03T10:00:00"}, 422),
        ({"starts_at": "2026-03-03T10:00:30+08:00"}, 422),
        ({"starts_at": "0001-01-01T00:00:00Z"}, 422),
        ({"minutes": 7}, 422),
        ({"patient_id": "0198f000-0000-7000-8000-000000000000"}, 404),
        ({"dentist_id": "0198f000-0000-7000-8000-000000000000"}, 404),
        ({"chair_id": "0198f000-0000-7000-8000-000000000000"}, 404),
        ({"starts_at": "2026-03-03T03:00:00+08:00"}, 409),
        ({"starts_at": "2026-03-01T10:00:00+08:00"}, 409),
    ],
)
def test_what_cannot_be_booked_is_refused(program, wish, over, status):
    response = program.post("appointments", {**wish, **over})

    assert response.status_code == status, response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert Appointment.objects.count() == 0


def test_foreign_patient_is_not_found(foreign, wish):
    assert_problem(foreign.post("appointments", wish), 404, "not_found")


def test_foreign_appointment_is_not_found(foreign, booked):
    path = f"appointments/{booked.pk}"

    assert_problem(foreign.get(path), 404, "not_found")
    assert_problem(foreign.patch(path, {"need": "x"}, version=1), 404, "not_found")
    assert_problem(foreign.post(f"{path}/cancel", {"reason": "ill"}, version=1), 404, "not_found")
    assert_problem(
        foreign.post(f"{path}/move", {"starts_at": "2026-03-03T11:00:00+08:00"}, version=1), 404, "not_found"
    )
    assert_problem(foreign.post(f"{path}/confirm"), 404, "not_found")
    assert foreign.get("appointments?with_freed=true").json()["items"] == []


def test_key_that_may_not_read_patients_sees_no_names(program_with, booked):
    body = program_with("appointments:read").get(f"appointments/{booked.pk}").json()

    assert body["patient"] == {"id": str(booked.patient_id), "file_number": None, "name": None}
    assert body["note"] is None


def test_list_is_by_time_and_can_be_narrowed(program, clinic, pia, dana, chair, booked):
    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN + timedelta(days=1))
    gone = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN + timedelta(hours=1), status="cancelled"
    )

    def days(query):
        return [one["starts_at"][8:13] for one in program.get(f"appointments?{query}").json()["items"]]

    assert days("") == ["03T10", "04T10"]
    assert days("with_freed=true") == ["03T10", "03T11", "04T10"]
    assert days("first=2026-03-04&last=2026-03-04") == ["04T10"]
    assert days(f"dentist_id={dana.pk}&patient_id={pia.pk}&last=2026-03-03") == ["03T10"]
    assert days("status=cancelled") == ["03T11"]
    assert program.get(f"appointments?dentist_id={gone.pk}").status_code == 404


def test_pages_go_on_where_the_last_one_ended(program, clinic, pia, dana, chair):
    for number in range(5):
        start = TEN + timedelta(hours=number // 2)  # two of them begin at the same time
        make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=start, is_overbooked=True,
                         status="cancelled")  # fmt: skip
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"appointments?with_freed=true&limit=2&cursor={cursor}").json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]

    assert len(seen) == len(set(seen)) == 5


def test_list_costs_the_same_for_one_and_for_three(program, clinic, pia, dana, chair, booked, cleaning):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    program.get("appointments")
    with CaptureQueriesContext(connection) as one:
        program.get("appointments")
    for number in (1, 2):
        make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN + timedelta(hours=number),
                         procedure=cleaning)  # fmt: skip
    with CaptureQueriesContext(connection) as three:
        assert len(program.get("appointments").json()["items"]) == 3

    assert len(three) == len(one)


def test_move_keeps_the_appointment(program, booked):
    response = program.post(f"appointments/{booked.pk}/move", {"starts_at": "2026-03-03T14:00:00+08:00"}, version=1)

    booked.refresh_from_db()
    assert response.status_code == 200, response.json()
    assert response.json()["starts_at"] == "2026-03-03T14:00:00+08:00"
    assert (booked.starts_at, booked.moved_count) == (datetime(2026, 3, 3, 6, 0, tzinfo=UTC), 1)


def test_move_sent_again_moves_once(program, booked):
    for _sent in range(2):
        response = program.post(
            f"appointments/{booked.pk}/move", {"starts_at": "2026-03-03T14:00:00+08:00"}, version=1, key="the-same-key"
        )
        assert response.status_code == 200, response.json()

    booked.refresh_from_db()
    assert booked.moved_count == 1


def test_move_of_what_somebody_changed_is_refused(program, booked):
    Appointment.objects.filter(pk=booked.pk).update(version=4)

    response = program.post(f"appointments/{booked.pk}/move", {"starts_at": "2026-03-03T14:00:00+08:00"}, version=1)

    assert_problem(response, 412, "changed_meanwhile")


def test_move_to_a_time_out_of_hours_names_others(program, booked):
    response = program.post(f"appointments/{booked.pk}/move", {"starts_at": "2026-03-03T22:00:00+08:00"}, version=1)

    assert assert_problem(response, 409, "slot_taken")["alternatives"]


def test_cancel_frees_the_time(program, booked):
    response = program.post(f"appointments/{booked.pk}/cancel", {"reason": "ill", "note": "发烧"}, version=1)

    booked.refresh_from_db()
    assert response.status_code == 200, response.json()
    assert (booked.status, booked.cancel_reason, booked.cancel_note) == ("cancelled", "ill", "发烧")


def test_cancelling_twice_is_refused_and_repeated_is_not(program, booked):
    path, body = f"appointments/{booked.pk}/cancel", {"reason": "ill"}

    assert program.post(path, body, version=1, key="the-same-key").status_code == 200
    assert program.post(path, body, version=1, key="the-same-key").status_code == 200
    assert_problem(program.post(path, body, version=2), 409, "wrong_status")


def test_cancel_without_version_is_refused(program, booked):
    assert_problem(program.post(f"appointments/{booked.pk}/cancel", {"reason": "ill"}), 428, "version_missing")


def test_confirm_a_request(program, booked):
    Appointment.objects.filter(pk=booked.pk).update(status="requested")

    response = program.post(f"appointments/{booked.pk}/confirm")

    assert response.json()["status"] == "confirmed"
    assert_problem(program.post(f"appointments/{booked.pk}/confirm"), 409, "wrong_status")


def test_change_of_what_it_is_for_keeps_the_rest(program, booked):
    Appointment.objects.filter(pk=booked.pk).update(note="靠窗")

    response = program.patch(f"appointments/{booked.pk}", {"need": "牙疼"}, version=1)

    booked.refresh_from_db()
    assert response.status_code == 200, response.json()
    assert (booked.need, booked.note) == ("牙疼", "靠窗")
    assert_problem(program.patch(f"appointments/{booked.pk}", {"need": "y"}, version=1), 412, "changed_meanwhile")


def test_free_times_can_be_booked(program, wish, dana, chair, cleaning):
    body = program.get("free-times?procedures=CLEAN&days=2&limit=3").json()

    first = body["items"][0]
    assert len(body["items"]) == 3
    assert (first["dentist"]["id"], first["chair"]["id"]) == (str(dana.pk), str(chair.pk))
    assert program.post("appointments", {**wish, "starts_at": first["starts_at"]}).status_code == 201


def test_free_times_leave_out_what_is_taken(program, booked, dana):
    path = f"free-times?procedures=CLEAN&first=2026-03-03&days=1&limit=500&dentist_id={dana.pk}"
    starts = {one["starts_at"][11:16] for one in program.get(path).json()["items"]}

    assert "10:00" not in starts
    assert "09:30" in starts


def test_pages_of_free_times_go_on_where_the_last_one_ended(program, dana, cleaning):
    path = "free-times?procedures=CLEAN&first=2026-03-03&days=1"
    whole = [one["starts_at"] for one in program.get(f"{path}&limit=500").json()["items"]]
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"{path}&limit=7&cursor={cursor}").json()
        seen += [one["starts_at"] for one in page["items"]]
        cursor = page["next"]

    assert seen == whole
    assert len(whole) > 7


def test_free_times_of_an_unknown_treatment_are_refused(program, dana):
    assert_problem(program.get("free-times?procedures=NOPE"), 422, "unknown_procedure")
    assert_problem(program.get("free-times"), 422, "wrong_shape")
