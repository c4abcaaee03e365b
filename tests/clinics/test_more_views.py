"""Further ways through the settings pages: success and refusal of each form that other tests do not walk."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from incisor.clinics.models import Chair, Clinic, Closure, Holiday, OpeningHours, Organisation, Room
from incisor.kernel.clock import now
from tests.factories.clinics import make_chair, make_procedure
from tests.factories.scheduling import make_appointment


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def booking(clinic, pia, dana, chair):
    """A booking tomorrow at 10:00 in Shanghai."""
    start = (now() + timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)
    OpeningHours.objects.filter(weekday=6).delete()
    OpeningHours.objects.create(clinic=clinic, weekday=6, opens="09:00", closes="18:00")
    return make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=start)


def test_change_that_hits_a_booking_leads_to_the_list_of_them(as_mona, clinic, chair, booking):
    day = booking.starts_at.date().isoformat()
    typed = {"chair": "", "starts_on": day, "ends_on": day, "reason": "停电"}

    answer = as_mona.post(reverse("clinics:closure-new"), typed)
    page = as_mona.get(reverse("clinics:misfits"))
    worklist = as_mona.get(answer.headers["Location"])
    overview = as_mona.get(reverse("clinics:settings"))

    assert answer.headers["Location"] == reverse("scheduling:affected")
    assert [row["appointment"] for row in worklist.context["rows"]] == [booking]
    assert [row.hit.url for row in page.context["misfits"]] == [f"/appointments/{booking.pk}/move/"]
    assert overview.context["misfit_count"] == 1
    assert "皮亚" in page.content.decode()


def test_chair_out_of_order_leads_to_its_bookings_and_free_does_not(as_mona, chair, booking):
    url = reverse("clinics:chair-state", args=[chair.pk])

    broken = as_mona.post(url, {"state": "out_of_order"})
    mended = as_mona.post(url, {"state": "free"})
    nonsense = as_mona.post(url, {"state": "flying"})

    assert broken.headers["Location"] == reverse("scheduling:affected")
    assert mended.headers["Location"] == reverse("clinics:rooms")
    assert nonsense.status_code == 404
    assert Chair.objects.get().state == "free"


def test_answer_to_a_part_of_a_page_is_a_redirect_of_the_browser(as_mona, clinic):
    answer = as_mona.post(reverse("clinics:room-new"), {"name": "诊室五"}, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, reverse("clinics:rooms"))


def test_room_is_renamed_taken_out_of_use_and_refused(as_mona, clinic, chair):
    room = Room.objects.create(clinic=clinic, name="诊室二")
    url = reverse("clinics:room", args=[room.pk])
    saved = as_mona.post(url, {"version": 1, "name": "诊室三", "floor": "2"})
    taken = as_mona.post(url, {"version": 2, "name": chair.room.name, "is_active": "on"})
    busy = as_mona.post(reverse("clinics:room", args=[chair.room_id]), {"version": 1, "name": "诊室一"})

    room.refresh_from_db()
    assert (saved.status_code, room.name, room.is_active) == (303, "诊室三", False)
    assert (taken.status_code, list(taken.context["form"].errors)) == (422, ["name"])
    assert (busy.status_code, list(busy.context["form"].errors)) == (422, ["is_active"])


def test_room_of_a_taken_name_is_not_added(as_mona, chair):
    answer = as_mona.post(reverse("clinics:room-new"), {"name": chair.room.name})

    assert (answer.status_code, Room.objects.count()) == (422, 1)


def test_chair_out_of_use_keeps_its_room_that_is_out_of_use(as_mona, clinic, chair):
    Room.objects.update(is_active=False)
    url = reverse("clinics:chair", args=[chair.pk])
    typed = {"version": 1, "name": "旧椅", "room": chair.room_id, "position": 0, "capabilities": ["basic"]}

    saved = as_mona.post(url, typed)
    stale = as_mona.post(url, typed)

    assert (saved.status_code, stale.status_code) == (303, 422)
    assert Chair.objects.get().is_active is False


def test_organisation_is_renamed_and_a_stale_change_refused(as_ada, clinic):
    url = reverse("clinics:organisation")
    saved = as_ada.post(url, {"version": 1, "name": "新集团"})
    stale = as_ada.post(url, {"version": 1, "name": "旧集团"})

    assert (saved.status_code, stale.status_code) == (303, 422)
    assert Organisation.objects.get().name == "新集团"


def test_clinic_of_a_taken_code_is_refused(as_ada, clinic):
    answer = as_ada.post(
        reverse("clinics:clinic-new"), {"code": "a", "name": "x", "zone": "Asia/Shanghai", "chairs": 1}
    )

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    assert Clinic.objects.count() == 1


def test_planned_hours_are_taken_back_and_present_ones_are_not(as_mona, clinic):
    future = (now() + timedelta(days=30)).date()
    as_mona.post(
        reverse("clinics:hours-new"), {"valid_from": future.isoformat(), "day0_0_from": "09:00", "day0_0_to": "12:00"}
    )
    page = as_mona.get(reverse("clinics:hours"))
    url = reverse("clinics:hours-drop")
    answers = [as_mona.post(url, {"valid_from": day}) for day in (future.isoformat(), "2020-01-01", "soon")]

    assert [period["is_planned"] for period in page.context["periods"]] == [True, False]
    assert [answer.status_code for answer in answers] == [303, 409, 404]
    assert set(OpeningHours.objects.values_list("valid_from", "valid_until")) == {(None, None)}


def test_closure_is_removed(as_mona, clinic, at):
    closure = Closure.objects.create(clinic=clinic, starts_at=at, ends_at=at.replace(year=2099), reason="装修")
    page = as_mona.get(reverse("clinics:closures"))
    answer = as_mona.post(reverse("clinics:closure-remove", args=[closure.pk]))

    assert "装修" in page.content.decode()
    assert answer.status_code == 303
    assert not Closure.objects.exists()


def test_day_is_added_once_and_moved_only_to_a_free_day(as_mona, clinic):
    typed = {"day": "2027-05-01", "kind": "holiday", "name_zh": "劳动节"}
    added = as_mona.post(reverse("clinics:holiday-new"), typed)
    twice = as_mona.post(reverse("clinics:holiday-new"), typed)
    other = Holiday.objects.create(day=date(2027, 5, 2), kind="holiday", name_zh="x", name_en="x")
    moved = as_mona.post(reverse("clinics:holiday", args=[other.pk]), {**typed, "version": 1})
    seen = as_mona.get(reverse("clinics:holiday", args=[other.pk]))

    assert added.headers["Location"] == reverse("clinics:holidays-of-year", args=[2027])
    assert [twice.status_code, moved.status_code, seen.status_code] == [422, 422, 200]
    assert Holiday.objects.get(day=date(2027, 5, 1)).name_en == "劳动节"


@pytest.mark.parametrize("year", [1999, 2101])
def test_year_out_of_reach_is_not_found(as_mona, clinic, year):
    assert as_mona.get(reverse("clinics:holidays-of-year", args=[year])).status_code == 404


def test_clinic_opens_on_holidays_again(as_mona, clinic):
    Clinic.objects.update(follows_public_holidays=True)

    as_mona.post(reverse("clinics:holidays-follow"), {"follows": "no"})

    assert Clinic.objects.get().follows_public_holidays is False


def test_following_holidays_names_the_bookings_on_them(as_mona, clinic, booking):
    Holiday.objects.create(day=booking.starts_at.date(), kind="holiday", name_zh="假", name_en="x")

    answer = as_mona.post(reverse("clinics:holidays-follow"), {"follows": "yes"})

    assert answer.headers["Location"] == reverse("scheduling:affected")


def test_procedure_page_shows_its_values_and_refuses_a_stale_change(as_mona, clinic):
    row = make_procedure(follow_up_key="own_key", aftercare_key="own_sheet")
    url = reverse("clinics:procedure", args=[row.pk])
    form = as_mona.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"name_zh": "新名", "version": 7, "is_per_tooth": ""}
    stale = as_mona.post(url, typed)

    assert (form["follow_up_key"].value(), form["aftercare_key"].value()) == ("own_key", "own_sheet")
    assert (stale.status_code, bool(stale.context["form"].non_field_errors())) == (422, True)


def test_search_that_finds_nothing_says_so(as_mona, cleaning):
    page = as_mona.get(reverse("clinics:procedures"), {"q": "不存在", "specialty": "magic", "state": "odd"})

    assert page.context["rows"] == []
    assert reverse("clinics:procedures") in page.content.decode()


def test_new_chair_stands_after_the_last(as_mona, clinic):
    make_chair(clinic=clinic, position=4)

    assert as_mona.get(reverse("clinics:chair-new")).context["form"]["position"].value() == 5
