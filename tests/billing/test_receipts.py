"""Receipts: what the PDF says, read back out of it. pdftotext (poppler-utils) is a tool of the suite, never skipped."""

import subprocess
from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from incisor.billing import queries, services
from incisor.billing.adapters import receipts
from incisor.billing.adapters.receipts import receipt_pdf
from incisor.billing.rules.tenders import parse_line
from incisor.clinics.models import Clinic


def text_of(pdf):
    """Return the text of a PDF, blanks of the layout left out."""
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


def size_of(pdf):
    run = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True)
    line = next(line for line in run.stdout.decode().splitlines() if line.startswith("Page size"))
    words = line.split()
    return round(float(words[2]) * 25.4 / 72), round(float(words[4]) * 25.4 / 72)


@pytest.fixture
def paid(clinic, rosa, mona, bill, cleaning):
    Clinic.objects.filter(pk=clinic.pk).update(
        address="复兴路 8 号", phone="021-5555 0000", name_en="Morning Light Dental"
    )
    line = bill.lines.get(procedure=cleaning)
    at = datetime(2026, 3, 2, 8, 5, tzinfo=UTC)
    services.discount_line(by=mona, bill=bill, line=line, discount="50.05", reason="老客户", at=at)
    payment = services.take_payment(by=rosa, bill=bill, tenders=parse_line("c200 600"), request_key="", at=at)
    return queries.payment(clinic, payment.pk)


@pytest.mark.parametrize(("size", "width"), [("a5", 148), ("80mm", 80)])
def test_receipt_in_chinese_says_everything(paid, size, width):
    with override("zh-hans"):
        pdf = receipt_pdf(paid, size=size, is_reprint=False)

    text = text_of(pdf)
    for words in (
        "晨光口腔", "复兴路 8 号", "021-5555 0000", "A-2026-000001", "2026-03-02 16:05", "皮亚", "A000001", "丹娜",
        "超声洁牙", "树脂充填", "36 37", "¥260.00", "-¥50.05", "¥769.95", "柒佰陆拾玖元玖角伍分", "¥200.00", "¥600.00",
        "¥30.05", "罗莎",
    ):  # fmt: skip
        assert words in text
    assert "补打" not in text
    assert size_of(pdf)[0] == width


def test_receipt_in_english(paid):
    with override("en"):
        text = text_of(receipt_pdf(paid, size="a5", is_reprint=False))

    for words in ("Morning Light Dental", "Receipt", "Composite filling", "Bank card", "Change", "¥769.95"):
        assert words in text
    assert "元" not in text


def test_reprint_and_reversal_are_marked(clinic, mona, paid, at):
    services.reverse_payment(by=mona, payment=paid, reason="收错", at=at)

    with override("zh-hans"):
        text = text_of(receipt_pdf(queries.payment(clinic, paid.pk), size="80mm", is_reprint=True))

    assert "补打" in text
    assert "已冲销" in text


def test_part_payment_says_what_is_still_owed(clinic, rosa, bill, at):
    first = services.take_payment(by=rosa, bill=bill, tenders=parse_line("200"), request_key="", at=at)
    second = services.take_payment(by=rosa, bill=bill, tenders=parse_line("c100"), request_key="", at=at)

    with override("en"):
        one = text_of(receipt_pdf(queries.payment(clinic, first.pk), size="a5", is_reprint=False))
        two = text_of(receipt_pdf(queries.payment(clinic, second.pk), size="a5", is_reprint=False))

    assert "Still to pay: ¥620.00" in one
    assert "Paid earlier" not in one
    assert "Paid earlier -¥200.00" in two
    assert "Still to pay: ¥520.00" in two


def test_receipt_is_small(paid):
    assert len(receipt_pdf(paid, size="a5", is_reprint=False)) < 120_000


def test_without_fonts_there_is_a_clear_refusal(paid, monkeypatch, tmp_path):
    monkeypatch.setattr(receipts, "FONTS", tmp_path)

    with pytest.raises(receipts.FontsMissing):
        receipt_pdf(paid, size="a5", is_reprint=False)
