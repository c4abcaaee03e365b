"""Pages of what has no time yet and of the waitlist, and the panel that cancels and offers in one go."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.kernel.spans import minute_of
from incisor.scheduling import queries, services
from incisor.scheduling.models import Appointment, SlotOffer, Unplaced, WaitlistRules, WaitlistWish
from incisor.scheduling.rules import parse_filter
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
THURSDAY = TEN + timedelta(days=2)
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_half_past_nine(monkeypatch, at):
    for module in ("appointment", "booking", "cancelling", "placing", "waitlist"):
        monkeypatch.setattr(f"incisor.scheduling.views.{module}.now", lambda: at)


@pytest.fixture
def booked(rosa, clinic, pia, dana, chair, cleaning, at):
    return services.book_appointment(
        by=rosa, clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedures=[cleaning], at=at
    )


@pytest.fixture
def waits(rosa, clinic, dana, chair, cleaning, at):
    def make(number):
        patient = make_patient(clinic=clinic, name=f"候补{number}", file_number=f"A0001{number:02}")
        own = make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair, procedure=cleaning,
            starts_at=THURSDAY + timedelta(minutes=30 * number),
        )  # fmt: skip
        return services.put_on_waitlist(
            by=rosa, clinic=clinic, patient=patient, appointment=own, procedures=[cleaning], minutes=30,
            wanted=parse_filter("", today=date(2026, 3, 2)), at=at - timedelta(minutes=100 - number),
        )  # fmt: skip

    return make


@pytest.fixture
def lost(booked, clinic, rosa, at):
    services.cancel_appointment(by=rosa, appointment=booked, reason="ill", at=at)
    return queries.to_place(clinic)[0]


def told(answer):
    return json.loads(answer.headers["HX-Trigger"])["toast"]


def count_queries(client, address):
    client.get(address, headers=HX)
    with CaptureQueriesContext(connection) as seen:
        client.get(address, headers=HX)
    return len(seen)


# ---- cancelling


def test_without_anybody_waiting_a_digit_cancels(as_rosa, booked):
    html = as_rosa.get(reverse("scheduling:appointment-cancel", args=[booked.pk]), headers=HX).content.decode()

    assert "data-picks" not in html
    assert html.count('role="option"') == 8


def test_panel_shows_who_waits_ticked_and_one_answer_cancels_and_offers(as_rosa, booked, waits):
    first, second = waits(1), waits(2)
    address = reverse("scheduling:appointment-cancel", args=[booked.pk])

    html = as_rosa.get(address, headers=HX).content.decode()
    assert html.count("data-picks") == 8
    assert html.count(" checked>") == 2
    answer = as_rosa.post(
        address,
        {"reason": ["", "ill"], "offered": "1", "ask": [first.pk, second.pk], "version": booked.version},
        headers=HX,
    )

    assert answer.status_code == 204, answer.content.decode()
    booked.refresh_from_db()
    assert booked.status == "cancelled"
    assert "候补1" in told(answer)["text"]
    undone = as_rosa.post(told(answer)["undo_url"], headers=HX)
    booked.refresh_from_db()
    assert (undone.status_code, booked.status, SlotOffer.objects.get().state) == (204, "confirmed", "withdrawn")


def test_who_is_unticked_is_not_asked_and_nobody_ticked_only_cancels(as_rosa, booked, waits):
    first, second = waits(1), waits(2)
    address = reverse("scheduling:appointment-cancel", args=[booked.pk])

    as_rosa.post(address, {"reason": "ill", "offered": "1", "ask": [second.pk]}, headers=HX)

    assert set(SlotOffer.objects.values_list("wish_id", "state")) == {(first.pk, "skipped"), (second.pk, "open")}


def test_nobody_ticked_only_cancels(as_rosa, booked, waits):
    waits(1)

    answer = as_rosa.post(
        reverse("scheduling:appointment-cancel", args=[booked.pk]), {"reason": "ill", "offered": "1"}, headers=HX
    )

    assert answer.status_code == 204
    assert SlotOffer.objects.count() == 0


# ---- to be booked again


def test_list_says_who_since_when_and_why(as_rosa, lost):
    html = as_rosa.get(reverse("scheduling:to-place")).content.decode()

    assert "皮亚" in html
    assert reverse("scheduling:place-again", args=[lost.pk]) in html


def test_empty_list_says_so(as_rosa, clinic):
    assert "state-empty" in as_rosa.get(reverse("scheduling:to-place"), headers=HX).content.decode()


def test_panel_offers_times_with_the_wished_dentist_and_a_digit_books(as_rosa, lost, dana, chair):
    address = reverse("scheduling:place-again", args=[lost.pk])

    html = as_rosa.get(address, headers=HX).content.decode()
    assert html.count('role="option"') == 5
    assert f'value="{dana.pk}" selected' in html
    answer = as_rosa.post(address, {"slot": f"{dana.pk}_{chair.pk}_{minute_of(THURSDAY)}", "minutes": "30"}, headers=HX)

    assert answer.status_code == 204, answer.content.decode()
    made = Appointment.objects.exclude(pk=lost.appointment_id).get()
    assert (made.starts_at, made.moved_from_id) == (THURSDAY, lost.appointment_id)
    assert "state-empty" in as_rosa.get(reverse("scheduling:to-place"), headers=HX).content.decode()
    again = as_rosa.get(address, headers=HX).content.decode()
    assert reverse("scheduling:appointment", args=[made.pk]) in again


def test_taken_time_is_told_with_others(as_rosa, lost, clinic, dana, chair):
    other = make_patient(clinic=clinic, name="别人", file_number="A000009")
    make_appointment(clinic=clinic, patient=other, dentist=dana, chair=chair, starts_at=THURSDAY)
    address = reverse("scheduling:place-again", args=[lost.pk])
    data = {"slot": f"{dana.pk}_{chair.pk}_{minute_of(THURSDAY)}"}

    answer = as_rosa.post(address, data, headers=HX)

    assert (answer.status_code, answer.content.decode().count('role="option"')) == (422, 3)
    assert as_rosa.post(address, {}, headers=HX).status_code == 422


def test_given_up_with_undo(as_rosa, lost):
    panel = as_rosa.get(reverse("scheduling:place-give-up", args=[lost.pk]), headers=HX).content.decode()
    answer = as_rosa.post(reverse("scheduling:place-give-up", args=[lost.pk]), {"reason": "not_wanted"}, headers=HX)

    assert panel.count('role="option"') == 5
    lost.refresh_from_db()
    assert lost.state == "given_up"
    as_rosa.post(told(answer)["undo_url"], headers=HX)
    lost.refresh_from_db()
    assert lost.state == "open"
    assert as_rosa.post(reverse("scheduling:place-give-up", args=[lost.pk]), {}, headers=HX).status_code == 422


def test_a_try_is_noted_with_one_key(as_rosa, lost):
    answer = as_rosa.post(reverse("scheduling:place-contact", args=[lost.pk]), {"outcome": "no_answer"}, headers=HX)

    lost.refresh_from_db()
    assert (answer.status_code, lost.contact_count) == (204, 1)
    assert as_rosa.post(reverse("scheduling:place-contact", args=[lost.pk]), {"outcome": "x"}).status_code == 409
    assert (
        as_rosa.post(reverse("scheduling:place-contact", args=[lost.pk]), {"outcome": "calls_back"}).status_code == 303
    )


@pytest.mark.parametrize("name", ["place-again", "place-give-up"])
def test_outsiders_find_no_visit(as_omar, lost, name):
    assert as_omar.get(reverse(f"scheduling:{name}", args=[lost.pk])).status_code == 404


def test_list_costs_the_same_for_one_and_for_three(as_rosa, lost, clinic, pia, dana, rosa, at):
    address = reverse("scheduling:to-place")
    few = count_queries(as_rosa, address)
    for number in range(2):
        patient = make_patient(clinic=clinic, name=f"别人{number}", file_number=f"A00020{number}")
        Unplaced.objects.create(
            clinic=clinic, patient=patient, origin="cut", dentist=dana, since_at=at, created_by=rosa
        )

    assert count_queries(as_rosa, address) == few


# ---- the waitlist


def test_wish_from_an_appointment_takes_one_enter(as_rosa, booked, pia, clinic, dana):
    address = reverse("scheduling:wish-new", args=[pia.pk])

    panel = as_rosa.get(address, {"appointment": booked.pk}, headers=HX).content.decode()
    answer = as_rosa.post(address, {"appointment": booked.pk, "code": "m"}, headers=HX)

    assert "data-autofocus" in panel
    assert answer.status_code == 204, answer.content.decode()
    wish = WaitlistWish.objects.get()
    assert (wish.appointment, wish.first_on, wish.until_on, wish.parts) == (
        booked,
        date(2026, 3, 2),
        date(2026, 3, 3),
        [[0, 720]],
    )
    assert (wish.minutes, wish.channel, wish.notice_minutes) == (30, "call", 120)
    as_rosa.post(told(answer)["undo_url"], headers=HX)
    wish.refresh_from_db()
    assert (wish.state, wish.leave_reason) == ("left", "mistake")


def test_wish_without_a_booking_for_a_specialty(as_rosa, pia, cleaning):
    answer = as_rosa.post(
        reverse("scheduling:wish-new", args=[pia.pk]),
        {
            "appointment": "none", "code": "nz3", "specialty": "general", "offered_by": "message", "is_urgent": "1",
            "notice_minutes": "1440", "procedures": [str(cleaning.pk)], "minutes": "45",
        },
        headers=HX,
    )  # fmt: skip

    assert answer.status_code == 204, answer.content.decode()
    wish = WaitlistWish.objects.get()
    assert (wish.appointment, wish.specialty, wish.weekdays, wish.first_on) == (None, "general", [2], date(2026, 3, 9))
    assert (wish.channel, wish.priority, wish.notice_minutes, wish.minutes) == ("message", "urgent", 1440, 45)


def test_a_booking_waits_once(as_rosa, waits):
    first = waits(1)

    answer = as_rosa.post(
        reverse("scheduling:wish-new", args=[first.patient_id]), {"appointment": first.appointment_id}, headers=HX
    )

    assert answer.status_code == 422
    assert WaitlistWish.objects.count() == 1


def test_page_shows_offers_slots_and_wishes_and_answers_by_key(as_rosa, rosa, booked, waits, at):
    _first, second = waits(1), waits(2)
    services.cancel_with_offer(by=rosa, appointment=booked, reason="ill", at=at)
    page = as_rosa.get(reverse("scheduling:waitlist")).content.decode()
    offer = SlotOffer.objects.get()
    assert page.count("候补1") >= 2
    assert f'id="offer-{offer.pk}"' in page

    refused = as_rosa.post(reverse("scheduling:offer-answer", args=[offer.pk]), {"said": "no"}, headers=HX)
    assert "候补2" in told(refused)["text"]
    following = SlotOffer.objects.get(state="open")
    accepted = as_rosa.post(reverse("scheduling:offer-answer", args=[following.pk]), {"said": "yes"}, headers=HX)

    moved = Appointment.objects.get(pk=second.appointment_id)
    assert moved.starts_at == TEN
    assert told(accepted)["undo_url"]
    page = as_rosa.get(reverse("scheduling:waitlist"), headers=HX).content.decode()
    assert "候补1" in page
    assert 'id="slot-' in page  # the time that the moved one left


def test_silence_take_back_and_nonsense(as_rosa, rosa, booked, waits, at):
    waits(1)
    services.cancel_with_offer(by=rosa, appointment=booked, reason="ill", at=at)
    offer = SlotOffer.objects.get()
    address = reverse("scheduling:offer-answer", args=[offer.pk])

    assert as_rosa.post(address, {"said": "perhaps"}, headers=HX).status_code == 409
    assert as_rosa.post(address, {"said": "silent"}, headers=HX).status_code == 204
    assert as_rosa.post(address, {"said": "back"}, headers=HX).status_code == 409
    offer.refresh_from_db()
    assert offer.state == "silent"


def test_offer_is_taken_back_and_offered_by_hand(as_rosa, rosa, booked, waits, at):
    waits(1)
    services.cancel_appointment(by=rosa, appointment=booked, reason="ill", at=at)
    slot = queries.freed_slots(booked.clinic, at)[0]

    answer = as_rosa.post(reverse("scheduling:slot-offer", args=[slot.pk]), headers=HX)
    assert "候补1" in told(answer)["text"]
    offer = SlotOffer.objects.get()
    as_rosa.post(reverse("scheduling:offer-answer", args=[offer.pk]), {"said": "back"}, headers=HX)

    offer.refresh_from_db()
    assert offer.state == "withdrawn"


def test_taken_off_with_reason_and_undo(as_rosa, waits):
    first = waits(1)
    address = reverse("scheduling:wish-leave", args=[first.pk])

    assert as_rosa.get(address, headers=HX).content.decode().count('role="option"') == 4
    answer = as_rosa.post(address, {"reason": "no_need"}, headers=HX)
    first.refresh_from_db()
    assert first.state == "left"
    as_rosa.post(told(answer)["undo_url"], headers=HX)
    first.refresh_from_db()
    assert first.state == "waiting"


def test_manager_changes_the_rules(as_mona, clinic):
    data = {"answer_minutes": 30, "near_answer_minutes": 10, "least_ahead_minutes": 60, "version": 1}

    assert as_mona.get(reverse("scheduling:waitlist-rules")).status_code == 200
    assert as_mona.post(reverse("scheduling:waitlist-rules"), data).status_code == 303
    assert as_mona.post(reverse("scheduling:waitlist-rules"), {**data, "answer_minutes": 1}).status_code == 422

    rules = WaitlistRules.objects.get()
    assert (rules.is_automatic, rules.answer_minutes) == (False, 30)


def test_receptionist_does_not_change_the_rules(as_rosa):
    assert as_rosa.get(reverse("scheduling:waitlist-rules")).status_code == 403


@pytest.mark.parametrize("name", ["wish-new"])
def test_outsiders_wait_for_nobody(as_omar, pia, name):
    assert as_omar.get(reverse(f"scheduling:{name}", args=[pia.pk])).status_code == 404


def test_outsiders_answer_no_offers(as_omar, rosa, booked, waits, at):
    wish = waits(1)
    _change, offer = services.cancel_with_offer(by=rosa, appointment=booked, reason="ill", at=at)

    assert as_omar.post(reverse("scheduling:offer-answer", args=[offer.pk]), {"said": "yes"}).status_code == 404
    assert as_omar.post(reverse("scheduling:slot-offer", args=[offer.slot_id])).status_code == 404
    assert as_omar.post(reverse("scheduling:wish-leave", args=[wish.pk]), {"reason": "no_need"}).status_code == 404
    assert "候补1" not in as_omar.get(reverse("scheduling:waitlist")).content.decode()


def test_waitlist_costs_the_same_for_one_and_for_three(as_rosa, waits):
    waits(1)
    address = reverse("scheduling:waitlist")
    few = count_queries(as_rosa, address)
    waits(2)
    waits(3)

    assert count_queries(as_rosa, address) == few
