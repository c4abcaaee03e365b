"""Every change of places: rows, audit lines with before and after, refusals."""

import json
from datetime import date, time, timedelta

import pytest

from incisor.accounts.enums import Permission
from incisor.audit.models import Entry
from incisor.audit.queries import broken_places
from incisor.clinics import hooks, queries, services
from incisor.clinics.enums import ChairState
from incisor.clinics.hooks import Hit, Reason
from incisor.clinics.models import Chair, Clinic, Closure, Holiday, OpeningHours, Organisation, Procedure, Room
from incisor.clinics.rules import Stretch
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound
from tests.factories.clinics import make_chair, make_clinic, make_procedure

WEEK = [Stretch(0, time(8), time(12)), Stretch(0, time(13), time(19))]


def lines():
    return [
        (entry.what, json.loads(entry.detail) if entry.detail else {})
        for entry in Entry.objects.order_by("at", "number")
    ]


def clinic_words(clinic, **over):
    names = (
        "name", "name_en", "phone", "address", "zone", "day_starts_at", "wait_limit_minutes", "idle_lock_minutes",
        "buffer_percent",
    )  # fmt: skip
    return {name: getattr(clinic, name) for name in names} | {"version": clinic.version} | over


def test_change_of_clinic_keeps_before_and_after(clinic, mona, at):
    services.change_clinic(by=mona, clinic=clinic, at=at, **clinic_words(clinic, phone="010-1", wait_limit_minutes=20))

    assert lines() == [
        (
            "clinic.changed",
            {"before": {"phone": "", "wait_limit_minutes": 15}, "after": {"phone": "010-1", "wait_limit_minutes": 20}},
        )
    ]
    assert Clinic.objects.get().version == 2
    assert live.version(clinic.pk, "day") == 1
    assert list(broken_places()) == []


def test_saving_without_a_change_writes_nothing(clinic, mona, at):
    services.change_clinic(by=mona, clinic=clinic, at=at, **clinic_words(clinic))

    assert lines() == []
    assert Clinic.objects.get().version == 1


def test_stale_version_is_refused(clinic, mona, at):
    stale = clinic_words(clinic)
    services.change_clinic(by=mona, clinic=clinic, at=at, **clinic_words(clinic, phone="1"))

    with pytest.raises(ChangedMeanwhile):
        services.change_clinic(by=mona, clinic=clinic, at=at, **{**stale, "phone": "2"})

    assert Clinic.objects.get().phone == "1"


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "", "../etc/passwd"])
def test_unknown_zone_is_refused(clinic, mona, at, zone):
    with pytest.raises(services.UnknownZone) as refusal:
        services.change_clinic(by=mona, clinic=clinic, at=at, **clinic_words(clinic, zone=zone))

    assert refusal.value.details["field"] == "zone"


def test_outsider_and_receptionist_change_nothing(clinic, omar, rosa, at):
    for person in (omar, rosa):
        with pytest.raises(NotAllowed):
            services.add_room(by=person, clinic=clinic, name="x", floor="", at=at)

    assert not Room.objects.exists()
    assert services.add_room.__action__ == Permission.CLINIC_EDIT


