"""Acts on those who wait: each does one thing, each is taken back exactly."""

from datetime import timedelta

import pytest

from incisor.audit.models import Entry
from incisor.kernel.errors import ChangedMeanwhile
from incisor.reception import jobs, queries, services
from incisor.reception.models import FlowRules, TypicalLength, WaitTold
from incisor.visits import services as visits_services
from incisor.visits.models import Visit
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff
from tests.factories.visits import make_visit

CHANGING = {"version"}


def facts(visit):
    """Everything that a visit's row says, but its version, which counts every write."""
    row = Visit.objects.filter(pk=visit.pk).values().get()
    return {name: value for name, value in row.items() if name not in CHANGING}


def fresh(visit):
    return Visit.objects.select_related("clinic", "patient", "dentist", "appointment").get(pk=visit.pk)


@pytest.fixture
def other_dentist(clinic):
    staff = make_staff(clinic=clinic, name="埃里克", number="D2")
    make_roster(staff=staff, clinic=clinic)
    return staff


@pytest.fixture
def waiting(clinic, pia, dana, at):
    return make_visit(clinic=clinic, patient=pia, dentist=dana, at=at - timedelta(minutes=20))


def others(clinic, dana, at, *arrived):
    return [
        make_visit(
            clinic=clinic, patient=make_patient(clinic=clinic, name=f"患者{n}", file_number=f"Q{n}"), dentist=dana,
            at=at - timedelta(minutes=minutes),
            number=50 + n,
        )
        for n, minutes in enumerate(arrived)
    ]  # fmt: skip


def call(rosa, visit, at):
    return services.call_patient(by=rosa, visit=fresh(visit), at=at)


ACTS = {
    "call": lambda rosa, visit, at, _other: call(rosa, visit, at),
    "call again": lambda rosa, visit, at, _other: services.call_again(by=rosa, visit=visit, at=at),
    "wait on": lambda rosa, visit, at, _other: services.call_back(by=rosa, visit=visit, at=at),
    "park": lambda rosa, visit, at, _other: services.park(by=rosa, visit=visit, at=at),
    "return": lambda rosa, visit, at, _other: services.return_to_queue(by=rosa, visit=visit, at=at),
    "redirect": lambda rosa, visit, at, other: services.redirect_patient(by=rosa, visit=visit, dentist=other, at=at),
    "anybody": lambda rosa, visit, at, _other: services.redirect_patient(by=rosa, visit=visit, dentist=None, at=at),
    "first": lambda rosa, visit, at, _other: services.reorder(
        by=rosa, visit=visit, place="first", reason="老人", at=at
    ),
    "leave": lambda rosa, visit, at, _other: services.patient_left(by=rosa, visit=visit, reason="有事", at=at),
}
# the way to the act, and the act itself
WAYS = [
    ["call"],
    ["call", "call again"],
    ["call", "wait on"],
    ["call", "park"],
    ["call", "park", "call"],
    ["call", "park", "return"],
    ["redirect"],
    ["anybody"],
    ["call", "redirect"],
    ["first"],
    ["leave"],
    ["call", "leave"],
    ["call", "call again", "park", "return", "redirect", "call"],
]


@pytest.mark.parametrize("way", WAYS, ids=" > ".join)
def test_each_act_is_taken_back_exactly(clinic, rosa, dana, waiting, other_dentist, at, way):
    """Forward and back again: after each undo the row says exactly what it said before the act."""
    others(clinic, dana, at, 15, 10)
    seen, steps = [], []
    for number, act in enumerate(way):
        seen.append(facts(waiting))
        steps.append(ACTS[act](rosa, fresh(waiting), at + timedelta(minutes=number), other_dentist))

    for before, step in zip(reversed(seen), reversed(steps), strict=True):
        services.undo_step(by=rosa, clinic=clinic, step=step, at=at + timedelta(minutes=30))
        assert facts(waiting) == before


def test_calling_again_counts_and_renews_the_call(rosa, waiting, at):
    call(rosa, waiting, at)

    services.call_again(by=rosa, visit=fresh(waiting), at=at + timedelta(minutes=3))

    found = fresh(waiting)
    assert (found.calls, found.called_at, found.status) == (2, at + timedelta(minutes=3), "called")
    assert Entry.objects.filter(what="visit.call_again").count() == 1


