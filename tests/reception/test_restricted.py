"""A restricted file: on no list of the day stands the name for whoever may not see it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.enquiries.models import CallNote, Lead, PhoneCall
from incisor.kernel import clock
from incisor.patients.models import Patient
from incisor.scheduling.models import Unplaced
from tests.factories.enquiries import make_call, make_lead, make_note
from tests.factories.outreach import make_task
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.visits import make_visit

SAID = "牙还疼，想种牙"


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def everywhere(clinic, pia, rosa, dana, chair, cleaning, now):
    """Pia is expected and booked, sits waiting, is to be called, rings, has said something, and waits for a time."""
    booked = {"dentist": dana, "chair": chair, "procedure": cleaning}
    make_appointment(clinic=clinic, patient=pia, starts_at=now + timedelta(minutes=5), **booked)
    visit = make_visit(clinic=clinic, patient=pia, dentist=dana, at=now)
    make_task(clinic=clinic, patient=pia, due_on=clock.business_date(now, clinic.zone))
    call = make_call(clinic=clinic, number=pia.phone, patient=pia)
    make_note(clinic=clinic, by=rosa, patient=pia, call=call, text=SAID)
    make_lead(clinic=clinic, by=rosa, name=pia.name, number=pia.phone, patient=pia, wanted=SAID, next_on=now.date())
    Unplaced.objects.create(clinic=clinic, patient=pia, origin="cancelled", since_at=now, created_by=rosa)
    return visit


def addresses(clinic, visit, now):
    day = clock.business_date(now, clinic.zone)
    return {
        "calendar": f"{reverse('scheduling:calendar-events')}?start={day}&end={day + timedelta(days=2)}",
        "board": reverse("reception:today"),
        "visit": reverse("reception:visit", args=[visit.pk]),
        "follow-ups": reverse("outreach:follow-ups"),
        "ringing": reverse("enquiries:ringing"),
        "calls": reverse("enquiries:calls"),
        "call": reverse("enquiries:call", args=[PhoneCall.objects.get().pk]),
        "note": reverse("enquiries:note", args=[CallNote.objects.get().pk]),
        "due": reverse("reception:due"),
        "leads": reverse("enquiries:leads"),
        "lead": reverse("enquiries:lead", args=[Lead.objects.get().pk]),
        "to place": reverse("scheduling:to-place"),
        "strip": reverse("scheduling:calendar-strip"),
        "print": f"{reverse('scheduling:calendar-print')}?day={day}",
    }


def test_name_of_a_restricted_file_is_on_no_list_of_the_day(clinic, client, rosa, mona, pia, everywhere, now):
    Patient.objects.filter(pk=pia.pk).update(restricted_at=now)
    pages = addresses(clinic, everywhere, now)

    client.force_login(rosa)
    for place, address in pages.items():
        page = client.get(address).content.decode()
        assert pia.name not in page, place
        assert pia.phone not in page, place
        assert SAID not in page, place
        if place != "calls":
            assert "受限档案" in page, place

    client.force_login(mona)
    for place in ("calendar", "board", "ringing", "call", "note", "to place", "strip", "print"):
        assert pia.name in client.get(pages[place]).content.decode(), place


def test_file_that_is_not_restricted_keeps_its_name(as_rosa, clinic, pia, everywhere, now):
    pages = addresses(clinic, everywhere, now)
    for place in ("calendar", "board", "follow-ups", "ringing"):
        page = as_rosa.get(pages[place]).content.decode()
        assert pia.name in page, place
        assert "受限档案" not in page, place


@pytest.mark.parametrize("place", ["calendar", "board", "follow-ups"])
def test_more_restricted_files_ask_no_more_of_the_database(
    as_rosa, clinic, pia, dana, chair, cleaning, everywhere, now, place, system
):
    address = addresses(clinic, everywhere, now)[place]
    Patient.objects.filter(pk=pia.pk).update(restricted_at=now)
    counts = []
    for number in range(3):
        as_rosa.get(address)
        with CaptureQueriesContext(connection) as asked:
            as_rosa.get(address)
        counts.append(len(asked))
        other = make_patient(
            clinic=clinic, name=f"秦{number}", file_number=f"A00001{number}", restricted_at=now, created_by=system
        )
        begin = now + timedelta(hours=number + 1)
        make_appointment(clinic=clinic, patient=other, starts_at=begin, dentist=dana, chair=chair, procedure=cleaning)
        make_visit(clinic=clinic, patient=other, dentist=dana, at=now)
        make_task(clinic=clinic, patient=other, due_on=clock.business_date(now, clinic.zone))

    assert counts[1] == counts[2]
