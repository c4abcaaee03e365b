"""Pages of billing: check-out, payments, prices, a patient's account."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.billing import queries, services
from incisor.billing.models import Bill, Payment, Price
from incisor.billing.rules.tenders import parse_line
from incisor.kernel import clock
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment
from incisor.visits.models import Visit
from tests.factories.billing import make_price, make_treatment
from tests.factories.patients import make_patient
from tests.factories.visits import make_note, make_visit

PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now(monkeypatch, at):
    """The clock stands at the cast's moment, Monday 09:30 in Shanghai."""
    for module in ("bills", "payments", "prices"):
        monkeypatch.setattr(f"incisor.billing.views.{module}.now", lambda: at)
    return at


def post(client, name, pk, **values):
    return client.post(reverse(f"billing:{name}", args=[pk]), values, headers=PART)


def pay(client, bill, line, *, due=82000, key="k", **more):
    return post(client, "bill-pay", bill.pk, line=line, due_minor=due, request_key=key, **more)


def test_check_out_page_shows_items_total_and_the_payment_line(as_rosa, visit):
    page = as_rosa.get(reverse("billing:bill", args=[visit.pk])).content.decode()

    for words in ("超声洁牙", "树脂充填", "36, 37", "¥820.00", "data-pay-line", 'data-pay-letter="w"', "A000001"):
        assert words in page
    assert "<html" in page
    part = as_rosa.get(reverse("billing:bill", args=[visit.pk]), headers=PART).content.decode()
    assert "<html" not in part
    assert "data-panel-heading" in part
    assert Bill.objects.count() == 1


def test_check_out_follows_the_note_each_time_it_is_opened(as_rosa, clinic, visit, cleaning):
    as_rosa.get(reverse("billing:bill", args=[visit.pk]))
    make_treatment(visit=visit, procedure=cleaning, position=3)

    assert "¥1,120.00" in as_rosa.get(reverse("billing:bill", args=[visit.pk])).content.decode()


def test_before_treatment_there_is_no_sheet(as_rosa, clinic, pia, at):
    waiting = make_visit(clinic=clinic, patient=pia, at=at)

    page = as_rosa.get(reverse("billing:bill", args=[waiting.pk]))

    assert page.status_code == 200
    assert Bill.objects.count() == 0


def test_payment_line_pays_closes_the_visit_and_says_so(as_rosa, clinic, bill, visit):
    response = pay(as_rosa, bill, "200c")

    assert response.status_code == 200
    assert "A-2026-000001" in response.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert "receipt.pdf?size=80mm" in response.content.decode()
    assert Visit.objects.get(pk=visit.pk).status == "done"


def test_button_adds_its_letter_without_script(as_rosa, bill, visit):
    response = as_rosa.post(
        reverse("billing:bill-pay", args=[bill.pk]),
        {"line": "200", "way": "w", "due_minor": 82000, "request_key": "k"},
    )

    assert (response.status_code, response.headers["Location"]) == (303, reverse("billing:bill", args=[visit.pk]))
    assert [part.method for part in queries.payments_of_day(bill.clinic, bill.business_date)[0].parts] == [
        "cash",
        "wechat",
    ]


@pytest.mark.parametrize(("line", "due"), [("c900", 82000), ("q", 82000), ("", 82000), ("w", 1)])
def test_payment_that_is_refused_keeps_what_was_typed(as_rosa, bill, line, due):
    response = pay(as_rosa, bill, line, due=due)

    page = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in page
    assert f'placeholder="200c" value="{line}"' in page
    assert Payment.objects.count() == 0


def test_form_without_key_is_refused(as_rosa, bill):
    assert post(as_rosa, "bill-pay", bill.pk, line="w").status_code == 422
    assert Payment.objects.count() == 0


def test_part_payment_shows_the_rest_and_the_line_again(as_rosa, bill, visit):
    page = pay(as_rosa, bill, "200").content.decode()

    assert 'data-due-minor="62000"' in page
    assert Visit.objects.get(pk=visit.pk).status == "to_pay"
    assert post(as_rosa, "bill-leave-open", bill.pk, reason="").status_code == 422
    assert post(as_rosa, "bill-leave-open", bill.pk, reason="下次付").status_code == 200
    assert Visit.objects.get(pk=visit.pk).status == "done"


