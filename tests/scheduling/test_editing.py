"""Other procedures at the same time: through the gate with what they need."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from incisor.kernel.errors import NotAllowed
from incisor.kernel.spans import minute_of
from incisor.scheduling import services
from incisor.scheduling.models import Appointment
from incisor.scheduling.services import BlockWords, LimitWords
from tests.factories.clinics import make_chair, make_procedure
from tests.factories.patients import make_patient

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
HX = {"HX-Request": "true"}
HALF = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def at_half_past_nine(monkeypatch, at):
    monkeypatch.setattr("incisor.scheduling.views.appointment.now", lambda: at)


@pytest.fixture
def booked(rosa, clinic, pia, dana, chair, cleaning, at):
    return services.book_appointment(
        by=rosa, clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedures=[cleaning], at=at
    )


@pytest.fixture
def edit(rosa, booked, at):
    def edit(*procedures, **over):
        values = {"by": rosa, "appointment": booked, "need": "", "note": "", "procedures": procedures, "at": at}
        return services.edit_appointment(**{**values, **over})

    return edit


@pytest.fixture
def implant(db):
    return make_procedure(code="IMP", name_zh="种植", specialty="implants", duration_minutes=60)


def codes(row):
    return [item.procedure.code for item in row.items.order_by("position")]


def reasons(edit, *procedures, **over):
    with pytest.raises(services.SlotTaken) as refusal:
        edit(*procedures, **over)
    return refusal.value.details["reasons"]


@pytest.fixture
def one_implant(mona, clinic, dana, chair, implant, at):
    """One a day, and it is booked."""
    services.add_daily_limit(by=mona, clinic=clinic, words=LimitWords("种植", 1, ["procedure:IMP"]), at=at)
    return services.book_appointment(
        by=mona, clinic=clinic, patient=make_patient(clinic=clinic, file_number="A000002"), dentist=dana, chair=chair,
        starts_at=TEN + 4 * HALF, minutes=30, procedures=[implant], at=at,
    )  # fmt: skip


@pytest.mark.usefixtures("one_implant")
def test_a_daily_limit_holds_for_what_an_appointment_becomes(edit, mona, booked, implant, cleaning):
    assert reasons(edit, cleaning, implant) == ["limit"]
    assert codes(booked) == [cleaning.code]
    with pytest.raises(NotAllowed):
        edit(implant, overbook_reason="急")

    change = edit(implant, by=mona, overbook_reason="院长同意")

    booked.refresh_from_db()
    assert (booked.is_overbooked, booked.accepted, booked.overbook_reason) == (True, ["limit"], "院长同意")
    assert (change.reason, codes(booked), booked.starts_at) == ("院长同意", ["IMP"], TEN)
    # what stands already is not asked about twice
    assert edit(implant, cleaning)


def test_equipment_that_the_chair_lacks_is_never_overbooked(edit, mona, booked, cleaning):
    surgical = make_procedure(code="SURG", chair_needs=["surgery"])

    with pytest.raises(services.SlotTaken) as refusal:
        edit(surgical, by=mona, overbook_reason="急")

    assert (refusal.value.details["reasons"], refusal.value.details["can_overbook"]) == (["capability"], False)
    assert codes(booked) == [cleaning.code]


def test_time_kept_for_some_treatments_refuses_others(edit, mona, clinic, dana, booked, cleaning, implant, at):
    edit(implant)
    services.add_block(
        by=mona, clinic=clinic, words=BlockWords(kind="only", dentist=dana, only=("specialty:implants",)),
        starts_at=TEN, ends_at=TEN + 2 * HALF, at=at,
    )  # fmt: skip

    assert reasons(edit, cleaning) == ["only"]
    assert codes(booked) == ["IMP"]


def test_a_longer_buffer_must_be_free_and_is_taken(edit, rosa, clinic, dana, chair, booked, cleaning, at):
    clean_up = make_procedure(code="BUF", buffer_after_minutes=10)
    edit(clean_up)
    booked.refresh_from_db()
    assert booked.blocked_until == booked.ends_at + timedelta(minutes=10)
    edit(cleaning)
    other = make_patient(clinic=clinic, file_number="A000002")
    services.book_appointment(
        by=rosa, clinic=clinic, patient=other, dentist=dana, chair=chair, starts_at=booked.ends_at,
        procedures=[cleaning], at=at,
    )  # fmt: skip

    assert set(reasons(edit, clean_up)) == {"chair", "dentist"}


def test_the_usual_pattern_follows_the_procedures_and_an_own_one_stays(edit, rosa, booked, cleaning, at):
    waiting = make_procedure(code="WAIT", duration_minutes=30, busy=[[0, 10], [20, 30]])
    edit(waiting)
    booked.refresh_from_db()
    assert booked.busy == [[0, 10], [20, 30]]
    edit(cleaning)
    services.set_time_pattern(by=rosa, appointment=booked, busy=[[0, 15]], at=at)
    edit(waiting)
    booked.refresh_from_db()
    assert booked.busy == [[0, 15]]


@pytest.mark.usefixtures("one_implant")
def test_what_has_begun_or_ended_is_recorded_as_it_was(edit, rosa, booked, implant, at):
    Appointment.objects.filter(pk=booked.pk).update(status="completed")

    edit(implant)

    assert codes(booked) == ["IMP"]


@pytest.mark.usefixtures("one_implant")
def test_a_changed_treatment_may_move_at_once_to_where_there_is_room(edit, rosa, clinic, booked, implant, dana, chair):
    there = TEN + timedelta(days=1)

    change = edit(implant, place=(dana, chair, there))

    booked.refresh_from_db()
    assert (booked.starts_at, codes(booked), change.kind) == (there, ["IMP"], "moved")
    # all or nothing: the other day is full now too
    other = make_chair(clinic=clinic, name="2号椅", position=1)
    assert reasons(edit, implant, implant, place=(dana, other, TEN + 4 * HALF)) == ["dentist", "limit"]


@pytest.mark.usefixtures("one_implant")
def test_the_page_tells_why_and_offers_other_times(as_rosa, booked, implant):
    url = reverse("scheduling:appointment-edit", args=[booked.pk])
    typed = {"procedures": [str(implant.pk)], "need": "想种牙", "version": booked.version}

    refused = as_rosa.post(url, typed, headers=HX)
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "种植" in html
    assert 'value="想种牙"' in html
    assert 'name="overbook_reason"' not in html
    slot = html.split('name="slot" value="')[1].split('"')[0]

    saved = as_rosa.post(url, {**typed, "slot": slot}, headers=HX)

    booked.refresh_from_db()
    assert (saved.status_code, codes(booked), booked.need) == (204, ["IMP"], "想种牙")
    assert minute_of(booked.starts_at) == int(slot.split("_")[2])
    assert "60" in saved.headers["HX-Trigger"]  # the usual length is told, the booked one stays
    assert minute_of(booked.ends_at) - minute_of(booked.starts_at) == 30


@pytest.mark.usefixtures("one_implant")
def test_who_may_overbook_says_why_on_the_page(as_mona, booked, implant):
    url = reverse("scheduling:appointment-edit", args=[booked.pk])
    typed = {"procedures": [str(implant.pk)], "version": booked.version}

    assert 'name="overbook_reason"' in as_mona.post(url, typed, headers=HX).content.decode()
    assert as_mona.post(url, {**typed, "overbook_reason": "院长同意"}, headers=HX).status_code == 204
    booked.refresh_from_db()
    assert booked.overbook_reason == "院长同意"


def test_the_page_refuses_a_place_that_is_none(as_rosa, booked, cleaning):
    url = reverse("scheduling:appointment-edit", args=[booked.pk])

    assert as_rosa.post(url, {"procedures": [str(cleaning.pk)], "slot": "x"}, headers=HX).status_code == 422
