"""Letters, ranking, proposals: what is offered, in which order, and why."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from incisor.clinics.models import Closure, Holiday
from incisor.kernel.spans import minute_of, moment_of
from incisor.scheduling import queries
from incisor.scheduling.enums import ProposalReason as R
from incisor.scheduling.rules import Candidate, Judgement, Need, best, judge, need_of, parse_filter, suits
from incisor.staff.models import Leave, RosterException
from incisor.staff.queries import dentists as dentists_of
from incisor.staff.queries import working_minutes
from tests.factories.clinics import make_chair, make_clinic, make_procedure
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff

TODAY = date(2026, 3, 4)  # a Wednesday
TEN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
HALF_AN_HOUR = Need(minutes=30)


@pytest.mark.parametrize(
    ("code", "first", "last", "parts"),
    [
        ("", TODAY, date(2026, 3, 18), ()),
        ("t", TODAY, TODAY, ()),
        ("o", date(2026, 3, 5), date(2026, 3, 5), ()),
        ("w", TODAY, date(2026, 3, 8), ()),
        ("n", date(2026, 3, 9), date(2026, 3, 15), ()),
        ("nwe", date(2026, 3, 9), date(2026, 3, 15), ((1020, 1440),)),
        ("x", date(2026, 3, 16), date(2026, 3, 22), ()),
        ("EWN", date(2026, 3, 9), date(2026, 3, 15), ((1020, 1440),)),
        ("tma", TODAY, TODAY, ((0, 720), (720, 1020))),
        ("nx", date(2026, 3, 9), date(2026, 3, 22), ()),
    ],
)
def test_letters_say_when(code, first, last, parts):
    found = parse_filter(code, today=TODAY)

    assert (found.first, found.last, found.parts) == (first, last, parts)


def test_letters_for_whom_and_how():
    found = parse_filter("fuk s q1", today=TODAY)

    assert (found.is_family, found.is_urgent, found.is_weekend, found.is_own_dentist) == (True, True, True, True)
    assert (found.letters, found.unknown) == ("ksuf", "q1")


def test_filter_allows_by_day_and_minute():
    found = parse_filter("ne", today=TODAY)

    assert found.allows(date(2026, 3, 9), 17 * 60)
    assert not found.allows(date(2026, 3, 9), 16 * 60 + 59)
    assert not found.allows(date(2026, 3, 8), 18 * 60)
    assert not parse_filter("k", today=TODAY).allows(date(2026, 3, 6), 600)


def candidate(**over):
    values = {
        "dentist": "a", "chair": "1", "start": 0, "wait": 600, "load": 0.5, "hour": 10.0, "day": 0,
        "gap_before": 60, "gap_after": 60,
    }  # fmt: skip
    return Candidate(**{**values, **over})


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (candidate(), candidate(wait=1440)),
        (candidate(is_own_dentist=True, wait=1440), candidate(wait=1000)),
        (candidate(usual_hour=10.5), candidate(usual_hour=15.0)),
        (candidate(load=0.8), candidate(load=0.9)),
        (candidate(gap_before=0, gap_after=0), candidate()),
        (candidate(gap_before=30), candidate(gap_before=10)),
        (candidate(), candidate(is_usual_chair=False)),
        (candidate(is_specialist=True), candidate()),
    ],
)
def test_judgement_prefers(better, worse):
    rank = judge()

    assert rank(better).cost < rank(worse).cost


def test_reserve_counts_only_for_what_can_wait():
    full = candidate(load=0.95, wait=600)

    assert R.USES_RESERVE in judge()(full).reasons
    assert R.USES_RESERVE not in judge(is_urgent=True)(full).reasons
    assert R.USES_RESERVE not in judge()(candidate(load=0.95, wait=100)).reasons  # opens two hours before


def test_best_are_few_and_differ():
    slots = [candidate(dentist=who, start=minute, wait=minute) for who in "ab" for minute in range(0, 600, 15)]

    chosen = best(slots, rank=judge(), count=5)

    assert len(chosen) == 5
    assert {one.dentist for one, _reasons in chosen} == {"a", "b"}
    for index, (one, _) in enumerate(chosen):
        for other, _ in chosen[index + 1 :]:
            assert one.dentist != other.dentist or abs(one.start - other.start) >= 60
    assert [one.start for one, reasons in chosen if R.SOONEST in reasons] == [0]


def test_rank_is_replaceable():
    latest = best([candidate(start=n, wait=n) for n in (0, 600)], rank=lambda one: Judgement(-one.start, ()), count=1)

    assert latest[0][0].start == 600


def test_need_adds_lengths_and_takes_the_longest_buffer():
    class Procedure:
        def __init__(self, minutes, buffer, needs, specialty="general", risk=False):
            self.duration_minutes, self.buffer_after_minutes = minutes, buffer
            self.chair_needs, self.specialty, self.is_high_risk = needs, specialty, risk
            self.code, self.busy, self.buffer_before_minutes, self.equipment_needs = "x", [], 0, []

    need = need_of([Procedure(40, 5, ["basic"]), Procedure(22, 12, ["xray"], "implants", True)])

    assert (need.minutes, need.buffer, need.chair) == (65, 15, frozenset({"basic", "xray"}))
    assert not suits(need, ["general"])
    assert suits(need, ["implants"])
    assert suits(need_of([Procedure(40, 5, ["basic"], "periodontics")]), ["general"])
    assert need_of([]).minutes == 30


# --------------------------------------------------------------------------------------- on a real database


def test_working_minutes_follow_hours_roster_holidays_and_leave(clinic, dana):
    def hours(day):
        return [(moment_of(a).astimezone().strftime("%H:%M"), b - a) for a, b in working_minutes(clinic, dana, day)]

    monday, sunday = date(2026, 3, 2), date(2026, 3, 1)
    assert [b - a for a, b in working_minutes(clinic, dana, monday)] == [480]
    assert working_minutes(clinic, dana, sunday) == []

    Holiday.objects.create(day=monday, kind="holiday", name_zh="节", name_en="Day")
    Holiday.objects.create(day=sunday, kind="workday", name_zh="班", name_en="Work")
    assert len(hours(monday)) == 1  # this clinic does not follow the public holidays
    clinic.follows_public_holidays = True
    assert (hours(monday), [b - a for a, b in working_minutes(clinic, dana, sunday)]) == ([], [480])

    tuesday = date(2026, 3, 3)
    RosterException.objects.create(staff=dana, clinic=clinic, day=tuesday, starts=time(10), ends=time(12))
    Leave.objects.create(
        staff=dana, kind="sick", starts_at=TEN + timedelta(minutes=30), ends_at=TEN + timedelta(minutes=60)
    )
    Closure.objects.create(
        clinic=clinic, starts_at=TEN + timedelta(minutes=90), ends_at=TEN + timedelta(hours=5), reason="停电"
    )
    start = minute_of(TEN)
    assert working_minutes(clinic, dana, tuesday) == [(start, start + 30), (start + 60, start + 90)]


def test_proposals_keep_to_the_letters(clinic, dana, pia, at):
    wanted = parse_filter("nwm", today=date(2026, 3, 2))

    found = queries.proposals(clinic, patient=pia, need=HALF_AN_HOUR, wanted=wanted, now=at)

    assert len(found) == 5
    assert found == sorted(found, key=lambda slot: slot.starts_at)
    walls = [slot.starts_at + timedelta(hours=8) for slot in found]
    assert all(date(2026, 3, 9) <= wall.date() <= date(2026, 3, 13) and 9 <= wall.hour < 12 for wall in walls)


def test_proposals_after_five_are_empty_when_nobody_works_then(clinic, dana, pia, at):
    wanted = parse_filter("e", today=date(2026, 3, 2))

    assert queries.proposals(clinic, patient=pia, need=HALF_AN_HOUR, wanted=wanted, now=at) == []


def test_own_dentist_is_proposed_with_its_reason(clinic, dana, chair, pia, at):
    leo = make_staff(clinic=clinic, name="李欧", number="D2", chair=make_chair(clinic=clinic, name="2号椅"))
    make_roster(staff=leo, clinic=clinic)
    make_appointment(clinic=clinic, patient=pia, dentist=leo, chair=chair, starts_at=at - timedelta(days=90))

    found = queries.proposals(
        clinic, patient=pia, need=HALF_AN_HOUR, wanted=parse_filter("ns", today=date(2026, 3, 2)), now=at
    )

    assert {slot.dentist for slot in found} == {leo}
    assert all(R.OWN_DENTIST in slot.reasons for slot in found)


def test_specialist_treatment_goes_to_specialists(clinic, dana, chair, pia, at):
    implant = make_procedure(code="IMPLANT", specialty="implants", is_high_risk=True, duration_minutes=60)
    leo = make_staff(
        clinic=clinic, name="李欧", number="D2", chair=make_chair(clinic=clinic, name="2号椅"), specialties=["implants"]
    )
    make_roster(staff=leo, clinic=clinic)

    found = queries.proposals(
        clinic, patient=pia, need=need_of([implant]), wanted=parse_filter("n", today=date(2026, 3, 2)), now=at
    )

    assert {slot.dentist for slot in found} == {leo}


def test_chair_that_cannot_serve_is_never_proposed(clinic, dana, chair, pia, at):
    surgery = make_procedure(code="SURGERY", chair_needs=["surgery"])
    theatre = make_chair(clinic=clinic, name="手术椅", capabilities=["surgery"], position=9)

    found = queries.proposals(
        clinic, patient=pia, need=need_of([surgery]), wanted=parse_filter("n", today=date(2026, 3, 2)), now=at
    )

    assert {slot.chair for slot in found} == {theatre}
    assert all(R.OTHER_CHAIR in slot.reasons for slot in found)


def test_free_slots_are_what_the_gate_accepts(clinic, dana, chair, pia, rosa, cleaning, at):
    from incisor.scheduling import services

    make_appointment(
        clinic=clinic, patient=make_patient(clinic=clinic, file_number="A2"), dentist=dana, chair=chair, starts_at=TEN
    )
    slots = queries.free_slots(
        clinic, dentists=dentists_of(clinic), need=need_of([cleaning]), first=date(2026, 3, 3), days=1, now=at
    )

    assert {slot.starts_at for slot in slots}.isdisjoint(
        {TEN - timedelta(minutes=15), TEN, TEN + timedelta(minutes=15)}
    )
    for number, slot in enumerate(slots[::4]):
        services.book_appointment(
            by=rosa, clinic=clinic, patient=make_patient(clinic=clinic, file_number=f"F{number}"), dentist=slot.dentist,
            chair=slot.chair, starts_at=slot.starts_at, procedures=[cleaning], at=at,
        )  # fmt: skip


def test_alternatives_begin_with_the_other_dentist_and_the_nearest_time(clinic, dana, chair, pia, at):
    leo = make_staff(clinic=clinic, name="李欧", number="D2", chair=make_chair(clinic=clinic, name="2号椅"))
    make_roster(staff=leo, clinic=clinic)
    make_appointment(
        clinic=clinic, patient=make_patient(clinic=clinic, file_number="A2"), dentist=dana, chair=chair, starts_at=TEN
    )

    found = queries.alternatives(
        clinic, patient=pia, need=HALF_AN_HOUR, dentist=dana, chair=chair, starts_at=TEN, now=at
    )

    assert [(slot.dentist, slot.starts_at) for slot in found[:2]] == [(leo, TEN), (dana, TEN - timedelta(minutes=30))]
    assert len(found) == 3


def test_another_clinics_calendar_stays_unseen(clinic, other_clinic, dana, chair, pia, at):
    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN)

    assert [one.patient for one in queries.appointments_of_day(clinic, date(2026, 3, 3))] == [pia]
    assert queries.appointments_of_day(other_clinic, date(2026, 3, 3)) == []
    assert dentists_of(other_clinic) == []


def test_preset_is_the_examination_for_the_new_and_cleaning_for_the_known(clinic, pia, dana, chair, cleaning, at):
    first = make_procedure(code="exam_first", name_zh="初诊检查", follow_up_key="other")

    assert queries.preset_procedures(clinic, pia, today=TODAY) == [first]
    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at - timedelta(days=200))
    assert queries.preset_procedures(clinic, pia, today=TODAY) == [cleaning]


def test_clinic_without_dentists_offers_nothing(db, at):
    empty = make_clinic(code="E", name="空诊所")

    assert (
        queries.proposals(
            empty, patient=None, need=HALF_AN_HOUR, wanted=parse_filter("n", today=date(2026, 3, 2)), now=at
        )
        == []
    )


def test_expected_patients_rank_before_others(clinic, pia, dana, chair, at):
    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(minutes=30))

    assert queries.expected_scores(clinic, None, at)[pia.pk][0] == 80
    assert queries.expected_scores(clinic, [], at) == {}


def test_preset_is_what_the_last_note_plans(clinic, pia, dana, chair, cleaning, rosa, at):
    from incisor.visits.models import Visit, VisitNote

    crown = make_procedure(code="CROWN", name_zh="戴冠", follow_up_key="other")
    visit = Visit.objects.create(
        clinic=clinic, patient=pia, dentist=dana, business_date=at.date(), queue_number=1, kind="return", arrived_at=at
    )
    VisitNote.objects.create(visit=visit, clinic=clinic, next_procedure=crown, written_by=rosa, updated_at=at)

    assert queries.preset_procedures(clinic, pia, today=TODAY) == [crown]


def test_move_offers_the_same_dentist_weekday_and_hour_first(clinic, pia, dana, chair, at):
    leo = make_staff(clinic=clinic, name="李欧", number="D2", chair=make_chair(clinic=clinic, name="2号椅"))
    make_roster(staff=leo, clinic=clinic)
    moved = make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=TEN)

    found = queries.proposals(
        clinic, patient=pia, need=HALF_AN_HOUR, wanted=parse_filter("n", today=date(2026, 3, 2)), now=at, besides=moved
    )

    assert (found[0].dentist, found[0].starts_at) == (dana, TEN + timedelta(days=7))
