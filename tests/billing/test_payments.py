"""Payments: several tenders, part payment, once only, reversed, counted."""

import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from incisor.billing import queries, services
from incisor.billing.events import BillSettled, PaymentReversed, PaymentTaken
from incisor.billing.models import LedgerEntry, Payment, Tender
from incisor.billing.rules.tenders import OverPaid, parse_line
from incisor.kernel import events
from incisor.kernel.errors import NotAllowed, Refused
from incisor.kernel.organisation import enter


def pay(bill, line, *, by, at, key="", **more):
    return services.take_payment(by=by, bill=bill, tenders=parse_line(line), request_key=key, at=at, **more)


def tenders_of(payment):
    rows = Tender.objects.filter(payment=payment).order_by("position")
    return [(row.method, row.amount_minor, row.given_minor, row.change_minor) for row in rows]


@pytest.fixture
def heard():
    """Everything that billing said while the test ran."""
    said = []
    kinds = (PaymentTaken, PaymentReversed, BillSettled)
    for kind in kinds:
        events.on(kind)(said.append)
    yield said
    for kind in kinds:
        events._reactions[kind].remove(said.append)


def test_mixed_payment_settles_the_bill(clinic, rosa, bill, pia, at, heard):
    payment = pay(bill, "200c", by=rosa, at=at)

    assert payment.receipt_number == "A-2026-000001"
    assert tenders_of(payment) == [("cash", 20000, 20000, 0), ("card", 62000, 62000, 0)]
    assert queries.balance_of(clinic, pia) == 0
    assert [type(one).__name__ for one in heard] == ["PaymentTaken", "BillSettled"]
    assert (heard[1].visit_id, heard[1].owed_minor, heard[1].by_id) == (bill.visit_id, 0, rosa.pk)


def test_cash_gives_change(rosa, bill, at):
    assert tenders_of(pay(bill, "900", by=rosa, at=at)) == [("cash", 82000, 90000, 8000)]


def test_part_payment_leaves_the_rest_owed_and_the_visit_open(clinic, rosa, bill, visit, pia, at, heard):
    payment = pay(bill, "200", by=rosa, at=at)

    visit.refresh_from_db()
    assert (payment.owed_after_minor, queries.balance_of(clinic, pia), visit.status) == (62000, 62000, "to_pay")
    assert [type(one).__name__ for one in heard] == ["PaymentTaken"]
    second = pay(bill, "w", by=rosa, at=at)
    assert (second.receipt_number, second.amount_minor) == ("A-2026-000002", 62000)


def test_more_than_is_owed_is_refused_and_no_number_is_lost(rosa, bill, at):
    with pytest.raises(OverPaid):
        pay(bill, "c900", by=rosa, at=at)

    assert (Payment.objects.count(), LedgerEntry.objects.count()) == (0, 0)
    assert pay(bill, "w", by=rosa, at=at).receipt_number == "A-2026-000001"


def test_same_request_twice_is_one_payment(rosa, bill, at):
    first = pay(bill, "100", by=rosa, at=at, key="abc")

    assert pay(bill, "100", by=rosa, at=at, key="abc") == first
    assert Payment.objects.count() == 1


def test_paid_bill_takes_no_more(rosa, bill, at):
    pay(bill, "w", by=rosa, at=at)

    with pytest.raises(services.AlreadyPaid):
        pay(bill, "w", by=rosa, at=at)


def test_other_amount_than_seen_is_refused(rosa, bill, at):
    services.add_item(by=rosa, bill=bill, text="牙刷", unit_minor=1500, at=at)

    with pytest.raises(services.DueChanged):
        pay(bill, "c", by=rosa, at=at, expected_minor=82000)

    assert LedgerEntry.objects.count() == 0


def test_numbers_begin_anew_each_year_by_the_clinics_clock(rosa, bill, at):
    in_december = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)

    assert pay(bill, "100", by=rosa, at=in_december).receipt_number == "A-2026-000001"
    assert pay(bill, "100", by=rosa, at=in_december + timedelta(minutes=1)).receipt_number == "A-2027-000001"


