"""The calendar's views: month, agenda, all clinics, print, and what the feed tells of gaps, holds, kinds and filters."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.clinics.models import Holiday
from incisor.scheduling import queries, services
from incisor.scheduling.models import Appointment, Block, CalendarLook, Hold
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair, make_procedure
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
DAY = "2026-03-03"
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_half_past_nine(monkeypatch, at):
    for module in ("calendar", "clinics", "frame", "feed"):
        monkeypatch.setattr(f"incisor.scheduling.views.{module}.now", lambda: at)


@pytest.fixture
def pia_at_ten(clinic, pia, dana, chair, cleaning):
    return make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, procedure=cleaning)


@pytest.fixture
def xiaoming_at_two(clinic, dana, chair):
    filling = make_procedure(code="IMPL", name_zh="种植手术", name_en="Implant", short_zh="种植", specialty="implants")
    return make_appointment(
        clinic=clinic, patient=make_patient(clinic=clinic, name="王小明", file_number="A000002"), dentist=dana, chair=chair,
        starts_at=TEN + timedelta(hours=4), minutes=60, procedure=filling, channel="online", status="requested",
    )  # fmt: skip


def feed(client, **more):
    return client.get(reverse("scheduling:calendar-events"), {"start": DAY, "end": "2026-03-04", **more}).json()


def shown(client, **query):
    answer = client.get(reverse("scheduling:calendar"), {"day": DAY, **query})
    assert answer.status_code == 200
    return answer.content.decode()


# the feed


def test_gaps_lie_between_what_is_taken_and_are_told_only_to_those_who_book(
    as_rosa, client, clinic, pia_at_ten, dana, rosa
):
    Block.objects.create(
        clinic=clinic, dentist=dana, kind="lunch", reason="午休", starts_at=TEN + timedelta(hours=2),
        ends_at=TEN + timedelta(hours=3), created_by=rosa, created_at=TEN,
    )  # fmt: skip

    assert feed(as_rosa)["gaps"] == [
        [0, f"{DAY}T09:00", f"{DAY}T10:00", 60],
        [0, f"{DAY}T10:30", f"{DAY}T12:00", 90],
        [0, f"{DAY}T13:00", f"{DAY}T17:00", 240],
    ]
    client.force_login(make_user(username="carla", name="卡拉", roles=["cashier"], clinic=clinic))
    assert feed(client)["gaps"] == []


def test_a_hold_shows_its_holder_until_it_runs_out(as_rosa, clinic, dana, chair, mona, pia, at):
    Hold.objects.create(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN, ends_at=TEN + timedelta(minutes=30),
        blocked_from=TEN, blocked_until=TEN + timedelta(minutes=30), purpose="form",
        expires_at=at + timedelta(minutes=5), created_by=mona, created_at=at,
    )  # fmt: skip

    told = feed(as_rosa)
    assert [(one["title"], one["start"], one["column"]) for one in told["holds"]] == [
        ("莫娜 · 皮亚", f"{DAY}T10:00", 0)
    ]
    assert told["again"] == 301
    Hold.objects.update(expires_at=at)
    assert feed(as_rosa)["holds"] == []


def test_a_block_of_everybody_stands_in_every_dentists_column(as_rosa, clinic, dana, rosa):
    other = make_staff(clinic=clinic, name="李医生", number="D2")
    make_roster(staff=other, clinic=clinic)
    Block.objects.create(
        clinic=clinic, kind="meeting", reason="晨会", starts_at=TEN, ends_at=TEN + timedelta(hours=1), created_by=rosa,
        created_at=TEN,
    )  # fmt: skip

    blocks = feed(as_rosa)["blocks"]

    assert [(one["title"], one["kind"], one["column"]) for one in blocks] == [
        ("晨会", "meeting", 0),
        ("晨会", "meeting", 1),
    ]
    assert feed(as_rosa, by="chair")["blocks"] == []


def test_cards_tell_their_kind_and_the_dentists_own_minutes(as_rosa, pia_at_ten, xiaoming_at_two):
    Appointment.objects.filter(pk=xiaoming_at_two.pk).update(busy=[[0, 10], [30, 60]])

    told = feed(as_rosa)

    assert [told["kinds"][one["kind"]] for one in told["cards"]] == ["general", "implants"]
    assert [one.get("busy") for one in told["cards"]] == [None, [[0, 10], [30, 60]]]


def test_cancelled_and_missed_ones_are_shown_on_demand_and_take_no_time(as_rosa, rosa, pia_at_ten, at):
    Appointment.objects.filter(pk=pia_at_ten.pk).update(status="cancelled")
    assert feed(as_rosa)["cards"] == []

    services.choose_look(by=rosa, shows_freed=True, at=at)

    told = feed(as_rosa)
    assert [(one["status"], one.get("movable")) for one in told["cards"]] == [("cancelled", None)]
    assert [gap[1:3] for gap in told["gaps"]] == [[f"{DAY}T09:00", f"{DAY}T17:00"]]


@pytest.mark.parametrize(
    ("query", "pale"),
    [
        ({"status": "requested"}, [True, None]),
        ({"channel": "online"}, [True, None]),
        ({"status": ["requested", "confirmed"]}, [None, None]),
    ],
)
def test_what_the_filter_leaves_out_still_takes_its_time(as_rosa, pia_at_ten, xiaoming_at_two, query, pale):
    told = feed(as_rosa, **query)

    assert [one.get("pale") for one in told["cards"]] == pale
    assert len(told["gaps"]) == 3


def test_a_dentist_filtered_out_has_no_column(as_rosa, clinic, dana, pia_at_ten):
    other = make_staff(clinic=clinic, name="李医生", number="D2", specialties=("implants",))

    assert feed(as_rosa, dentist=str(other.pk))["columns"] == [str(other.pk)]
    assert feed(as_rosa, specialty="general")["columns"] == [str(dana.pk)]
    assert feed(as_rosa, specialty="implants", by="chair")["cards"][0]["pale"] is True
    html = shown(as_rosa, dentist=str(other.pk))
    assert "李医生" in html
    assert f'data-events-url="{reverse("scheduling:calendar-events")}?dentist={other.pk}"' in html


# the month


def test_a_month_tells_how_full_each_day_is(as_rosa, clinic, dana, pia_at_ten, xiaoming_at_two):
    clinic.follows_public_holidays = True
    clinic.save(update_fields=["follows_public_holidays"])
    Holiday.objects.create(day=date(2026, 3, 9), kind="holiday", name_zh="测试节", name_en="Test day")
    Holiday.objects.create(day=date(2026, 3, 15), kind="workday", name_zh="调休", name_en="Make-up")

    days = {row.day.day: row for row in queries.month_loads(clinic, date(2026, 3, 1), date(2026, 3, 31))}

    assert (days[3].load.open_minutes, days[3].load.booked_minutes, days[3].load.count) == (480, 90, 2)
    assert (days[1].is_closed, days[1].load.open_minutes) == (True, 0)  # Sunday
    assert (days[9].is_closed, days[9].closed != "", days[9].load.open_minutes) == (True, True, 0)
    assert (days[15].is_make_up_day, days[15].is_closed, days[15].load.open_minutes) == (True, False, 480)
    assert (days[7].is_closed, days[7].load.open_minutes) == (False, 0)  # Saturday: open, nobody rostered
    html = shown(as_rosa, view="month")
    assert "19%" in html
    assert f"{reverse('scheduling:calendar')}?day=2026-03-03&amp;view=day" in html


def test_lunch_is_not_open_time_but_a_reserve_is(clinic, dana, rosa):
    for hour, kind in ((4, "lunch"), (5, "reserve")):
        Block.objects.create(
            clinic=clinic, dentist=dana, kind=kind, reason=kind, starts_at=datetime(2026, 3, 3, hour, tzinfo=UTC),
            ends_at=datetime(2026, 3, 3, hour + 1, tzinfo=UTC), created_by=rosa, created_at=TEN,
        )  # fmt: skip

    (day,) = queries.month_loads(clinic, date(2026, 3, 3), date(2026, 3, 3))

    assert day.load.open_minutes == 420


def test_a_month_of_one_dentist(as_rosa, clinic, dana, pia_at_ten):
    other = make_staff(clinic=clinic, name="李医生", number="D2")
    make_roster(staff=other, clinic=clinic, starts=time(9), ends=time(11))

    (day,) = queries.month_loads(clinic, date(2026, 3, 3), date(2026, 3, 3), dentist=other)

    assert (day.load.open_minutes, day.load.count) == (120, 0)
    assert "李医生" in shown(as_rosa, view="month", one=str(other.pk))


# the agenda


def test_the_agenda_lists_by_time_and_filters(as_rosa, dana, pia_at_ten, xiaoming_at_two):
    everybody = shown(as_rosa, view="agenda")
    assert everybody.index("皮亚") < everybody.index("王小明")

    for query in (
        {"status": "requested"}, {"channel": "online"}, {"dentist": str(dana.pk), "status": "requested"},
        {"procedure": str(xiaoming_at_two.items.get().procedure_id)}, {"specialty": "general", "channel": "online"},
    ):  # fmt: skip
        html = shown(as_rosa, view="agenda", **query)
        assert ("皮亚" in html, "王小明" in html) == (False, True), query
    assert "王小明" not in shown(as_rosa, view="agenda", specialty="implants")


def test_the_agenda_of_a_week_goes_page_by_page(clinic, rosa, pia_at_ten, xiaoming_at_two):
    nothing = queries.agenda(clinic, date(2026, 3, 4), date(2026, 3, 4), wanted=wanted())
    first = queries.agenda(clinic, date(2026, 3, 2), date(2026, 3, 8), wanted=wanted(), page=1, size=1)
    beyond = queries.agenda(clinic, date(2026, 3, 2), date(2026, 3, 8), wanted=wanted(), page=9, size=1)

    assert (nothing.rows, nothing.total, nothing.pages) == ([], 0, 1)
    assert (first.rows, first.total, first.pages) == ([pia_at_ten], 2, 2)
    assert (beyond.rows, beyond.page) == ([xiaoming_at_two], 2)


def test_cancelled_ones_are_on_the_agenda_on_demand(clinic, pia_at_ten):
    Appointment.objects.update(status="cancelled")
    day = date(2026, 3, 3)

    assert queries.agenda(clinic, day, day, wanted=wanted()).rows == []
    assert queries.agenda(clinic, day, day, wanted=wanted(), with_freed=True).rows == [pia_at_ten]
    assert queries.agenda(clinic, day, day, wanted=wanted(status="cancelled")).rows == [pia_at_ten]


def wanted(**values):
    from incisor.scheduling.rules import CardFilter

    return CardFilter(**{name: frozenset([value]) for name, value in values.items()})


# on paper


def test_the_printed_day_covers_phones_and_has_a_page_a_dentist(as_rosa, clinic, dana, pia_at_ten):
    idle = make_staff(clinic=clinic, name="闲医生", number="D2")
    make_roster(staff=idle, clinic=clinic)

    html = as_rosa.get(reverse("scheduling:calendar-print"), {"day": DAY}).content.decode()

    assert html.count('class="print-sheet"') == 1
    assert "丹娜" in html
    assert "皮亚" in html
    assert pia_at_ten.patient.phone not in html
    assert not Entry.objects.filter(what="patient.unmasked").exists()


def test_whole_phones_are_shown_to_who_may_and_noted(as_rosa, client, clinic, pia_at_ten):
    address = reverse("scheduling:calendar-print") + f"?day={DAY}"

    html = as_rosa.post(address).content.decode()

    assert pia_at_ten.patient.phone[-8:].strip() in html.replace(" ", "")
    assert Entry.objects.filter(what="patient.unmasked", patient_id=pia_at_ten.patient_id).count() == 1
    client.force_login(make_user(username="carla", name="卡拉", roles=["cashier"], clinic=clinic))
    assert client.post(address).status_code == 403


# all clinics


def test_head_office_sees_the_day_of_each_clinic(client, clinic, other_clinic, pia_at_ten, dana, chair):
    client.force_login(make_user(username="hugo", name="总部", roles=["head_office"]))

    html = client.get(reverse("scheduling:calendar-clinics"), {"day": DAY}).content.decode()
    assert (clinic.name in html, other_clinic.name in html, "丹娜" in html) == (True, True, True)
    assert reverse("scheduling:calendar-clinics") in client.get(reverse("scheduling:calendar")).content.decode()

    there = client.get(reverse("scheduling:calendar-clinic", args=[clinic.pk]), {"day": DAY}).content.decode()
    assert "皮亚" in there
    assert "10:00" in there
    assert f'href="{reverse("scheduling:appointment", args=[pia_at_ten.pk])}"' not in there  # to look at only


def test_whoever_works_in_one_clinic_sees_that_one_only(as_omar, clinic, other_clinic, pia_at_ten):
    html = as_omar.get(reverse("scheduling:calendar-clinics"), {"day": DAY}).content.decode()

    assert (clinic.name in html, other_clinic.name in html) == (False, True)
    assert as_omar.get(reverse("scheduling:calendar-clinic", args=[clinic.pk])).status_code == 404
    assert reverse("scheduling:calendar-clinics") not in as_omar.get(reverse("scheduling:calendar")).content.decode()


# what it costs


@pytest.mark.parametrize(
    "address",
    [
        f"/calendar/?view=month&day={DAY}",
        f"/calendar/?view=agenda&day={DAY}",
        f"/calendar/?view=agenda&day={DAY}&days=7&status=confirmed",
        f"/calendar/events/?start={DAY}&end=2026-03-04&status=requested",
        f"/calendar/print/?day={DAY}",
        f"/calendar/clinics/?day={DAY}",
        "/calendar/strip/",
    ],
)
def test_a_view_costs_the_same_for_one_and_for_three(as_rosa, rosa, clinic, chair, dana, cleaning, address, at):
    counts = []
    for n in range(3):
        patient = make_patient(clinic=clinic, file_number=f"A10{n}")
        starts_at = TEN + timedelta(hours=n)
        make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair, starts_at=starts_at, procedure=cleaning
        )
        out = make_appointment(
            clinic=clinic,
            patient=patient,
            dentist=dana,
            chair=chair,
            starts_at=starts_at + timedelta(days=1),
            procedure=cleaning,
        )
        services.unplace_appointment(by=rosa, appointment=out, at=at)
        as_rosa.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert as_rosa.get(address, headers=HX if "strip" in address else None).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]


def test_the_head_of_the_calendar_shows_what_is_chosen_and_the_way_back(as_rosa, dana):
    html = shown(as_rosa, dentist=str(dana.pk), status="confirmed")

    assert html.count('<a class="chip"') == 3  # two choices and "show everything"
    assert f"?day={DAY}&amp;view=day&amp;by=dentist&amp;status=confirmed" in html


def test_nobody_fits_is_said_with_the_way_out(as_rosa, dana):
    html = shown(as_rosa, specialty="orthodontics")

    assert "data-calendar " not in html
    assert "state-empty" in html


def test_the_look_is_drawn(as_rosa, rosa, dana):
    CalendarLook.objects.create(user=rosa, zoom_minutes=5, colours_by="kind")

    html = shown(as_rosa)

    assert 'data-zoom="5" data-colours="kind"' in html


def test_chairs_need_no_dentist(as_rosa, clinic, chair):
    make_chair(clinic=clinic, name="2号椅", position=2)

    assert len(feed(as_rosa, by="chair")["columns"]) == 2
