"""The waitlist: who fits, whose turn it is, offers that hold the time, and nobody forgotten."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound
from incisor.kernel.spans import minute_of
from incisor.messaging.models import Link, OutboxMessage
from incisor.messaging.setup import load_templates
from incisor.scheduling import jobs, queries, services
from incisor.scheduling.enums import OfferState
from incisor.scheduling.models import Appointment, FreedSlot, Hold, SlotOffer, WaitlistWish
from incisor.scheduling.rules import parse_filter
from incisor.scheduling.rules.waitlist import (
    URGENT_HEAD_START_MINUTES,
    FreeTime,
    Wished,
    answer_until,
    fits,
    in_turn,
    offered_part,
    turn,
)
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_staff

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
DAY = date(2026, 3, 3)
THURSDAY = TEN + timedelta(days=2)
NOW = minute_of(datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
TIME = FreeTime("dana", frozenset({"general"}), minute_of(TEN), minute_of(TEN) + 40, DAY, 600)


def wished(**over):
    return Wished(**{"key": "w", "entered": 0, "minutes": 30, "first": date(2026, 3, 1), **over})


@pytest.mark.parametrize(
    ("over", "answer"),
    [
        ({}, True),
        ({"minutes": 40}, True),
        ({"minutes": 45}, False),
        ({"notice": 24 * 60}, True),
        ({"notice": 25 * 60}, False),
        ({"first": date(2026, 3, 4)}, False),
        ({"until": DAY}, True),
        ({"until": date(2026, 3, 2)}, False),
        ({"booked_start": minute_of(TEN) + 30}, True),
        ({"booked_start": minute_of(TEN) + 25}, False),
        ({"dentist": "dana"}, True),
        ({"dentist": "leo"}, False),
        ({"specialty": "general"}, True),
        ({"specialty": "implants"}, False),
        ({"weekdays": frozenset({1})}, True),
        ({"weekdays": frozenset({0, 2})}, False),
        ({"parts": ((540, 601),)}, True),
        ({"parts": ((540, 600), (1020, 1440))}, False),
    ],
)
def test_whom_a_freed_time_fits(over, answer):
    assert fits(wished(**over), TIME, now=NOW) is answer


def test_the_longest_waiting_is_asked_first_and_the_urgent_counts_as_a_week_older():
    rows = [
        wished(key="new", entered=9000),
        wished(key="urgent", entered=9500, is_urgent=True),
        wished(key="old", entered=0),
        wished(key="long", entered=0, minutes=60),
    ]

    assert [one.key for one in in_turn(rows, TIME, now=NOW)] == ["urgent", "old", "new"]


wishes = st.builds(
    lambda entered, is_urgent: (entered, is_urgent), st.integers(min_value=0, max_value=60 * 1440), st.booleans()
)


@given(st.lists(wishes, max_size=30), wishes)
def test_nobody_is_overtaken_by_what_came_more_than_a_week_later(others, mine):
    me = wished(key="me", entered=mine[0], is_urgent=mine[1])
    rows = [me, *(wished(key=f"{n}", entered=entered, is_urgent=urgent) for n, (entered, urgent) in enumerate(others))]

    order = in_turn(rows, TIME, now=NOW)

    before = order[: order.index(me)]
    assert all(one.entered <= me.entered + URGENT_HEAD_START_MINUTES for one in before)
    assert all(one.is_urgent or one.entered <= me.entered for one in before)


@given(st.integers(min_value=1, max_value=12), st.integers(min_value=1, max_value=3))
def test_nobody_starves_while_urgent_ones_keep_coming(urgent_a_day, slots_a_day):
    """However many urgent wishes come every day: whoever waits is reached once those of the first week are served."""
    me = wished(key="me", entered=0)
    waiting, day = [me], 0
    while me in waiting and day < 400:
        entered = [wished(key=f"{day}-{n}", entered=day * 1440 + 1, is_urgent=True) for n in range(urgent_a_day)]
        waiting += entered
        for _slot in range(slots_a_day):
            if waiting:
                waiting.remove(min(waiting, key=turn))
        day += 1

    assert me not in waiting
    assert day <= 8 * urgent_a_day // slots_a_day + 2


@pytest.mark.parametrize(
    ("span", "part"),
    [
        ((NOW + 200, NOW + 240), (NOW + 200, NOW + 240)),
        ((NOW + 60, NOW + 120), (NOW + 90, NOW + 120)),
        ((NOW + 60, NOW + 104), None),
        ((NOW - 60, NOW - 30), None),
    ],
)
def test_what_of_a_time_can_still_be_offered(span, part):
    assert offered_part(span, now=NOW, least_ahead=90) == part


@pytest.mark.parametrize(("ahead", "minutes"), [(48 * 60, 60), (23 * 60, 20), (45, 15)])
def test_how_long_an_offer_waits(ahead, minutes):
    now = TEN - timedelta(minutes=ahead)

    assert answer_until(TEN, now=now, minutes=60, near_minutes=20) == now + timedelta(minutes=minutes)


# ---- against a database


@pytest.fixture
def templates(clinic):
    clinic.phone = "0571-1234"
    clinic.save()
    load_templates(clinic=clinic)


@pytest.fixture
def booked(rosa, clinic, pia, dana, chair, cleaning, at):
    return services.book_appointment(
        by=rosa, clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedures=[cleaning], at=at
    )


@pytest.fixture
def wish(rosa, clinic, dana, chair, cleaning, at):
    """Somebody waits: number n, entered n minutes after the others, with a booking on Thursday unless told otherwise."""

    def make(number, *, has_booking=True, **over):
        patient = make_patient(
            clinic=clinic, name=f"候补{number}", file_number=f"A0001{number:02}", phone=f"1390000{number:04}"
        )
        own = make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair, procedure=cleaning,
            starts_at=THURSDAY + timedelta(minutes=30 * number),
        ) if has_booking else None  # fmt: skip
        values = {
            "by": rosa, "clinic": clinic, "patient": patient, "appointment": own, "procedures": [cleaning],
            "minutes": 30, "wanted": parse_filter("", today=date(2026, 3, 2)),
            "at": at - timedelta(minutes=100 - number),
        }  # fmt: skip
        return services.put_on_waitlist(**{**values, **over})

    return make


def cancelled_with_offer(booked, rosa, at, **over):
    return services.cancel_with_offer(by=rosa, appointment=booked, reason="ill", at=at, **over)


def test_cancelling_offers_to_the_first_and_holds_the_time(booked, wish, clinic, rosa, pia, at):
    first, second = wish(1), wish(2)

    _change, offer = cancelled_with_offer(booked, rosa, at)

    assert (offer.wish, offer.state, offer.channel, offer.expires_at) == (
        first,
        "open",
        "call",
        at + timedelta(hours=1),
    )
    assert (offer.hold.patient_id, offer.hold.starts_at, offer.hold.ended_at) == (first.patient_id, TEN, None)
    with pytest.raises(services.SlotTaken):
        services.book_appointment(
            by=rosa, clinic=clinic, patient=second.patient, dentist=booked.dentist, starts_at=TEN, at=at
        )
    assert [row.pk for row in queries.open_offers(clinic)] == [offer.pk]


def test_acceptance_moves_the_booking_and_its_old_time_comes_free(booked, wish, clinic, rosa, at):
    first = wish(1)
    _change, offer = cancelled_with_offer(booked, rosa, at)

    services.accept_offer(by=rosa, offer=offer, at=at + timedelta(minutes=5))

    own = Appointment.objects.get(pk=first.appointment_id)
    assert (own.starts_at, own.moved_count) == (TEN, 1)
    first.refresh_from_db()
    assert (first.state, first.served_as_id) == ("served", own.pk)
    filled, left = FreedSlot.objects.order_by("freed_at")
    assert (filled.state, filled.filled_by_id) == ("filled", own.pk)
    assert (left.state, left.starts_at) == ("open", THURSDAY + timedelta(minutes=30))
    assert Hold.objects.get().appointment_id == own.pk


def test_acceptance_books_who_has_no_booking_yet(booked, wish, clinic, rosa, cleaning, at):
    first = wish(1, has_booking=False, need="牙疼")
    _change, offer = cancelled_with_offer(booked, rosa, at)

    made = services.accept_offer(by=rosa, offer=offer, at=at)

    assert (made.patient, made.starts_at, made.need) == (first.patient, TEN, "牙疼")
    assert [item.procedure for item in made.items.all()] == [cleaning]


def test_an_offer_is_answered_once(booked, wish, rosa, at):
    wish(1)
    _change, offer = cancelled_with_offer(booked, rosa, at)
    services.accept_offer(by=rosa, offer=offer, at=at)

    with pytest.raises(services.OfferEnded):
        services.accept_offer(by=rosa, offer=offer, at=at)
    with pytest.raises(services.OfferEnded):
        services.refuse_offer(by=rosa, offer=offer, at=at)


def test_refusal_passes_on_and_nobody_is_asked_twice(booked, wish, clinic, rosa, at):
    first, second = wish(1), wish(2)
    _change, offer = cancelled_with_offer(booked, rosa, at)

    following = services.refuse_offer(by=rosa, offer=offer, at=at)
    last = services.refuse_offer(by=rosa, offer=following, at=at)

    assert (following.wish, last) == (second, None)
    first.refresh_from_db()
    assert first.state == "waiting"
    slot = FreedSlot.objects.get()
    with pytest.raises(services.NobodyToAsk):
        services.offer_slot(by=rosa, slot=slot, at=at)
    assert [row.pk for row in queries.freed_slots(clinic, at)] == [slot.pk]


def test_silence_passes_on_by_the_clock(booked, wish, clinic, rosa, system, at):
    wish(1)
    second = wish(2)
    _change, offer = cancelled_with_offer(booked, rosa, at)

    jobs.pass_on(at + timedelta(minutes=59))
    offer.refresh_from_db()
    assert offer.state == "open"
    assert jobs.pass_on(at + timedelta(minutes=60)) == "1 ended, 1 made"

    offer.refresh_from_db()
    assert offer.state == "silent"
    assert SlotOffer.objects.get(state="open").wish == second


def test_who_was_unticked_is_not_asked(booked, wish, clinic, rosa, at):
    first, second = wish(1), wish(2)

    _change, offer = cancelled_with_offer(booked, rosa, at, skipped={first.pk})

    assert offer.wish == second
    assert SlotOffer.objects.get(wish=first).state == OfferState.SKIPPED


def test_undo_takes_back_the_cancellation_and_the_offer(booked, wish, clinic, rosa, templates, settings, at):
    wish(1, channel="message")
    change, offer = cancelled_with_offer(booked, rosa, at)

    services.undo_change(by=rosa, clinic=clinic, change=change, at=at + timedelta(seconds=5))

    booked.refresh_from_db()
    offer.refresh_from_db()
    assert (booked.status, offer.state) == ("confirmed", "withdrawn")
    assert FreedSlot.objects.get().state == "restored"
    assert not OutboxMessage.objects.filter(template_key="waitlist_offer").exclude(status="cancelled").exists()
    assert not Link.objects.filter(purpose="o", used_at=None).exists()


def test_moving_back_takes_back_what_the_move_had_freed(booked, wish, clinic, rosa, system, at):
    wish(1)
    change = services.move_appointment(by=rosa, appointment=booked, starts_at=TEN + timedelta(hours=3), at=at)
    assert jobs.pass_on(at + timedelta(minutes=1)) == "0 ended, 1 made"

    services.undo_change(by=rosa, clinic=clinic, change=change, at=at + timedelta(minutes=2))

    booked.refresh_from_db()
    assert (booked.starts_at, SlotOffer.objects.get().state) == (TEN, "withdrawn")


def test_a_small_shift_frees_nothing(booked, rosa, at):
    services.move_appointment(by=rosa, appointment=booked, starts_at=TEN + timedelta(minutes=15), at=at)

    assert FreedSlot.objects.count() == 0


def test_times_are_offered_by_themselves_after_a_minute_if_the_clinic_wants(
    booked, wish, clinic, rosa, mona, system, at
):
    wish(1)
    services.cancel_appointment(by=rosa, appointment=booked, reason="ill", at=at)
    assert jobs.pass_on(at + timedelta(seconds=30)) == "0 ended, 0 made"

    services.change_waitlist_rules(
        by=mona, clinic=clinic, is_automatic=False, answer_minutes=30, near_answer_minutes=10, least_ahead_minutes=60,
        version=1, at=at,
    )  # fmt: skip
    assert jobs.pass_on(at + timedelta(minutes=2)) == "0 ended, 0 made"
    services.change_waitlist_rules(
        by=mona, clinic=clinic, is_automatic=True, answer_minutes=30, near_answer_minutes=10, least_ahead_minutes=60,
        version=1, at=at,
    )  # fmt: skip
    assert jobs.pass_on(at + timedelta(minutes=3)) == "0 ended, 1 made"
    assert SlotOffer.objects.get().expires_at == at + timedelta(minutes=33)
    with pytest.raises(ChangedMeanwhile):
        services.change_waitlist_rules(
            by=mona, clinic=clinic, is_automatic=True, answer_minutes=30, near_answer_minutes=10,
            least_ahead_minutes=60, version=1, at=at,
        )  # fmt: skip


def test_a_time_that_nobody_took_lapses_and_a_booked_one_counts_as_booked(
    booked, clinic, rosa, system, dana, chair, pia, at
):
    services.cancel_appointment(by=rosa, appointment=booked, reason="ill", at=at)
    soon = TEN - timedelta(minutes=20)
    other = make_patient(clinic=clinic, name="别人", file_number="A000009")
    services.book_appointment(by=rosa, clinic=clinic, patient=other, dentist=dana, starts_at=TEN, at=at)

    jobs.pass_on(soon)

    assert FreedSlot.objects.get().state == "taken"
    assert queries.fill_rate(clinic, date(2026, 3, 2), date(2026, 3, 2)) == (1, 0, 0, 1, 0)


def test_fill_rate_counts_what_became_of_freed_times(booked, wish, clinic, rosa, at):
    wish(1)
    _change, offer = cancelled_with_offer(booked, rosa, at)
    services.accept_offer(by=rosa, offer=offer, at=at)

    found = queries.fill_rate(clinic, date(2026, 3, 2), date(2026, 3, 2))

    assert (found.freed, found.offered, found.filled, found.percent) == (2, 1, 1, 100)
    assert queries.fill_rate(clinic, date(2026, 3, 3), date(2026, 3, 9)).percent == 0


def test_message_goes_out_after_the_undo_and_holds_its_link(
    booked, wish, clinic, rosa, templates, settings, monkeypatch, at
):
    monkeypatch.setattr("incisor.scheduling.services.filling.public_address", lambda _clinic: "https://a.example")
    first = wish(1, channel="message")
    first.patient.contact_channel = "wechat"
    first.patient.save()

    _change, offer = cancelled_with_offer(booked, rosa, at)

    message = OutboxMessage.objects.get(template_key="waitlist_offer")
    assert (message.channel, message.not_before, message.expires_at) == (
        "wechat",
        at + timedelta(seconds=20),
        offer.expires_at,
    )
    assert "https://a.example/p/o/" in message.body
    assert "10:00" in message.body
    assert offer.channel == "message"


def test_who_cannot_be_written_to_is_called(booked, wish, clinic, rosa, templates, at):
    first = wish(1, channel="message")
    first.patient.contact_channel = "none"
    first.patient.save()

    _change, offer = cancelled_with_offer(booked, rosa, at)

    offer.refresh_from_db()
    assert offer.channel == "call"


def test_who_is_expected_elsewhere_then_is_left_out(booked, wish, clinic, rosa, at):
    first = wish(1)
    other = make_staff(clinic=clinic, name="李欧", number="D2", chair=make_chair(clinic=clinic, name="2号椅"))
    make_appointment(
        clinic=clinic, patient=first.patient, dentist=other, chair=make_chair(clinic=clinic, name="3号椅"),
        starts_at=TEN + timedelta(minutes=10),
    )  # fmt: skip

    _change, offer = cancelled_with_offer(booked, rosa, at)

    assert offer is None


def test_wish_of_a_cancelled_booking_is_not_asked(booked, wish, rosa, at):
    first = wish(1)
    Appointment.objects.filter(pk=first.appointment_id).update(status="cancelled")

    assert cancelled_with_offer(booked, rosa, at)[1] is None


def test_taken_off_with_reason_and_back_again(wish, booked, clinic, rosa, at):
    first = wish(1)
    _change, offer = cancelled_with_offer(booked, rosa, at)

    services.leave_waitlist(by=rosa, wish=first, reason="no_need", at=at)
    offer.refresh_from_db()
    assert (queries.waiting(clinic), offer.state) == ([], "withdrawn")
    with pytest.raises(ChangedMeanwhile):
        services.leave_waitlist(by=rosa, wish=first, reason="no_need", at=at)
    services.return_to_waitlist(by=rosa, wish=first, at=at)

    assert [row.pk for row in queries.waiting(clinic)] == [first.pk]
    with pytest.raises(ChangedMeanwhile):
        services.return_to_waitlist(by=rosa, wish=first, at=at)


def test_a_booking_waits_once(wish, clinic, rosa, cleaning, at):
    first = wish(1)
    values = {
        "by": rosa, "clinic": clinic, "patient": first.patient, "appointment": first.appointment,
        "procedures": [cleaning], "minutes": 30, "wanted": parse_filter("", today=DAY), "at": at,
    }  # fmt: skip

    with pytest.raises(services.WaitsAlready):
        services.put_on_waitlist(**values)
    Appointment.objects.filter(pk=first.appointment_id).update(status="completed")
    first.appointment.refresh_from_db()
    with pytest.raises(services.WaitsAlready):
        services.put_on_waitlist(**values)
    services.leave_waitlist(by=rosa, wish=first, reason="mistake", at=at)
    WaitlistWish.objects.create(
        clinic=clinic, patient=first.patient, appointment=first.appointment, minutes=30, first_on=DAY, channel="call",
        created_by=rosa, created_at=at,
    )  # fmt: skip
    with pytest.raises(services.WaitsAlready):
        services.return_to_waitlist(by=rosa, wish=first, at=at)


def test_a_wish_whose_days_are_over_lapses(wish, clinic, rosa, system, at):
    first = wish(1, wanted=parse_filter("t", today=date(2026, 3, 2)))

    jobs.pass_on(at + timedelta(days=1))

    first.refresh_from_db()
    assert first.state == "lapsed"


def test_undone_acceptance_lets_wait_again(booked, wish, clinic, rosa, at):
    first = wish(1)
    _change, offer = cancelled_with_offer(booked, rosa, at)
    change = services.accept_offer(by=rosa, offer=offer, at=at)

    services.undo_change(by=rosa, clinic=clinic, change=change, at=at + timedelta(seconds=5))

    first.refresh_from_db()
    assert (first.state, Appointment.objects.get(pk=first.appointment_id).starts_at) == (
        "waiting",
        THURSDAY + timedelta(minutes=30),
    )


def test_offer_is_taken_back(booked, wish, clinic, rosa, at):
    wish(1)
    _change, offer = cancelled_with_offer(booked, rosa, at)

    services.take_back_offer(by=rosa, offer=offer, at=at)

    assert Hold.objects.get().ended_at == at
    with pytest.raises(services.OfferEnded):
        services.take_back_offer(by=rosa, offer=offer, at=at)


def test_others_have_nothing_to_do_with_the_waitlist(wish, booked, clinic, other_clinic, rosa, omar, at):
    first = wish(1)
    _change, offer = cancelled_with_offer(booked, rosa, at)

    with pytest.raises(NotFound):
        queries.wish(other_clinic, first.pk)
    with pytest.raises(NotFound):
        queries.offer(other_clinic, offer.pk)
    with pytest.raises(NotFound):
        queries.freed_slot(other_clinic, offer.slot_id)
    with pytest.raises(NotAllowed):
        services.accept_offer(by=omar, offer=offer, at=at)
