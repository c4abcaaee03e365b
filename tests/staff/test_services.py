"""Every change of people at work: rows, audit lines, refusals, and the bookings that a change hits."""

import json
from datetime import date, time, timedelta

import pytest

from incisor.audit.models import Entry
from incisor.audit.queries import broken_places
from incisor.clinics import hooks
from incisor.clinics.hooks import Hit, Reason
from incisor.clinics.rules import Stretch
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound
from incisor.staff import queries, services
from incisor.staff.models import Leave, Placement, RosterException, RosterRule, Shift, ShiftDuty, StaffMember
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair
from tests.factories.staff import make_roster, make_staff

MONDAY = date(2026, 3, 2)
WEEK = [Stretch(0, time(9), time(12)), Stretch(0, time(13), time(18))]


def lines():
    return [
        (entry.what, json.loads(entry.detail) if entry.detail else {})
        for entry in Entry.objects.order_by("at", "number")
    ]


def words(**over):
    return services.StaffWords(
        **{
            "number": "007",
            "name": "林",
            "name_en": "",
            "kind": "dentist",
            "title": "",
            "specialties": ["general"],
            "licence_number": "L",
            "licence_expires_on": date(2027, 1, 1),
            "introduction": "",
            "colour": "#206bc4",
            "user": None,
            **over,
        }
    )


@pytest.fixture
def shift_a(clinic):
    return Shift.objects.create(clinic=clinic, code="A", name="早班", starts=time(9), ends=time(17))


@pytest.fixture
def rita(clinic):
    return make_staff(clinic=clinic, name="丽塔", number="F1", kind="desk", specialties=())


def test_person_is_added_and_changed(clinic, mona, chair, dana, at):
    place = {"clinics": [clinic], "chair": chair, "position": 2}
    made = services.add_staff(by=mona, clinic=clinic, words=words(), at=at, **place)
    services.change_staff(
        by=mona, clinic=clinic, staff=made, version=1, words=words(name="林主任"), at=at, **{**place, "position": 5}
    )

    assert [what for what, _detail in lines()] == [
        "staff.added", "staff.placed", "staff.changed", "staff.placement_changed",
    ]  # fmt: skip
    assert lines()[2][1] == {"before": {"name": "林"}, "after": {"name": "林主任"}}
    placement = Placement.objects.get(staff=made)
    assert (placement.chair, placement.position, placement.is_active) == (chair, 5, True)
    assert list(broken_places()) == []
    with pytest.raises(ChangedMeanwhile):
        services.change_staff(by=mona, clinic=clinic, staff=made, version=1, words=words(), at=at, **place)


def test_number_and_account_belong_to_one_person(clinic, mona, dana, dana_user, at):
    place = {"clinics": [clinic], "chair": None, "position": 2}
    with pytest.raises(services.NumberTaken):
        services.add_staff(by=mona, clinic=clinic, words=words(number="D1"), at=at, **place)
    with pytest.raises(services.AccountTaken):
        services.add_staff(by=mona, clinic=clinic, words=words(user=dana_user), at=at, **place)

    assert StaffMember.objects.count() == 1
    assert lines() == []


def test_nobody_is_placed_where_the_manager_may_not(clinic, other_clinic, mona, omar, ada, dana, at):
    both = {"clinics": [clinic, other_clinic], "chair": None, "position": 1}
    with pytest.raises(NotAllowed):
        services.add_staff(by=mona, clinic=clinic, words=words(), at=at, **both)
    made = services.add_staff(by=ada, clinic=clinic, words=words(), at=at, **both)
    services.change_staff(
        by=mona, clinic=clinic, staff=made, version=1, words=words(), clinics=[], chair=None, position=1, at=at
    )

    assert dict(Placement.objects.filter(staff=made).values_list("clinic__code", "is_active")) == {
        "A": False,
        "B": True,
    }
    foreign = make_chair(clinic=other_clinic)
    with pytest.raises(NotFound):
        services.add_staff(
            by=mona, clinic=clinic, words=words(number="8"), clinics=[clinic], chair=foreign, position=1, at=at
        )


