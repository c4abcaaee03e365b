"""The kiosk and the link: checked in without the desk, and nothing told about anybody else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.kernel import clock
from incisor.messaging.models import Link, OutboxMessage
from incisor.messaging.services import make_link
from incisor.messaging.setup import load_templates
from incisor.reception import services
from incisor.reception.models import FlowRules, KioskTry
from incisor.reception.rules.kiosk import same_name
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import code_of
from incisor.visits.models import Visit
from tests.factories.clinics import make_device
from tests.factories.patients import make_patient
from tests.factories.reminders import make_sending_rules
from tests.factories.scheduling import make_appointment

pytestmark = pytest.mark.usefixtures("standing_clock", "system")


@pytest.fixture
def kiosk(clinic):
    _device, token = make_device(clinic=clinic, kind="kiosk", name="门口自助机", token="token-of-the-kiosk")
    return reverse("portal:kiosk", args=[token])


@pytest.fixture
def book(clinic, pia, dana, chair, cleaning, at):
    def make(minutes=10, **over):
        values = {"patient": pia, "procedure": cleaning, **over}
        return make_appointment(
            clinic=clinic, dentist=dana, chair=chair, starts_at=at + timedelta(minutes=minutes), **values
        )

    return make


def page_of(response):
    return response.content.decode()


@pytest.mark.parametrize(
    ("typed", "is_same"),
    [
        ("王小明", True), (" 王 小 明 ", True), ("wang xiao ming", True), ("WangXiaoMing", True), ("wxm", False),
        ("王小", False), ("", False), ("。", False),
    ],
)  # fmt: skip
def test_whole_name_in_characters_or_pinyin(typed, is_same):
    assert same_name(typed, "王小明", "wang xiao ming") is is_same


def test_nameless_file_is_never_meant():
    assert same_name("-", "-", "") is False


def test_name_and_digits_check_in(client, kiosk, book, pia):
    book()
    assert client.get(kiosk).status_code == 200

    answer = client.post(kiosk, {"name": "皮亚", "digits": "1111"})

    visit = Visit.objects.get()
    html = page_of(answer)
    assert (visit.arrival, visit.steps.get().by.is_system) == ("kiosk", True)
    assert f"<b>{visit.queue_number}</b>" in html
    assert pia.name not in html
    assert "皮*" in html
    again = client.post(kiosk, {"name": "pi ya", "digits": "1111"})
    assert f"<b>{visit.queue_number}</b>" in page_of(again)
    assert Visit.objects.count() == 1


def test_code_of_the_confirmation_checks_in_from_either_field(client, kiosk, book):
    booked = book()

    client.post(kiosk, {"name": "", "digits": code_of(booked.pk)})

    assert Visit.objects.get().arrival == "qr"


@pytest.mark.parametrize(
    ("minutes", "over"),
    [
        (10, {"status": "cancelled"}),
        (10, {"status": "rescheduled"}),
        (24 * 60, {}),
        (-24 * 60, {}),
        (-20, {}),
        (-20, {"status": "no_show"}),
    ],
)
def test_what_a_machine_must_not_decide_goes_to_the_desk_without_a_word(client, kiosk, book, minutes, over, pia):
    booked = book(minutes, **over)

    by_code = page_of(client.post(kiosk, {"name": code_of(booked.pk)}))
    by_name = page_of(client.post(kiosk, {"name": "皮亚", "digits": "1111"}))

    assert Visit.objects.count() == 0
    for html in (by_code, by_name):
        assert pia.name not in html.replace('value="皮亚"', "")
        assert "<b>" not in html


def test_late_as_announced_is_checked_in(client, kiosk, book, rosa, at):
    booked = book(-20)
    services.note_late(by=rosa, appointment=booked, minutes=30, at=at)

    client.post(kiosk, {"name": "皮亚", "digits": "1111"})

    assert Visit.objects.get().due_at == booked.starts_at + timedelta(minutes=30)


@pytest.mark.parametrize(
    "typed",
    [{"name": "皮亚", "digits": "2222"}, {"name": "别人", "digits": "1111"}, {"name": "py", "digits": "1111"}],
)
def test_wrong_name_and_wrong_digits_get_the_same_answer(client, kiosk, book, typed):
    book()

    answer = client.post(kiosk, typed)

    assert answer.status_code == 422
    assert 'class="notice" role="alert"' in page_of(answer)
    assert Visit.objects.count() == 0


@pytest.mark.parametrize("typed", [{}, {"name": "皮亚"}, {"digits": "1111"}, {"name": "皮亚", "digits": "11"}])
def test_half_of_it_is_asked_for_again_and_does_not_count(client, kiosk, book, typed):
    book()

    assert client.post(kiosk, typed).status_code == 422
    assert KioskTry.objects.count() == 0


def test_kiosk_rests_after_wrong_tries(client, kiosk, book):
    book()
    for _number in range(services.KIOSK_TRIES):
        client.post(kiosk, {"name": "皮亚", "digits": "0000"})

    client.post(kiosk, {"name": "皮亚", "digits": "1111"})

    assert Visit.objects.count() == 0
    KioskTry.objects.update(at=clock.now() - services.KIOSK_WINDOW)
    client.post(kiosk, {"name": "皮亚", "digits": "1111"})
    assert Visit.objects.count() == 1


def test_two_people_of_one_name_and_number_go_to_the_desk(client, kiosk, book, clinic):
    book()
    book(40, patient=make_patient(clinic=clinic, name="皮亚", file_number="A000002"))

    assert client.post(kiosk, {"name": "皮亚", "digits": "1111"}).status_code == 422
    assert Visit.objects.count() == 0


def test_restricted_file_is_not_found_by_a_machine(client, kiosk, book, pia, at):
    book()
    pia.restricted_at = at
    pia.save()

    assert client.post(kiosk, {"name": "皮亚", "digits": "1111"}).status_code == 422


def test_of_two_appointments_the_nearer_one(client, kiosk, book):
    book(200)
    near = book(10)

    client.post(kiosk, {"name": "皮亚", "digits": "1111"})

    assert Visit.objects.get().appointment_id == near.pk


def test_switched_off_and_wrong_keys(client, kiosk, clinic, book):
    book()
    FlowRules.objects.create(clinic=clinic, kiosk_is_on=False)

    assert "<form" not in page_of(client.get(kiosk))
    client.post(kiosk, {"name": "皮亚", "digits": "1111"})
    assert Visit.objects.count() == 0
    assert client.get(reverse("portal:kiosk", args=["nonsense"])).status_code == 404


def test_kiosk_of_another_clinic_finds_nobody_of_this_one(client, other_clinic, book):
    booked = book()
    _device, token = make_device(clinic=other_clinic, kind="kiosk", token="token-of-theirs")
    theirs = reverse("portal:kiosk", args=[token])

    assert client.post(theirs, {"name": "皮亚", "digits": "1111"}).status_code == 422
    assert client.post(theirs, {"name": code_of(booked.pk)}).status_code == 422
    assert Visit.objects.count() == 0


def test_kiosk_speaks_english(client, kiosk):
    html = page_of(client.get(kiosk, {"lang": "en"}))

    assert "Welcome. Please check in" in html
    assert 'http-equiv="refresh"' in html


def test_nobody_keeps_the_page(client, kiosk):
    assert client.get(kiosk).headers["Cache-Control"] == "no-store, private"


@pytest.fixture
def link(clinic, pia, at):
    def make(appointment, lasts=timedelta(minutes=30)):
        return make_link(clinic=clinic, purpose="c", patient=pia, subject_id=appointment.pk, lasts=lasts, at=at)[1]

    return make


def test_link_checks_in_once(client, book, link, pia):
    booked = book()
    path = link(booked)
    assert pia.name not in page_of(client.get(path))
    assert Visit.objects.count() == 0

    answer = client.post(path)

    visit = Visit.objects.get()
    assert (visit.arrival, visit.appointment_id) == ("link", booked.pk)
    assert f"<b>{visit.queue_number}</b>" in page_of(answer)
    assert client.get(path).status_code == 404


def test_link_that_may_not_check_in_stays_good(client, book, link):
    booked = book(-20)
    path = link(booked)

    assert client.post(path).status_code == 409
    assert Visit.objects.count() == 0
    assert Link.objects.get().used_at is None


def test_link_to_nothing_opens_nothing(client, clinic, pia, at):
    path = make_link(clinic=clinic, purpose="c", patient=pia, subject_id=pia.pk, lasts=timedelta(minutes=5), at=at)[1]

    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_desk_sends_a_link_and_the_earlier_one_ends(client, clinic, book, rosa, at):
    make_sending_rules(clinic=clinic)
    load_templates(clinic=clinic)
    booked = Appointment.objects.select_related("clinic", "patient").get(pk=book().pk)
    services.send_check_in_link(by=rosa, appointment=booked, at=at)
    services.send_check_in_link(by=rosa, appointment=booked, at=at)

    assert OutboxMessage.objects.count() == 2
    assert Link.objects.filter(used_at=None).count() == 1
    assert "/p/c/" in OutboxMessage.objects.order_by("created_at", "pk").last().body


def test_link_is_not_sent_where_it_cannot_be_followed(clinic, book, rosa, at, pia):
    booked = book()
    with pytest.raises(services.NoAddress):
        services.send_check_in_link(by=rosa, appointment=booked, at=at)
    make_sending_rules(clinic=clinic)
    with pytest.raises(services.NoAddress):  # no template
        services.send_check_in_link(by=rosa, appointment=booked, at=at)
    FlowRules.objects.create(clinic=clinic, link_checkin_is_on=False)
    with pytest.raises(services.AtTheDesk):
        services.send_check_in_link(by=rosa, appointment=booked, at=at)
    assert Link.objects.count() == 0


def test_service_refuses_a_link_to_nothing(clinic, pia, system, at):
    made, _path = make_link(
        clinic=clinic, purpose="c", patient=pia, subject_id=pia.pk, lasts=timedelta(minutes=5), at=at
    )

    with pytest.raises(services.AtTheDesk):
        services.check_in_by_link(by=system, link=made, at=at)
    assert Link.objects.get().used_at is None
