"""Charge sheets: made from what was done, changed, discounted, confirmed, reversed."""

from datetime import date

import pytest
from django.utils.translation import override

from incisor.audit.models import Entry
from incisor.billing import queries, services
from incisor.billing.events import BillSettled
from incisor.billing.models import Bill, BillLine, LedgerEntry
from incisor.billing.queries.next_visit import next_visit_of
from incisor.billing.rules.amounts import DiscountWrong, QuantityWrong
from incisor.billing.rules.tenders import parse_line
from incisor.kernel import events
from incisor.kernel.errors import NotAllowed, NotFound, Refused
from incisor.visits.models import TreatmentDone, Visit
from incisor.visits.queries import next_visit_wanted
from incisor.visits.queries.next_visit import NOTHING
from incisor.visits.services import take_step
from tests.factories.billing import make_price, make_treatment
from tests.factories.clinics import make_procedure
from tests.factories.visits import make_note


@pytest.fixture
def settled():
    """The bills that were told to be settled while the test ran."""
    said = []
    events.on(BillSettled)(said.append)
    yield said
    events._reactions[BillSettled].remove(said.append)


def lines_of(bill):
    rows = BillLine.objects.filter(bill=bill, is_removed=False).order_by("position")
    return [(row.text, row.teeth, row.quantity, row.unit_minor, row.discount_minor) for row in rows]


def sheet(clinic, bill):
    return queries.sheet_of(queries.bill(clinic, bill.pk))


def test_bill_is_made_from_what_was_done_at_the_price_of_the_day(clinic, bill, visit, filling):
    make_price(clinic=clinic, procedure=filling, amount_minor=99900, valid_from=date(2026, 4, 1))

    assert lines_of(bill) == [("超声洁牙", [], 1, 30000, 0), ("树脂充填", [36, 37], 2, 26000, 0)]
    assert (bill.status, bill.business_date) == ("draft", visit.business_date)
    assert sheet(clinic, bill).due_minor == 82000


def test_bill_is_made_once(rosa, bill, visit, at):
    again = services.bill_for_visit(by=rosa, visit=visit, at=at)

    assert (again.pk, again.version, Bill.objects.count()) == (bill.pk, 1, 1)


def test_draft_follows_the_note_and_keeps_the_discount(mona, rosa, bill, visit, filling, at):
    line = BillLine.objects.get(bill=bill, procedure=filling)
    services.discount_line(by=mona, bill=bill, line=line, discount="10%", reason="老客户", at=at)
    TreatmentDone.objects.filter(visit=visit).delete()
    make_treatment(visit=visit, procedure=filling, teeth=[36, 37])
    make_treatment(visit=visit, procedure=filling, teeth=[11], position=1)

    services.bill_for_visit(by=rosa, visit=visit, at=at)

    assert lines_of(bill) == [("树脂充填", [36, 37], 2, 26000, 5200), ("树脂充填", [11], 1, 26000, 0)]


def test_confirmed_bill_is_left_alone_and_said_to_be_behind(clinic, rosa, bill, visit, cleaning, at):
    services.confirm_bill(by=rosa, bill=bill, at=at)
    make_treatment(visit=visit, procedure=cleaning, position=5)

    services.bill_for_visit(by=rosa, visit=visit, at=at)

    assert len(lines_of(bill)) == 2
    assert sheet(clinic, bill).is_behind


def test_item_without_price_stops_confirming_until_one_is_entered(clinic, rosa, visit, bill, at):
    rare = make_procedure(code="RARE", name_zh="罕见项目")
    make_treatment(visit=visit, procedure=rare, position=9)
    services.bill_for_visit(by=rosa, visit=visit, at=at)
    line = BillLine.objects.get(bill=bill, procedure=rare)
    with pytest.raises(services.NotPriced):
        services.confirm_bill(by=rosa, bill=bill, at=at)

    services.change_line(by=rosa, bill=bill, line=line, quantity=2, unit_minor=1500, at=at)

    assert services.confirm_bill(by=rosa, bill=bill, at=at).status == "confirmed"
    assert queries.due_of(bill) == 85000


