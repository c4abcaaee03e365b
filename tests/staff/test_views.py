"""The staff pages: what they show, what they refuse, what they never show of another clinic."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.kernel.clock import now
from incisor.staff.models import Leave, Placement, RosterException, RosterRule, Shift, ShiftDuty, StaffMember
from tests.factories.staff import make_roster, make_staff

SEEN = ["staff", "rosters", "shifts", "shift-kinds", "leaves", "misfits"]
EDITED = ["staff-new", "leave-new", "shift-kind-new"]


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def rita(clinic):
    """Somebody at the desk."""
    return make_staff(clinic=clinic, name="丽塔", number="F1", kind="desk", specialties=())


@pytest.fixture
def shift_a(clinic):
    return Shift.objects.create(clinic=clinic, code="A", name="早班", starts=time(9), ends=time(17))


def person_pages(staff):
    return [
        reverse("staff:member", args=[staff.pk]),
        reverse("staff:staff-edit", args=[staff.pk]),
        reverse("staff:hours-new", args=[staff.pk]),
        reverse("staff:day", args=[staff.pk, "2026-03-02"]),
    ]


@pytest.mark.parametrize("name", SEEN + EDITED)
def test_manager_sees_page_whole_and_as_part(as_mona, dana, rita, shift_a, name):
    whole = as_mona.get(reverse(f"staff:{name}"))
    part = as_mona.get(reverse(f"staff:{name}"), headers={"HX-Request": "true"})

    assert (whole.status_code, part.status_code) == (200, 200)
    assert b"<html" in whole.content


def test_manager_sees_every_page_of_a_person(as_mona, dana):
    assert [as_mona.get(url).status_code for url in person_pages(dana)] == [200] * 4


def test_receptionist_looks_but_does_not_touch(as_rosa, dana, shift_a):
    seen = [as_rosa.get(reverse(f"staff:{name}")).status_code for name in SEEN]
    edited = [as_rosa.get(reverse(f"staff:{name}")).status_code for name in EDITED]
    person = [as_rosa.get(url).status_code for url in person_pages(dana)]
    posted = as_rosa.post(reverse("staff:shifts"), {"duty": []}).status_code

    assert seen == [200] * len(SEEN)
    assert edited == [403] * len(EDITED)
    assert person == [200, 403, 403, 403]
    assert posted == 403


def test_person_of_another_clinic_does_not_exist(as_omar, clinic, dana, shift_a, at):
    leave = Leave.objects.create(staff=dana, kind="sick", starts_at=at, ends_at=at + timedelta(days=1))
    answers = [as_omar.get(url) for url in person_pages(dana)]
    answers += [
        as_omar.post(reverse("staff:staff-deactivate", args=[dana.pk])),
        as_omar.post(reverse("staff:leave-cancel", args=[leave.pk])),
        as_omar.get(reverse("staff:shift-kind", args=[shift_a.pk])),
        as_omar.get(reverse("staff:misfits"), {"staff": dana.pk}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 8
    assert StaffMember.objects.get(pk=dana.pk).is_active
    assert Leave.objects.get().cancelled_at is None
    assert "丹娜" not in as_omar.get(reverse("staff:staff"), {"state": "all"}).content.decode()


def person_values(clinic, **over):
    return {
        "name": "林医生", "number": "007", "kind": "dentist", "specialties": ["general", "implants"], "position": 3,
        "clinics": [clinic.pk], "licence_number": "L7", "licence_expires_on": "2029-01-01", "colour": "#206bc4", **over,
    }  # fmt: skip


def test_person_is_added_and_changed(as_mona, clinic, chair):
    added = as_mona.post(reverse("staff:staff-new"), person_values(clinic, chair=chair.pk))
    made = StaffMember.objects.get(number="007")
    changed = as_mona.post(
        reverse("staff:staff-edit", args=[made.pk]),
        person_values(clinic, version=1, name="林主任", specialties=["general"]),
    )

    made.refresh_from_db()
    assert [added.status_code, changed.status_code] == [303, 303]
    assert (made.name, made.specialties, made.version) == ("林主任", ["general"], 2)
    assert Placement.objects.get(staff=made).position == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("number", "D1"), ("kind", "wizard"), ("specialties", []), ("specialties", ["magic"]),
        ("licence_expires_on", "2029-02-30"), ("colour", "red;"), ("position", "-1"), ("user", "x"), ("chair", "x"),
    ],
)  # fmt: skip
def test_wrong_person_is_refused_at_the_field(as_mona, clinic, dana, field, value):
    answer = as_mona.post(reverse("staff:staff-new"), person_values(clinic, **{field: value}))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert StaffMember.objects.count() == 1


def test_account_of_somebody_else_is_not_offered(as_mona, clinic, dana, dana_user, omar, rosa):
    form = as_mona.get(reverse("staff:staff-new")).context["form"]

    assert {"dana", "omar"}.isdisjoint({user.username for user in form.users.values()})
    assert "rosa" in {user.username for user in form.users.values()}


@pytest.mark.parametrize(
    ("days", "state"), [(-1, "expired"), (0, "soon"), (60, "soon"), (61, "good"), (None, "missing")]
)
def test_list_warns_of_licences_in_words(as_mona, clinic, days, state):
    today = (now() + timedelta(hours=8)).date()
    expires = None if days is None else today + timedelta(days=days)
    make_staff(clinic=clinic, licence_expires_on=expires)

    answer = as_mona.get(reverse("staff:staff"))

    assert [row["licence"] for row in answer.context["rows"]] == [state]


def test_person_leaves_and_comes_back(as_mona, dana):
    left = as_mona.post(reverse("staff:staff-deactivate", args=[dana.pk]))
    gone = as_mona.get(reverse("staff:staff")).context["rows"]
    as_mona.post(reverse("staff:staff-reactivate", args=[dana.pk]))

    assert (left.status_code, gone) == (303, [])
    assert StaffMember.objects.get(pk=dana.pk).is_active


def week(**over):
    return {"valid_from": "2027-01-04", "day0_0_from": "10:00", "day0_0_to": "16:00", **over}


def test_weekly_hours_begin_and_the_old_ones_end_the_day_before(as_mona, dana):
    answer = as_mona.post(reverse("staff:hours-new", args=[dana.pk]), week())

    assert answer.status_code == 303
    assert set(RosterRule.objects.filter(valid_from=date(2026, 1, 1)).values_list("valid_until", flat=True)) == {
        date(2027, 1, 3)
    }
    assert RosterRule.objects.filter(valid_from=date(2027, 1, 4)).count() == 1


@pytest.mark.parametrize(
    ("over", "wrong"),
    [({"day0_0_to": "09:00"}, "day0_0_to"), ({"day0_1_from": "15:00", "day0_1_to": "18:00"}, "day0_1_from")],
)
def test_wrong_weekly_hours_are_refused(as_mona, dana, over, wrong):
    answer = as_mona.post(reverse("staff:hours-new", args=[dana.pk]), week(**over))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [wrong])
    assert not RosterRule.objects.filter(valid_from=date(2027, 1, 4)).exists()


def test_day_is_set_and_cleared(as_mona, dana):
    url = reverse("staff:day", args=[dana.pk, "2026-03-04"])
    as_mona.post(url, {"first_from": "13:00", "first_to": "18:00", "reason": "换班"})
    other_hours = list(RosterException.objects.values_list("starts", "ends", "reason"))
    as_mona.post(url, {"is_off": "on"})
    off = list(RosterException.objects.values_list("starts", "ends"))
    as_mona.post(reverse("staff:day-clear", args=[dana.pk, "2026-03-04"]))

    assert other_hours == [(time(13), time(18), "换班")]
    assert off == [(None, None)]
    assert not RosterException.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"first_from": "13:00"},
        {"first_from": "13:00", "first_to": "12:00"},
        {"first_from": "09:00", "first_to": "12:00", "second_from": "11:00", "second_to": "13:00"},
    ],
)
def test_wrong_day_is_refused(as_mona, dana, typed):
    answer = as_mona.post(reverse("staff:day", args=[dana.pk, "2026-03-04"]), typed)

    assert answer.status_code == 422
    assert not RosterException.objects.exists()


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "0001-01-01"])
def test_day_that_does_not_exist_is_not_found(as_mona, dana, day):
    assert as_mona.get(reverse("staff:day", args=[dana.pk, day])).status_code == 404


def test_leave_is_entered_shown_and_cancelled(as_mona, dana):
    typed = {"staff": dana.pk, "kind": "training", "starts_on": "2027-03-01", "ends_on": "2027-03-02"}
    entered = as_mona.post(reverse("staff:leave-new"), typed)
    twice = as_mona.post(reverse("staff:leave-new"), typed)
    leave = Leave.objects.get()
    shown = as_mona.get(reverse("staff:rosters"), {"week": "2027-03-03"})
    cancelled = as_mona.post(reverse("staff:leave-cancel", args=[leave.pk]))

    leave.refresh_from_db()
    assert [entered.status_code, twice.status_code, cancelled.status_code] == [303, 422, 303]
    assert (leave.starts_at, leave.ends_at) == (
        datetime(2027, 2, 28, 16, tzinfo=UTC),
        datetime(2027, 3, 2, 16, tzinfo=UTC),
    )
    assert [cell["is_away"] for cell in shown.context["lines"][0]["cells"]] == [True, True] + [False] * 5
    assert leave.cancelled_at is not None


def test_receptionist_does_not_read_why_somebody_is_away(as_rosa, dana):
    begin = now()
    Leave.objects.create(staff=dana, kind="sick", starts_at=begin, ends_at=begin + timedelta(days=3), reason="手术")

    pages = [as_rosa.get(reverse("staff:leaves")), as_rosa.get(reverse("staff:member", args=[dana.pk]))]

    assert all("手术" not in page.content.decode() for page in pages)
    assert all("丹娜" in page.content.decode() for page in pages)


def test_roster_shows_hours_exceptions_and_totals(as_mona, clinic, dana):
    RosterException.objects.create(staff=dana, clinic=clinic, day=date(2026, 3, 3), reason="换班")

    page = as_mona.get(reverse("staff:rosters"), {"week": "2026-03-04"})

    line = page.context["lines"][0]
    assert [cell["hours"] for cell in line["cells"]] == [["09:00–17:00"], [], *[["09:00–17:00"]] * 3, [], []]
    assert line["hours"] == "32"
    assert [head["dentist_count"] for head in page.context["heads"]] == [1, 0, 1, 1, 1, 0, 0]


def box(staff, day, shift):
    return f"{staff.pk}:{day}:{shift.pk}"


def test_week_of_shifts_is_set_copied_and_its_gaps_are_named(as_mona, clinic, rita, shift_a):
    page = as_mona.get(reverse("staff:shifts"), {"week": "2026-03-02"})
    typed = {"week": "2026-03-02", "stamp": page.context["stamp"], "duty": [box(rita, "2026-03-02", shift_a)]}
    saved = as_mona.post(reverse("staff:shifts") + "?week=2026-03-02", typed)
    stale = as_mona.post(reverse("staff:shifts") + "?week=2026-03-02", {**typed, "duty": []})
    as_mona.post(reverse("staff:shift-copy"), {"week": "2026-03-09"})
    after = as_mona.get(reverse("staff:shifts"), {"week": "2026-03-09"})

    assert [saved.status_code, stale.status_code] == [303, 422]
    assert list(ShiftDuty.objects.order_by("day").values_list("day", flat=True)) == [date(2026, 3, 2), date(2026, 3, 9)]
    assert [head["gaps"] for head in after.context["heads"]] == [["17:00–18:00"], *[["09:00–18:00"]] * 5, []]


@pytest.mark.parametrize("what", ["garbage", "other-week", "other-clinic"])
def test_shift_of_nowhere_is_not_found(as_mona, clinic, other_clinic, rita, shift_a, what):
    stranger = make_staff(clinic=other_clinic, name="外", number="X", kind="desk")
    value = {
        "garbage": "a:b:c",
        "other-week": box(rita, "2026-03-30", shift_a),
        "other-clinic": box(stranger, "2026-03-02", shift_a),
    }[what]
    stamp = as_mona.get(reverse("staff:shifts"), {"week": "2026-03-02"}).context["stamp"]

    answer = as_mona.post(reverse("staff:shifts"), {"week": "2026-03-02", "stamp": stamp, "duty": [value]})

    assert answer.status_code in {404, 422}
    assert not ShiftDuty.objects.exists()


def test_kind_of_shift_is_added_changed_and_refused(as_mona, shift_a):
    add = reverse("staff:shift-kind-new")
    added = as_mona.post(add, {"code": "B", "name": "晚班", "starts": "12:00", "ends": "20:00"})
    taken = as_mona.post(add, {"code": "A", "name": "x", "starts": "12:00", "ends": "20:00"})
    backward = as_mona.post(add, {"code": "C", "name": "x", "starts": "12:00", "ends": "11:00"})
    changed = as_mona.post(
        reverse("staff:shift-kind", args=[shift_a.pk]),
        {"version": 1, "code": "A", "name": "上午班", "starts": "08:00", "ends": "16:00", "is_active": "on"},
    )

    assert [answer.status_code for answer in (added, taken, backward, changed)] == [303, 422, 422, 303]
    assert list(Shift.objects.order_by("code").values_list("code", "name")) == [("A", "上午班"), ("B", "晚班")]


@pytest.mark.parametrize("name", ["staff", "rosters", "shifts", "leaves"])
def test_list_costs_the_same_with_one_person_and_with_many(as_mona, clinic, shift_a, at, name):
    def fill(number):
        staff = make_staff(clinic=clinic, name=f"人{number}", number=f"N{number}", kind="desk", specialties=())
        make_roster(staff=staff, clinic=clinic)
        Leave.objects.create(staff=staff, kind="sick", starts_at=at, ends_at=at.replace(year=2099))
        ShiftDuty.objects.create(clinic=clinic, staff=staff, shift=shift_a, day=date(2026, 3, 2))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_mona.get(reverse(f"staff:{name}"), {"week": "2026-03-02"})
        return len(queries)

    fill(1)
    cost()
    one = cost()
    for number in (2, 3, 4):
        fill(number)

    assert cost() == one