def test_two_desks_call_again_at_once_and_one_is_refused(rosa, waiting, at):
    call(rosa, waiting, at)
    mine, theirs = fresh(waiting), fresh(waiting)
    services.call_again(by=rosa, visit=mine, at=at)

    with pytest.raises(visits_services.StepTaken):
        services.call_again(by=rosa, visit=theirs, at=at)
    assert fresh(waiting).calls == 2


def test_who_was_not_called_is_not_missing(rosa, waiting, at):
    for act in (services.call_again, services.park):
        with pytest.raises(services.NotCalled):
            act(by=rosa, visit=fresh(waiting), at=at)
    with pytest.raises(services.NotParked):
        services.return_to_queue(by=rosa, visit=fresh(waiting), at=at)


def test_who_is_not_there_is_passed_over_and_comes_back_behind_the_next(clinic, rosa, dana, waiting, at):
    second, third = others(clinic, dana, at, 15, 10)
    call(rosa, waiting, at)
    services.park(by=rosa, visit=fresh(waiting), at=at)

    called = services.call_next(by=rosa, clinic=clinic, at=at).visit
    assert called == second
    services.return_to_queue(by=rosa, visit=fresh(waiting), at=at)

    order = [row.visit.pk for row in queries.board(clinic, at).waiting]
    assert order == [second.pk, third.pk, waiting.pk]
    assert services.call_next(by=rosa, clinic=clinic, at=at).visit == third
    assert services.call_next(by=rosa, clinic=clinic, at=at).visit == waiting


def test_the_clinic_says_behind_how_many(clinic, rosa, dana, waiting, at):
    FlowRules.objects.create(clinic=clinic, park_return=0)
    others(clinic, dana, at, 15, 10)
    call(rosa, waiting, at)
    services.park(by=rosa, visit=fresh(waiting), at=at)

    services.return_to_queue(by=rosa, visit=fresh(waiting), at=at)

    assert services.call_next(by=rosa, clinic=clinic, at=at).visit == waiting


def test_who_is_not_there_is_called_when_nobody_else_waits(clinic, rosa, waiting, at):
    call(rosa, waiting, at)
    services.park(by=rosa, visit=fresh(waiting), at=at)

    assert services.call_next(by=rosa, clinic=clinic, at=at).visit == waiting
    assert fresh(waiting).parked_at is None


def test_redirected_keeps_the_place_and_a_call_is_void(clinic, rosa, dana, waiting, other_dentist, at):
    call(rosa, waiting, at)

    services.redirect_patient(by=rosa, visit=fresh(waiting), dentist=other_dentist, reason="医生临时手术", at=at)

    found = fresh(waiting)
    assert (found.status, found.dentist, found.called_at, found.arrived_at) == (
        "waiting", other_dentist, None, waiting.arrived_at,
    )  # fmt: skip
    with pytest.raises(services.SameDentist):
        services.redirect_patient(by=rosa, visit=found, dentist=other_dentist, at=at)
    assert queries.last_step(found).reason == "医生临时手术"


def test_only_who_waits_is_redirected_or_told(clinic, rosa, pia, dana, other_dentist, at):
    gone = make_visit(clinic=clinic, patient=pia, dentist=dana, at=at, status="done")

    with pytest.raises(visits_services.StepImpossible):
        services.redirect_patient(by=rosa, visit=gone, dentist=other_dentist, at=at)
    with pytest.raises(services.NotWaiting):
        services.tell_waiting(by=rosa, visit=gone, word="told", at=at)


def test_telling_holds_the_prompt_back_and_is_taken_back(clinic, rosa, waiting, at):
    assert queries.board(clinic, at).waiting[0].needs_word

    first = services.tell_waiting(by=rosa, visit=fresh(waiting), word="told", at=at)
    second = services.tell_waiting(
        by=rosa, visit=fresh(waiting), word="offered", note=" 茶 ", at=at + timedelta(minutes=1)
    )
    assert not queries.board(clinic, at + timedelta(minutes=2)).waiting[0].needs_word
    assert queries.board(clinic, at + timedelta(minutes=12)).waiting[0].needs_word
    assert [(row.word, row.note, row.waited_minutes) for row in queries.told_to(waiting)] == [
        ("told", "", 20), ("offered", "茶", 21),
    ]  # fmt: skip

    services.untell_waiting(by=rosa, told=second, at=at)
    assert fresh(waiting).told_at == at
    services.untell_waiting(by=rosa, told=first, at=at)
    assert fresh(waiting).told_at is None
    with pytest.raises(services.NotSaid):
        services.untell_waiting(by=rosa, told=WaitTold.objects.first(), at=at)


