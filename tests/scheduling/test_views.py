"""Pages of the calendar and of booking: what works, what is refused, what outsiders see, how many queries it costs."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from incisor.kernel.clock import now
from incisor.kernel.spans import minute_of
from incisor.patients.models import PatientAlert
from incisor.scheduling import services
from incisor.scheduling.models import Appointment, AppointmentChange, Block
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_half_past_nine(monkeypatch, at):
    """The pages read the clock in one place; here it stands still."""
    for module in ("booking", "calendar", "frame", "feed", "appointment", "blocks", "affected", "holds", "rules"):
        monkeypatch.setattr(f"incisor.scheduling.views.{module}.now", lambda: at)


@pytest.fixture
def booked(rosa, clinic, pia, dana, chair, cleaning, at):
    return services.book_appointment(
        by=rosa, clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedures=[cleaning], at=at
    )


def slot(dana, chair, starts_at):
    return f"{dana.pk}_{chair.pk}_{minute_of(starts_at)}"


def test_panel_offers_five_times_with_the_treatment_chosen(as_rosa, pia, dana, cleaning):
    answer = as_rosa.get(reverse("scheduling:book-panel", args=[pia.pk]), {"code": "nwm"}, headers=HX)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in html
    assert html.count('role="option"') == 5
    assert f'<option value="{cleaning.pk}" selected>' in html
    assert "皮亚" in html
    starts = re.findall(r'data-starts="([^"]+)"', html)
    assert all(start.startswith("2026-03-") and "T09" <= start[10:13] < "T12" for start in starts)
    assert {start[:10] for start in starts} <= {f"2026-03-{day:02}" for day in range(9, 14)}


def test_panel_opened_by_itself_is_a_page(as_rosa, pia, dana, cleaning):
    html = as_rosa.get(reverse("scheduling:book-panel", args=[pia.pk])).content.decode()

    assert "<html" in html
    assert html.count('role="option"') == 5


def test_slot_button_books_and_offers_undo(as_rosa, pia, dana, chair, cleaning):
    answer = as_rosa.post(
        reverse("scheduling:book-panel", args=[pia.pk]),
        {"slot": slot(dana, chair, TEN), "procedures": [str(cleaning.pk), ""], "request_key": "k"},
        headers=HX,
    )

    made = Appointment.objects.get()
    change = AppointmentChange.objects.get()
    assert answer.status_code == 204
    assert reverse("scheduling:appointment-undo", args=[change.pk]) in answer.headers["HX-Trigger"]
    assert (made.patient, made.dentist, made.starts_at) == (pia, dana, TEN)


def test_booking_as_a_plain_form_leads_to_the_day(as_rosa, pia, dana, chair, cleaning):
    answer = as_rosa.post(
        reverse("scheduling:book-panel", args=[pia.pk]),
        {"slot": slot(dana, chair, TEN), "procedures": [str(cleaning.pk)]},
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/calendar/?day=2026-03-03")


def test_taken_slot_shows_reason_and_three_others(as_rosa, booked, clinic, dana, chair, cleaning):
    other = make_patient(clinic=clinic, name="王小明", file_number="A000002")
    address = reverse("scheduling:book-panel", args=[other.pk])
    data = {"slot": slot(dana, chair, TEN), "procedures": [str(cleaning.pk)], "need": "洗牙"}

    fragment = as_rosa.post(address, data, headers=HX)
    plain = as_rosa.post(address, data)

    assert (fragment.status_code, plain.status_code) == (422, 409)
    html = fragment.content.decode()
    assert html.count('role="option"') == 3
    assert "医生" in html or "dentist is taken" in html
    assert 'value="洗牙"' in plain.content.decode()
    assert Appointment.objects.count() == 1


def test_every_letter_of_the_panel_means_one_thing_and_reasons_are_words(as_rosa, rosa, clinic, pia, dana, chair):
    booked = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=now() + timedelta(minutes=30)
    )
    url = reverse("scheduling:appointment", args=[booked.pk])

    letters = re.findall(r'data-row-key="(\w)"', as_rosa.get(url).content.decode())
    services.cancel_appointment(by=rosa, appointment=booked, reason="no_time", at=now())

    assert len(letters) == len(set(letters)) > 8
    for page in (url, reverse("scheduling:to-place")):
        shown = as_rosa.get(page).content.decode()
        assert "患者没有时间" in shown
        assert "no_time" not in re.sub(r"<[^>]*>", "", shown)


def test_new_patient_is_registered_with_the_booking(system, as_rosa, dana, chair, cleaning):
    answer = as_rosa.post(
        reverse("scheduling:book"),
        {"slot": slot(dana, chair, TEN), "name": "王小明", "phone": "13912345678", "procedures": [str(cleaning.pk)]},
        headers=HX,
    )

    assert answer.status_code == 204, answer.content.decode()
    assert Appointment.objects.get().patient.name == "王小明"


def test_new_patient_without_phone_is_not_booked(as_rosa, dana, chair, cleaning):
    answer = as_rosa.post(
        reverse("scheduling:book"),
        {"slot": slot(dana, chair, TEN), "name": "王小明", "phone": "", "procedures": [str(cleaning.pk)]},
        headers=HX,
    )

    assert answer.status_code == 422
    assert Appointment.objects.count() == 0


def test_clicked_time_is_offered_first_or_explained(as_rosa, pia, booked, clinic, dana):
    other = make_patient(clinic=clinic, name="王小明", file_number="A000002")
    address = reverse("scheduling:book-panel", args=[other.pk])

    free = as_rosa.get(address, {"start": "2026-03-03T11:00", "dentist": str(dana.pk)}, headers=HX).content.decode()
    taken = as_rosa.get(address, {"start": "2026-03-03T10:00", "dentist": str(dana.pk)}, headers=HX).content.decode()

    assert re.findall(r'data-starts="([^"]+)"', free) == ["2026-03-03T11:00:00+08:00"]
    assert "notice-warning" not in free
    assert "notice-warning" in taken
    assert taken.count('role="option"') == 3


def test_search_for_the_patient_of_a_clicked_time(as_rosa, rosa, clinic, dana, at):
    from incisor.patients.services import register_patient

    xiaoming = register_patient(by=rosa, clinic=clinic, name="王小明", phone="13912345678", at=at)

    html = as_rosa.get(
        reverse("scheduling:book"),
        {"name": "wxm", "start": "2026-03-03T11:00"},
        headers={**HX, "HX-Target": "book-people"},
    ).content.decode()

    assert f"{reverse('scheduling:book-panel', args=[xiaoming.pk])}?start=2026-03-03T11%3A00" in html


def test_move_by_digit_and_by_drag(as_rosa, booked, dana, chair):
    address = reverse("scheduling:appointment-move", args=[booked.pk])
    assert as_rosa.get(address, headers=HX).content.decode().count('role="option"') == 5

    by_digit = as_rosa.post(
        address, {"slot": slot(dana, chair, TEN + timedelta(hours=1)), "version": 1, "minutes": 30}, headers=HX
    )
    booked.refresh_from_db()
    assert (by_digit.status_code, booked.starts_at) == (204, TEN + timedelta(hours=1))

    by_drag = as_rosa.post(
        address,
        {"start": "2026-03-03T14:00", "dentist": str(dana.pk), "minutes": 45, "version": 2},
        headers={"Accept": "application/json"},
    )
    booked.refresh_from_db()
    assert by_drag.status_code == 200
    assert (booked.starts_at, booked.ends_at - booked.starts_at) == (TEN + timedelta(hours=4), timedelta(minutes=45))
    assert by_drag.json()["undo_url"].endswith("/undo/")


def test_drag_onto_a_taken_time_is_409_with_the_reason(as_rosa, booked, clinic, dana, chair):
    other = make_appointment(
        clinic=clinic, patient=make_patient(clinic=clinic, file_number="A000002"), dentist=dana, chair=chair,
        starts_at=TEN + timedelta(hours=1),
    )  # fmt: skip

    answer = as_rosa.post(
        reverse("scheduling:appointment-move", args=[other.pk]),
        {"start": "2026-03-03T10:15", "dentist": str(dana.pk), "minutes": 30, "version": 1},
        headers={"Accept": "application/json"},
    )

    assert (answer.status_code, answer.json()["panel"]) == (409, True)
    assert answer.json()["text"]


def test_drag_of_what_somebody_else_changed_is_refused(as_rosa, booked, dana):
    answer = as_rosa.post(
        reverse("scheduling:appointment-move", args=[booked.pk]),
        {"start": "2026-03-03T11:00", "dentist": str(dana.pk), "minutes": 30, "version": 7},
        headers={"Accept": "application/json"},
    )

    assert (answer.status_code, answer.json()["panel"]) == (409, False)


def test_cancel_by_reason_and_undo(as_rosa, booked):
    address = reverse("scheduling:appointment-cancel", args=[booked.pk])
    assert as_rosa.get(address, headers=HX).content.decode().count('role="option"') == 8

    as_rosa.post(address, {"reason": "ill", "note": "发烧", "version": 1}, headers=HX)
    booked.refresh_from_db()
    assert (booked.status, booked.cancel_note) == ("cancelled", "发烧")

    change = AppointmentChange.objects.order_by("at", "pk").last()
    undone = as_rosa.post(reverse("scheduling:appointment-undo", args=[change.pk]), headers=HX)
    booked.refresh_from_db()
    assert (undone.status_code, booked.status) == (204, "confirmed")


def test_cancel_without_reason_is_refused(as_rosa, booked):
    assert as_rosa.post(reverse("scheduling:appointment-cancel", args=[booked.pk]), {}, headers=HX).status_code == 422


def test_appointment_panel_tells_its_history(as_rosa, booked):
    html = as_rosa.get(reverse("scheduling:appointment", args=[booked.pk]), headers=HX).content.decode()

    assert "罗莎" in html
    assert 'data-row-key="m"' in html
    assert 'data-row-key="x"' in html


def test_edit_changes_treatment_and_words(as_rosa, booked, cleaning):
    address = reverse("scheduling:appointment-edit", args=[booked.pk])
    assert as_rosa.get(address, headers=HX).status_code == 200

    answer = as_rosa.post(
        address, {"procedures": [str(cleaning.pk)], "need": "洗牙", "note": "怕疼", "version": 1}, headers=HX
    )

    booked.refresh_from_db()
    assert (answer.status_code, booked.need, booked.note) == (204, "洗牙", "怕疼")


def test_missed_appointment_by_its_button(as_rosa, clinic, pia, dana, chair, at):
    gone = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at - timedelta(hours=1, minutes=30)
    )

    as_rosa.post(reverse("scheduling:appointment-status", args=[gone.pk]), {"to": "no_show"}, headers=HX)

    gone.refresh_from_db()
    assert gone.status == "no_show"


def test_calendar_pages(as_rosa, booked, dana, chair):
    for query in ({}, {"view": "week"}, {"view": "list", "day": "2026-03-03"}, {"by": "chair"}, {"view": "nonsense"}):
        answer = as_rosa.get(reverse("scheduling:calendar"), query)
        assert answer.status_code == 200, query
    html = as_rosa.get(reverse("scheduling:calendar"), {"view": "list", "day": "2026-03-03"}).content.decode()
    assert "皮亚" in html
    assert f"/book/?start=2026-03-03T10:30&amp;dentist={dana.pk}" in html


def test_feed_holds_the_appointment_in_wall_clock_time(as_rosa, booked, dana, chair):
    for by, column, other in (("dentist", dana, chair), ("chair", chair, dana)):
        feed = as_rosa.get(
            reverse("scheduling:calendar-events"), {"start": "2026-03-03", "end": "2026-03-04", "by": by}
        ).json()
        assert [
            (
                one["id"],
                one["start"],
                one["end"],
                one["minutes"],
                one["title"],
                feed["columns"][one["column"]],
                one["who"],
            )
            for one in feed["cards"]
        ] == [(str(booked.pk), "2026-03-03T10:00", "2026-03-03T10:30", 30, "皮亚", str(column.pk), other.name)]
        assert feed["cards"][0]["movable"] is True
        assert "alert" not in feed["cards"][0]
    assert [(start, end) for _column, start, end in feed["off"]] == [
        ("2026-03-03T00:00", "2026-03-03T09:00"),
        ("2026-03-03T18:00", "2026-03-04T00:00"),
    ]


def test_feed_marks_allergies_and_leaves_out_what_was_freed(as_rosa, booked, pia, clinic, rosa):
    def cards():
        return as_rosa.get(reverse("scheduling:calendar-events"), {"start": "2026-03-03", "end": "2026-03-04"}).json()[
            "cards"
        ]

    alert = PatientAlert.objects.create(
        clinic=clinic, patient=pia, kind="allergy", text="青霉素", recorded_by=rosa, recorded_at=TEN
    )
    assert [one.get("alert") for one in cards()] == [True]
    PatientAlert.objects.filter(pk=alert.pk).update(ended_at=TEN)
    assert [one.get("alert") for one in cards()] == [None]
    Appointment.objects.filter(pk=booked.pk).update(status="cancelled")
    assert cards() == []


def test_a_day_of_eighty_visits_is_a_small_answer(as_rosa, clinic, chair, dana, cleaning, pia):
    for n in range(80):
        make_appointment(
            clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN + timedelta(minutes=5 * n),
            minutes=5, procedure=cleaning,
        )  # fmt: skip
    answer = as_rosa.get(reverse("scheduling:calendar-events"), {"start": "2026-03-03", "end": "2026-03-04"})
    assert len(answer.json()["cards"]) == 80
    assert len(answer.content) < 20_000


def test_block_is_entered_shown_and_removed(as_rosa, dana):
    made = as_rosa.post(
        reverse("scheduling:block-new"),
        {
            "who": f"d{dana.pk}",
            "kind": "lunch",
            "day": "2026-03-03",
            "starts": "12:00",
            "ends": "13:00",
            "reason": "午休",
        },
        headers=HX,
    )
    block = Block.objects.get()
    assert (made.status_code, block.starts_at) == (204, TEN + timedelta(hours=2))
    assert "午休" in as_rosa.get(reverse("scheduling:block", args=[block.pk])).content.decode()

    as_rosa.post(reverse("scheduling:block-remove", args=[block.pk]), headers=HX)
    block.refresh_from_db()
    assert block.removed_at is not None


def test_block_over_appointments_names_them_and_leads_to_the_worklist(as_rosa, booked, dana):
    answer = as_rosa.post(
        reverse("scheduling:block-new"),
        {"who": f"d{dana.pk}", "kind": "meeting", "day": "2026-03-03", "starts": "09:30", "ends": "10:30"},
        headers=HX,
    )

    events = json.loads(answer.headers["HX-Trigger"])
    assert answer.status_code == 204
    assert events["panel-open"] == {"url": reverse("scheduling:affected")}
    assert events["toast"]["level"] == "warning"
    assert Block.objects.get().reason == "会议"


@pytest.mark.parametrize("name", ["appointment", "appointment-move", "appointment-cancel", "appointment-edit"])
def test_outsiders_find_nothing(as_omar, booked, name):
    assert as_omar.get(reverse(f"scheduling:{name}", args=[booked.pk])).status_code == 404


def test_outsider_cannot_undo_or_book_the_patient(as_omar, booked, pia):
    change = AppointmentChange.objects.get()

    assert as_omar.post(reverse("scheduling:appointment-undo", args=[change.pk])).status_code == 404
    assert as_omar.get(reverse("scheduling:book-panel", args=[pia.pk])).status_code == 404
    booked.refresh_from_db()
    assert booked.status == "confirmed"


@pytest.mark.parametrize(
    "address", ["/calendar/events/?start=2026-03-03&end=2026-03-04", "/calendar/?view=list&day=2026-03-03"]
)
def test_lists_cost_the_same_for_one_and_for_three(as_rosa, clinic, dana, chair, cleaning, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        as_rosa.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert as_rosa.get(address).status_code == 200
        return len(captured)

    counts = []
    for n in range(3):
        patient = make_patient(clinic=clinic, file_number=f"A10{n}")
        make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair, starts_at=TEN + timedelta(hours=n),
            procedure=cleaning,
        )  # fmt: skip
        counts.append(cost())
    assert counts[0] == counts[2]


def test_patient_page_shows_coming_and_past(as_rosa, booked, clinic, pia, dana, chair):
    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN - timedelta(days=90))

    html = as_rosa.get(reverse("scheduling:patient-appointments", args=[pia.pk]), headers=HX).content.decode()

    assert html.count("data-row-enter") == 2
    assert "is-past" in html


def test_drag_to_nowhere_and_move_without_a_time(as_rosa, booked):
    address = reverse("scheduling:appointment-move", args=[booked.pk])

    nowhere = as_rosa.post(address, {"start": "irgendwo"}, headers={"Accept": "application/json"})
    without = as_rosa.post(address, {"version": 1}, headers=HX)

    assert (nowhere.status_code, without.status_code) == (400, 422)


def test_move_by_plain_form_onto_a_taken_time_keeps_what_was_chosen(as_rosa, booked, clinic, dana, chair):
    other = make_appointment(
        clinic=clinic, patient=make_patient(clinic=clinic, file_number="A000002"), dentist=dana, chair=chair,
        starts_at=TEN + timedelta(hours=1),
    )  # fmt: skip

    answer = as_rosa.post(
        reverse("scheduling:appointment-move", args=[other.pk]), {"slot": slot(dana, chair, TEN), "version": 1}
    )

    assert answer.status_code == 409
    assert answer.content.decode().count('role="option"') == 3


def test_manager_overbooks_from_the_panel(as_mona, booked, clinic, dana, chair, cleaning):
    other = make_patient(clinic=clinic, name="王小明", file_number="A000002")
    address = reverse("scheduling:book-panel", args=[other.pk])
    html = as_mona.get(address, {"start": "2026-03-03T10:00", "dentist": str(dana.pk)}, headers=HX).content.decode()
    assert f'name="slot" value="{slot(dana, chair, TEN)}"' in html

    answer = as_mona.post(
        address,
        {"slot": slot(dana, chair, TEN), "procedures": [str(cleaning.pk)], "overbook_reason": "牙痛"},
        headers=HX,
    )

    assert answer.status_code == 204
    assert Appointment.objects.get(patient=other).overbook_reason == "牙痛"