def test_lines_are_changed_on_the_page(as_mona, bill):
    first = bill.lines.order_by("position").first()

    assert post(as_mona, "item-add", bill.pk, procedure="", text="牙刷", unit_minor="15", quantity=2).status_code == 200
    assert post(as_mona, "item-add", bill.pk, procedure="", text="", quantity=1).status_code == 422
    assert post(as_mona, "item-add", bill.pk, procedure=str(first.procedure_id), quantity=1).status_code == 200
    assert post(as_mona, "line-change", first.pk, quantity=2).status_code == 200
    assert post(as_mona, "line-change", first.pk, quantity=0).status_code == 422
    assert post(as_mona, "line-discount", first.pk, discount="10%", reason="活动").status_code == 200
    assert post(as_mona, "line-discount", first.pk, discount="1000", reason="活动").status_code == 422
    assert post(as_mona, "line-remove", first.pk).status_code == 200
    assert post(as_mona, "line-restore", first.pk).status_code == 200
    assert post(as_mona, "bill-discount", bill.pk, discount="1折", reason="院长").status_code == 200
    assert post(as_mona, "bill-discount", bill.pk, discount="x", reason="院长").status_code == 422
    assert post(as_mona, "bill-discount", bill.pk, discount="100%", reason="院长").status_code == 200
    assert post(as_mona, "bill-confirm", bill.pk, version=1).status_code == 422
    bill.refresh_from_db()
    assert post(as_mona, "bill-confirm", bill.pk, version=bill.version).status_code == 200
    bill.refresh_from_db()
    assert (bill.status, queries.due_of(bill)) == ("confirmed", 0)
    assert Visit.objects.get(pk=bill.visit_id).status == "done"


def test_receptionist_gives_no_discount(as_rosa, bill):
    assert post(as_rosa, "bill-discount", bill.pk, discount="10%", reason="x").status_code == 403
    assert "bill-discount" not in as_rosa.get(reverse("billing:bill-by-id", args=[bill.pk])).content.decode()


def test_payment_and_sheet_are_reversed_on_the_page(as_mona, mona, bill, at):
    payment = services.take_payment(by=mona, bill=bill, tenders=parse_line("w"), request_key="", at=at)

    assert as_mona.get(reverse("billing:payment-reverse", args=[payment.pk])).status_code == 200
    assert post(as_mona, "bill-void", bill.pk, reason="录错").status_code == 422
    assert post(as_mona, "payment-reverse", payment.pk, reason="").status_code == 422
    assert post(as_mona, "payment-reverse", payment.pk, reason="收错").status_code == 204
    assert post(as_mona, "payment-reverse", payment.pk, reason="收错").status_code == 422
    assert post(as_mona, "bill-void", bill.pk, reason="录错").status_code == 200
    bill.refresh_from_db()
    assert bill.status == "void"
    assert as_mona.get(reverse("billing:bill-by-id", args=[bill.pk])).status_code == 200


def test_next_visit_is_proposed_after_paying_and_a_choice_books_it(
    as_rosa, clinic, bill, visit, dana_user, dana, cleaning, pia, at
):
    make_note(visit=visit, by=dana_user, at=at, next_procedure=cleaning, next_after_days=7)

    page = pay(as_rosa, bill, "w").content.decode()

    slots = re.findall(r'name="slot" value="([^"]+)"', page)
    assert len(slots) == 5
    assert all(
        clock.business_date(at, clinic.zone) + timedelta(days=5) <= date.fromisoformat(one.split("|")[2][:10])
        for one in slots
    )
    url = reverse("billing:bill-next-visit", args=[bill.pk])
    here = {**PART, "HX-Current-URL": "http://testserver/"}
    response = as_rosa.post(url, {"slot": slots[0].replace("&#x27;", "'"), "request_key": "n"}, headers=here)
    assert response.status_code == 204
    assert "panel-close" in response.headers["HX-Trigger"]
    made = Appointment.objects.get()
    assert (made.patient_id, made.dentist_id, made.items.get().procedure_id) == (pia.pk, dana.pk, cleaning.pk)
    again = as_rosa.post(url, {"slot": slots[0], "request_key": "other"}, headers=here)
    assert again.status_code == 422
    assert Appointment.objects.count() == 1
    assert as_rosa.post(url, {"slot": "nonsense"}, headers=here).status_code == 422
    assert 'id="next-slots"' not in as_rosa.get(reverse("billing:bill", args=[visit.pk])).content.decode()


