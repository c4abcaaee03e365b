"""Copied, swapped, taken out, put back: each through the gate, both or neither, and told to whoever comes second."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed
from incisor.scheduling import queries, services
from incisor.scheduling.models import Appointment, AppointmentChange, CalendarLook, Unplaced
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
HX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_half_past_nine(monkeypatch, at):
    for module in ("booking", "calendar", "frame", "feed", "appointment", "exchange", "placing"):
        monkeypatch.setattr(f"incisor.scheduling.views.{module}.now", lambda: at)


@pytest.fixture
def booked(rosa, clinic, pia, dana, chair, cleaning, at):
    return services.book_appointment(
        by=rosa, clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedures=[cleaning],
        need="洗牙", note="怕疼", channel="online", at=at,
    )  # fmt: skip


@pytest.fixture
def li(clinic):
    staff = make_staff(
        clinic=clinic, name="李医生", number="D2", chair=make_chair(clinic=clinic, name="2号椅", position=2)
    )
    make_roster(staff=staff, clinic=clinic)
    return staff


@pytest.fixture
def second(rosa, clinic, li, cleaning, at):
    """An hour later with the other dentist on the other chair, 45 minutes long."""
    patient = make_patient(clinic=clinic, name="王小明", file_number="A000002")
    return services.book_appointment(
        by=rosa,
        clinic=clinic,
        patient=patient,
        dentist=li,
        starts_at=TEN + HOUR,
        minutes=45,
        procedures=[cleaning],
        at=at,
    )


def place(row):
    row.refresh_from_db()
    return row.starts_at, row.dentist_id, row.chair_id


# copy


def test_a_copy_is_a_booking_of_its_own_with_everything(rosa, booked, at):
    made = services.copy_appointment(by=rosa, appointment=booked, starts_at=TEN + timedelta(days=7), at=at)

    assert made.pk != booked.pk
    assert (made.patient, made.dentist, made.need, made.note, made.channel, made.status) == (
        booked.patient, booked.dentist, "洗牙", "怕疼", "online", "confirmed",
    )  # fmt: skip
    assert made.ends_at - made.starts_at == booked.ends_at - booked.starts_at
    assert [item.procedure.code for item in made.items.all()] == ["CLEAN"]
    assert Entry.objects.filter(what="appointment.booked").count() == 2


def test_a_copy_onto_a_taken_time_is_refused(rosa, booked, at):
    with pytest.raises(services.SlotTaken):
        services.copy_appointment(by=rosa, appointment=booked, starts_at=TEN, at=at)

    assert Appointment.objects.count() == 1


def test_pasted_on_the_calendar_with_undo(as_rosa, booked, dana):
    address = reverse("scheduling:appointment-copy", args=[booked.pk])

    answer = as_rosa.post(
        address, {"start": "2026-03-10T14:00", "dentist": str(dana.pk), "request_key": "k"}, headers=JSON
    )
    twice = as_rosa.post(
        address, {"start": "2026-03-10T14:00", "dentist": str(dana.pk), "request_key": "k"}, headers=JSON
    )

    assert (answer.status_code, twice.status_code) == (200, 200)
    assert Appointment.objects.count() == 2
    assert answer.json()["undo_url"] == reverse(
        "scheduling:appointment-undo", args=[AppointmentChange.objects.order_by("at", "pk").last().pk]
    )


def test_pasted_onto_a_taken_time_the_panel_offers_others(as_rosa, booked, dana):
    answer = as_rosa.post(
        reverse("scheduling:appointment-copy", args=[booked.pk]),
        {"start": "2026-03-03T10:15", "dentist": str(dana.pk)},
        headers=JSON,
    )

    told = answer.json()
    assert (answer.status_code, told["panel"]) == (409, True)
    html = as_rosa.get(told["url"], headers=HX).content.decode()
    assert "notice-warning" in html
    assert html.count('role="option"') == 3  # the nearest three, each one click


@pytest.mark.parametrize("name", ["appointment-copy"])
def test_nowhere_is_no_time(as_rosa, booked, name):
    answer = as_rosa.post(reverse(f"scheduling:{name}", args=[booked.pk]), {"start": "irgendwo"}, headers=JSON)

    assert answer.status_code == 400


# swap


def test_two_change_places_and_each_keeps_its_length(rosa, booked, second, at):
    before = place(booked), place(second)

    services.swap_appointments(by=rosa, first=booked, second=second, at=at)

    assert (place(second), place(booked)) == before
    assert (booked.ends_at - booked.starts_at, second.ends_at - second.starts_at) == (
        timedelta(minutes=30), timedelta(minutes=45),
    )  # fmt: skip
    assert {booked.status, second.status} == {"confirmed"}
    assert [change.kind for change in AppointmentChange.objects.order_by("at", "pk")][-2:] == ["moved", "moved"]
    assert set(AppointmentChange.objects.filter(kind="moved").values_list("from_status", "to_status")) == {
        ("", "confirmed")
    }


def test_a_swap_that_fits_only_one_leaves_both(rosa, clinic, booked, second, li, at):
    third = make_patient(clinic=clinic, name="第三", file_number="A000003")
    make_appointment(
        clinic=clinic, patient=third, dentist=booked.dentist, chair=booked.chair, starts_at=TEN + timedelta(minutes=30)
    )
    before = place(booked), place(second), booked.version, second.version

    with pytest.raises(services.SlotTaken):  # 45 minutes do not fit before the third
        services.swap_appointments(by=rosa, first=booked, second=second, at=at)

    assert (place(booked), place(second)) == before[:2]
    assert (booked.version, second.version, booked.status) == (*before[2:], "confirmed")


def test_a_swap_keeps_what_each_is(rosa, booked, second, at):
    Appointment.objects.filter(pk=booked.pk).update(status="requested")

    services.swap_appointments(by=rosa, first=booked, second=second, at=at)

    booked.refresh_from_db()
    assert booked.status == "requested"


@pytest.mark.parametrize("status", ["cancelled", "in_treatment", "rescheduled"])
def test_only_expected_ones_swap(rosa, booked, second, at, status):
    Appointment.objects.filter(pk=second.pk).update(status=status)

    with pytest.raises(services.NotMovable):
        services.swap_appointments(by=rosa, first=booked, second=second, at=at)


def test_nobody_swaps_with_oneself(rosa, booked, at):
    with pytest.raises(services.NotSwappable):
        services.swap_appointments(by=rosa, first=booked, second=booked, at=at)


def test_a_swap_of_what_was_changed_since_is_refused_and_says_by_whom(rosa, mona, booked, second, at):
    services.move_appointment(by=mona, appointment=second, starts_at=TEN + 2 * HOUR, at=at)

    with pytest.raises(ChangedMeanwhile) as refusal:
        services.swap_appointments(by=rosa, first=booked, second=second, versions=(1, 1), at=at)

    assert "莫娜" in str(refusal.value)
    assert "12:00" in str(refusal.value)


def test_a_role_that_may_not_book_swaps_nothing(clinic, booked, second, at):
    cashier = make_user(username="carla", name="卡拉", roles=["cashier"], clinic=clinic)

    with pytest.raises(NotAllowed):
        services.swap_appointments(by=cashier, first=booked, second=second, at=at)


def test_the_panel_swaps_by_digit_and_undo_swaps_back(as_rosa, booked, second):
    before = place(booked)
    address = reverse("scheduling:appointment-swap", args=[booked.pk])
    html = as_rosa.get(address, headers=HX).content.decode()
    assert html.count('role="option"') == 1
    assert "王小明" in html

    answer = as_rosa.post(address, {"other": str(second.pk), "version": 1, f"version-{second.pk}": 1}, headers=HX)
    assert answer.status_code == 204
    assert place(booked)[0] == TEN + HOUR
    undo = reverse("scheduling:appointment-swap-back", args=[booked.pk]) + f"?with={second.pk}&versions=2-2"
    assert undo.replace("&", "\\u0026") in answer.headers["HX-Trigger"] or undo in answer.headers["HX-Trigger"]

    assert as_rosa.post(undo, headers=HX).status_code == 204
    assert place(booked) == before
    assert as_rosa.post(undo, headers={**HX, "Accept": "text/html"}).status_code == 409  # it was undone


def test_the_panel_says_why_and_both_stay(as_rosa, booked, second):
    Appointment.objects.filter(pk=second.pk).update(version=4)
    address = reverse("scheduling:appointment-swap", args=[booked.pk])

    answer = as_rosa.post(address, {"other": str(second.pk), "version": 1, f"version-{second.pk}": 1}, headers=HX)
    nobody = as_rosa.post(address, {}, headers=HX)

    assert (answer.status_code, nobody.status_code) == (422, 422)
    assert "notice-warning" in answer.content.decode()
    assert place(booked)[0] == TEN


def test_the_likeliest_partner_comes_first(clinic, booked, second, li):
    patient = make_patient(clinic=clinic, name="第三", file_number="A000003")
    same_length = make_appointment(
        clinic=clinic, patient=patient, dentist=li, chair=second.chair, starts_at=TEN + 4 * HOUR, minutes=30
    )

    assert queries.swappable_with(clinic, booked) == [same_length, second]


# taken out and placed


def test_taken_out_waits_on_the_strip_and_is_put_back_elsewhere(as_rosa, booked, dana):
    out = as_rosa.post(reverse("scheduling:appointment-take-out", args=[booked.pk]), {"version": 1}, headers=JSON)
    waiting = Unplaced.objects.get()
    strip = as_rosa.get(reverse("scheduling:calendar-strip"), headers=HX).content.decode()
    assert out.status_code == 200
    assert "皮亚" in strip
    assert reverse("scheduling:place-again", args=[waiting.pk]) in strip

    put = as_rosa.post(
        reverse("scheduling:calendar-place", args=[waiting.pk]),
        {"start": "2026-03-04T11:00", "dentist": str(dana.pk)},
        headers=JSON,
    )

    booked.refresh_from_db()
    assert (put.status_code, booked.status, booked.starts_at) == (200, "confirmed", TEN + timedelta(days=1, hours=1))
    assert (booked.need, booked.note) == ("洗牙", "怕疼")
    assert "皮亚" not in as_rosa.get(reverse("scheduling:calendar-strip"), headers=HX).content.decode()


def test_what_was_taken_out_last_stands_on_top_of_the_strip(as_rosa, booked, second):
    for appointment in (second, booked):
        as_rosa.post(reverse("scheduling:appointment-take-out", args=[appointment.pk]), {"version": 1}, headers=JSON)

    rows = as_rosa.get(reverse("scheduling:calendar-strip"), headers=HX).context["rows"]

    assert [row.appointment_id for row in rows] == [booked.pk, second.pk]
    assert [row.appointment_id for row in queries.to_place(booked.clinic)] == [second.pk, booked.pk]


def test_put_onto_a_taken_time_it_keeps_waiting(as_rosa, booked, second, li):
    as_rosa.post(reverse("scheduling:appointment-take-out", args=[booked.pk]), headers=JSON)
    waiting = Unplaced.objects.get()

    answer = as_rosa.post(
        reverse("scheduling:calendar-place", args=[waiting.pk]),
        {"start": "2026-03-03T11:00", "dentist": str(li.pk)},
        headers=JSON,
    )

    waiting.refresh_from_db()
    assert (answer.status_code, answer.json()["panel"], waiting.state) == (409, True, "open")
    html = as_rosa.get(answer.json()["url"], headers=HX).content.decode()
    assert ("notice-warning" in html, html.count('role="option"')) == (True, 3)


def test_taken_out_from_a_panel(as_rosa, booked):
    answer = as_rosa.post(reverse("scheduling:appointment-take-out", args=[booked.pk]), headers=HX)

    assert answer.status_code == 204
    assert "undo" in answer.headers["HX-Trigger"]


def test_what_is_over_cannot_be_taken_out(as_rosa, booked):
    Appointment.objects.filter(pk=booked.pk).update(status="completed")

    answer = as_rosa.post(reverse("scheduling:appointment-take-out", args=[booked.pk]), headers=JSON)

    assert answer.status_code == 409


@pytest.mark.parametrize("name", ["appointment-copy", "appointment-swap", "appointment-take-out"])
def test_outsiders_move_nothing(as_omar, booked, name):
    assert (
        as_omar.post(reverse(f"scheduling:{name}", args=[booked.pk]), {"start": "2026-03-04T11:00"}).status_code == 404
    )


# whoever comes second


def test_a_drag_of_what_was_moved_meanwhile_tells_where_it_went_and_who_did_it(as_rosa, mona, booked, dana, at):
    services.move_appointment(by=mona, appointment=booked, starts_at=TEN + 2 * HOUR, at=at)

    answer = as_rosa.post(
        reverse("scheduling:appointment-move", args=[booked.pk]),
        {"start": "2026-03-03T11:00", "dentist": str(dana.pk), "minutes": 30, "version": 1},
        headers=JSON,
    )

    assert answer.status_code == 409
    assert "莫娜" in answer.json()["text"]
    assert "12:00" in answer.json()["text"]


def test_an_edit_that_comes_second_keeps_what_was_typed_and_can_be_saved_then(as_rosa, mona, booked, cleaning, at):
    services.edit_appointment(by=mona, appointment=booked, need="补牙", note="怕疼", procedures=[cleaning], at=at)
    address = reverse("scheduling:appointment-edit", args=[booked.pk])
    typed = {"procedures": [str(cleaning.pk)], "need": "洗牙，想问正畸", "note": "怕疼", "version": 1}

    refused = as_rosa.post(address, typed, headers=HX)
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "莫娜" in html
    assert "补牙" in html  # what the other one wrote
    assert 'value="洗牙，想问正畸"' in html
    assert 'name="version" value="2"' in html

    saved = as_rosa.post(address, {**typed, "version": 2}, headers=HX)
    booked.refresh_from_db()
    assert (saved.status_code, booked.need) == (204, "洗牙，想问正畸")


# how it is liked


def test_the_look_is_remembered_with_the_person(as_rosa, rosa, mona):
    as_rosa.post(reverse("scheduling:calendar-look"), {"zoom": "5"}, headers=HX)
    back = as_rosa.post(reverse("scheduling:calendar-look"), {"colours": "kind", "next": "/calendar/?view=week"})
    as_rosa.post(reverse("scheduling:calendar-look"), {"freed": "yes"}, headers=HX)

    look = queries.look_of(rosa)
    assert (look.zoom_minutes, look.colours_by, look.shows_freed) == (5, "kind", True)
    assert (back.status_code, back.headers["Location"]) == (303, "/calendar/?view=week")
    assert queries.look_of(mona).zoom_minutes == 15
    assert CalendarLook.objects.count() == 1


@pytest.mark.parametrize("given", [{"zoom": "7"}, {"colours": "rainbow"}])
def test_a_look_that_does_not_exist_is_refused(as_rosa, given):
    assert as_rosa.post(reverse("scheduling:calendar-look"), given, headers=HX).status_code == 409
    assert CalendarLook.objects.count() == 0


def test_nobody_is_sent_elsewhere(as_rosa):
    back = as_rosa.post(reverse("scheduling:calendar-look"), {"zoom": "10", "next": "https://example.org/"})

    assert back.headers["Location"] == "/calendar/"