def test_reversal_names_what_it_reverses_and_deletes_nothing(clinic, rosa, mona, bill, pia, at, heard):
    payment = pay(bill, "200c", by=rosa, at=at)
    with pytest.raises(NotAllowed):
        services.reverse_payment(by=rosa, payment=payment, reason="收错", at=at)
    with pytest.raises(services.ReasonMissing):
        services.reverse_payment(by=mona, payment=payment, reason="", at=at)

    services.reverse_payment(by=mona, payment=payment, reason="收错", at=at)

    entry = LedgerEntry.objects.get(kind="reversal")
    assert (entry.amount_minor, entry.reverses.kind, entry.reverses.payment_id) == (82000, "payment", payment.pk)
    assert queries.balance_of(clinic, pia) == 82000
    assert (Payment.objects.count(), Tender.objects.count()) == (1, 2)
    assert type(heard[-1]).__name__ == "PaymentReversed"
    with pytest.raises(services.AlreadyReversed):
        services.reverse_payment(by=mona, payment=payment, reason="收错", at=at)
    again = pay(bill, "a", by=rosa, at=at)
    assert (again.receipt_number, queries.balance_of(clinic, pia)) == ("A-2026-000002", 0)


def test_payment_without_a_sheet_is_not_reversed_here(rosa, mona, bill, at):
    payment = pay(bill, "w", by=rosa, at=at)
    payment.bill = None

    with pytest.raises(Refused) as refused:
        services.reverse_payment(by=mona, payment=payment, reason="收错", at=at)

    assert refused.value.code == "no_bill"


def test_day_totals_leave_reversed_payments_out(clinic, rosa, mona, bill, at):
    first = pay(bill, "100", by=rosa, at=at)
    pay(bill, "200c300", by=rosa, at=at)
    services.reverse_payment(by=mona, payment=first, reason="收错", at=at)

    totals = queries.day_totals(clinic, first.business_date)

    assert [(one.method, one.amount_minor) for one in totals.methods] == [("cash", 20000), ("card", 30000)]
    assert (totals.amount_minor, totals.payment_count, totals.reversed_minor, totals.reversed_count) == (
        50000,
        1,
        10000,
        1,
    )


def test_statement_is_the_ledger_with_the_balance(clinic, rosa, bill, pia, at):
    pay(bill, "100", by=rosa, at=at)

    rows = queries.statement_of(clinic, pia)

    assert [(row.entry.kind, row.entry.amount_minor, row.balance_minor) for row in rows] == [
        ("payment", -10000, 72000),
        ("charge", 52000, 82000),
        ("charge", 30000, 30000),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 5},  # a payment is negative
        {"kind": "reversal"},  # and names what it reverses
        {"kind": "gift"},
    ],
)
def test_ledger_refuses_what_cannot_be(rosa, bill, at, change):
    payment = pay(bill, "100", by=rosa, at=at)

    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.filter(payment=payment).update(**change)


def test_receipt_print_is_counted_and_logged(rosa, bill, at):
    payment = pay(bill, "w", by=rosa, at=at)

    assert [services.print_receipt(by=rosa, payment=payment, at=at) for _ in range(3)] == [0, 1, 2]


def at_once(*works):
    """Run each in a thread of its own, all let go together; return what they returned or raised."""
    start, results = threading.Barrier(len(works)), [None] * len(works)
    # The tests' SQLite lives in memory, where the file gate of a real one cannot stand: one after the other, as it lets in.
    gate = threading.Lock() if connection.vendor == "sqlite" else nullcontext()

    def run(index, work):
        try:
            enter("desk")
            connection.cursor().close()  # a connection learns its organisation before its first transaction
            start.wait(timeout=10)
            with gate:
                results[index] = work()
        except Exception as failure:
            results[index] = failure
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_cashiers_at_once_one_is_paid_the_other_refused(clinic, rosa, mona, bill, pia, at):
    results = at_once(
        lambda: pay(bill, "w", by=rosa, at=at, key="a", expected_minor=82000),
        lambda: pay(bill, "c", by=mona, at=at, key="b", expected_minor=82000),
    )

    assert sorted(type(one).__name__ for one in results) == ["AlreadyPaid", "Payment"]
    assert queries.balance_of(clinic, pia) == 0
    assert list(Payment.objects.values_list("receipt_number", flat=True)) == ["A-2026-000001"]


@pytest.mark.django_db(transaction=True)
def test_double_click_at_once_is_one_payment(rosa, bill, at):
    results = at_once(*[lambda: pay(bill, "100", by=rosa, at=at, key="same")] * 3)

    assert len({one.pk for one in results}) == 1
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_payments_at_once_are_numbered_without_gap(rosa, bill, at):
    results = at_once(*[lambda: pay(bill, "100", by=rosa, at=at)] * 5)

    assert not [one for one in results if isinstance(one, Refused | Exception)]
    assert sorted(one.receipt_number for one in results) == [f"A-2026-00000{n}" for n in range(1, 6)]
