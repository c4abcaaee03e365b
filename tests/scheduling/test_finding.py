"""The search page: every free time that fits, soonest first."""

import itertools
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.patients.models import FamilyLink
from incisor.scheduling import queries
from incisor.scheduling.rules import Need, parse_filter
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
MONDAY = date(2026, 3, 2)
HX = {"HX-Request": "true", "HX-Target": "book-slots"}


@pytest.fixture(autouse=True)
def at_half_past_nine(monkeypatch, at):
    for module in ("booking", "finding"):
        monkeypatch.setattr(f"incisor.scheduling.views.{module}.now", lambda: at)


@pytest.fixture
def leo(clinic):
    made = make_staff(
        clinic=clinic,
        name="李欧",
        number="D2",
        specialties=("orthodontics",),
        chair=make_chair(clinic=clinic, name="2号椅"),
    )
    make_roster(staff=made, clinic=clinic)
    return made


def times(clinic, code, at, **over):
    values = {"patient": None, "need": Need(minutes=30), "wanted": parse_filter(code, today=MONDAY), "now": at}
    return queries.free_times(clinic, **{**values, **over})


def test_times_come_soonest_first_and_do_not_overlap(clinic, dana, leo, at):
    found = times(clinic, "o", at, count=100)

    assert [slot.starts_at for slot in found] == sorted(slot.starts_at for slot in found)
    mine = [slot for slot in found if slot.dentist == dana]
    assert len(mine) == 16  # eight hours of half an hour
    assert all(one.ends_at <= other.starts_at for one, other in itertools.pairwise(mine))


def test_weekday_hours_and_specialty_narrow_the_list(clinic, dana, leo, at):
    found = times(clinic, "nz24 h14-15 po", at)

    assert {slot.dentist for slot in found} == {leo}
    assert [slot.starts_at.isoformat()[5:16] for slot in found] == [
        "03-10T06:00", "03-10T06:30", "03-12T06:00", "03-12T06:30",
    ]  # fmt: skip


def test_a_specialty_that_nobody_has_finds_nothing(clinic, dana, at):
    assert times(clinic, "pi", at) == []


def test_what_is_taken_is_left_out(clinic, dana, chair, pia, at):
    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN)

    found = times(clinic, "o h10-11", at)

    assert [slot.starts_at.minute for slot in found] == [30]


def test_page_lists_the_days_and_the_list_alone_answers_a_change(as_rosa, pia, dana, cleaning):
    address = reverse("scheduling:find-for", args=[pia.pk])

    page = as_rosa.get(address, {"code": "nz3m"}).content.decode()
    part = as_rosa.get(address, {"code": "nz3m"}, headers=HX).content.decode()

    assert page.count('role="option"') == part.count('role="option"') == 6
    assert page.count('class="slots-day"') == 1
    assert "<html" in page
    assert "<html" not in part


def test_fields_say_the_same_as_the_line(as_rosa, pia, dana, cleaning):
    address = reverse("scheduling:find-for", args=[pia.pk])

    by_line = as_rosa.get(address, {"code": "d3-9 d3-13 z3 h9-11"}, headers=HX).content.decode()
    by_fields = as_rosa.get(
        address, {"first": "下周一", "last": "3-13", "weekdays": ["2"], "hours": "9-11"}, headers=HX
    ).content.decode()

    assert by_line.count('role="option"') == by_fields.count('role="option"') == 4


def test_a_day_that_is_none_is_told(as_rosa, pia, dana, cleaning):
    html = as_rosa.get(reverse("scheduling:find-for", args=[pia.pk]), {"first": "31-31"}, headers=HX).content.decode()

    assert "12-3" in html
    assert "field-error" in html


def test_two_children_one_after_the_other_with_one_dentist(as_rosa, clinic, pia, dana, leo, cleaning):
    child = make_patient(clinic=clinic, name="小宝", file_number="A000002", born_on=date(2018, 1, 1))
    FamilyLink.objects.create(patient=pia, relative=child, relation="child")

    html = as_rosa.get(reverse("scheduling:find-for", args=[pia.pk]), {"code": "wr放学"}, headers=HX).content.decode()

    assert "小宝" in html
    assert html.count("丹娜") > 0
    assert "side by side" not in html.split("slot-list")[1]


def test_unknown_caller_is_found_by_name_with_what_was_asked(as_rosa, pia, dana, cleaning):
    answer = as_rosa.get(
        reverse("scheduling:find"),
        {"name": "皮亚", "code": "ne"},
        headers={"HX-Request": "true", "HX-Target": "book-people"},
    )

    html = answer.content.decode()
    assert reverse("scheduling:find-for", args=[pia.pk]) + "?code=ne" in html


def test_find_page_for_anybody(as_rosa, dana, cleaning):
    html = as_rosa.get(reverse("scheduling:find"), {"code": "o"}).content.decode()

    assert html.count('role="option"') > 10
    assert 'name="phone"' in html


def test_outsiders_find_nobody(as_omar, pia):
    assert as_omar.get(reverse("scheduling:find-for", args=[pia.pk])).status_code == 404


def test_queries_do_not_grow_with_the_bookings(as_rosa, clinic, pia, dana, chair, cleaning, leo):
    address = reverse("scheduling:find-for", args=[pia.pk])
    as_rosa.get(address)

    def count():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            as_rosa.get(address, {"code": "n"}, headers=HX)
        return len(seen)

    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN)
    few = count()
    for hour in range(3):
        make_appointment(
            clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN.replace(day=4, hour=2 + hour)
        )
    assert count() == few
