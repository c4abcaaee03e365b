"""A reminder's link on the patient's phone: come, another time, cancel; the desk sees it at once."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from incisor.kernel import clock, live
from incisor.kernel.clock import moment
from incisor.messaging.models import Link, OutboxMessage
from incisor.outreach.models import FollowUpTask
from incisor.outreach.services import write_due_messages
from incisor.scheduling.models import Appointment, AppointmentChange, ConfirmationRules
from tests.factories.patients import make_patient
from tests.factories.reminders import make_rule, make_sending_rules
from tests.factories.scheduling import make_appointment

pytestmark = pytest.mark.usefixtures("standing_clock")
ZONE = "Asia/Shanghai"
BOOKED = datetime.fromisoformat("2026-02-20T02:00:00+00:00")
THURSDAY = date(2026, 3, 5)


@pytest.fixture
def appointment(clinic, pia, dana, chair, cleaning):
    return make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=moment(THURSDAY, time(10), ZONE),
        procedure=cleaning, created_at=BOOKED,
    )  # fmt: skip


@pytest.fixture
def path(clinic, appointment, system, at):
    """What stands in the message three days before: the way from the text to the page is the patient's own."""
    make_sending_rules(clinic=clinic)
    make_rule(clinic=clinic, amount=3, at_time=time(9))
    write_due_messages(by=system, clinic=clinic, at=at)
    OutboxMessage.objects.update(status="sent")
    return re.search(r"https://desk\.example\.cn(/p/a/[\w-]+/)", OutboxMessage.objects.get().body)[1]


def test_page_shows_the_appointment_and_no_whole_name(client, path, pia):
    page = client.get(path).content.decode()

    assert "10:00" in page
    assert "皮*" in page
    assert pia.name not in page
    assert "<script" not in page


def test_opening_the_pages_changes_nothing(client, path, appointment):
    before = Appointment.objects.values().get()
    for way in ("", "come/", "cancel/", "other-time/", "call-me/"):
        client.get(f"{path}{appointment.pk}/{way}" if way else path)

    assert Appointment.objects.values().get() == before
    assert AppointmentChange.objects.count() == 0


def test_coming_is_seen_in_the_appointments_history_at_once(client, path, appointment, clinic, at):
    version = live.version(clinic.pk, "day")

    answer = client.post(f"{path}{appointment.pk}/come/")
    again = client.post(f"{path}{appointment.pk}/come/")

    assert (answer.status_code, answer["Location"]) == (303, f"{path}?done=confirmed")
    assert again.status_code == 303
    found = Appointment.objects.get()
    assert (found.answer, found.answered_at, found.confirmed_count, found.status) == ("confirmed", at, 1, "confirmed")
    assert AppointmentChange.objects.first().kind == "answered"
    assert live.version(clinic.pk, "day") > version
    assert "谢谢" in client.get(answer["Location"]).content.decode()


def test_cancelling_in_time_frees_the_slot_with_the_reason(client, path, appointment):
    missing = client.post(f"{path}{appointment.pk}/cancel/", {"note": "x"})
    done = client.post(f"{path}{appointment.pk}/cancel/", {"reason": "no_time", "note": "出差"})

    assert missing.status_code == 422
    assert done["Location"] == f"{path}?done=cancelled"
    found = Appointment.objects.get()
    assert (found.status, found.cancel_reason, found.cancel_note) == ("cancelled", "no_time", "出差")
    assert FollowUpTask.objects.count() == 0
    assert "已取消" in client.get(path).content.decode()


def test_reason_of_the_desk_cannot_be_given_by_a_patient(client, path, appointment):
    assert client.post(f"{path}{appointment.pk}/cancel/", {"reason": "clinic"}).status_code == 422
    assert Appointment.objects.get().status == "confirmed"


def test_cancelling_too_late_asks_for_a_call_and_keeps_the_time(client, path, clinic, appointment):
    ConfirmationRules.objects.create(clinic=clinic, cancel_hours=96)

    done = client.post(f"{path}{appointment.pk}/cancel/", {"reason": "ill"})

    assert done["Location"] == f"{path}?done=call"
    assert Appointment.objects.get().status == "confirmed"
    (task,) = FollowUpTask.objects.all()
    assert (task.kind, task.appointment_id) == ("rebook", appointment.pk)
    assert task.note.startswith("想取消预约")


def offered(client, path, appointment):
    page = client.get(f"{path}{appointment.pk}/other-time/").content.decode()
    return re.findall(r'name="slot" value="([^"]+)"', page)


