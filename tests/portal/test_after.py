"""After the visit on the patient's phone: sheets behind the last digits, one question with one touch."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.messaging.services import make_link
from incisor.reception.models import Survey
from tests.factories.billing import make_treatment
from tests.factories.patients import make_patient
from tests.factories.reception import make_survey
from tests.factories.visits import make_visit

pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
def visit(clinic, cleaning, at):
    patient = make_patient(clinic=clinic, name="王小明", file_number="P1", phone="13900008356")
    made = make_visit(clinic=clinic, patient=patient, at=at, status="done")
    make_treatment(visit=made, procedure=cleaning)
    return made


def path_of(visit, purpose, subject, at):
    _link, path = make_link(
        clinic=visit.clinic, purpose=purpose, patient=visit.patient, subject_id=subject, lasts=timedelta(days=1), at=at
    )
    return path


def test_sheet_opens_with_the_last_digits(client, visit, at):
    path = path_of(visit, "i", visit.pk, at)
    assert "洁牙之后" not in client.get(path).content.decode()

    client.post(path, {"digits": "8356"})

    assert "洁牙之后" in client.get(path).content.decode()


def test_one_touch_answers_and_can_be_changed(client, visit, at):
    survey = make_survey(visit=visit, at=at)
    path = path_of(visit, "s", survey.pk, at)
    page = client.get(path).content.decode()
    assert "王小明" not in page

    assert client.post(path, {"score": "4", "words": "很好"}).status_code == 303
    assert (Survey.objects.get().score, Survey.objects.get().words) == (4, "很好")
    assert "很好" not in client.get(f"{path}?done=1").content.decode()
    assert client.post(path, {"score": "9"}).status_code == 200
    assert Survey.objects.get().score == 4


def test_question_that_was_taken_back_is_gone(client, visit, at):
    survey = make_survey(visit=visit, at=at, withdrawn_at=at)

    assert client.get(path_of(visit, "s", survey.pk, at)).status_code == 404


def test_link_of_one_purpose_opens_no_other_page(client, visit, at):
    token = path_of(visit, "i", visit.pk, at).split("/")[3]

    assert client.get(reverse("portal:survey", args=[token])).status_code == 404
