"""The settings pages: what they show, what they refuse, what they never show of another clinic."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.clinics.models import Chair, Clinic, Closure, Holiday, OpeningHours, Procedure, Room
from incisor.kernel.clock import now
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair, make_clinic, make_procedure
from tests.factories.scheduling import make_appointment

PAGES = [
    "settings", "clinic", "rooms", "room-new", "chair-new", "hours", "hours-new", "closures", "closure-new", "misfits",
    "holidays", "holidays-paste", "holiday-new", "procedures", "procedure-new",
]  # fmt: skip
ORGANISATION_PAGES = ["organisation", "clinic-new"]


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


@pytest.mark.parametrize("name", PAGES)
def test_manager_sees_page_whole_and_as_part(as_mona, chair, cleaning, name):
    whole = as_mona.get(reverse(f"clinics:{name}"))
    part = as_mona.get(reverse(f"clinics:{name}"), headers={"HX-Request": "true"})

    assert (whole.status_code, part.status_code) == (200, 200)
    assert b"<html" in whole.content


@pytest.mark.parametrize("name", sorted({*PAGES} - {"misfits"}))
def test_receptionist_is_refused(as_rosa, name):
    assert as_rosa.get(reverse(f"clinics:{name}")).status_code == 403


def test_keeper_of_equipment_closes_a_chair_but_does_not_see_whose_bookings(client, clinic, dana, chair, pia):
    kim = make_user(username="kim", roles=["equipment_keeper"], clinic=clinic)
    client.force_login(kim)
    start = (now() + timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)
    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=start)
    day = start.date().isoformat()

    closed = client.post(
        reverse("clinics:closure-new"), {"chair": chair.pk, "starts_on": day, "ends_on": day, "reason": "维修"}
    )

    assert closed.headers["Location"] == reverse("clinics:closures")
    assert client.get(reverse("clinics:misfits")).status_code == 403
    assert all(
        "皮亚" not in client.get(reverse(f"clinics:{name}")).content.decode() for name in ("closures", "settings")
    )


@pytest.mark.parametrize("name", ORGANISATION_PAGES)
def test_organisation_pages_need_a_role_in_the_whole_organisation(client, clinic, mona, ada, name):
    client.force_login(mona)
    refused = client.get(reverse(f"clinics:{name}"))
    client.force_login(ada)
    shown = client.get(reverse(f"clinics:{name}"))

    assert (refused.status_code, shown.status_code) == (403, 200)


def test_things_of_another_clinic_do_not_exist(as_omar, clinic, chair, at):
    closure = Closure.objects.create(clinic=clinic, starts_at=at, ends_at=at.replace(year=2027), reason="装修")

    answers = [
        as_omar.get(reverse("clinics:room", args=[chair.room_id])),
        as_omar.get(reverse("clinics:chair", args=[chair.pk])),
        as_omar.post(reverse("clinics:chair-state", args=[chair.pk]), {"state": "out_of_order"}),
        as_omar.post(reverse("clinics:closure-remove", args=[closure.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert Closure.objects.filter(pk=closure.pk).exists()
    assert Chair.objects.get(pk=chair.pk).state == "free"


def test_clinic_is_switched_only_to_one_of_ones_own(client, clinic, other_clinic, ada, mona):
    client.force_login(ada)
    switched = client.post(reverse("clinics:switch"), {"clinic": other_clinic.pk, "next": "/settings/rooms/"})
    page = client.get(reverse("clinics:settings"))
    client.force_login(mona)
    refused = client.post(reverse("clinics:switch"), {"clinic": other_clinic.pk, "next": "/"})

    assert (switched.status_code, switched.headers["Location"]) == (303, "/settings/rooms/")
    assert page.wsgi_request.clinic == other_clinic
    assert refused.status_code == 404


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_switch_never_leads_out_of_the_house(as_mona, clinic, elsewhere):
    answer = as_mona.post(reverse("clinics:switch"), {"clinic": clinic.pk, "next": elsewhere})

    assert answer.headers["Location"] == "/"


def test_switch_from_a_page_about_one_thing_leads_to_the_start(as_mona, clinic, chair):
    answer = as_mona.post(reverse("clinics:switch"), {"clinic": clinic.pk, "next": f"/settings/chairs/{chair.pk}/"})

    assert answer.headers["Location"] == "/"


def clinic_values(clinic, **over):
    return {
        "version": clinic.version,
        "name": "晨光口腔",
        "name_en": "Morning Light",
        "phone": "010-88886666",
        "address": "光明路1号",
        "zone": "Asia/Shanghai",
        "day_starts_at": "00:00",
        "wait_limit_minutes": 15,
        "idle_lock_minutes": 10,
        "buffer_percent": 15,
        **over,
    }


def test_clinic_is_saved(as_mona, clinic):
    answer = as_mona.post(reverse("clinics:clinic"), clinic_values(clinic, phone="010-1"))

    assert answer.status_code == 303
    assert Clinic.objects.get().phone == "010-1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Asia/Nowhere"), ("name", ""), ("name", "长" * 81), ("wait_limit_minutes", "0"),
        ("idle_lock_minutes", "never"), ("buffer_percent", "61"), ("day_starts_at", "25:00"),
    ],
)  # fmt: skip
def test_clinic_with_wrong_field_is_refused_and_what_was_typed_stays(as_mona, clinic, field, value):
    answer = as_mona.post(reverse("clinics:clinic"), clinic_values(clinic, address="新地址", **{field: value}))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "新地址" in answer.content.decode()
    assert Clinic.objects.get().address == ""


def test_clinic_changed_by_two_people_keeps_the_first_and_tells_the_second(as_mona, clinic):
    stale = clinic_values(clinic, phone="2")
    as_mona.post(reverse("clinics:clinic"), clinic_values(clinic, phone="1"))

    answer = as_mona.post(reverse("clinics:clinic"), stale)

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert Clinic.objects.get().phone == "1"


def test_room_and_chair_are_added_and_changed(as_mona, clinic):
    as_mona.post(reverse("clinics:room-new"), {"name": "诊室九", "floor": "2"})
    room = Room.objects.get(name="诊室九")
    chair = {"name": "9号椅", "room": room.pk, "position": 9, "capabilities": ["basic", "xray"], "equipment": "显微镜"}
    as_mona.post(reverse("clinics:chair-new"), chair)
    made = Chair.objects.get()
    answer = as_mona.post(
        reverse("clinics:chair", args=[made.pk]), {**chair, "version": 1, "name": "九号", "is_active": "on"}
    )

    made.refresh_from_db()
    assert answer.status_code == 303
    assert (made.name, made.room, made.capabilities, made.position, made.version) == (
        "九号",
        room,
        ["basic", "xray"],
        9,
        2,
    )


def test_chair_needs_a_room_first(as_mona, clinic):
    answer = as_mona.get(reverse("clinics:chair-new"))

    assert answer.headers["Location"] == reverse("clinics:room-new")


def test_chair_cannot_stand_in_a_room_of_another_clinic(as_mona, chair, other_clinic):
    foreign = make_chair(clinic=other_clinic).room
    values = {"name": "x", "room": foreign.pk, "position": 1, "capabilities": ["basic"]}

    answer = as_mona.post(reverse("clinics:chair-new"), values)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["room"])


def test_second_chair_of_a_name_is_refused_at_the_field(as_mona, chair):
    values = {"name": chair.name, "room": chair.room_id, "position": 1, "capabilities": ["basic"]}

    answer = as_mona.post(reverse("clinics:chair-new"), values)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert Chair.objects.count() == 1


def week(**over):
    values = {"valid_from": "2027-01-04"}
    for day in range(5):
        values |= {f"day{day}_0_from": "09:00", f"day{day}_0_to": "12:00"}
        values |= {f"day{day}_1_from": "13:30", f"day{day}_1_to": "18:00"}
    return values | over


def test_opening_hours_begin_and_the_old_ones_end_the_day_before(as_mona, clinic):
    answer = as_mona.post(reverse("clinics:hours-new"), week())

    assert answer.status_code == 303
    old = OpeningHours.objects.filter(valid_from=None)
    assert set(old.values_list("valid_until", flat=True)) == {date(2027, 1, 3)}
    new = OpeningHours.objects.filter(valid_from=date(2027, 1, 4), weekday=0).order_by("opens")
    assert list(new.values_list("opens", "closes")) == [(time(9), time(12)), (time(13, 30), time(18))]


@pytest.mark.parametrize(
    ("over", "wrong"),
    [
        ({"day0_0_to": "08:00"}, "day0_0_to"),
        ({"day0_1_from": "11:00"}, "day0_1_from"),
        ({"day2_0_from": ""}, "day2_0_from"),
        ({"day2_0_from": "nine"}, "day2_0_from"),
        ({"day4_0_from": "09:03"}, "day4_0_from"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "2027-02-30"}, "valid_from"),
    ],
)
def test_wrong_opening_hours_are_refused_at_their_field(as_mona, clinic, over, wrong):
    answer = as_mona.post(reverse("clinics:hours-new"), week(**over))

    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors
    assert not OpeningHours.objects.exclude(valid_from=None).exists()


def test_monday_is_copied_without_saving(as_mona, clinic):
    typed = {"valid_from": "2027-01-04", "day0_0_from": "08:00", "day0_0_to": "11:00", "like_monday": "1"}

    answer = as_mona.post(reverse("clinics:hours-new"), typed)

    assert answer.status_code == 200
    form = answer.context["form"]
    assert [form[f"day{day}_0_from"].value() for day in range(6)] == ["08:00"] * 5 + [""]
    assert not OpeningHours.objects.exclude(valid_from=None).exists()


def test_closure_without_times_is_whole_days_of_the_clinic(as_mona, clinic):
    typed = {"chair": "", "starts_on": "2027-03-01", "ends_on": "2027-03-02", "reason": "装修"}

    answer = as_mona.post(reverse("clinics:closure-new"), typed)

    closure = Closure.objects.get()
    assert answer.headers["Location"] == reverse("clinics:closures")
    assert closure.starts_at.isoformat() == "2027-02-28T16:00:00+00:00"
    assert closure.ends_at.isoformat() == "2027-03-02T16:00:00+00:00"


@pytest.mark.parametrize(
    "over", [{"ends_on": "2027-02-28"}, {"starts_time": "12:00", "ends_time": "11:00"}, {"reason": ""}, {"chair": "x"}]
)
def test_wrong_closure_is_refused(as_mona, clinic, over):
    typed = {"chair": "", "starts_on": "2027-03-01", "ends_on": "2027-03-01", "reason": "装修", **over}

    answer = as_mona.post(reverse("clinics:closure-new"), typed)

    assert answer.status_code == 422
    assert not Closure.objects.exists()


def test_holidays_are_loaded_followed_pasted_changed_and_removed(as_mona, clinic):
    as_mona.post(reverse("clinics:holidays-load", args=[2026]))
    as_mona.post(reverse("clinics:holidays-follow"), {"follows": "yes"})
    pasted = as_mona.post(reverse("clinics:holidays-paste"), {"text": "2027-01-01 元旦 休\n2027年1月3日，元旦调休，班"})
    first = Holiday.objects.get(day=date(2027, 1, 1))
    form = {"version": 1, "day": "2027-01-02", "kind": "holiday", "name_zh": "元旦", "name_en": "", "source": "x"}
    changed = as_mona.post(reverse("clinics:holiday", args=[first.pk]), form)
    removed = as_mona.post(reverse("clinics:holiday-remove", args=[first.pk]))

    assert [answer.status_code for answer in (pasted, changed, removed)] == [303, 303, 303]
    assert Clinic.objects.get().follows_public_holidays is True
    assert list(Holiday.objects.filter(day__year=2027).values_list("day", "kind")) == [(date(2027, 1, 3), "workday")]
    assert Holiday.objects.filter(day__year=2026).count() == 39


def test_pasted_line_that_cannot_be_read_is_named_and_nothing_is_taken_over(as_mona, clinic):
    answer = as_mona.post(reverse("clinics:holidays-paste"), {"text": "2027-01-01 元旦 休\n元旦\n2027-13-01 x 班"})

    assert answer.status_code == 422
    assert "2, 3" in str(answer.context["form"].errors["text"])
    assert not Holiday.objects.exists()


def procedure_values(**over):
    return {
        "code": "new_one", "name_zh": "新项目", "name_en": "New one", "specialty": "general", "duration_minutes": 30,
        "buffer_after_minutes": 0, "chair_needs": ["basic"], "follow_up_key": "other", "is_active": "on", **over,
    }  # fmt: skip


def test_procedure_is_added_found_and_changed(as_mona, cleaning):
    as_mona.post(reverse("clinics:procedure-new"), procedure_values())
    made = Procedure.objects.get(code="new_one")
    changed = as_mona.post(
        reverse("clinics:procedure", args=[made.pk]), procedure_values(version=1, duration_minutes=45, letter="z")
    )
    found = as_mona.get(reverse("clinics:procedures"), {"q": "新项"}, headers={"HX-Request": "true"})

    made.refresh_from_db()
    assert (changed.status_code, made.duration_minutes, made.letter, made.version) == (303, 45, "z", 2)
    assert "新项目" in found.content.decode()
    assert "洁牙" not in found.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration_minutes", "7"), ("duration_minutes", "0"), ("duration_minutes", "485"), ("buffer_after_minutes", "3"),
        ("code", "has space"), ("code", "CLEAN"), ("name_zh", ""), ("specialty", "magic"), ("chair_needs", ["flying"]),
        ("letter", "n"), ("letter", "5"), ("letter", "c"),
    ],
)  # fmt: skip
def test_wrong_procedure_is_refused_at_its_field(as_mona, clinic, field, value):
    make_procedure(letter="c")

    answer = as_mona.post(reverse("clinics:procedure-new"), procedure_values(**{field: value}))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Procedure.objects.count() == 1


def test_shipped_procedures_are_loaded_once(as_mona, cleaning):
    as_mona.post(reverse("clinics:procedures-load"))
    count = Procedure.objects.count()
    as_mona.post(reverse("clinics:procedures-load"))

    assert count > 60
    assert Procedure.objects.count() == count


def test_administrator_adds_a_clinic_that_is_ready(as_ada, clinic):
    typed = {"code": "c2", "name": "二店", "zone": "Asia/Urumqi", "chairs": 3, "hours_like": "on"}

    answer = as_ada.post(reverse("clinics:clinic-new"), typed)

    made = Clinic.objects.get(code="C2")
    assert answer.status_code == 303
    assert Chair.objects.filter(clinic=made).count() == 3
    assert OpeningHours.objects.filter(clinic=made).count() == 6


def test_only_clinic_cannot_be_closed_another_can(as_ada, clinic):
    alone = as_ada.post(reverse("clinics:clinic-close", args=[clinic.pk]))
    other = make_clinic(code="B", name="二店")
    closed = as_ada.post(reverse("clinics:clinic-close", args=[other.pk]))
    reopened = as_ada.post(reverse("clinics:clinic-reopen", args=[other.pk]))

    assert [answer.status_code for answer in (alone, closed, reopened)] == [409, 303, 303]


@pytest.mark.parametrize("name", ["rooms", "procedures", "holidays", "closures", "hours"])
def test_list_costs_the_same_with_one_row_and_with_many(as_mona, clinic, at, name):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_mona.get(reverse(f"clinics:{name}"))
        return len(queries)

    def fill(number):
        make_chair(clinic=clinic, name=f"{number}号")
        make_procedure(code=f"P{number}")
        Holiday.objects.create(day=date(at.year, 5, number), kind="holiday", name_zh="假", name_en="x")
        Closure.objects.create(clinic=clinic, starts_at=at, ends_at=at.replace(year=2099), reason=str(number))
        OpeningHours.objects.create(
            clinic=clinic, weekday=6, opens=time(8), closes=time(9), valid_from=date(2030, 1, number)
        )

    fill(1)
    cost()
    one = cost()
    for number in (2, 3, 4):
        fill(number)

    assert cost() == one