def test_other_time_moves_through_the_gate(client, path, appointment, dana):
    slots = offered(client, path, appointment)

    done = client.post(f"{path}{appointment.pk}/other-time/", {"slot": slots[0].replace("&#x2B;", "+")})

    assert len(slots) > 5
    assert done["Location"] == f"{path}?done=moved"
    found = Appointment.objects.get()
    assert found.starts_at == datetime.fromisoformat(slots[0].partition("|")[2].replace("&#x2B;", "+"))
    assert (found.answer, found.status, found.moved_count) == ("confirmed", "confirmed", 1)


@pytest.mark.parametrize("slot", ["", "x", "x|y", "{dana}|2026-03-05T18:00:00+00:00", "{dana}|2026-03-05T03:00:00"])
def test_time_that_was_not_offered_is_refused(client, path, appointment, dana, slot):
    answer = client.post(f"{path}{appointment.pk}/other-time/", {"slot": slot.format(dana=dana.pk)})

    assert answer.status_code == 409
    assert Appointment.objects.get().moved_count == 0


def test_time_taken_meanwhile_is_refused_with_others(client, path, appointment, clinic, dana, chair):
    slot = offered(client, path, appointment)[0].replace("&#x2B;", "+")
    starts_at = datetime.fromisoformat(slot.partition("|")[2])
    other = make_patient(clinic=clinic, file_number="A9", name="李雷", phone="13800009999")
    make_appointment(clinic=clinic, patient=other, dentist=dana, chair=chair, starts_at=starts_at)

    answer = client.post(f"{path}{appointment.pk}/other-time/", {"slot": slot})

    assert answer.status_code == 409
    assert 'name="slot"' in answer.content.decode()


def test_too_late_to_move_offers_a_call(client, path, clinic, appointment):
    ConfirmationRules.objects.create(clinic=clinic, may_move=False)

    assert offered(client, path, appointment) == []
    done = client.post(f"{path}{appointment.pk}/call-me/", {"note": "周末"})

    assert done["Location"] == f"{path}?done=call"
    (task,) = FollowUpTask.objects.all()
    assert (task.kind, task.note) == ("rebook", "周末")
    assert Appointment.objects.get().answer == "other_time"


def test_link_opens_only_its_own_appointments(client, path, clinic, dana, chair, pia):
    foreign = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=moment(THURSDAY, time(15), ZONE)
    )
    for way in ("come", "cancel", "other-time", "call-me"):
        assert client.post(f"{path}{foreign.pk}/{way}/", {"reason": "ill"}).status_code == 404

    assert Appointment.objects.get(pk=foreign.pk).answer == ""


def test_after_its_time_the_link_is_gone(client, path, appointment):
    Link.objects.update(created_at=BOOKED, expires_at=clock.now())

    assert client.get(path).status_code == 404
    assert client.post(f"{path}{appointment.pk}/come/").status_code == 404


def test_begun_treatment_cannot_be_answered_any_more(client, path, appointment):
    Appointment.objects.update(status="in_treatment")

    assert "come/" not in client.get(path).content.decode()
    assert client.post(f"{path}{appointment.pk}/come/").status_code == 409


def test_page_in_english_for_whoever_speaks_it(client, path, pia):
    type(pia).objects.update(language="en")

    assert "I will come" in client.get(path).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_queries(client, clinic, dana, chair, system, at, count, django_assert_max_num_queries):
    make_sending_rules(clinic=clinic)
    make_rule(clinic=clinic, amount=3, at_time=time(9))
    for number in range(count):
        patient = make_patient(clinic=clinic, file_number=f"B{number}", name="小明", phone="13800007777")
        make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair,
            starts_at=moment(THURSDAY, time(9 + number), ZONE), created_at=BOOKED,
        )  # fmt: skip
    write_due_messages(by=system, clinic=clinic, at=at)
    path = re.search(r"https://desk\.example\.cn(/p/a/[\w-]+/)", OutboxMessage.objects.get().body)[1]

    with django_assert_max_num_queries(11):
        page = client.get(path).content.decode()

    assert page.count("come/") == count


def test_path_is_the_addresses_own(path):
    token = path.split("/")[3]

    assert path == reverse("portal:answer", args=[token])


def test_code_stands_on_the_page_and_check_in_only_on_the_day(client, path, appointment, standing_clock):
    far = client.get(path).content.decode()
    assert "<svg" in far
    assert "/here/" not in far

    near = appointment.starts_at - timedelta(minutes=10)
    standing_clock(near)
    assert f"{path}{appointment.pk}/here/" in client.get(path).content.decode()
    assert client.get(f"{path}{appointment.pk}/here/").status_code == 303
    answer = client.post(f"{path}{appointment.pk}/here/")

    assert answer.headers["Location"].startswith("/p/c/")
    assert client.post(answer.headers["Location"]).status_code == 200
    assert Appointment.objects.get().status == "arrived"
    assert client.post(f"{path}{path_of_nobody}/here/").status_code == 404


path_of_nobody = "0198f000-0000-7000-8000-000000000000"