def test_person_who_works_in_two_clinics_has_a_place_in_each(clinic, other_clinic, dana):
    chair = make_chair(clinic=other_clinic, name="乙")
    Placement.objects.create(staff=dana, clinic=other_clinic, chair=chair, position=9)

    here, there = queries.member(clinic, dana.pk), queries.member(other_clinic, dana.pk)

    assert (there.usual_chair_id, there.position) == (chair.pk, 9)
    assert (here.usual_chair_id == chair.pk, here.position) == (False, 0)
    assert [len(queries.people(place)) for place in (clinic, other_clinic)] == [1, 1]


def test_leaver_is_no_longer_listed_and_can_come_back(clinic, mona, dana, at):
    services.deactivate_staff(by=mona, clinic=clinic, staff=dana, at=at)
    services.deactivate_staff(by=mona, clinic=clinic, staff=dana, at=at)
    gone = queries.team(clinic)
    services.reactivate_staff(by=mona, clinic=clinic, staff=dana, at=at)

    assert gone == []
    assert [what for what, _detail in lines()] == ["staff.deactivated", "staff.reactivated"]


def test_weekly_hours_have_a_dated_history(clinic, mona, dana, at):
    services.set_roster(by=mona, clinic=clinic, staff=dana, week=WEEK, valid_from=date(2026, 6, 1), at=at)
    services.set_roster(by=mona, clinic=clinic, staff=dana, week=[], valid_from=date(2026, 4, 1), at=at)
    services.set_roster(by=mona, clinic=clinic, staff=dana, week=WEEK[:1], valid_from=date(2026, 6, 1), at=at)

    assert {(row.valid_from, row.valid_until, len(row.week)) for row in queries.roster_periods(clinic, dana)} == {
        (date(2026, 1, 1), date(2026, 3, 31), 5),
        (date(2026, 6, 1), None, 1),
    }
    assert [what for what, _detail in lines()] == ["roster.changed"] * 3
    assert live.version(clinic.pk, "day") == 3


def test_planned_weekly_hours_are_taken_back(clinic, mona, dana, at):
    services.set_roster(by=mona, clinic=clinic, staff=dana, week=WEEK, valid_from=date(2026, 6, 1), at=at)
    services.drop_planned_roster(by=mona, clinic=clinic, staff=dana, valid_from=date(2026, 6, 1), at=at)

    assert [(row.valid_from, row.valid_until) for row in queries.roster_periods(clinic, dana)] == [
        (date(2026, 1, 1), None)
    ]
    with pytest.raises(services.NotFuture):
        services.drop_planned_roster(by=mona, clinic=clinic, staff=dana, valid_from=MONDAY, at=at)
    with pytest.raises(NotFound):
        services.drop_planned_roster(by=mona, clinic=clinic, staff=dana, valid_from=date(2026, 7, 1), at=at)


def test_nobody_is_on_duty_in_two_clinics_at_once(clinic, other_clinic, mona, dana, at):
    Placement.objects.create(staff=dana, clinic=other_clinic)
    make_roster(staff=dana, clinic=other_clinic, weekdays=[5], starts=time(9), ends=time(12))
    saturday = [Stretch(5, time(11), time(15))]

    with pytest.raises(services.DoubleDuty) as refusal:
        services.set_roster(by=mona, clinic=clinic, staff=dana, week=saturday, valid_from=MONDAY, at=at)
    services.set_roster(
        by=mona, clinic=clinic, staff=dana, week=[Stretch(5, time(12), time(15))], valid_from=MONDAY, at=at
    )

    assert refusal.value.details["weekday"] == 5


