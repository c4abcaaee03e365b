"""A freed time on the patient's phone: taken or refused by one touch, for whom it was meant and only once."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from incisor.messaging.models import Link, OutboxMessage
from incisor.messaging.setup import load_templates
from incisor.scheduling import services
from incisor.scheduling.models import Appointment, SlotOffer
from incisor.scheduling.rules import parse_filter
from tests.factories.patients import make_patient
from tests.factories.reminders import make_sending_rules
from tests.factories.scheduling import make_appointment

pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
def path(clinic, pia, rosa, dana, chair, cleaning, system, at):
    """Pia waits with a booking on Thursday; tomorrow at ten comes free and is offered to her by WeChat."""
    make_sending_rules(clinic=clinic)
    load_templates(clinic=clinic)
    pia.contact_channel = "wechat"
    pia.save()
    tomorrow = at + timedelta(days=1)
    other = make_patient(clinic=clinic, name="别人", file_number="A000009")
    place = {"clinic": clinic, "dentist": dana, "chair": chair, "procedure": cleaning}
    freed = make_appointment(patient=other, starts_at=tomorrow, **place)
    own = make_appointment(patient=pia, starts_at=tomorrow + timedelta(days=2), **place)
    services.put_on_waitlist(
        by=rosa, clinic=clinic, patient=pia, appointment=own, procedures=[cleaning], minutes=30, channel="message",
        wanted=parse_filter("", today=date(2026, 3, 2)), at=at,
    )  # fmt: skip
    services.cancel_with_offer(by=rosa, appointment=freed, reason="ill", at=at)
    body = OutboxMessage.objects.get(template_key="waitlist_offer").body
    return re.search(r"https://desk\.example\.cn(/p/o/[\w-]+/)", body)[1]


def test_page_shows_the_time_and_no_whole_name(client, path, pia):
    page = client.get(path).content.decode()

    assert "09:30" in page
    assert "皮*" in page
    assert pia.name not in page
    assert SlotOffer.objects.get().state == "open"  # looking changes nothing


def test_yes_moves_the_booking_and_the_link_is_used_up(client, path, pia, at):
    answer = client.post(path, {"said": "yes"})

    assert answer.status_code == 200
    assert Appointment.objects.get(patient=pia).starts_at == at + timedelta(days=1)
    assert SlotOffer.objects.get().state == "accepted"
    assert client.get(path).status_code == 404


def test_no_keeps_the_booking_and_the_place_on_the_list(client, path, pia, at):
    client.post(path, {"said": "no"})

    assert Appointment.objects.get(patient=pia).starts_at == at + timedelta(days=3)
    assert SlotOffer.objects.get().state == "refused"
    assert client.post(path, {"said": "yes"}).status_code == 404


def test_nothing_said_changes_nothing(client, path):
    assert client.post(path, {"said": "perhaps"}).status_code == 200
    assert SlotOffer.objects.get().state == "open"


def test_too_late_is_gone(client, path, at, standing_clock):
    standing_clock(at + timedelta(hours=3))

    assert client.get(path).status_code == 404


def test_link_of_an_offer_taken_back_is_gone(client, path, rosa, at):
    services.take_back_offer(by=rosa, offer=SlotOffer.objects.get(), at=at)

    assert client.get(path).status_code == 404
    assert Link.objects.get().used_at == at


def test_any_other_link_opens_nothing(client, db):
    assert client.get(reverse("portal:offer", args=["x" * 22])).status_code == 404
