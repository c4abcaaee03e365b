"""Forms on the patient's own phone."""

import pytest
from django.test import Client

from incisor.forms import queries, services
from incisor.forms.models import FilledForm, Handout
from incisor.messaging.models import Link
from tests.factories.forms import STROKES, make_design, make_filled
from tests.factories.patients import make_patient

pytestmark = pytest.mark.django_db
POSTED = {
    "f-name": "皮娅",
    "f-phone": "",
    "f-allergies": ["", "penicillin"],
    "f-true": ["no", "yes"],
    "s-sign_patient": STROKES,
}


@pytest.fixture
def now():
    from incisor.kernel import clock

    return clock.now()


@pytest.fixture
def path(clinic, pia, rosa, system, now):
    designs = [
        make_design(clinic=clinic, at=now, key=key, title_zh=title) for key, title in (("a", "甲表"), ("b", "乙表"))
    ]
    _handout, path = services.send_link(
        by=rosa, clinic=clinic, patient=pia, designs=designs, address="https://x", is_sent=False, at=now
    )
    return path


@pytest.fixture
def phone(path):
    client = Client()
    client.post(path, {"digits": "1111"})
    return client


def text_of(response):
    return response.content.decode()


def test_nothing_is_shown_before_the_digits(path, pia):
    page = text_of(Client().get(path))

    assert pia.name not in page
    assert "甲表" not in page


def test_forms_are_listed_filled_saved_and_signed(phone, path, pia):
    page = text_of(phone.get(path))
    assert (pia.name in page, "甲表" in page, "乙表" in page) == (True, True, True)
    first, second = FilledForm.objects.order_by("begun_at", "pk")
    page = text_of(phone.get(f"{path}{first.pk}/"))
    assert "138****1111" in page
    assert "13800001111" not in page
    assert phone.post(f"{path}{first.pk}/save/", {"revision": 0, "f-name": "皮"}).json() == {"revision": 1}
    assert 'value="皮"' in text_of(phone.get(f"{path}{first.pk}/"))
    assert phone.post(f"{path}{first.pk}/save/", {"revision": 0, "f-name": "皮"}).status_code == 409
    wrong = phone.post(f"{path}{first.pk}/sign/", {"revision": 1, **POSTED, "f-true": "no"})
    assert wrong.status_code == 422

    onward = phone.post(f"{path}{first.pk}/sign/", {"revision": 1, **POSTED})
    assert onward.headers["Location"] == f"{path}{second.pk}/"
    assert phone.get(f"{path}{first.pk}/").headers["Location"] == path
    assert phone.post(f"{path}{first.pk}/sign/", {"revision": 2, **POSTED}).headers["Location"] == path
    done = phone.post(f"{path}{second.pk}/sign/", {"revision": "x", **POSTED})
    assert done.status_code == 409
    done = phone.post(f"{path}{second.pk}/sign/", {"revision": 0, **POSTED})

    assert done.status_code == 200
    assert {(one.status, one.way) for one in FilledForm.objects.all()} == {("signed", "link")}
    assert all(queries.copy_of(one) for one in FilledForm.objects.all())
    assert Link.objects.get().used_at is not None
    assert phone.get(path).status_code == 404


def test_link_reaches_its_own_forms_only(phone, path, clinic, rosa, now):
    other = make_patient(clinic=clinic, file_number="A9", name="王五")
    foreign = make_filled(patient=other, design=make_design(clinic=clinic, at=now, key="c"), by=rosa, at=now)

    for part in ("", "save/", "sign/"):
        verb = phone.post if part else phone.get
        assert verb(f"{path}{foreign.pk}/{part}").status_code == 404


def test_closed_link_opens_nothing(phone, path, rosa, now):
    services.end_handout(by=rosa, handout=Handout.objects.get(), at=now)

    assert phone.get(path).status_code == 404
