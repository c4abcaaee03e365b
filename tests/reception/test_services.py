"""Checking in, calling, seating, ending, closing; and that each step can be taken back exactly."""

import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection

from incisor.audit.models import Entry
from incisor.audit.queries import broken_places
from incisor.billing.models import Bill, LedgerEntry
from incisor.clinics.models import Chair
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound
from incisor.kernel.live import version
from incisor.kernel.organisation import enter
from incisor.reception import queries, services
from incisor.reception.services.arrivals import NotToday, NotYetDue
from incisor.reception.services.chairside import ChairInUse
from incisor.reception.services.queue import ReorderNeedsReason
from incisor.scheduling.models import Appointment
from incisor.visits.models import Visit, VisitStep
from incisor.visits.services import AlreadyHere, StepTaken, UndoImpossible
from incisor.visits.services.steps import ChairTaken
from tests.factories.accounts import make_user
from tests.factories.clinics import make_chair
from tests.factories.patients import make_patient
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_staff
from tests.factories.visits import make_visit

LATER = timedelta(minutes=10)


@pytest.fixture
def booked(clinic, pia, dana, chair, cleaning, at):
    return make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, procedure=cleaning, starts_at=at + LATER, need="洗牙"
    )


@pytest.fixture
def someone(clinic):
    numbers = iter(range(100, 200))
    return lambda name="某人": make_patient(clinic=clinic, name=name, file_number=f"S{next(numbers)}")


def state_of(row):
    values = type(row).objects.filter(pk=row.pk).values().get()
    values.pop("version", None)
    return values


def test_check_in_makes_arrived_and_begins_the_visit(clinic, rosa, booked, at):
    visit = services.check_in(by=rosa, appointment=booked, at=at)

    assert Appointment.objects.get().status == "arrived"
    assert (visit.status, visit.queue_number, visit.appointment, visit.due_at) == (
        "waiting",
        1,
        booked,
        booked.starts_at,
    )
    assert visit.complaint == "洗牙"
    assert version(clinic.pk, "day") > 0
    assert list(broken_places()) == []