def test_price_of_the_list_is_not_changed_on_the_sheet(rosa, bill, cleaning, at):
    line = BillLine.objects.get(bill=bill, procedure=cleaning)

    services.change_line(by=rosa, bill=bill, line=line, quantity=3, unit_minor=1, at=at)

    line.refresh_from_db()
    assert (line.quantity, line.unit_minor) == (3, 30000)
    with pytest.raises(QuantityWrong):
        services.change_line(by=rosa, bill=bill, line=line, quantity=0, at=at)


def test_items_are_added_taken_off_and_put_back(clinic, rosa, bill, cleaning, at):
    services.add_item(by=rosa, bill=bill, text="牙刷", unit_minor=1500, quantity=2, at=at)
    services.add_item(by=rosa, bill=bill, procedure=cleaning, at=at)
    first = BillLine.objects.filter(bill=bill).order_by("position").first()
    services.remove_line(by=rosa, bill=bill, line=first, at=at)
    assert sheet(clinic, bill).total_minor == 85000

    services.restore_line(by=rosa, bill=bill, line=first, at=at)

    assert sheet(clinic, bill).total_minor == 115000
    with pytest.raises(services.ReasonMissing):
        services.add_item(by=rosa, bill=bill, text=" ", unit_minor=1500, at=at)
    with pytest.raises(services.ReasonMissing):
        services.add_item(by=rosa, bill=bill, text="牙线", at=at)
    with pytest.raises(services.NotPriced):
        services.add_item(by=rosa, bill=bill, procedure=make_procedure(code="NONE"), at=at)


def test_item_taken_off_stays_off_when_the_note_is_read_again(rosa, bill, visit, at):
    first = BillLine.objects.filter(bill=bill).order_by("position").first()
    services.remove_line(by=rosa, bill=bill, line=first, at=at)

    services.bill_for_visit(by=rosa, visit=visit, at=at)

    assert len(lines_of(bill)) == 1


def test_discount_needs_the_permission_and_a_reason(rosa, mona, bill, cleaning, at):
    line = BillLine.objects.get(bill=bill, procedure=cleaning)
    with pytest.raises(NotAllowed):
        services.discount_line(by=rosa, bill=bill, line=line, discount="10%", reason="老客户", at=at)
    with pytest.raises(services.ReasonMissing):
        services.discount_line(by=mona, bill=bill, line=line, discount="10%", reason="  ", at=at)
    with pytest.raises(DiscountWrong):
        services.discount_line(by=mona, bill=bill, line=line, discount="300.01", reason="老客户", at=at)

    services.discount_line(by=mona, bill=bill, line=line, discount="10%", reason="老客户", at=at)

    line.refresh_from_db()
    assert (line.discount_minor, line.discount_reason, line.discount_by_id) == (3000, "老客户", mona.pk)
    entry = Entry.objects.filter(what="bill.discounted").get()
    assert '"after":{"discount_minor":3000,"discount_reason":"老客户"}' in entry.detail


def test_share_follows_the_quantity_and_an_amount_must_fit(rosa, mona, bill, cleaning, filling, at):
    share = BillLine.objects.get(bill=bill, procedure=cleaning)
    amount = BillLine.objects.get(bill=bill, procedure=filling)
    services.discount_line(by=mona, bill=bill, line=share, discount="9折", reason="活动", at=at)
    services.discount_line(by=mona, bill=bill, line=amount, discount="400", reason="活动", at=at)

    services.change_line(by=rosa, bill=bill, line=share, quantity=2, at=at)

    share.refresh_from_db()
    assert share.discount_minor == 6000
    with pytest.raises(DiscountWrong):
        services.change_line(by=rosa, bill=bill, line=amount, quantity=1, at=at)
    services.discount_line(by=mona, bill=bill, line=amount, discount="", reason="", at=at)
    amount.refresh_from_db()
    assert (amount.discount_minor, amount.discount_by_id) == (0, None)


def test_discount_on_all_is_spread_to_the_fen(clinic, mona, bill, at):
    services.discount_bill(by=mona, bill=bill, discount="100.01", reason="团购", at=at)

    assert [row[4] for row in lines_of(bill)] == [3659, 6342]
    assert sheet(clinic, bill).due_minor == 82000 - 10001
    services.discount_bill(by=mona, bill=bill, discount="", reason="", at=at)
    assert sheet(clinic, bill).due_minor == 82000