def test_faulty_weekly_hours_are_refused_whole(clinic, mona, dana, at):
    week = [Stretch(1, time(9), time(12)), Stretch(1, time(11), time(14))]

    with pytest.raises(services.FaultyHours):
        services.set_roster(by=mona, clinic=clinic, staff=dana, week=week, valid_from=MONDAY, at=at)

    assert RosterRule.objects.filter(valid_until=None).count() == 5


def test_day_is_set_set_again_and_cleared(clinic, mona, dana, at):
    set_day = {"by": mona, "clinic": clinic, "staff": dana, "day": MONDAY, "at": at}
    services.set_day(hours=[(time(9), time(11)), (time(14), time(16))], reason="换班", **set_day)
    services.set_day(hours=[], reason="", **set_day)
    services.clear_day(**set_day)
    services.clear_day(**set_day)

    assert not RosterException.objects.exists()
    assert [what for what, _detail in lines()] == ["roster.day_set", "roster.day_set", "roster.day_cleared"]
    assert lines()[1][1]["before"]["hours"] == ["09:00-11:00", "14:00-16:00"]
    with pytest.raises(services.FaultyHours):
        services.set_day(hours=[(time(9), time(11)), (time(10), time(16))], reason="", **set_day)


def test_leave_is_entered_once_and_cancelled_once(clinic, mona, dana, at):
    wanted = {"kind": "sick", "starts_at": at, "ends_at": at + timedelta(days=1), "reason": "感冒"}
    leave = services.add_leave(by=mona, clinic=clinic, staff=dana, at=at, **wanted)
    with pytest.raises(services.LeaveOverlaps):
        services.add_leave(
            by=mona,
            clinic=clinic,
            staff=dana,
            at=at,
            **{**wanted, "starts_at": at + timedelta(hours=23), "ends_at": at + timedelta(days=3)},
        )
    services.cancel_leave(by=mona, clinic=clinic, leave=leave, at=at)
    services.cancel_leave(by=mona, clinic=clinic, leave=leave, at=at + timedelta(hours=1))
    services.add_leave(by=mona, clinic=clinic, staff=dana, at=at, **wanted)

    assert [what for what, _detail in lines()] == ["leave.added", "leave.cancelled", "leave.added"]
    assert Leave.objects.filter(cancelled_at=at).count() == 1


def test_leave_that_ends_before_it_begins_is_refused(clinic, mona, dana, at):
    with pytest.raises(services.BackwardLeave):
        services.add_leave(by=mona, clinic=clinic, staff=dana, kind="sick", starts_at=at, ends_at=at, reason="", at=at)


def test_shift_codes_are_unique_in_a_clinic(clinic, mona, shift_a, at):
    with pytest.raises(services.ShiftCodeTaken):
        services.add_shift(by=mona, clinic=clinic, code="A", name="x", starts=time(9), ends=time(10), at=at)
    with pytest.raises(services.FaultyHours):
        services.add_shift(by=mona, clinic=clinic, code="C", name="x", starts=time(9), ends=time(9), at=at)
    made = services.add_shift(by=mona, clinic=clinic, code="B", name="晚班", starts=time(12), ends=time(20), at=at)
    change = {"name": "晚班", "starts": time(12), "ends": time(20), "is_active": False}
    services.change_shift(by=mona, shift=made, version=1, code="B", at=at, **change)
    with pytest.raises(services.ShiftCodeTaken):
        services.change_shift(by=mona, shift=made, version=2, code="A", at=at, **change)

    assert [what for what, _detail in lines()] == ["shift.added", "shift.changed"]