def test_clinic_is_added_with_chairs_and_hours(clinic, ada, mona, at):
    wanted = {
        "organisation": Organisation.objects.get(), "code": "C", "name": "三店", "name_en": "", "phone": "",
        "address": "", "zone": "Asia/Shanghai", "chairs": 2, "hours_like": clinic,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        services.add_clinic(by=mona, at=at, **wanted)
    made = services.add_clinic(by=ada, at=at, **wanted)
    with pytest.raises(services.CodeTaken):
        services.add_clinic(by=ada, at=at, **wanted)

    assert (Chair.objects.filter(clinic=made).count(), OpeningHours.objects.filter(clinic=made).count()) == (2, 6)
    assert [what for what, _detail in lines()] == ["clinic.added"]


def test_last_clinic_stays_open(clinic, ada, at):
    with pytest.raises(services.LastClinic):
        services.close_clinic(by=ada, clinic=clinic, at=at)

    make_clinic(code="B")
    services.close_clinic(by=ada, clinic=clinic, at=at)
    services.reopen_clinic(by=ada, clinic=clinic, at=at)

    assert [what for what, _detail in lines()] == ["clinic.closed", "clinic.reopened"]


def test_organisation_is_renamed_once_per_version(clinic, ada, at):
    organisation = Organisation.objects.get()
    services.change_organisation(by=ada, organisation=organisation, version=1, name="新集团", at=at)

    with pytest.raises(ChangedMeanwhile):
        services.change_organisation(by=ada, organisation=organisation, version=1, name="旧集团", at=at)

    assert str(Organisation.objects.get()) == "新集团"


def test_room_and_chair_names_are_unique_in_a_clinic(clinic, other_clinic, mona, chair, at):
    room = services.add_room(by=mona, clinic=clinic, name="诊室二", floor="2", at=at)
    with pytest.raises(services.NameTaken):
        services.add_room(by=mona, clinic=clinic, name="诊室二", floor="", at=at)
    with pytest.raises(services.NameTaken):
        services.change_room(by=mona, room=room, version=1, name=chair.room.name, floor="", is_active=True, at=at)
    values = {"room": room, "position": 2, "capabilities": ["basic"], "equipment": ""}
    with pytest.raises(services.NameTaken):
        services.add_chair(by=mona, clinic=clinic, name=chair.name, at=at, **values)
    made = services.add_chair(by=mona, clinic=clinic, name="2号椅", at=at, **values)
    with pytest.raises(services.NameTaken):
        services.change_chair(by=mona, chair=made, version=1, name=chair.name, is_active=True, at=at, **values)

    assert [what for what, _detail in lines()] == ["room.added", "chair.added"]
    assert make_chair(clinic=other_clinic, name=chair.name).name == chair.name


def test_room_with_chairs_stays_in_use(mona, chair, at):
    with pytest.raises(services.RoomInUse):
        services.change_room(by=mona, room=chair.room, version=1, name="x", floor="", is_active=False, at=at)


def test_chair_never_stands_in_a_room_of_another_clinic(mona, clinic, other_clinic, at):
    foreign = make_chair(clinic=other_clinic).room

    with pytest.raises(NotFound):
        services.add_chair(
            by=mona, clinic=clinic, room=foreign, name="x", position=1, capabilities=["basic"], equipment="", at=at
        )


def test_state_of_a_chair_is_noted_once(mona, chair, at):
    services.set_chair_state(by=mona, chair=chair, state=ChairState.OUT_OF_ORDER, at=at)
    services.set_chair_state(by=mona, chair=chair, state=ChairState.OUT_OF_ORDER, at=at + timedelta(hours=1))

    assert (Chair.objects.get().state, Chair.objects.get().state_since) == ("out_of_order", at)
    assert len(lines()) == 1


def test_opening_hours_have_a_dated_history(clinic, mona, at):
    services.set_opening_hours(by=mona, clinic=clinic, week=WEEK, valid_from=date(2026, 6, 1), at=at)
    services.set_opening_hours(by=mona, clinic=clinic, week=WEEK[:1], valid_from=date(2026, 4, 1), at=at)

    periods = {(row.valid_from, row.valid_until, len(row.week)) for row in queries.opening_hours_periods(clinic)}
    assert periods == {
        (None, date(2026, 3, 31), 6),
        (date(2026, 4, 1), date(2026, 5, 31), 1),
        (date(2026, 6, 1), None, 2),
    }
    assert [what for what, _detail in lines()] == ["opening_hours.changed"] * 2
    assert lines()[1][1]["after"]["hours"] == ["0 08:00-12:00"]


def test_planned_hours_are_taken_back_and_what_held_goes_on(clinic, mona, at):
    services.set_opening_hours(by=mona, clinic=clinic, week=WEEK, valid_from=date(2026, 6, 1), at=at)
    services.drop_planned_hours(by=mona, clinic=clinic, valid_from=date(2026, 6, 1), at=at)

    assert {(row.valid_from, row.valid_until) for row in queries.opening_hours_periods(clinic)} == {(None, None)}
    with pytest.raises(services.NotFuture):
        services.drop_planned_hours(by=mona, clinic=clinic, valid_from=date(2026, 3, 2), at=at)
    with pytest.raises(NotFound):
        services.drop_planned_hours(by=mona, clinic=clinic, valid_from=date(2026, 7, 1), at=at)


def test_overlapping_hours_are_refused_whole(clinic, mona, at):
    week = [Stretch(2, time(9), time(12)), Stretch(2, time(11), time(14))]

    with pytest.raises(services.FaultyHours) as refusal:
        services.set_opening_hours(by=mona, clinic=clinic, week=week, valid_from=date(2026, 6, 1), at=at)

    assert refusal.value.details["weekday"] == 2
    assert OpeningHours.objects.filter(valid_until=None).count() == 6


def test_closure_is_entered_and_removed(clinic, other_clinic, chair, mona, at):
    wanted = {"starts_at": at, "ends_at": at + timedelta(hours=2), "reason": "维修"}
    closure = services.add_closure(by=mona, clinic=clinic, chair=chair, at=at, **wanted)
    services.add_closure(by=mona, clinic=clinic, chair=None, at=at, **wanted)
    services.remove_closure(by=mona, closure=closure, at=at)

    assert [what for what, _detail in lines()] == ["closure.added", "closure.added", "closure.removed"]
    assert lines()[2][1]["before"]["chair"] == chair.name
    with pytest.raises(NotFound):
        services.add_closure(by=mona, clinic=clinic, chair=make_chair(clinic=other_clinic), at=at, **wanted)
    with pytest.raises(services.FaultyHours):
        services.add_closure(by=mona, clinic=clinic, chair=None, at=at, **{**wanted, "ends_at": at})
    with pytest.raises(NotFound):
        services.remove_closure(by=mona, closure=closure, at=at)
    assert Closure.objects.count() == 1


def test_holidays_are_added_changed_and_removed(clinic, mona, at):
    words = {"kind": "holiday", "name_zh": "元旦", "name_en": "New Year", "source": ""}
    row = services.add_holiday(by=mona, clinic=clinic, day=date(2027, 1, 1), at=at, **words)
    with pytest.raises(services.DayTaken):
        services.add_holiday(by=mona, clinic=clinic, day=date(2027, 1, 1), at=at, **words)
    other = services.add_holiday(by=mona, clinic=clinic, day=date(2027, 1, 2), at=at, **words)
    with pytest.raises(services.DayTaken):
        services.change_holiday(by=mona, clinic=clinic, holiday=other, version=1, day=date(2027, 1, 1), at=at, **words)
    services.change_holiday(by=mona, clinic=clinic, holiday=other, version=1, day=date(2027, 1, 3), at=at, **words)
    services.remove_holiday(by=mona, clinic=clinic, holiday=row, at=at)

    assert [what for what, _detail in lines()] == [
        "holiday.added",
        "holiday.added",
        "holiday.changed",
        "holiday.removed",
    ]
    assert list(Holiday.objects.values_list("day", flat=True)) == [date(2027, 1, 3)]


def test_shipped_holidays_never_overwrite(clinic, mona, at):
    Holiday.objects.create(day=date(2026, 1, 1), kind="workday", name_zh="我们上班", name_en="x")

    loaded = services.load_shipped_holidays(by=mona, clinic=clinic, year=2026, at=at)
    again = services.load_shipped_holidays(by=mona, clinic=clinic, year=2026, at=at)

    assert (loaded.added, loaded.kept, again.added, again.kept) == (38, 1, 0, 39)
    assert Holiday.objects.get(day=date(2026, 1, 1)).name_zh == "我们上班"
    assert [what for what, _detail in lines()] == ["holiday.list_loaded"]


def test_pasted_days_bring_what_is_there_up_to_date(clinic, mona, at):
    Holiday.objects.create(day=date(2027, 1, 1), kind="holiday", name_zh="旧", name_en="Old")

    loaded = services.import_holidays(
        by=mona, clinic=clinic, text="2027-01-01\t元旦\t休\n2027/1/3,元旦调休,班,Make-up day\n", source="通知", at=at
    )

    assert (loaded.added, loaded.kept) == (1, 1)
    assert list(Holiday.objects.order_by("day").values_list("day", "kind", "name_zh", "name_en", "source")) == [
        (date(2027, 1, 1), "holiday", "元旦", "Old", "通知"),
        (date(2027, 1, 3), "workday", "元旦调休", "Make-up day", "通知"),
    ]
    with pytest.raises(services.BadHolidayLine) as refusal:
        services.import_holidays(by=mona, clinic=clinic, text="2027-01-05 x 休\nx", source="", at=at)
    assert refusal.value.details["lines"] == [2]
    assert Holiday.objects.count() == 2


def test_clinic_follows_holidays_or_not(clinic, mona, at):
    services.follow_public_holidays(by=mona, clinic=clinic, follows=True, at=at)
    services.follow_public_holidays(by=mona, clinic=clinic, follows=True, at=at)

    assert lines() == [
        ("clinic.changed", {"before": {"follows_public_holidays": False}, "after": {"follows_public_holidays": True}})
    ]


def procedure_words(**over):
    return services.ProcedureWords(
        **{
            "code": "X1",
            "name_zh": "新",
            "name_en": "New",
            "short_zh": "",
            "duration_minutes": 30,
            "buffer_after_minutes": 5,
            "specialty": "general",
            "chair_needs": ["basic"],
            "follow_up_key": "other",
            "aftercare_key": "",
            "letter": "",
            "is_per_tooth": False,
            "is_high_risk": False,
            "is_active": True,
            **over,
        }
    )


def test_procedure_is_added_and_changed(clinic, mona, cleaning, at):
    made = services.add_procedure(by=mona, clinic=clinic, words=procedure_words(), at=at)
    services.change_procedure(
        by=mona, clinic=clinic, procedure=made, version=1, words=procedure_words(duration_minutes=45), at=at
    )
    with pytest.raises(services.CodeTaken):
        services.add_procedure(by=mona, clinic=clinic, words=procedure_words(code="CLEAN"), at=at)
    with pytest.raises(ChangedMeanwhile):
        services.change_procedure(by=mona, clinic=clinic, procedure=made, version=1, words=procedure_words(), at=at)

    assert [what for what, _detail in lines()] == ["procedure.added", "procedure.changed"]
    assert lines()[1][1] == {"before": {"duration_minutes": 30}, "after": {"duration_minutes": 45}}


@pytest.mark.parametrize("over", [{"duration_minutes": 7}, {"duration_minutes": 0}, {"buffer_after_minutes": 3}])
def test_length_off_the_grid_is_refused(clinic, mona, at, over):
    with pytest.raises(services.OffGrid):
        services.add_procedure(by=mona, clinic=clinic, words=procedure_words(**over), at=at)

    assert not Procedure.objects.exists()


def test_shipped_procedures_never_overwrite(clinic, mona, at):
    make_procedure(code="exam_first", name_zh="我们的初诊")

    loaded = services.load_shipped_procedures(by=mona, clinic=clinic, at=at)

    assert loaded.kept == 1
    assert Procedure.objects.get(code="exam_first").name_zh == "我们的初诊"
    assert Procedure.objects.count() == loaded.added + 1


@pytest.fixture
def booked(chair, at):
    """What scheduling would answer: one booking today 10:00 to 10:30 on the chair."""
    hit = Hit(
        label="10:00 皮亚", url="/appointments/1/", starts_at=at + timedelta(minutes=30),
        ends_at=at + timedelta(minutes=60), chair_id=chair.pk, staff_id=chair.pk,
    )  # fmt: skip
    before = list(hooks.affected_by)
    hooks.affected_by[:] = [lambda **_wanted: [hit]]
    yield hit
    hooks.affected_by[:] = before


def test_booking_within_hours_fits(clinic, booked, at):
    assert queries.bookings_outside_hours(clinic, since=at) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda clinic, chair, at: OpeningHours.objects.all().delete(), Reason.CLOSED),
        (
            lambda clinic, chair, at: Closure.objects.create(
                clinic=clinic, starts_at=at, ends_at=at + timedelta(minutes=31), reason="x"
            ),
            Reason.CLOSED,
        ),
        (
            lambda clinic, chair, at: Closure.objects.create(
                clinic=clinic, chair=chair, starts_at=at, ends_at=at + timedelta(minutes=31), reason="x"
            ),
            Reason.CHAIR_CLOSED,
        ),
        (lambda clinic, chair, at: Chair.objects.update(is_active=False), Reason.CHAIR_GONE),
        (lambda clinic, chair, at: Chair.objects.update(state="out_of_order"), Reason.CHAIR_BROKEN),
    ],
)
def test_booking_that_no_longer_fits_is_named_with_its_reason(clinic, chair, booked, at, change, reason):
    change(clinic, chair, at)

    assert [(row.hit, row.reason) for row in queries.bookings_outside_hours(clinic, since=at)] == [(booked, reason)]