def test_everybody_who_comes_is_promised_a_range_once(clinic, rosa, pia, dana, chair, cleaning, at, system):
    booked = make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, procedure=cleaning, starts_at=at)

    visit = services.check_in(by=rosa, appointment=booked, at=at)

    found = fresh(visit)
    assert (found.promised_low, found.promised_high, found.promised_at) == (0, 10, at)
    services.promise_wait(by=rosa, visit=found, at=at + timedelta(minutes=30))
    assert fresh(visit).promised_at == at
    assert Entry.objects.filter(what="visit.wait_promised").count() == 1


def test_the_line_makes_the_promise_longer(clinic, rosa, pia, dana, chair, at, system):
    sitting, *_rest = others(clinic, dana, at, 40, 15, 10)
    Visit.objects.filter(pk=sitting.pk).update(
        status="in_chair", chair=chair, seated_at=at - timedelta(minutes=5), stage="treating"
    )

    visit = services.receive_walk_in(by=rosa, clinic=clinic, patient=pia, dentist=dana, at=at)

    assert fresh(visit).promised_low >= 45


def test_without_a_dentist_on_duty_nothing_is_promised(clinic, rosa, pia, at, system):
    visit = services.receive_walk_in(by=rosa, clinic=clinic, patient=pia, at=at)

    assert fresh(visit).promised_at is None


def test_the_clinic_learns_how_long_its_treatments_take(clinic, dana, chair, cleaning, at, system):
    for number in range(30):
        begin = at - timedelta(days=number + 1)
        someone = make_patient(clinic=clinic, name=f"患者{number}", file_number=f"L{number}")
        booked = make_appointment(
            clinic=clinic, patient=someone, dentist=dana, chair=chair, procedure=cleaning, starts_at=begin,
            minutes=30, status="completed",
        )  # fmt: skip
        make_visit(
            clinic=clinic, patient=someone, at=begin, status="done", appointment=booked, seated_at=begin,
            ended_at=begin + timedelta(minutes=45),
        )  # fmt: skip
    slip = make_patient(clinic=clinic, name="手滑", file_number="L99")
    make_visit(clinic=clinic, patient=slip, at=at - timedelta(days=3), status="done",
               seated_at=at - timedelta(days=3), ended_at=at - timedelta(days=2))  # fmt: skip

    outcome = jobs.learn(at)

    row = TypicalLength.objects.get(clinic=clinic, kind=cleaning.code)
    assert outcome == "2 kinds"
    assert 135 <= row.mean_percent <= 150
    assert row.visit_count == 30
    assert queries.typical_lengths(clinic)[cleaning.code].mean == row.mean_percent / 100
    jobs.learn(at)
    assert TypicalLength.objects.filter(clinic=clinic).count() == 2


def test_promises_are_measured_against_what_came(clinic, pia, at):
    for number, (low, high, real) in enumerate([(0, 10, 5), (10, 20, 30), (5, 15, 15)]):
        make_visit(
            clinic=clinic, patient=pia, at=at, number=number + 1, status="done", promised_low=low, promised_high=high,
            promised_at=at, seated_at=at + timedelta(minutes=real),
        )  # fmt: skip
    make_visit(
        clinic=clinic, patient=pia, at=at, number=9, status="left", promised_low=0, promised_high=5, promised_at=at
    )
    day = queries.day_of(clinic, at)

    found = queries.promises(clinic, first=day, last=day)

    assert (found.whole.count, found.whole.kept, found.whole.longer, found.whole.real) == (3, 67, 33, 17)
    assert [one.label for one in found.hours] == ["09:00"]
    assert queries.promises(clinic, first=day + timedelta(days=1), last=day + timedelta(days=2)).whole is None


def test_rules_of_the_flow_are_changed_once_at_a_time(clinic, mona, at):
    row = services.change_flow_rules(by=mona, clinic=clinic, version=1, values={"prompt_minutes": 20}, at=at)
    services.change_flow_rules(by=mona, clinic=clinic, version=row.version, values={"prompt_minutes": 25}, at=at)

    with pytest.raises(ChangedMeanwhile):
        services.change_flow_rules(by=mona, clinic=clinic, version=row.version, values={"prompt_minutes": 5}, at=at)
    assert queries.flow_rules(clinic).prompt_minutes == 25