def test_week_is_set_exactly(clinic, mona, rita, shift_a, at):
    def stamp():
        return queries.duty_stamp(queries.shift_duties(clinic, MONDAY, MONDAY + timedelta(days=6)))

    first = stamp()
    wanted = {(rita.pk, MONDAY, shift_a.pk), (rita.pk, MONDAY + timedelta(days=1), shift_a.pk)}
    services.set_week_duties(by=mona, clinic=clinic, monday=MONDAY, wanted=wanted, stamp=first, at=at)
    with pytest.raises(ChangedMeanwhile):
        services.set_week_duties(by=mona, clinic=clinic, monday=MONDAY, wanted=set(), stamp=first, at=at)
    one = {(rita.pk, MONDAY, shift_a.pk)}
    services.set_week_duties(by=mona, clinic=clinic, monday=MONDAY, wanted=one, stamp=stamp(), at=at)
    services.set_week_duties(by=mona, clinic=clinic, monday=MONDAY, wanted=one, stamp=stamp(), at=at)

    assert list(ShiftDuty.objects.values_list("day", flat=True)) == [MONDAY]
    assert [what for what, _detail in lines()] == ["shift.week_set", "shift.week_set"]


def test_last_week_is_taken_over_without_taking_anything_away(clinic, mona, rita, dana, shift_a, at):
    last = MONDAY - timedelta(days=7)
    ShiftDuty.objects.create(clinic=clinic, staff=rita, shift=shift_a, day=last)
    ShiftDuty.objects.create(clinic=clinic, staff=dana, shift=shift_a, day=MONDAY)

    counts = [services.copy_last_week(by=mona, clinic=clinic, monday=MONDAY, at=at) for _time in range(2)]

    assert counts == [1, 0]
    assert set(ShiftDuty.objects.filter(day=MONDAY).values_list("staff__name", flat=True)) == {"丽塔", "丹娜"}


def test_outsider_and_receptionist_change_nothing(clinic, omar, rosa, dana, at):
    for person in (omar, rosa):
        with pytest.raises(NotAllowed):
            services.deactivate_staff(by=person, clinic=clinic, staff=dana, at=at)

    assert StaffMember.objects.get(pk=dana.pk).is_active


def test_accounts_offered_are_of_this_clinic_and_free(clinic, other_clinic, mona, omar, dana, dana_user, ada):
    make_user(username="left", name="走", roles=["nurse"], clinic=clinic, is_active=False)

    assert {user.username for user in queries.accounts_for(clinic, None)} == {"mona", "ada"}
    assert "dana" in {user.username for user in queries.accounts_for(clinic, dana)}


@pytest.fixture
def booked(dana, chair, at):
    """What scheduling would answer: one booking of Dana today 10:00 to 10:30."""
    hit = Hit(
        label="10:00 皮亚", url="/appointments/1/", starts_at=at + timedelta(minutes=30),
        ends_at=at + timedelta(minutes=60), chair_id=chair.pk, staff_id=dana.pk,
    )  # fmt: skip
    before = list(hooks.affected_by)
    hooks.affected_by[:] = [lambda **_wanted: [hit]]
    yield hit
    hooks.affected_by[:] = before


def test_booking_on_duty_fits(clinic, booked, at):
    assert queries.bookings_outside_duty(clinic, since=at) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda clinic, dana, at: RosterRule.objects.all().delete(), Reason.NOT_ON_DUTY),
        (
            lambda clinic, dana, at: RosterException.objects.create(staff=dana, clinic=clinic, day=MONDAY),
            Reason.NOT_ON_DUTY,
        ),
        (
            lambda clinic, dana, at: Leave.objects.create(
                staff=dana, kind="sick", starts_at=at, ends_at=at + timedelta(minutes=45)
            ),
            Reason.ON_LEAVE,
        ),
        (lambda clinic, dana, at: StaffMember.objects.update(is_active=False), Reason.STAFF_GONE),
        (lambda clinic, dana, at: Placement.objects.update(is_active=False), Reason.STAFF_GONE),
    ],
)
def test_booking_without_its_dentist_is_named_with_the_reason(clinic, dana, booked, at, change, reason):
    change(clinic, dana, at)

    assert [(row.hit, row.reason) for row in queries.bookings_outside_duty(clinic, since=at)] == [(booked, reason)]
