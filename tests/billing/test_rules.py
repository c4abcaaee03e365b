"""Amounts, discounts, tenders, capitals, drafting: tables and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.billing.enums import Method
from incisor.billing.rules.amounts import (
    AmountTooLarge,
    Discount,
    DiscountWrong,
    QuantityWrong,
    discount_of,
    line_price,
    parse_discount,
    spread,
)
from incisor.billing.rules.drafting import Done, Drafted, charged_quantity, plan
from incisor.billing.rules.receipts import in_capitals, receipt_number
from incisor.billing.rules.tenders import LETTERS, Laid, OverPaid, Part, PaymentLineWrong, lay, parse_line, still_owed

FEN = st.integers(min_value=0, max_value=99_999_999)


@pytest.mark.parametrize(
    ("typed", "discount"),
    [
        ("", Discount()),
        ("0", Discount()),
        ("50", Discount(amount_minor=5000)),
        ("¥50.5", Discount(amount_minor=5050)),
        ("10%", Discount(basis_points=1000)),
        ("12.5 %", Discount(basis_points=1250)),
        ("１０％", Discount(basis_points=1000)),
        ("100%", Discount(basis_points=10_000)),
        ("9折", Discount(basis_points=1000)),
        ("8.5折", Discount(basis_points=1500)),
        ("85折", Discount(basis_points=1500)),
        ("10折", Discount(basis_points=0)),
    ],
)
def test_discount_is_read(typed, discount):
    assert parse_discount(typed) == discount


@pytest.mark.parametrize("typed", ["-5", "101%", "abc", "5%%", "1.234"])
def test_discount_that_is_none_is_refused(typed):
    with pytest.raises(DiscountWrong):
        parse_discount(typed)


@pytest.mark.parametrize(
    ("price", "discount", "taken"),
    [
        (30000, Discount(basis_points=1000), 3000),
        (33, Discount(basis_points=5000), 17),  # 16.5 fen is rounded half up
        (1, Discount(basis_points=4999), 0),
        (1, Discount(basis_points=5000), 1),
        (30000, Discount(amount_minor=30000), 30000),
        (0, Discount(basis_points=10_000), 0),
    ],
)
def test_discount_takes_off(price, discount, taken):
    assert discount_of(price_minor=price, discount=discount) == taken


def test_discount_above_the_price_is_refused():
    with pytest.raises(DiscountWrong):
        discount_of(price_minor=30000, discount=Discount(amount_minor=30001))


@given(price=FEN, points=st.integers(min_value=0, max_value=10_000))
def test_share_is_never_above_the_price_and_within_half_a_fen(price, points):
    taken = discount_of(price_minor=price, discount=Discount(basis_points=points))

    assert 0 <= taken <= price
    assert -5000 < taken * 10_000 - price * points <= 5000


@given(prices=st.lists(FEN, max_size=12), data=st.data())
def test_spread_is_exact_and_never_above_a_price(prices, data):
    total = data.draw(st.integers(min_value=0, max_value=sum(prices)))

    parts = spread(total_minor=total, over=prices)

    assert sum(parts) == total
    assert all(0 <= part <= price for part, price in zip(parts, prices, strict=True))


def test_spread_above_the_whole_is_refused():
    with pytest.raises(DiscountWrong):
        spread(total_minor=101, over=[50, 50])


@pytest.mark.parametrize(("unit", "quantity", "price"), [(30000, 1, 30000), (12345, 3, 37035), (0, 5, 0)])
def test_line_price(unit, quantity, price):
    assert line_price(unit_minor=unit, quantity=quantity) == price


@pytest.mark.parametrize("quantity", [0, -1, 1000])
def test_line_of_impossible_quantity_is_refused(quantity):
    with pytest.raises(QuantityWrong):
        line_price(unit_minor=100, quantity=quantity)


def test_line_that_no_receipt_holds_is_refused():
    with pytest.raises(AmountTooLarge):
        line_price(unit_minor=99_999_999_99, quantity=2)


C, K, W, A = Method.CASH, Method.CARD, Method.WECHAT, Method.ALIPAY


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("200c", [Part(C, 20000), Part(K, None)]),
        ("w", [Part(W, None)]),
        ("500", [Part(C, 50000)]),
        ("x", [Part(C, None)]),
        ("c200w", [Part(K, 20000), Part(W, None)]),
        ("200 c300 a", [Part(C, 20000), Part(K, 30000), Part(A, None)]),
        ("100.5+w50,c", [Part(C, 10050), Part(W, 5000), Part(K, None)]),
        ("２００ｃ", [Part(C, 20000), Part(K, None)]),
        ("200。5C", [Part(C, 20050), Part(K, None)]),
        ("¥200元 w", [Part(C, 20000), Part(W, None)]),
        ("y100b", [Part(Method.PUBLIC_INSURANCE, 10000), Part(Method.COMMERCIAL_INSURANCE, None)]),
        ("t", [Part(Method.TRANSFER, None)]),
        ("200.", [Part(C, 20000)]),
    ],
)
def test_payment_line_is_read(typed, parts):
    assert parse_line(typed) == parts


@pytest.mark.parametrize(
    "typed", ["", "  ", "q", "200q", "200 300", "cc", "c w", "0", "c0w", "-5", "200cc", "1.234", "现金"]
)
def test_payment_line_that_says_nothing_is_refused(typed):
    with pytest.raises(PaymentLineWrong):
        parse_line(typed)


@given(st.text(max_size=20))
def test_payment_line_is_read_or_refused_whatever_is_typed(typed):
    try:
        parts = parse_line(typed)
    except PaymentLineWrong:
        return

    assert parts
    assert all(part.given_minor is None or part.given_minor > 0 for part in parts)


@pytest.mark.parametrize(
    ("due", "typed", "laid"),
    [
        (48600, "200c", [Laid(C, 20000, 20000), Laid(K, 28600, 28600)]),
        (48600, "w", [Laid(W, 48600, 48600)]),
        (48600, "500", [Laid(C, 48600, 50000, 1400)]),
        (48600, "200", [Laid(C, 20000, 20000)]),
        (48600, "c200 500", [Laid(K, 20000, 20000), Laid(C, 28600, 50000, 21400)]),
        (48600, "c486", [Laid(K, 48600, 48600)]),
    ],
)
def test_parts_are_laid_on_what_is_owed(due, typed, laid):
    assert lay(due_minor=due, parts=parse_line(typed)) == laid


@pytest.mark.parametrize(
    ("due", "typed"),
    [(48600, "c500"), (48600, "500c"), (48600, "c486w"), (0, "w"), (48600, "c486 100"), (48600, "900000000")],
)
def test_more_than_is_owed_is_refused_unless_cash(due, typed):
    with pytest.raises(OverPaid):
        lay(due_minor=due, parts=parse_line(typed))


PARTS = st.lists(
    st.builds(Part, st.sampled_from(list(LETTERS.values())), st.one_of(st.none(), st.integers(1, 200_000))),
    min_size=1, max_size=4, unique_by=lambda part: part.method,
).filter(lambda parts: sum(part.given_minor is None for part in parts) <= 1)  # fmt: skip


@given(due=st.integers(1, 300_000), parts=PARTS)
def test_laid_parts_never_pay_more_than_is_owed_and_change_is_cash(due, parts):
    try:
        laid = lay(due_minor=due, parts=parts)
    except OverPaid:
        return

    assert [one.method for one in laid] == [part.method for part in parts]
    assert all(one.amount_minor > 0 and one.given_minor == one.amount_minor + one.change_minor for one in laid)
    assert all(one.change_minor == 0 or one.method == Method.CASH for one in laid)
    assert 0 <= still_owed(due_minor=due, laid=laid) < due
    if any(part.given_minor is None for part in parts):
        assert still_owed(due_minor=due, laid=laid) == 0


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (56, "伍角陆分"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (150, "壹元伍角整"),
        (1000, "壹拾元整"),
        (32504, "叁佰贰拾伍元零肆分"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (10000000, "壹拾万元整"),
        (10000500, "壹拾万零伍元整"),
        (10050000, "壹拾万零伍佰元整"),
        (10500000, "壹拾万伍仟元整"),
        (10000500000, "壹亿零伍仟元整"),
        (9999999999, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        (-4200, "负肆拾贰元整"),
    ],
)
def test_amount_in_capitals(minor, text):
    assert in_capitals(minor) == text


def read_capitals(text):
    """Read an amount in capitals back, by another way than it was written."""
    digits = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    whole, _, rest = text.removesuffix("整").rpartition("元")
    total = section = digit = 0
    for char in whole:
        if char in digits:
            digit = digits[char]
        elif char in units:
            section, digit = section + digit * units[char], 0
        elif char == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        elif char == "亿":
            total, section, digit = (total + section + digit) * 100_000_000, 0, 0
    minor = (total + section + digit) * 100
    for char in rest:
        if char in digits:
            digit = digits[char]
        elif char in "角分":
            minor, digit = minor + digit * (10 if char == "角" else 1), 0
    return minor


@given(st.integers(min_value=1, max_value=99_999_999_99))
def test_capitals_say_the_same_amount_with_one_zero_for_a_gap(minor):
    text = in_capitals(minor)

    assert read_capitals(text) == minor
    assert not text.startswith("零")
    assert not [wrong for wrong in ("零零", "零元", "零万") if wrong in text]
    assert text.endswith("整") == (minor % 10 == 0)


def test_receipt_number():
    assert receipt_number(clinic_code="A", year=2026, number=123) == "A-2026-000123"


def test_per_tooth_is_charged_for_each_tooth():
    assert charged_quantity(quantity=1, teeth=[11, 12], is_per_tooth=True) == 2
    assert charged_quantity(quantity=3, teeth=[11], is_per_tooth=True) == 3
    assert charged_quantity(quantity=1, teeth=[11, 12], is_per_tooth=False) == 1


def test_draft_that_follows_the_note_needs_nothing():
    assert not plan(lines=[Drafted(1, "t", "p", (), 1)], done=[Done("t", "p", (), 1)])


def test_note_written_anew_keeps_the_line():
    line, done = Drafted(1, "old", "p", (16,), 1), Done("new", "p", (16,), 1)

    result = plan(lines=[line], done=[done])

    assert (result.additions, result.changes, result.leavers) == ([], [(line, done)], [])


def test_what_is_no_longer_done_leaves_and_what_is_new_comes():
    line, done = Drafted(1, "a", "p", (), 1), Done("b", "q", (), 1)

    result = plan(lines=[line], done=[done])

    assert (result.additions, result.changes, result.leavers) == ([done], [], [line])


def test_line_without_price_is_changed_when_there_is_one():
    line, done = Drafted(1, "a", "p", (), 1, is_unpriced=True), Done("a", "p", (), 1)

    assert plan(lines=[line], done=[done]).changes == []
    assert plan(lines=[line], done=[done], priced={"p"}).changes == [(line, done)]