def test_confirming_writes_the_ledger_and_locks_the_sheet(clinic, rosa, mona, bill, pia, cleaning, at):
    line = BillLine.objects.get(bill=bill, procedure=cleaning)
    services.discount_line(by=mona, bill=bill, line=line, discount="50", reason="老客户", at=at)

    services.confirm_bill(by=rosa, bill=bill, at=at)

    rows = LedgerEntry.objects.order_by("pk").values_list("kind", "amount_minor", "text")
    assert list(rows) == [
        ("charge", 30000, "超声洁牙"),
        ("discount", -5000, "超声洁牙: 老客户"),
        ("charge", 52000, "树脂充填"),
    ]
    assert queries.balance_of(clinic, pia) == 77000
    for change in (
        lambda: services.add_item(by=rosa, bill=bill, text="牙刷", unit_minor=1, at=at),
        lambda: services.change_line(by=rosa, bill=bill, line=line, quantity=2, at=at),
        lambda: services.remove_line(by=rosa, bill=bill, line=line, at=at),
        lambda: services.restore_line(by=rosa, bill=bill, line=line, at=at),
        lambda: services.discount_line(by=mona, bill=bill, line=line, discount="1", reason="x", at=at),
        lambda: services.discount_bill(by=mona, bill=bill, discount="1", reason="x", at=at),
    ):
        with pytest.raises(services.SheetLocked):
            change()
    assert services.confirm_bill(by=rosa, bill=bill, at=at).status == "confirmed"
    assert LedgerEntry.objects.count() == 3


def test_sheet_that_somebody_changed_is_not_confirmed_unseen(rosa, bill, at):
    services.add_item(by=rosa, bill=bill, text="牙刷", unit_minor=1500, at=at)

    with pytest.raises(services.SheetChanged):
        services.confirm_bill(by=rosa, bill=bill, at=at, version=1)

    assert LedgerEntry.objects.count() == 0


def test_nothing_to_pay_settles_the_bill(rosa, mona, bill, at, settled):
    services.discount_bill(by=mona, bill=bill, discount="100%", reason="院长批准", at=at)

    services.confirm_bill(by=rosa, bill=bill, at=at)

    assert queries.due_of(bill) == 0
    assert [(one.visit_id, one.owed_minor, one.reason) for one in settled] == [(bill.visit_id, 0, "")]


def test_left_open_says_why(clinic, rosa, bill, pia, at, settled):
    with pytest.raises(services.ReasonMissing):
        services.leave_open(by=rosa, bill=bill, reason=" ", at=at)

    services.leave_open(by=rosa, bill=bill, reason="下次一起付", at=at)

    bill.refresh_from_db()
    assert (bill.status, bill.left_open_reason) == ("confirmed", "下次一起付")
    assert [(one.owed_minor, one.reason) for one in settled] == [(82000, "下次一起付")]
    assert queries.owed_by(clinic, [pia]) == {pia.pk: 82000}
    assert [(row.patient.pk, row.owed_minor) for row in queries.debts(clinic)] == [(pia.pk, 82000)]


def test_void_reverses_every_entry_and_the_visit_can_be_charged_anew(clinic, rosa, mona, bill, visit, pia, at):
    with pytest.raises(Refused) as draft:
        services.void_bill(by=mona, bill=bill, reason="录错", at=at)
    assert draft.value.code == "not_confirmed"
    services.confirm_bill(by=rosa, bill=bill, at=at)
    with pytest.raises(NotAllowed):
        services.void_bill(by=rosa, bill=bill, reason="录错", at=at)

    services.void_bill(by=mona, bill=bill, reason="录错", at=at)

    reversals = LedgerEntry.objects.filter(kind="reversal").order_by("pk")
    assert [(one.amount_minor, one.reverses.amount_minor) for one in reversals] == [(-30000, 30000), (-52000, 52000)]
    assert queries.balance_of(clinic, pia) == 0
    fresh = services.bill_for_visit(by=rosa, visit=visit, at=at)
    assert (fresh.pk != bill.pk, lines_of(fresh)) == (True, lines_of(bill))
    with pytest.raises(services.SheetLocked):
        services.leave_open(by=rosa, bill=bill, reason="x", at=at)


