"""Holds, time patterns, assistants, typed blocks, limits and the worklist, against a real database."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incisor.kernel.errors import ChangedMeanwhile, NotAllowed
from incisor.scheduling import queries, services
from incisor.scheduling.enums import ConflictKind as K
from incisor.scheduling.models import Appointment, Hold
from incisor.scheduling.rules import Need, need_of
from incisor.scheduling.services import BlockWords, LimitWords
from tests.factories.clinics import make_chair, make_clinic, make_procedure
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff

TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
MINUTE = timedelta(minutes=1)


def later(minutes):
    return TEN + minutes * MINUTE


@pytest.fixture
def book(rosa, clinic, pia, dana, chair, cleaning, at):
    def book(**over):
        values = {
            "by": rosa, "clinic": clinic, "patient": pia, "dentist": dana, "chair": chair, "starts_at": TEN,
            "procedures": [cleaning], "at": at,
        }  # fmt: skip
        return services.book_appointment(**{**values, **over})

    return book


@pytest.fixture
def other(clinic):
    return make_patient(clinic=clinic, file_number="A000002", name="王芳")


@pytest.fixture
def second_chair(clinic):
    return make_chair(clinic=clinic, name="2号椅", position=1)


@pytest.fixture
def nurse(clinic):
    staff = make_staff(clinic=clinic, name="小林", number="N1", kind="nurse")
    make_roster(staff=staff, clinic=clinic, starts=time(9), ends=time(12))
    return staff


@pytest.fixture
def root_canal(db):
    """Anaesthesia 10, wait 20, treatment 30."""
    return make_procedure(
        code="ROOT", name_zh="根管", duration_minutes=60, busy=[[0, 10], [30, 60]], buffer_after_minutes=5
    )


def reasons(action):
    with pytest.raises(services.SlotTaken) as refusal:
        action()
    return refusal.value.details["reasons"]


# ---------------------------------------------------------------------------------------------------- patterns


def test_one_dentist_runs_two_chairs_while_a_patient_waits(book, root_canal, other, second_chair):
    first = book(procedures=[root_canal])
    second = book(patient=other, chair=second_chair, starts_at=later(10), minutes=20)

    assert first.busy == [[0, 10], [30, 60]]
    assert (first.blocked_until, second.starts_at) == (later(65), later(10))
    third = make_patient(clinic=first.clinic, file_number="A000003")
    taken = {"patient": third, "chair": second_chair, "minutes": 5}
    assert reasons(lambda: book(starts_at=later(30), **taken)) == ["dentist"]
    assert reasons(lambda: book(starts_at=later(15), **{**taken, "chair": first.chair})) == ["chair", "dentist"]


def test_search_and_gate_agree_on_a_pattern(book, clinic, root_canal, other, dana, second_chair, at):
    book(procedures=[root_canal])

    free = queries.free_slots(
        clinic, dentists=[dana], need=Need(minutes=20), first=date(2026, 3, 3), days=1, now=at, step=5
    )

    assert [slot.starts_at for slot in free if TEN <= slot.starts_at < later(60)] == [later(10)]
    assert book(patient=other, chair=None, starts_at=later(10), minutes=20).chair == second_chair


def test_pattern_of_one_appointment_can_be_changed_through_the_gate(book, rosa, root_canal, other, second_chair, at):
    first = book(procedures=[root_canal])
    book(patient=other, chair=second_chair, starts_at=later(10), minutes=20)

    assert reasons(lambda: services.set_time_pattern(by=rosa, appointment=first, busy=[[0, 20], [30, 60]], at=at)) == [
        "dentist"
    ]
    change = services.set_time_pattern(by=rosa, appointment=first, busy=[[0, 10], [40, 60]], at=at)
    first.refresh_from_db()
    assert first.busy == [[0, 10], [40, 60]]
    services.undo_change(by=rosa, clinic=first.clinic, change=change, at=at)
    first.refresh_from_db()
    assert first.busy == [[0, 10], [30, 60]]


def test_a_move_keeps_the_pattern_and_a_longer_one_needs_the_dentist_at_its_end(book, rosa, root_canal, at):
    made = book(procedures=[root_canal])

    services.move_appointment(by=rosa, appointment=made, starts_at=later(120), minutes=75, at=at)

    made.refresh_from_db()
    assert (made.busy, made.starts_at, made.blocked_until) == ([[0, 10], [30, 75]], later(120), later(200))


def test_buffer_before_keeps_the_chair(book, other, second_chair):
    book(procedures=[make_procedure(code="SURG", buffer_before_minutes=15)], starts_at=later(60))

    assert reasons(lambda: book(patient=other, starts_at=later(25), minutes=30)) == ["chair", "dentist"]
    assert book(patient=other, starts_at=later(15), minutes=30)


def test_equipment_that_the_chair_lacks_is_named_and_the_chair_that_has_it_is_found(book, clinic, other):
    laser = make_procedure(code="LASER", equipment_needs=["laser"])
    with pytest.raises(services.SlotTaken) as refusal:
        book(procedures=[laser])
    assert refusal.value.details["reasons"] == ["capability"]
    assert "laser" in str(refusal.value)
    fit = make_chair(clinic=clinic, name="激光椅", position=5, equipment="CBCT，Laser")

    assert book(procedures=[laser], chair=None, patient=other).chair == fit


# ------------------------------------------------------------------------------------------------------ holds


@pytest.fixture
def hold(rosa, clinic, dana, chair, at):
    def hold(**over):
        values = {
            "by": rosa, "clinic": clinic, "dentist": dana, "chair": chair, "starts_at": TEN,
            "need": Need(minutes=30), "at": at,
        }  # fmt: skip
        return services.hold_slot(**{**values, **over})

    return hold


def test_hold_keeps_the_time_until_it_ends_by_itself(hold, book, clinic, at):
    held = hold(label="电话里的新患者")

    assert held.expires_at == at + 5 * MINUTE
    assert reasons(book) == ["held"]
    assert book(at=held.expires_at).starts_at == TEN


def test_hold_of_a_patient_holds_the_patient_too(hold, book, pia, clinic, second_chair):
    dentist = make_staff(clinic=clinic, name="李", number="D2")
    make_roster(staff=dentist, clinic=clinic)
    hold(patient=pia)

    assert reasons(lambda: book(dentist=dentist, chair=second_chair)) == ["held"]


def test_holder_books_what_is_held_and_nobody_else(hold, book, other, at):
    held = hold()

    made = book(hold=held, patient=other)

    held.refresh_from_db()
    assert (held.ended_at, held.appointment) == (at, made)


def test_hold_that_ended_books_while_the_time_is_free_and_not_when_it_is_gone(hold, book, rosa, other, at):
    held = hold(lasts=MINUTE)
    gone = {"hold": held, "at": at + 2 * MINUTE}
    first = book(**gone)
    assert reasons(lambda: book(patient=other, **gone)) == ["chair", "dentist"]
    services.cancel_appointment(by=rosa, appointment=first, reason="mistake", at=at)


def test_released_hold_frees_the_time_and_a_second_release_does_nothing(hold, book, rosa, at):
    held = hold()
    services.release_hold(by=rosa, hold=held, at=at)
    services.release_hold(by=rosa, hold=held, at=at + MINUTE)

    held.refresh_from_db()
    assert held.ended_at == at
    assert book()


def test_another_hold_in_place_of_the_first(hold, at):
    first = hold()
    second = hold(instead_of=first, starts_at=later(15))

    first.refresh_from_db()
    assert (first.ended_at, second.ended_at) == (at, None)


def test_hold_without_a_dentist_takes_whoever_is_free(hold, dana):
    assert hold(dentist=None, chair=None).dentist == dana
    assert reasons(lambda: hold(dentist=None, chair=None))


def test_hold_of_another_clinic_is_no_key_to_this_one(hold, book, other_clinic):
    held = hold()
    held.clinic_id = other_clinic.pk

    with pytest.raises(ValueError, match="clinic"):
        book(hold=held)


def test_hold_takes_the_length_that_the_clinic_has_set(hold, mona, clinic, at):
    rules = services.change_booking_rules(
        by=mona, clinic=clinic, version=1, hold_minutes=9, reserve_opens_minutes=60, at=at
    )
    assert hold().expires_at == at + 9 * MINUTE
    again = {"by": mona, "clinic": clinic, "hold_minutes": 3, "reserve_opens_minutes": 60, "at": at}
    assert services.change_booking_rules(version=rules.version, **again).hold_minutes == 3
    with pytest.raises(ChangedMeanwhile):
        services.change_booking_rules(version=rules.version, **again)


# -------------------------------------------------------------------------------------------------- assistants


def test_assistant_is_taken_and_rostered_like_everybody(book, nurse, other, clinic, second_chair, rosa, at):
    dentist = make_staff(clinic=clinic, name="李", number="D2")
    make_roster(staff=dentist, clinic=clinic)
    first = book(assistant=nurse)

    elsewhere = {"patient": other, "dentist": dentist, "chair": second_chair, "assistant": nurse}
    assert reasons(lambda: book(**elsewhere)) == ["assistant"]
    assert reasons(lambda: book(**{**elsewhere, "starts_at": later(150)})) == ["assistant_away"]
    services.assign_assistant(by=rosa, appointment=first, assistant=None, at=at)
    second = book(**elsewhere)
    assert reasons(lambda: services.assign_assistant(by=rosa, appointment=first, assistant=nurse, at=at)) == [
        "assistant"
    ]
    services.cancel_appointment(by=rosa, appointment=second, reason="mistake", at=at)
    services.assign_assistant(by=rosa, appointment=first, assistant=nurse, at=at)
    first.refresh_from_db()
    assert first.assistant == nurse


def test_assistant_of_what_has_ended_stays(book, nurse, rosa, at):
    made = book()
    services.cancel_appointment(by=rosa, appointment=made, reason="price", at=at)

    with pytest.raises(services.NotMovable):
        services.assign_assistant(by=rosa, appointment=made, assistant=nurse, at=at)


# ------------------------------------------------------------------------------------------------------ blocks


def test_reserve_is_for_urgent_cases_until_it_opens(book, rosa, clinic, other, at):
    services.add_block(
        by=rosa,
        clinic=clinic,
        words=BlockWords(kind="reserve", opens_minutes=120),
        starts_at=TEN,
        ends_at=later(60),
        at=at,
    )

    assert reasons(book) == ["reserve"]
    urgent = book(is_urgent=True, patient=other, minutes=30)
    assert urgent.starts_at == TEN
    assert book(starts_at=later(30), at=later(-120)).starts_at == later(30)


def test_time_kept_for_implants_takes_only_those_and_an_overbooking_with_reason(
    book, rosa, mona, clinic, dana, other, at
):
    implant = make_procedure(code="IMP", specialty="implants")
    services.add_block(
        by=rosa, clinic=clinic, words=BlockWords(kind="only", dentist=dana, only=("specialty:implants",)),
        starts_at=TEN, ends_at=later(60), at=at,
    )  # fmt: skip

    assert reasons(book) == ["only"]
    assert book(procedures=[implant], patient=other)
    made = book(starts_at=later(30), by=mona, overbook_reason="院长同意")
    assert (made.is_overbooked, made.accepted, made.overbook_reason) == (True, ["only"], "院长同意")
    with pytest.raises(NotAllowed):
        book(by=rosa, starts_at=later(30), overbook_reason="x")


@pytest.fixture
def lunch(mona, clinic, at):
    return services.add_block_rule(
        by=mona, clinic=clinic, words=BlockWords(kind="lunch"), weekdays=[0, 1, 2, 3, 4], starts=time(12),
        ends=time(13), valid_from=date(2026, 3, 1), at=at,
    )  # fmt: skip


def test_weekly_block_holds_for_every_dentist_and_can_be_skipped_for_a_day(book, lunch, rosa, at):
    noon = later(120)
    assert reasons(lambda: book(starts_at=noon)) == ["block"]

    services.skip_block_rule(by=rosa, rule=lunch, day=date(2026, 3, 3), at=at)
    with pytest.raises(services.BlockMissing):
        services.skip_block_rule(by=rosa, rule=lunch, day=date(2026, 3, 3), at=at)
    made = book(starts_at=noon)
    assert made.starts_at == noon
    services.keep_block_rule(by=rosa, rule=lunch, day=date(2026, 3, 3), at=at)
    with pytest.raises(services.BlockMissing):
        services.keep_block_rule(by=rosa, rule=lunch, day=date(2026, 3, 3), at=at)
    assert [one.conflicts[0].kind for one in queries.affected(made.clinic, at)] == [K.BLOCK]


def test_weekly_block_is_changed_ended_and_put_back(book, lunch, mona, at):
    words = {"words": BlockWords(kind="meeting", reason="晨会"), "weekdays": [1], "valid_from": date(2026, 3, 1)}
    changed = services.change_block_rule(by=mona, rule=lunch, version=1, starts=time(10), ends=time(11), at=at, **words)
    assert reasons(book) == ["block"]
    with pytest.raises(ChangedMeanwhile):
        services.change_block_rule(by=mona, rule=lunch, version=1, starts=time(10), ends=time(11), at=at, **words)
    services.end_block_rule(by=mona, rule=changed, at=at)
    with pytest.raises(services.BlockMissing):
        services.end_block_rule(by=mona, rule=changed, at=at)
    with pytest.raises(services.BlockMissing):
        services.change_block_rule(by=mona, rule=lunch, version=3, starts=time(10), ends=time(11), at=at, **words)
    with pytest.raises(services.BlockMissing):
        services.skip_block_rule(by=mona, rule=changed, day=date(2026, 3, 3), at=at)
    services.restore_block_rule(by=mona, rule=changed, at=at)
    with pytest.raises(services.BlockMissing):
        services.restore_block_rule(by=mona, rule=changed, at=at)
    assert reasons(book) == ["block"]


@pytest.mark.parametrize(
    "over",
    [
        {"weekdays": []},
        {"ends": time(12)},
        {"valid_until": date(2026, 2, 1)},
        {"words": BlockWords(kind="only")},
    ],
)
def test_impossible_weekly_blocks_are_refused(mona, clinic, at, over):
    values = {
        "words": BlockWords(kind="lunch"), "weekdays": [0], "starts": time(12), "ends": time(13),
        "valid_from": date(2026, 3, 1), **over,
    }  # fmt: skip
    with pytest.raises(services.BlockImpossible):
        services.add_block_rule(by=mona, clinic=clinic, at=at, **values)


def test_single_block_is_changed_and_put_back(book, rosa, clinic, dana, at):
    words = BlockWords(kind="meeting", dentist=dana)
    made = services.add_block(by=rosa, clinic=clinic, words=words, starts_at=TEN, ends_at=later(60), at=at)
    moved = services.change_block(
        by=rosa, block=made, version=1, words=words, starts_at=later(60), ends_at=later(90), at=at
    )
    assert book()
    with pytest.raises(services.BlockImpossible):
        services.change_block(by=rosa, block=moved, version=2, words=words, starts_at=TEN, ends_at=TEN, at=at)
    services.remove_block(by=rosa, block=moved, at=at)
    services.restore_block(by=rosa, block=moved, at=at)
    with pytest.raises(services.BlockMissing):
        services.restore_block(by=rosa, block=moved, at=at)
    moved.refresh_from_db()
    assert (moved.starts_at, moved.removed_at, moved.version) == (later(60), None, 4)


# ------------------------------------------------------------------------------------------------ daily limits


def test_third_implant_of_the_day_is_refused_with_the_name_of_the_limit(book, mona, clinic, other, at):
    implant = make_procedure(code="IMP", specialty="implants")
    limit = services.add_daily_limit(by=mona, clinic=clinic, words=LimitWords("种植", 2, ["specialty:implants"]), at=at)
    book(procedures=[implant])
    book(procedures=[implant], patient=other, starts_at=later(30))
    third = make_patient(clinic=clinic, file_number="A000003")
    again = {"procedures": [implant], "patient": third, "starts_at": later(60)}

    with pytest.raises(services.SlotTaken) as refusal:
        book(**again)

    assert (refusal.value.details["reasons"], refusal.value.details["can_overbook"]) == (["limit"], True)
    assert "种植" in str(refusal.value)
    assert refusal.value.alternatives[0].starts_at.date() > TEN.date()
    assert book(**again, by=mona, overbook_reason="急").accepted == ["limit"]
    assert book(patient=third, starts_at=later(120))  # anything else is not limited
    services.change_daily_limit(
        by=mona, limit=limit, version=1, words=LimitWords("种植", 9, ["procedure:IMP"], is_each_dentist=True), at=at
    )
    assert book(**{**again, "starts_at": later(180)})
    services.end_daily_limit(by=mona, limit=limit, at=at)
    services.end_daily_limit(by=mona, limit=limit, at=at)
    assert queries.daily_limits(clinic) == []
    services.restore_daily_limit(by=mona, limit=limit, at=at)
    services.restore_daily_limit(by=mona, limit=limit, at=at)
    assert [row.most for row in queries.daily_limits(clinic)] == [9]


def test_limit_that_counts_nothing_is_refused(mona, clinic, at):
    with pytest.raises(services.LimitImpossible):
        services.add_daily_limit(by=mona, clinic=clinic, words=LimitWords("x", 2, []), at=at)


def test_moved_implant_does_not_count_against_itself(book, rosa, mona, clinic, at):
    implant = make_procedure(code="IMP", specialty="implants")
    services.add_daily_limit(by=mona, clinic=clinic, words=LimitWords("种植", 1, ["procedure:IMP"]), at=at)
    made = book(procedures=[implant])

    services.move_appointment(by=rosa, appointment=made, starts_at=later(60), at=at)

    made.refresh_from_db()
    assert made.starts_at == later(60)


# ------------------------------------------------------------------------------- what no longer fits, and edges


def test_everything_that_changes_under_an_appointment_shows_in_the_worklist(book, clinic, dana, chair, nurse, at):
    made = book(assistant=nurse)
    assert queries.affected(clinic, at) == []

    def kinds():
        return [reason.kind for one in queries.affected(clinic, at) for reason in one.conflicts]

    chair.state = "out_of_order"
    chair.save()
    assert kinds() == [K.CHAIR_OUT]
    chair.state, chair.capabilities = "free", []
    chair.save()
    assert kinds() == [K.CAPABILITY]
    chair.capabilities = ["basic"]
    chair.save()
    dana.is_active = False
    dana.save()
    assert kinds() == [K.STAFF_GONE]
    assert [one.appointment for one in queries.affected(clinic, at, staff=dana)] == [made]
    assert queries.affected(clinic, at, staff=make_staff(clinic=clinic, number="D9")) == []


def test_kept_appointment_leaves_the_worklist_until_something_else_changes(book, mona, rosa, clinic, dana, at):
    made = book()
    services.add_block(
        by=rosa, clinic=clinic, words=BlockWords(kind="meeting", dentist=dana), starts_at=TEN, ends_at=later(60), at=at
    )
    assert len(queries.affected(clinic, at)) == 1

    change = services.keep_appointment(by=mona, appointment=made, reason="会前先看", at=at)

    assert (change.kind, queries.affected(clinic, at)) == ("kept", [])
    with pytest.raises(services.NothingToKeep):
        services.keep_appointment(by=mona, appointment=made, reason="x", at=at)
    with pytest.raises(NotAllowed):
        services.keep_appointment(by=rosa, appointment=made, reason="x", at=at)
    dana.licence_expires_on = date(2026, 3, 1)
    dana.save()
    assert [row.conflicts[0].kind for row in queries.affected(clinic, at)] == [K.LICENCE]


def test_worklist_costs_the_same_with_one_and_with_many(book, clinic, dana, chair, system, at):
    def count():
        with CaptureQueriesContext(connection) as asked:
            found = queries.affected(clinic, at)
        return len(found), len(asked)

    make_appointment(clinic=clinic, patient=make_patient(clinic=clinic, file_number="B1"), dentist=dana, chair=chair,
                     starts_at=later(-180))  # fmt: skip
    one = count()
    for number in range(2, 5):
        make_appointment(
            clinic=clinic, patient=make_patient(clinic=clinic, file_number=f"B{number}"), dentist=dana, chair=chair,
            starts_at=later(-180 - 30 * number),
        )  # fmt: skip
    many = count()

    assert (one[0], many[0]) == (1, 4)
    assert one[1] == many[1]


def test_booking_is_few_statements(book, other):
    book(request_key="first")
    with CaptureQueriesContext(connection) as asked:
        book(patient=other, starts_at=later(60), request_key="second")

    assert len(asked) <= (36 if connection.vendor == "sqlite" else 44)


def test_clock_change_keeps_wall_times_and_loses_no_minute(rosa, system, at):
    """Berlin, 2026-03-29: 02:00 becomes 03:00. A weekly block from 01:30 to 03:30 is an hour long that night."""
    berlin = make_clinic(
        code="BER", name="Berlin", zone="Europe/Berlin", opens=time(0), closes=time(23, 59), weekdays=range(7)
    )
    services_by = make_user_everywhere()
    rule = services.add_block_rule(
        by=services_by, clinic=berlin, words=BlockWords(kind="closed"), weekdays=[6], starts=time(1, 30),
        ends=time(3, 30), valid_from=date(2026, 3, 1), at=at,
    )  # fmt: skip

    night = datetime(2026, 3, 28, 23, tzinfo=UTC)
    found = queries.blocks_between(berlin, night, night + timedelta(hours=23))

    assert [(one.rule_id, one.ends_at - one.starts_at) for one in found] == [(rule.pk, timedelta(hours=1))]


def make_user_everywhere():
    from tests.factories.accounts import make_user

    return make_user(username="boss", roles=["administrator"])


def test_29_february_midnight_and_lunch_are_days_like_others(book, clinic, dana, lunch, rosa, at):
    leap = datetime(2028, 2, 29, 2, 0, tzinfo=UTC)  # a Tuesday
    assert book(starts_at=leap).starts_at == leap
    assert reasons(lambda: book(starts_at=leap + timedelta(hours=2))) == ["block"]
    services.add_block(
        by=rosa, clinic=clinic, words=BlockWords(kind="closed", dentist=dana), starts_at=leap + timedelta(hours=5),
        ends_at=datetime(2028, 2, 29, 16, 0, tzinfo=UTC), at=at,
    )  # fmt: skip
    assert reasons(lambda: book(starts_at=leap + timedelta(hours=5))) == ["block"]


def test_over_lunch_and_over_closing_are_refused_and_an_overbooking_says_so(book, mona, lunch, other):
    assert reasons(lambda: book(starts_at=later(105), minutes=90)) == ["block"]
    assert reasons(lambda: book(starts_at=later(405), minutes=30)) == ["roster"]
    made = book(by=mona, starts_at=later(105), minutes=90, overbook_reason="长手术")
    assert made.accepted == ["block"]
    assert queries.affected(made.clinic, TEN - timedelta(days=1)) == []


def test_need_of_a_booking_counts_items_not_holds(hold, clinic, mona, at):
    services.add_daily_limit(by=mona, clinic=clinic, words=LimitWords("种植", 1, ["procedure:IMP"]), at=at)
    need = need_of([make_procedure(code="IMP")])

    assert hold(need=need)
    assert hold(need=need, starts_at=later(60))
    assert Hold.objects.count() == 2
    assert Appointment.objects.count() == 0