def test_next_visit_booked_on_a_page_of_its_own_goes_back_to_the_list(as_rosa, bill, visit, dana_user, cleaning, at):
    make_note(visit=visit, by=dana_user, at=at, next_procedure=cleaning, next_after_days=7)
    slot = re.search(r'name="slot" value="([^"]+)"', pay(as_rosa, bill, "w").content.decode())[1]

    response = as_rosa.post(reverse("billing:bill-next-visit", args=[bill.pk]), {"slot": slot})

    assert response.headers["Location"] == reverse("billing:to-pay")
    (message,) = get_messages(response.wsgi_request)
    assert message.extra_tags.endswith("/undo/")


def test_receipt_is_a_pdf_and_the_look_is_kept(as_rosa, rosa, bill, at):
    payment = services.take_payment(by=rosa, bill=bill, tenders=parse_line("w"), request_key="", at=at)

    response = as_rosa.get(reverse("billing:receipt", args=[payment.pk]) + "?size=80mm")

    assert (response.headers["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
    assert as_rosa.get(reverse("billing:receipt", args=[payment.pk]) + "?size=x").status_code == 200
    looks = Entry.objects.filter(what="receipt.printed")
    assert [(one.user_id, one.is_look, one.patient_id) for one in looks] == [(rosa.pk, True, bill.patient_id)] * 2


def test_payments_of_the_day_with_totals(as_rosa, rosa, bill, at):
    services.take_payment(by=rosa, bill=bill, tenders=parse_line("200c"), request_key="", at=at)

    page = as_rosa.get(reverse("billing:payments")).content.decode()

    for words in ("A-2026-000001", "¥820.00", "¥200.00", "¥620.00", "银行卡"):
        assert words in page
    assert "A-2026-000001" not in as_rosa.get(reverse("billing:payments") + "?day=2026-03-01").content.decode()
    assert as_rosa.get(reverse("billing:payments") + "?day=nonsense").status_code == 200


def test_name_of_a_restricted_file_is_on_no_page_of_money_nor_in_an_export(client, rosa, mona, bill, visit, pia, at):
    payment = services.take_payment(by=rosa, bill=bill, tenders=parse_line("200"), request_key="", at=at)
    services.leave_open(by=rosa, bill=bill, reason="下次付", at=at)
    Patient.objects.filter(pk=pia.pk).update(restricted_at=at)
    paths = [reverse("billing:bill", args=[visit.pk]), reverse("billing:payments"), reverse("billing:to-pay")]
    paths += [reverse("billing:payment-reverse", args=[payment.pk])]
    paths += [f"{path}?export=csv" for path in paths[1:3]]

    for who, is_shown in ((rosa, False), (mona, True)):
        client.force_login(who)
        for path in paths:
            answer = client.get(path)
            page = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code == 200:
                assert (pia.name in page.decode()) is is_shown, (who.name, path)
            else:
                assert (answer.status_code, who) == (403, rosa), path  # reversing is the manager's


def test_who_waits_to_pay_and_who_owes(as_rosa, rosa, bill, visit, at):
    assert "¥820.00" in as_rosa.get(reverse("billing:to-pay")).content.decode()

    services.leave_open(by=rosa, bill=bill, reason="下次付", at=at)

    page = as_rosa.get(reverse("billing:to-pay"), headers=PART).content.decode()
    assert reverse("billing:bill", args=[visit.pk]) not in page
    assert reverse("billing:patient-money", args=[bill.patient_id]) in page


def test_patient_account(as_rosa, rosa, bill, pia, at):
    url = reverse("billing:patient-money", args=[pia.pk])
    assert "¥" not in as_rosa.get(url, headers=PART).content.decode()

    services.take_payment(by=rosa, bill=bill, tenders=parse_line("100"), request_key="", at=at)

    page = as_rosa.get(url).content.decode()
    for words in ("¥720.00", "-¥100.00", "A-2026-000001"):
        assert words in page


def test_price_is_changed_and_withdrawn_on_the_page(as_mona, clinic, cleaning):
    make_price(clinic=clinic, procedure=cleaning)
    url = reverse("billing:price", args=[cleaning.pk])

    assert "¥300.00" in as_mona.get(reverse("billing:prices")).content.decode()
    assert as_mona.get(url).status_code == 200
    assert as_mona.post(url, {"amount_minor": "x", "valid_from": "2026-04-01"}, headers=PART).status_code == 422
    assert as_mona.post(url, {"amount_minor": "-1", "valid_from": "2026-04-01"}, headers=PART).status_code == 422
    assert as_mona.post(url, {"amount_minor": "350", "valid_from": "2026-02-01"}, headers=PART).status_code == 422
    assert as_mona.post(url, {"amount_minor": "350", "valid_from": "2026-04-01"}).status_code == 303
    assert "¥350.00" in as_mona.get(reverse("billing:prices") + "?day=2026-04-01").content.decode()
    planned = Price.objects.get(amount_minor=35000)
    assert post(as_mona, "price-withdraw", planned.pk).status_code == 204
    assert Price.objects.count() == 1


def test_receptionist_sees_prices_and_changes_none(as_rosa, clinic, cleaning):
    make_price(clinic=clinic, procedure=cleaning)
    url = reverse("billing:price", args=[cleaning.pk])

    assert as_rosa.get(url).status_code == 200
    assert as_rosa.post(url, {"amount_minor": "1", "valid_from": "2026-04-01"}).status_code == 403


def test_other_clinic_sees_nothing(as_omar, rosa, bill, visit, pia, at):
    payment = services.take_payment(by=rosa, bill=bill, tenders=parse_line("100"), request_key="", at=at)
    line = bill.lines.first()
    price = Price.objects.first()

    for name, pk in (("bill", visit.pk), ("bill-by-id", bill.pk), ("receipt", payment.pk), ("patient-money", pia.pk)):
        assert as_omar.get(reverse(f"billing:{name}", args=[pk])).status_code == 404
    for name, pk in (
        *(("item-add", bill.pk), ("bill-discount", bill.pk), ("bill-confirm", bill.pk), ("bill-pay", bill.pk)),
        *(("bill-leave-open", bill.pk), ("bill-void", bill.pk), ("bill-next-visit", bill.pk)),
        *(("line-change", line.pk), ("line-remove", line.pk), ("line-restore", line.pk), ("line-discount", line.pk)),
        *(("payment-reverse", payment.pk), ("price-withdraw", price.pk)),
    ):
        assert as_omar.post(reverse(f"billing:{name}", args=[pk]), {}).status_code == 404, name


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_lists_cost_the_same_with_one_row_and_with_three(as_rosa, clinic, rosa, visit, bill, pia, dana, cleaning, at):
    urls = [reverse("billing:to-pay"), reverse("billing:payments"), reverse("billing:patient-money", args=[pia.pk])]
    sheet_url = reverse("billing:bill-by-id", args=[bill.pk])
    services.take_payment(by=rosa, bill=bill, tenders=parse_line("100"), request_key="", at=at)
    before = {url: queries_of(as_rosa, url) for url in [*urls, sheet_url]}

    for number in (2, 3):
        other = make_patient(
            clinic=clinic, name=f"患者{number}", file_number=f"A00000{number}", phone=f"1380000222{number}"
        )
        more = make_visit(clinic=clinic, patient=other, at=at, status="to_pay", dentist=dana)
        make_treatment(visit=more, procedure=cleaning)
        made = services.bill_for_visit(by=rosa, visit=more, at=at)
        for owing in (made, bill):
            services.take_payment(by=rosa, bill=owing, tenders=parse_line("50 c50"), request_key="", at=at)

    assert {url: queries_of(as_rosa, url) for url in [*urls, sheet_url]} == before
