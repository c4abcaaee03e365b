"""Deposits: taken with a receipt, kept in the ledger, used on the visit's bill, given back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.billing import queries, services
from incisor.billing.models import Bill, LedgerEntry, Payment
from incisor.billing.rules.deposits import Place, lay_deposits, place_of
from incisor.billing.rules.tenders import parse_line
from incisor.kernel.errors import NotAllowed
from incisor.scheduling.models import Appointment
from tests.factories.accounts import make_user
from tests.factories.billing import make_price, make_treatment
from tests.factories.scheduling import make_appointment
from tests.factories.visits import make_visit

PART = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("is_own", "status", "place"),
    [
        (True, "completed", Place.OWN),
        (False, "rescheduled", Place.HELD),
        (False, "cancelled", Place.HELD),
        (False, "no_show", Place.HELD),
        (False, "completed", Place.HELD),
        (False, "confirmed", Place.KEPT),
        (False, "requested", Place.KEPT),
    ],
)
def test_place_of_a_deposit(is_own, status, place):
    assert place_of(is_own=is_own, status=status) is place


@pytest.mark.parametrize(
    ("due", "left", "laid"),
    [
        (300, [("a", 100)], [("a", 100)]),
        (50, [("a", 100), ("b", 100)], [("a", 50)]),
        (150, [("a", 100), ("b", 100)], [("a", 100), ("b", 50)]),
        (0, [("a", 100)], []),
        (-5, [("a", 100)], []),
    ],
)
def test_lay_deposits(due, left, laid):
    assert lay_deposits(due_minor=due, left=left) == laid


@pytest.fixture
def coming(clinic, pia, dana, chair, at):
    return make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(days=1), status="confirmed"
    )


def take(appointment, by, at, *, amount=10000, key="k1", method="wechat"):
    return services.take_deposit(
        by=by, appointment=appointment, amount_minor=amount, method=method, request_key=key, at=at
    )


@pytest.fixture
def visit(clinic, pia, dana, chair, coming, cleaning, at):
    """The visit of the appointment: a cleaning for 300.00."""
    make_price(clinic=clinic, procedure=cleaning, amount_minor=30000)
    made = make_visit(clinic=clinic, patient=pia, at=at, status="to_pay", appointment=coming, chair=chair)
    make_treatment(visit=made, procedure=cleaning)
    return made


def bill_of(visit, by, at):
    services.bill_for_visit(by=by, visit=visit, at=at)
    return queries.bill_of_visit(visit.clinic, visit)


def total_of(patient):
    return queries.balance_of(patient.clinic, patient)


def test_deposit_is_money_with_a_receipt(coming, pia, rosa, at):
    Appointment.objects.update(status="requested", demand="deposit")
    coming.refresh_from_db()

    made = take(coming, rosa, at)

    fresh = Appointment.objects.get()
    assert (fresh.status, fresh.deposit_minor) == ("confirmed", 10000)
    assert (made.bill, made.appointment, made.amount_minor) == (None, coming, 10000)
    assert (total_of(pia), queries.day_totals(pia.clinic, at.date()).amount_minor) == (-10000, 10000)
    assert take(coming, rosa, at) == made
    with pytest.raises(services.DepositTaken):
        take(coming, rosa, at, key="k2")


def test_cashier_takes_it_though_she_may_not_book(coming, clinic, at):
    Appointment.objects.update(status="requested", demand="deposit")
    coming.refresh_from_db()
    cashier = make_user(username="cara", name="卡拉", roles=["cashier"], clinic=clinic)

    take(coming, cashier, at)

    assert Appointment.objects.get().status == "confirmed"


def test_nobody_else_takes_it(coming, dana_user, omar, at):
    for other in (dana_user, omar):
        with pytest.raises(NotAllowed):
            take(coming, other, at)
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("amount", [0, -1, 10**12])
def test_amount_must_be_possible(coming, rosa, at, amount):
    with pytest.raises(services.DepositWrong):
        take(coming, rosa, at, amount=amount)


def test_bill_uses_the_deposit_of_its_visit(visit, coming, pia, rosa, at):
    take(coming, rosa, at)
    bill = bill_of(visit, rosa, at)
    sheet = queries.sheet_of(bill)
    assert (sheet.total_minor, sheet.deposit_minor, sheet.due_minor, sheet.owed_before_minor) == (
        30000,
        10000,
        20000,
        0,
    )
    assert queries.to_pay(visit.clinic)[0].amount_minor == 20000

    services.take_payment(by=rosa, bill=bill, tenders=parse_line("c"), request_key="p", expected_minor=20000, at=at)

    sheet = queries.sheet_of(queries.bill(visit.clinic, bill.pk))
    assert (sheet.is_settled, sheet.deposit_minor, sheet.paid_minor, total_of(pia)) == (True, 10000, 20000, 0)


def test_deposit_larger_than_the_bill_leaves_the_rest(visit, coming, pia, rosa, at):
    deposit = take(coming, rosa, at, amount=50000)
    bill = bill_of(visit, rosa, at)
    assert queries.sheet_of(bill).due_minor == 0

    services.confirm_bill(by=rosa, bill=bill, at=at)

    assert (queries.left_of(deposit), total_of(pia)) == (20000, -20000)


def test_reversed_bill_gives_the_deposit_back(visit, coming, pia, rosa, mona, at):
    deposit = take(coming, rosa, at)
    bill = bill_of(visit, rosa, at)
    services.leave_open(by=rosa, bill=bill, reason="下次付", at=at)
    assert queries.left_of(deposit) == 0
    with pytest.raises(services.DepositUsed):
        services.reverse_payment(by=mona, payment=deposit, reason="退", at=at)

    services.void_bill(by=mona, bill=Bill.objects.get(), reason="重开", at=at)

    assert (queries.left_of(deposit), total_of(pia)) == (10000, -10000)
    again = bill_of(visit, rosa, at)
    assert queries.sheet_of(again).due_minor == 20000


def test_reversed_deposit_is_taken_off_the_appointment(coming, pia, rosa, mona, at):
    Appointment.objects.update(status="requested", demand="deposit")
    coming.refresh_from_db()
    deposit = take(coming, rosa, at)

    services.reverse_payment(by=mona, payment=deposit, reason="退定金", at=at)

    fresh = Appointment.objects.get()
    assert (fresh.status, fresh.deposit_minor, total_of(pia)) == ("requested", None, 0)
    assert queries.deposit_of(pia.clinic, fresh) is None


def test_deposit_of_another_visit_stays_for_it(visit, coming, clinic, pia, dana, chair, rosa, at):
    other = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(days=9), status="confirmed"
    )
    take(other, rosa, at, key="o")

    sheet = queries.sheet_of(bill_of(visit, rosa, at))

    assert (sheet.deposit_minor, sheet.held_minor, sheet.due_minor) == (0, 0, 30000)
    with pytest.raises(services.NothingHeld):
        services.use_held(by=rosa, bill=sheet.bill, at=at)


def test_deposit_of_a_cancelled_visit_is_offered(visit, clinic, pia, dana, chair, rosa, at):
    other = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(days=9), status="confirmed"
    )
    take(other, rosa, at, key="o")
    Appointment.objects.filter(pk=other.pk).update(status="cancelled")
    bill = bill_of(visit, rosa, at)
    assert queries.sheet_of(bill).held_minor == 10000

    assert services.use_held(by=rosa, bill=bill, at=at) == 10000

    sheet = queries.sheet_of(queries.bill(clinic, bill.pk))
    assert (sheet.due_minor, sheet.held_minor, sheet.bill.status) == (20000, 0, "confirmed")
    with pytest.raises(services.NothingHeld):
        services.use_held(by=rosa, bill=bill, at=at)


@pytest.mark.parametrize("amount", [10000, 50000], ids=["part of the bill", "more than the bill"])
def test_deposit_hides_no_debt(visit, coming, clinic, pia, dana, chair, cleaning, rosa, mona, at, amount):
    earlier = make_visit(clinic=clinic, patient=pia, at=at - timedelta(days=9), status="to_pay", chair=chair)
    make_treatment(visit=earlier, procedure=cleaning)
    services.leave_open(by=rosa, bill=bill_of(earlier, rosa, at), reason="下次付", at=at)
    earlier.status = "done"
    earlier.save()

    def told():
        found = queries.sheet_of(queries.bill_of_visit(clinic, visit))
        (row,) = queries.to_pay(clinic)
        assert (row.amount_minor, row.owed_before_minor) == (found.due_minor, found.owed_before_minor)
        return found.owed_before_minor

    def debts():
        return [(row.patient, row.owed_minor) for row in queries.debts(clinic)]

    deposit = take(coming, rosa, at, amount=amount)
    bill = bill_of(visit, rosa, at)
    assert (told(), queries.owed_by(clinic, [pia]), debts()) == (30000, {pia.pk: 30000}, [(pia, 30000)])

    services.leave_open(by=rosa, bill=bill, reason="下次付", at=at)
    rest = max(30000 - amount, 0)
    assert (told(), debts()) == (30000, [(pia, 30000 + rest)])

    services.void_bill(by=mona, bill=Bill.objects.get(pk=bill.pk), reason="重开", at=at)
    services.reverse_payment(by=mona, payment=deposit, reason="退", at=at)
    assert (total_of(pia), debts()) == (30000, [(pia, 30000)])


def test_every_line_of_the_account_adds_up(visit, coming, pia, rosa, mona, at):
    take(coming, rosa, at)
    bill = bill_of(visit, rosa, at)
    services.take_payment(by=rosa, bill=bill, tenders=parse_line("c"), request_key="p", at=at)

    rows = LedgerEntry.objects.filter(kind="applied")

    assert sum(row.amount_minor for row in rows) == 0
    assert {row.payment_id for row in rows} == {Payment.objects.get(bill=None).pk}


def test_desk_takes_a_deposit_in_the_panel(as_rosa, coming):
    url = reverse("billing:deposit", args=[coming.pk])
    panel = as_rosa.get(url, headers=PART).content.decode()
    assert 'value="100"' in panel or 'value="100.00"' in panel

    assert as_rosa.post(url, {"amount_minor": "viel", "way": "w", "request_key": "k"}, headers=PART).status_code == 422
    assert as_rosa.post(url, {"amount_minor": "0", "way": "w", "request_key": "k"}, headers=PART).status_code == 422
    done = as_rosa.post(url, {"amount_minor": "88.5", "way": "w", "request_key": "k"}, headers=PART)

    assert (done.status_code, Payment.objects.get().amount_minor) == (204, 8850)
    assert Payment.objects.get().receipt_number in as_rosa.get(url).content.decode()
    plain = as_rosa.post(url, {"amount_minor": "88.5", "way": "w", "request_key": "k"})
    assert plain.status_code == 303


def test_check_out_shows_and_uses_deposits(as_rosa, visit, coming, clinic, pia, dana, chair, rosa, at):
    take(coming, rosa, at)
    other = make_appointment(
        clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=at + timedelta(days=9), status="confirmed"
    )
    take(other, rosa, at, key="o", amount=5000)
    Appointment.objects.filter(pk=other.pk).update(status="no_show")

    page = as_rosa.get(reverse("billing:bill", args=[visit.pk])).content.decode()
    bill = Bill.objects.get()

    assert 'data-due-minor="20000"' in page
    assert reverse("billing:bill-use-held", args=[bill.pk]) in page
    assert as_rosa.post(reverse("billing:bill-use-held", args=[bill.pk]), headers=PART).status_code == 200
    assert queries.due_of(bill) == 15000
    assert as_rosa.post(reverse("billing:bill-use-held", args=[bill.pk]), headers=PART).status_code == 422


def test_list_of_who_pays_costs_the_same_for_three(as_rosa, visit, clinic, dana, chair, cleaning, rosa, at):
    from tests.factories.patients import make_patient

    def count():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            as_rosa.get(reverse("billing:to-pay"))
        return len(caught)

    take(visit.appointment, rosa, at)
    bill_of(visit, rosa, at)
    count()
    one = count()
    for number in (7, 8):
        patient = make_patient(clinic=clinic, file_number=f"A00000{number}", name=f"患{number}")
        coming = make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair, starts_at=at + timedelta(days=number),
            status="confirmed",
        )  # fmt: skip
        take(coming, rosa, at, key=f"d{number}")
        more = make_visit(clinic=clinic, patient=patient, at=at, status="to_pay", appointment=coming)
        make_treatment(visit=more, procedure=cleaning)
        bill_of(more, rosa, at)

    assert count() == one