def test_check_in_twice_is_refused(clinic, rosa, booked, at):
    stale = Appointment.objects.get()
    services.check_in(by=rosa, appointment=booked, at=at)

    with pytest.raises(AlreadyHere):
        services.check_in(by=rosa, appointment=stale, at=at)

    assert Visit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_desks_check_in_the_same_patient_at_once(clinic, rosa, booked, at):
    copies = [Appointment.objects.select_related("clinic", "patient").get() for _ in range(4)]
    start, outcomes = threading.Barrier(4), []
    # The tests' SQLite lives in memory, where the file gate of a real one cannot stand: one after the other, as it lets in.
    gate = threading.Lock() if connection.vendor == "sqlite" else nullcontext()

    def check_in(copy):
        enter("desk")
        start.wait(timeout=10)
        try:
            with gate:
                services.check_in(by=rosa, appointment=copy, at=at)
            outcomes.append("in")
        except (AlreadyHere, ChangedMeanwhile):
            outcomes.append("refused")
        finally:
            connection.close()

    desks = [threading.Thread(target=check_in, args=(copy,)) for copy in copies]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()

    assert sorted(outcomes) == ["in", "refused", "refused", "refused"]
    assert Visit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_desks_press_the_key_at_once_and_call_two(clinic, rosa, someone, at):
    for number in range(1, 4):
        make_visit(clinic=clinic, patient=someone(), at=at, number=number)
    start, called = threading.Barrier(3), []
    gate = threading.Lock() if connection.vendor == "sqlite" else nullcontext()

    def call():
        enter("desk")
        start.wait(timeout=10)
        try:
            with gate:
                called.append(services.call_next(by=rosa, clinic=clinic, at=at).visit.queue_number)
        finally:
            connection.close()

    desks = [threading.Thread(target=call) for _ in range(3)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()

    assert sorted(called) == [1, 2, 3]


def test_appointment_of_another_day_is_not_checked_in(rosa, booked, at):
    with pytest.raises(NotToday):
        services.check_in(by=rosa, appointment=booked, at=at + timedelta(days=1))

    assert Appointment.objects.get().status == "confirmed"


def test_who_was_a_no_show_and_comes_after_all_is_checked_in(rosa, booked, at):
    services.record_no_show(by=rosa, appointment=booked, at=at + 2 * LATER)

    services.check_in(by=rosa, appointment=Appointment.objects.get(), at=at + 3 * LATER)

    assert Appointment.objects.get().status == "arrived"


def test_nobody_is_missing_before_the_time(rosa, booked, at):
    with pytest.raises(NotYetDue):
        services.record_no_show(by=rosa, appointment=booked, at=at)


@pytest.mark.parametrize(
    ("given", "urgency"),
    [({}, "routine"), ({"signs": ["night_pain"]}, "urgent"), ({"signs": ["bleeding", "checkup"]}, "emergency"),
     ({"signs": ["bleeding"], "urgency": "urgent"}, "urgent")],
)  # fmt: skip
def test_walk_in_is_judged_by_signs(clinic, rosa, pia, at, given, urgency):
    visit = services.receive_walk_in(by=rosa, clinic=clinic, patient=pia, at=at, **given)

    assert (visit.urgency, visit.appointment, visit.due_at) == (urgency, None, None)


def test_emergency_is_called_before_everybody(clinic, rosa, someone, dana, at):
    for number in range(3):
        make_visit(clinic=clinic, patient=someone(), at=at, number=number + 90, due_at=at, dentist=dana)
    last = services.receive_walk_in(by=rosa, clinic=clinic, patient=someone(), signs=["trauma"], at=at + LATER)

    step = services.call_next(by=rosa, clinic=clinic, at=at + LATER)

    assert step.visit_id == last.pk


def test_dentist_calls_own_patients(clinic, dana_user, dana, someone, at):
    other = make_staff(clinic=clinic, name="埃里克", number="D2")
    make_visit(clinic=clinic, patient=someone(), at=at, number=1, dentist=other)
    mine = make_visit(clinic=clinic, patient=someone(), at=at, number=2, dentist=dana)

    assert services.call_next(by=dana_user, clinic=clinic, dentist=dana, at=at).visit_id == mine.pk
    with pytest.raises(services.NobodyWaits):
        services.call_next(by=dana_user, clinic=clinic, dentist=dana, at=at)


def test_desk_calls_first_whose_dentist_is_free(clinic, rosa, dana, chair, someone, at):
    free = make_staff(clinic=clinic, name="埃里克", number="D2")
    make_visit(clinic=clinic, patient=someone(), at=at, number=1, dentist=dana, chair=chair, status="in_chair")
    make_visit(clinic=clinic, patient=someone(), at=at, number=2, dentist=dana, due_at=at)
    second = make_visit(clinic=clinic, patient=someone(), at=at, number=3, dentist=free, due_at=at)

    assert services.call_next(by=rosa, clinic=clinic, at=at).visit_id == second.pk


def test_reorder_puts_first_last_and_back(clinic, rosa, someone, at):
    visits = [make_visit(clinic=clinic, patient=someone(), at=at, number=n) for n in (1, 2, 3)]

    def order():
        return [row.visit.queue_number for row in queries.board(clinic, at).waiting]

    services.reorder(by=rosa, visit=visits[2], place="first", reason="老人", at=at)
    assert order() == [3, 1, 2]
    services.reorder(by=rosa, visit=visits[0], place="last", reason="去取片", at=at)
    assert order() == [3, 2, 1]
    services.reorder(by=rosa, visit=visits[2], place="ordinary", reason="误操作", at=at)
    assert order() == [2, 3, 1]
    assert Entry.objects.filter(what="visit.reorder").count() == 3


def test_reorder_needs_a_reason(clinic, rosa, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)

    with pytest.raises(ReorderNeedsReason):
        services.reorder(by=rosa, visit=visit, place="first", reason=" ", at=at)


@pytest.fixture
def arrived(rosa, booked, at):
    return services.check_in(by=rosa, appointment=booked, at=at)


def test_seating_takes_chair_appointment_and_dentist(arrived, dana_user, dana, chair, at):
    services.seat_patient(by=dana_user, visit=arrived, at=at + LATER)

    visit, chair = Visit.objects.get(), Chair.objects.get()
    assert (visit.status, visit.chair_id, visit.dentist_id, visit.seated_at) == (
        "in_chair",
        chair.pk,
        dana.pk,
        at + LATER,
    )
    assert (chair.state, chair.state_since) == ("occupied", at + LATER)
    assert Appointment.objects.get().status == "in_treatment"


@pytest.mark.parametrize("state", ["occupied", "cleaning", "out_of_order"])
def test_chair_that_is_not_free_is_refused(arrived, rosa, chair, at, state):
    Chair.objects.update(state=state)

    with pytest.raises(services.ChairNotFree):
        services.seat_patient(by=rosa, visit=arrived, chair=chair, at=at)

    assert Visit.objects.get().status == "waiting"
    assert Appointment.objects.get().status == "arrived"


def test_cleaned_chair_is_taken_when_somebody_says_so(arrived, rosa, chair, at):
    Chair.objects.update(state="cleaning")

    services.seat_patient(by=rosa, visit=arrived, chair=chair, chair_is_clean=True, at=at)

    assert Chair.objects.get().state == "occupied"


def test_without_a_free_chair_nobody_is_seated(arrived, rosa, chair, at):
    Chair.objects.update(state="cleaning")

    with pytest.raises(services.NoChairFree):
        services.seat_patient(by=rosa, visit=arrived, at=at)


def test_walk_in_gets_the_dentist_of_the_chair(clinic, rosa, pia, dana, chair, at):
    visit = services.receive_walk_in(by=rosa, clinic=clinic, patient=pia, at=at)

    services.seat_patient(by=rosa, visit=visit, chair=chair, at=at)

    assert Visit.objects.get().dentist_id == dana.pk


def test_ending_frees_the_chair_for_cleaning(arrived, dana_user, chair, at):
    services.seat_patient(by=dana_user, visit=arrived, at=at)
    services.end_treatment(by=dana_user, visit=arrived, at=at + LATER)

    assert (Visit.objects.get().status, Chair.objects.get().state) == ("to_pay", "cleaning")
    assert Visit.objects.get().patient.last_seen_on == arrived.business_date
    assert Appointment.objects.get().status == "completed"


def test_closing_needs_a_reason_while_something_is_open(clinic, rosa, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at, status="to_pay")
    bill = Bill.objects.create(
        clinic=clinic, patient=pia, visit=visit, status="confirmed", business_date=visit.business_date,
        created_by=rosa, created_at=at, confirmed_at=at,
    )  # fmt: skip
    entry = {"clinic": clinic, "patient": pia, "bill": bill, "business_date": visit.business_date, "by": rosa, "at": at}
    LedgerEntry.objects.create(kind="charge", amount_minor=5000, text="洁牙", **entry)

    assert queries.left_to_pay(visit).left_minor == 5000
    with pytest.raises(services.ReasonNeeded):
        services.close_visit(by=rosa, visit=visit, at=at)

    LedgerEntry.objects.create(kind="payment", amount_minor=-5000, text="现金", **entry)
    services.close_visit(by=rosa, visit=visit, at=at)
    assert Visit.objects.get().status == "done"


def test_cashier_closes_but_does_not_call(clinic, pia, at):
    cashier = make_user(username="cora", name="可拉", roles=["cashier"], clinic=clinic)
    visit = make_visit(clinic=clinic, patient=pia, at=at, status="to_pay")
    services.close_visit(by=cashier, visit=visit, reason="免检", at=at)
    waiting = make_visit(clinic=clinic, patient=pia, at=at)

    with pytest.raises(NotAllowed):
        services.call_patient(by=cashier, visit=waiting, at=at)


def test_leaving_frees_the_appointment_and_needs_a_reason(arrived, rosa, at):
    with pytest.raises(services.ReasonNeeded):
        services.patient_left(by=rosa, visit=arrived, reason="", at=at)

    services.patient_left(by=rosa, visit=arrived, reason="等太久", at=at)

    assert (Visit.objects.get().status, Appointment.objects.get().status) == ("left", "cancelled")


WAYS = {
    "check_in": [],
    "call": ["check_in"],
    "call_back": ["check_in", "call"],
    "seat": ["check_in", "call"],
    "end": ["check_in", "call", "seat"],
    "close": ["check_in", "call", "seat", "end"],
    "leave": ["check_in"],
}


def take(name, *, by, booked, at):
    visit = Visit.objects.exclude(status="withdrawn").select_related("clinic", "patient", "appointment").first()
    acts = {
        "check_in": lambda: services.check_in(by=by, appointment=Appointment.objects.get(), at=at),
        "call": lambda: services.call_patient(by=by, visit=visit, at=at),
        "call_back": lambda: services.call_back(by=by, visit=visit, at=at),
        "seat": lambda: services.seat_patient(by=by, visit=visit, at=at),
        "end": lambda: services.end_treatment(by=by, visit=visit, at=at),
        "close": lambda: services.close_visit(by=by, visit=visit, reason="免检", at=at),
        "leave": lambda: services.patient_left(by=by, visit=visit, reason="有事", at=at),
    }
    acts[name]()
    return VisitStep.objects.order_by("-at", "-pk").first()


@pytest.mark.parametrize("booked_as", ["confirmed", "requested"])
@pytest.mark.parametrize("name", list(WAYS))
def test_undo_restores_visit_chair_and_appointment_exactly(clinic, rosa, booked, chair, at, name, booked_as):
    Appointment.objects.update(status=booked_as)
    for number, before in enumerate(WAYS[name]):
        take(before, by=rosa, booked=booked, at=at + timedelta(minutes=number))
    was = [state_of(row) for row in (booked, chair, booked.patient, *Visit.objects.all())]
    step = take(name, by=rosa, booked=booked, at=at + LATER)
    assert [state_of(row) for row in (booked, chair, booked.patient, *Visit.objects.all())] != was

    services.undo_step(by=rosa, clinic=clinic, step=step, at=at + 2 * LATER)

    standing = Visit.objects.exclude(status="withdrawn")
    now = [state_of(row) for row in (booked, chair, booked.patient, *standing)]
    for row in (*was, *now):
        for gone in ("cancel_reason", "cancel_note"):
            row.pop(gone, None)
    assert now == was


@pytest.mark.parametrize("name", ["call", "seat", "end"])
def test_undo_is_refused_once_something_followed(clinic, rosa, booked, at, name):
    for number, before in enumerate(WAYS[name]):
        take(before, by=rosa, booked=booked, at=at + timedelta(minutes=number))
    step = take(name, by=rosa, booked=booked, at=at + LATER)
    followed_by = {"call": "seat", "seat": "end", "end": "close"}[name]
    take(followed_by, by=rosa, booked=booked, at=at + 2 * LATER)

    with pytest.raises(UndoImpossible):
        services.undo_step(by=rosa, clinic=clinic, step=VisitStep.objects.get(pk=step.pk), at=at + 3 * LATER)


def test_undo_twice_is_refused(clinic, rosa, booked, at):
    step = take("check_in", by=rosa, booked=booked, at=at)
    services.undo_step(by=rosa, clinic=clinic, step=step, at=at)

    with pytest.raises(UndoImpossible):
        services.undo_step(by=rosa, clinic=clinic, step=VisitStep.objects.get(), at=at)


def test_undo_of_another_day_is_refused(clinic, rosa, booked, at):
    step = take("check_in", by=rosa, booked=booked, at=at)

    with pytest.raises(UndoImpossible):
        services.undo_step(by=rosa, clinic=clinic, step=step, at=at + timedelta(days=1))


def test_end_is_not_undone_when_the_chair_has_another_patient(clinic, rosa, booked, chair, someone, at):
    for name in ("check_in", "seat"):
        take(name, by=rosa, booked=booked, at=at)
    step = take("end", by=rosa, booked=booked, at=at + LATER)
    other = make_visit(clinic=clinic, patient=someone(), at=at, number=7)
    services.seat_patient(by=rosa, visit=other, chair=chair, chair_is_clean=True, at=at + LATER)

    with pytest.raises((UndoImpossible, ChairTaken)):
        services.undo_step(by=rosa, clinic=clinic, step=step, at=at + 2 * LATER)

    assert Appointment.objects.get().status == "completed"


def test_late_undo_of_a_no_show(clinic, rosa, booked, at):
    change = services.record_no_show(by=rosa, appointment=booked, at=at + 2 * LATER)

    services.undo_no_show(by=rosa, clinic=clinic, change=change, at=at + 3 * LATER)

    assert Appointment.objects.get().status == "confirmed"


def test_chair_states_by_hand(clinic, rosa, chair, pia, at):
    services.set_chair_state(by=rosa, chair=chair, state="out_of_order", at=at)
    services.set_chair_state(by=rosa, chair=chair, state="free", at=at + LATER)
    assert (Chair.objects.get().state, Chair.objects.get().state_since) == ("free", at + LATER)

    Chair.objects.update(state="occupied")
    make_visit(clinic=clinic, patient=pia, at=at, chair=chair, status="in_chair")
    with pytest.raises(ChairInUse):
        services.set_chair_state(by=rosa, chair=chair, state="free", at=at)


def test_triage_of_somebody_who_waits(clinic, rosa, pia, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)

    services.triage(by=rosa, visit=visit, signs=["fever"], at=at)

    assert (Visit.objects.get().urgency, Visit.objects.get().signs) == ("emergency", ["fever"])


def test_outsider_may_do_nothing(clinic, omar, booked, pia, chair, at):
    visit = make_visit(clinic=clinic, patient=pia, at=at)

    for act in (
        lambda: services.check_in(by=omar, appointment=booked, at=at),
        lambda: services.receive_walk_in(by=omar, clinic=clinic, patient=pia, at=at),
        lambda: services.call_patient(by=omar, visit=visit, at=at),
        lambda: services.call_next(by=omar, clinic=clinic, at=at),
        lambda: services.seat_patient(by=omar, visit=visit, at=at),
        lambda: services.end_treatment(by=omar, visit=visit, at=at),
        lambda: services.close_visit(by=omar, visit=visit, at=at),
        lambda: services.undo_step(by=omar, clinic=clinic, step=visit.steps.get(), at=at),
        lambda: services.set_chair_state(by=omar, chair=chair, state="cleaning", at=at),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_board_counts_average_over_everybody_who_came(clinic, someone, chair, at):
    make_visit(
        clinic=clinic, patient=someone(), at=at - timedelta(minutes=30), number=1, status="in_chair", chair=chair
    )
    make_visit(clinic=clinic, patient=someone(), at=at - timedelta(minutes=40), number=2)

    board = queries.board(clinic, at)

    assert board.average == 30  # seated after 20, still waiting for 40
    assert [row.is_over for row in board.waiting] == [True]


def test_forgotten_patient_of_yesterday_stays_on_the_board(clinic, someone, chair, at):
    make_visit(clinic=clinic, patient=someone("昨天的"), at=at - timedelta(days=1), status="in_chair", chair=chair)

    assert [row.patient.name for row in queries.board(clinic, at).in_chair] == ["昨天的"]


def test_settled_bill_closes_the_visit(clinic, rosa, pia, at):
    from django.db import transaction

    from incisor.accounts.access import action
    from incisor.accounts.enums import Permission
    from incisor.billing.events import BillSettled
    from incisor.kernel import events

    visit = make_visit(clinic=clinic, patient=pia, at=at, status="to_pay")

    @action(Permission.MONEY_TAKE)
    def settle(*, by, clinic, at):
        events.publish(
            BillSettled(
                clinic_id=clinic.pk,
                bill_id=visit.pk,
                visit_id=visit.pk,
                patient_id=pia.pk,
                owed_minor=100,
                reason="下次付",
                by_id=by.pk,
                at=at,
            )
        )

    with transaction.atomic():
        settle(by=rosa, clinic=clinic, at=at)

    assert (Visit.objects.get().status, Visit.objects.get().closing_reason) == ("done", "下次付")


def test_stale_screen_does_not_seat(arrived, rosa, someone, clinic, at):
    make_chair(clinic=clinic, name="2号椅")
    stale = Visit.objects.select_related("clinic", "patient").get(pk=arrived.pk)
    services.seat_patient(by=rosa, visit=arrived, at=at)

    with pytest.raises((StepTaken, ChangedMeanwhile)):
        services.seat_patient(by=rosa, visit=stale, at=at)

    assert VisitStep.objects.filter(to_status="in_chair").count() == 1
    assert Chair.objects.filter(state="occupied").count() == 1


def test_end_is_not_undone_when_the_chair_is_out_of_order(clinic, rosa, booked, chair, at):
    for name in ("check_in", "seat"):
        take(name, by=rosa, booked=booked, at=at)
    step = take("end", by=rosa, booked=booked, at=at + LATER)
    services.set_chair_state(by=rosa, chair=chair, state="out_of_order", at=at + LATER)

    with pytest.raises(UndoImpossible):
        services.undo_step(by=rosa, clinic=clinic, step=step, at=at + 2 * LATER)

    assert (Visit.objects.get().status, Chair.objects.get().state) == ("to_pay", "out_of_order")


def test_check_in_is_not_undone_when_the_appointment_was_changed(clinic, rosa, booked, at):
    step = take("check_in", by=rosa, booked=booked, at=at)
    Appointment.objects.update(status="cancelled")

    with pytest.raises(UndoImpossible):
        services.undo_step(by=rosa, clinic=clinic, step=step, at=at + LATER)

    assert Visit.objects.get().status == "waiting"


def test_patient_is_treated_although_the_appointment_was_settled_otherwise(arrived, rosa, at):
    Appointment.objects.update(status="cancelled")
    visit = Visit.objects.select_related("clinic", "patient", "appointment").get()

    services.seat_patient(by=rosa, visit=visit, at=at)
    services.end_treatment(by=rosa, visit=visit, at=at + LATER)

    assert (Visit.objects.get().status, Appointment.objects.get().status) == ("to_pay", "cancelled")


def test_walk_in_has_no_appointment_to_move_on(clinic, rosa, pia, chair, at):
    visit = services.receive_walk_in(by=rosa, clinic=clinic, patient=pia, at=at)
    step = services.patient_left(by=rosa, visit=visit, reason="有事", at=at)
    services.undo_step(by=rosa, clinic=clinic, step=step, at=at)

    visit = Visit.objects.select_related("clinic", "patient").get()
    services.seat_patient(by=rosa, visit=visit, at=at)
    services.end_treatment(by=rosa, visit=visit, at=at)

    assert Visit.objects.get().status == "to_pay"


def test_chair_that_is_not_in_use_any_more_is_not_found(arrived, rosa, chair, at):
    Chair.objects.update(is_active=False)

    with pytest.raises(NotFound):
        services.seat_patient(by=rosa, visit=arrived, chair=chair, at=at)


def test_settled_bill_of_a_patient_in_the_chair_closes_nothing(clinic, rosa, pia, chair, at):
    from django.db import transaction

    from incisor.billing.events import BillSettled
    from incisor.kernel import events

    visit = make_visit(clinic=clinic, patient=pia, at=at, status="in_chair", chair=chair)

    with transaction.atomic():
        events.publish(
            BillSettled(
                clinic_id=clinic.pk, bill_id=visit.pk, visit_id=visit.pk, patient_id=pia.pk, owed_minor=0,
                reason="", by_id=rosa.pk, at=at,
            )
        )  # fmt: skip

    assert Visit.objects.get().status == "in_chair"