def test_bill_with_payments_is_not_reversed(rosa, mona, bill, at):
    services.take_payment(by=rosa, bill=bill, tenders=parse_line("100"), request_key="k", at=at)

    with pytest.raises(services.PaymentsStand):
        services.void_bill(by=mona, bill=bill, reason="录错", at=at)


def test_treatment_that_ends_makes_the_draft(clinic, dana_user, chair, visit, at):
    Visit.objects.filter(pk=visit.pk).update(status="in_chair", chair=chair)
    visit.refresh_from_db()

    take_step(by=dana_user, visit=visit, to="to_pay", at=at)

    assert [row.amount_minor for row in queries.to_pay(clinic)] == [82000]
    assert Bill.objects.get().created_by_id == dana_user.pk


def test_bill_of_another_clinic_is_refused(omar, bill, at):
    with pytest.raises(NotAllowed):
        services.confirm_bill(by=omar, bill=bill, at=at)


def test_draft_follows_quantity_and_procedure_and_takes_a_price_that_came_later(
    rosa, mona, clinic, bill, visit, cleaning, at
):
    rare = make_procedure(code="RARE", name_zh="罕见项目")
    first = TreatmentDone.objects.get(visit=visit, procedure=cleaning)
    TreatmentDone.objects.filter(pk=first.pk).update(quantity=2)
    services.bill_for_visit(by=rosa, visit=visit, at=at)
    assert lines_of(bill)[0] == ("超声洁牙", [], 2, 30000, 0)

    TreatmentDone.objects.filter(pk=first.pk).update(procedure=rare)
    services.bill_for_visit(by=rosa, visit=visit, at=at)
    assert lines_of(bill)[0] == ("罕见项目", [], 2, 0, 0)

    make_price(clinic=clinic, procedure=rare, amount_minor=700)
    services.bill_for_visit(by=rosa, visit=visit, at=at)
    assert lines_of(bill)[0] == ("罕见项目", [], 2, 700, 0)
    assert services.confirm_bill(by=rosa, bill=bill, at=at).status == "confirmed"


def test_line_that_left_with_the_note_is_not_changed(rosa, bill, visit, cleaning, at):
    line = BillLine.objects.get(bill=bill, procedure=cleaning)
    TreatmentDone.objects.filter(visit=visit, procedure=cleaning).delete()
    services.bill_for_visit(by=rosa, visit=visit, at=at)

    with pytest.raises(NotFound):
        services.change_line(by=rosa, bill=bill, line=line, quantity=2, at=at)


def test_free_item_writes_no_entry(clinic, rosa, visit, bill, at):
    services.add_item(by=rosa, bill=bill, text="赠品", unit_minor=0, at=at)

    services.confirm_bill(by=rosa, bill=bill, at=at)

    assert LedgerEntry.objects.count() == 2


def test_sheet_without_a_visit_is_settled_quietly(rosa, bill, at, settled):
    Bill.objects.filter(pk=bill.pk).update(visit=None)
    bill.refresh_from_db()

    services.take_payment(by=rosa, bill=bill, tenders=parse_line("w"), request_key="", at=at)

    assert settled == []


def test_next_visit_is_proposed_with_any_dentist_when_the_visit_has_none(clinic, visit, dana, dana_user, cleaning, at):
    make_note(visit=visit, by=dana_user, at=at, next_procedure=cleaning, next_after_days=7)
    Visit.objects.filter(pk=visit.pk).update(dentist=None)
    visit.refresh_from_db()

    found = next_visit_of(clinic, visit, next_visit_wanted(visit), at=at)

    assert [slot.dentist for slot in found.slots] == [dana] * 5
    with override("en"):
        assert found.procedure_name == "Ultrasonic cleaning"
    assert next_visit_of(clinic, Visit(clinic=clinic, patient=visit.patient), NOTHING, at=at).procedure_name == ""
