"""Further ways through the staff pages: bookings that a change hits, here and in another clinic, and refusals."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from incisor.kernel.clock import now
from incisor.staff.models import Leave, Placement, RosterRule, Shift, ShiftDuty, StaffMember
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff


@pytest.fixture
def tomorrow():
    """10:00 in Shanghai."""
    return (now() + timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)


@pytest.fixture
def booking(clinic, pia, dana, chair, tomorrow):
    RosterRule.objects.all().delete()
    make_roster(staff=dana, clinic=clinic, weekdays=range(7))
    return make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=tomorrow)


def test_leave_on_a_day_with_a_booking_leads_to_it(as_mona, dana, booking, tomorrow):
    day = tomorrow.date().isoformat()

    answer = as_mona.post(
        reverse("staff:leave-new"), {"staff": dana.pk, "kind": "sick", "starts_on": day, "ends_on": day}
    )
    page = as_mona.get(reverse("staff:misfits"), {"staff": dana.pk})
    worklist = as_mona.get(answer.headers["Location"])

    assert answer.headers["Location"] == f"{reverse('scheduling:affected')}?staff={dana.pk}"
    assert [row["appointment"] for row in worklist.context["rows"]] == [booking]
    assert [row.hit.url for row in page.context["misfits"]] == [f"/appointments/{booking.pk}/move/"]


def test_leaver_s_bookings_are_listed(as_mona, dana, booking):
    answer = as_mona.post(reverse("staff:staff-deactivate", args=[dana.pk]))
    page = as_mona.get(reverse("staff:misfits"), {"staff": dana.pk})
    worklist = as_mona.get(answer.headers["Location"])

    assert [row.reason for row in page.context["misfits"]] == ["staff_gone"]
    assert [row["appointment"] for row in worklist.context["rows"]] == [booking]


def test_day_off_with_a_booking_leads_to_it_and_clearing_it_back_to_the_week(as_mona, dana, booking, tomorrow):
    day = tomorrow.date().isoformat()
    off = as_mona.post(reverse("staff:day", args=[dana.pk, day]), {"is_off": "on"})
    shown = as_mona.get(reverse("staff:day", args=[dana.pk, day])).context["form"]
    cleared = as_mona.post(reverse("staff:day-clear", args=[dana.pk, day]))

    assert off.headers["Location"].startswith(reverse("scheduling:affected"))
    assert shown["is_off"].value() is True
    assert cleared.headers["Location"] == f"{reverse('staff:rosters')}?week={day}"


def test_leave_that_hits_a_booking_in_another_clinic_says_so(as_mona, other_clinic, dana, chair, pia, tomorrow):
    Placement.objects.create(staff=dana, clinic=other_clinic)
    make_appointment(
        clinic=other_clinic, patient=pia, dentist=dana, chair=make_chair(clinic=other_clinic), starts_at=tomorrow
    )
    day = tomorrow.date().isoformat()

    answer = as_mona.post(
        reverse("staff:leave-new"), {"staff": dana.pk, "kind": "sick", "starts_on": day, "ends_on": day}
    )
    page = as_mona.get(answer.headers["Location"]).content.decode()

    assert answer.headers["Location"] == reverse("staff:leaves")
    assert "星河口腔" in page
    assert "皮亚" not in page


def test_planned_weekly_hours_are_taken_back(as_mona, dana):
    future = (now() + timedelta(days=30)).date().isoformat()
    as_mona.post(
        reverse("staff:hours-new", args=[dana.pk]), {"valid_from": future, "day0_0_from": "09:00", "day0_0_to": "12:00"}
    )
    page = as_mona.get(reverse("staff:member", args=[dana.pk]))
    url = reverse("staff:hours-drop", args=[dana.pk])
    answers = [as_mona.post(url, {"valid_from": day}).status_code for day in (future, "2026-01-01", "x")]

    assert [period["is_planned"] for period in page.context["periods"]] == [True, False]
    assert answers == [303, 409, 404]


def test_weekly_hours_in_two_clinics_at_once_are_refused_with_the_other_s_name(as_mona, other_clinic, dana):
    Placement.objects.create(staff=dana, clinic=other_clinic)
    make_roster(staff=dana, clinic=other_clinic, weekdays=[5])

    answer = as_mona.post(
        reverse("staff:hours-new", args=[dana.pk]),
        {"valid_from": "2027-01-04", "day5_0_from": "10:00", "day5_0_to": "12:00"},
    )

    assert answer.status_code == 422
    assert "星河口腔" in str(answer.context["form"].non_field_errors())


def test_monday_is_copied_without_saving(as_mona, dana):
    typed = {"valid_from": "2027-01-04", "day0_0_from": "08:00", "day0_0_to": "11:00", "like_monday": "1"}

    form = as_mona.post(reverse("staff:hours-new", args=[dana.pk]), typed).context["form"]

    assert form["day4_0_to"].value() == "11:00"
    assert not RosterRule.objects.filter(valid_from="2027-01-04").exists()


def test_stale_change_of_a_person_is_refused_and_what_was_typed_stays(as_mona, clinic, dana):
    url = reverse("staff:staff-edit", args=[dana.pk])
    form = as_mona.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"introduction": "新介绍", "version": 9}

    answer = as_mona.post(url, typed)

    assert answer.status_code == 422
    assert "新介绍" in answer.content.decode()
    assert StaffMember.objects.get(pk=dana.pk).introduction == ""


def test_manager_of_two_clinics_places_a_person_in_both(client, clinic, other_clinic):
    boss = make_user(username="boss", roles=["manager"], clinic=clinic)
    for grant in boss.grants.all():
        boss.grants.create(role=grant.role, clinic_id=other_clinic.pk)
    client.force_login(boss)
    typed = {"name": "林", "number": "9", "kind": "desk", "position": 1, "clinics": [other_clinic.pk]}

    elsewhere = client.post(reverse("staff:staff-new"), typed)
    both = client.post(reverse("staff:staff-new"), {**typed, "number": "10", "clinics": [clinic.pk, other_clinic.pk]})

    assert elsewhere.headers["Location"] == reverse("staff:staff")
    assert Placement.objects.filter(staff__number="10").count() == 2
    assert both.status_code == 303


def test_nobody_matches_is_not_nobody_works_here(as_mona, dana):
    page = as_mona.get(reverse("staff:staff"), {"kind": "nurse"})
    left = as_mona.get(reverse("staff:staff"), {"state": "inactive", "kind": "odd"})

    assert (page.context["rows"], page.context["is_filtered"]) == ([], True)
    assert left.context["rows"] == []


def test_colour_of_an_import_is_kept_as_it_is(as_mona, clinic):
    staff = make_staff(clinic=clinic, colour="#123456")

    form = as_mona.get(reverse("staff:staff-edit", args=[staff.pk])).context["form"]

    assert "#123456" in [value for value, _label in form.fields["colour"].choices]


def test_substitute_is_asked_for_when_somebody_on_a_shift_is_away(as_mona, clinic, at):

    rita = make_staff(clinic=clinic, name="丽塔", number="F1", kind="desk", specialties=())
    shift = Shift.objects.create(clinic=clinic, code="A", name="早班", starts="09:00", ends="17:00")
    ShiftDuty.objects.create(clinic=clinic, staff=rita, shift=shift, day="2026-03-02")
    Leave.objects.create(staff=rita, kind="sick", starts_at=at - timedelta(hours=3), ends_at=at + timedelta(hours=20))

    page = as_mona.get(reverse("staff:shifts"), {"week": "2026-03-02"})

    assert [cell["needs_substitute"] for cell in page.context["lines"][0]["cells"]] == [True] + [False] * 6
    assert page.context["heads"][0]["gaps"] == ["09:00–18:00"]


def test_week_that_is_no_day_is_not_found(as_mona, dana):
    assert as_mona.get(reverse("staff:rosters"), {"week": "soon"}).status_code == 404


def test_nothing_to_take_over_says_so(as_mona, clinic):
    answer = as_mona.post(reverse("staff:shift-copy"), {"week": "2026-03-02"})
    page = as_mona.get(answer.headers["Location"])

    assert len(list(page.context["messages"])) == 1


def test_stale_kind_of_shift_is_refused(as_mona, clinic):

    shift = Shift.objects.create(clinic=clinic, code="A", name="早班", starts="09:00", ends="17:00")
    typed = {"version": 5, "code": "A", "name": "x", "starts": "09:00", "ends": "17:00"}

    answer = as_mona.post(reverse("staff:shift-kind", args=[shift.pk]), typed)

    assert answer.status_code == 422


def test_leave_of_who_is_ill_tomorrow_morning_is_filled_in(as_mona, dana, clinic, at, monkeypatch):
    monkeypatch.setattr("incisor.staff.views.frame.now", lambda: at)
    address = reverse("staff:leave-new")

    form = as_mona.get(address, {"when": "tomorrow-morning", "staff": dana.pk}).context["form"]

    filled = {
        name: form[name].value() for name in ("staff", "kind", "starts_on", "starts_time", "ends_on", "ends_time")
    }
    assert filled == {
        "staff": str(dana.pk), "kind": "sick", "starts_on": date(2026, 3, 3), "starts_time": None,
        "ends_on": date(2026, 3, 3), "ends_time": time(12),
    }  # fmt: skip
    assert as_mona.get(address, {"when": "never"}).context["form"]["starts_on"].value() == date(2026, 3, 2)
