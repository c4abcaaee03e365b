"""The price list: versions, a change from a day on, a planned price withdrawn."""

from datetime import date

import pytest

from incisor.billing import queries, services
from incisor.billing.models import Price
from incisor.billing.rules.amounts import AmountTooLarge
from incisor.kernel.errors import NotAllowed, NotFound
from tests.factories.billing import make_price

TODAY = date(2026, 3, 2)


def versions(clinic, procedure):
    rows = queries.price_versions(clinic, procedure)
    return [(one.amount_minor, one.valid_from.isoformat(), str(one.valid_until)) for one in rows]


@pytest.fixture
def dear(clinic, cleaning):
    return make_price(clinic=clinic, procedure=cleaning, amount_minor=30000)


def test_price_changes_from_a_day_on(clinic, mona, cleaning, dear, at):
    services.set_price(
        by=mona, clinic=clinic, procedure=cleaning, amount_minor=35000, valid_from=date(2026, 4, 1), at=at
    )

    assert versions(clinic, cleaning) == [(35000, "2026-04-01", "None"), (30000, "2026-01-01", "2026-03-31")]
    assert queries.price_on(clinic, cleaning, date(2026, 3, 31)) == 30000
    assert queries.price_on(clinic, cleaning, date(2026, 4, 1)) == 35000
    assert queries.price_on(clinic, cleaning, date(2025, 12, 31)) is None
    assert queries.prices_on(clinic, TODAY) == {cleaning.pk: 30000}


def test_price_set_between_two_ends_before_the_later(clinic, mona, cleaning, dear, at):
    for amount, day in ((35000, date(2026, 6, 1)), (32000, date(2026, 4, 1)), (33000, date(2026, 4, 1))):
        services.set_price(by=mona, clinic=clinic, procedure=cleaning, amount_minor=amount, valid_from=day, at=at)

    assert versions(clinic, cleaning) == [
        (35000, "2026-06-01", "None"),
        (33000, "2026-04-01", "2026-05-31"),
        (30000, "2026-01-01", "2026-03-31"),
    ]


def test_planned_price_is_withdrawn(clinic, mona, cleaning, dear, at):
    made = services.set_price(
        by=mona, clinic=clinic, procedure=cleaning, amount_minor=35000, valid_from=date(2026, 4, 1), at=at
    )

    services.withdraw_price(by=mona, price=made, at=at)

    assert versions(clinic, cleaning) == [(30000, "2026-01-01", "None")]
    with pytest.raises(NotFound):
        services.withdraw_price(by=mona, price=Price(pk=dear.pk.__class__(int=1), clinic=clinic), at=at)
    with pytest.raises(services.PriceInThePast):
        services.withdraw_price(by=mona, price=dear, at=at)


def test_first_price_may_be_planned_and_withdrawn(clinic, mona, cleaning, at):
    made = services.set_price(
        by=mona, clinic=clinic, procedure=cleaning, amount_minor=35000, valid_from=date(2026, 4, 1), at=at
    )

    services.withdraw_price(by=mona, price=made, at=at)

    assert versions(clinic, cleaning) == []


def test_procedure_no_longer_offered_is_not_on_the_list(clinic, cleaning, dear):
    cleaning.is_active = False
    cleaning.save(update_fields=["is_active"])

    assert queries.price_list(clinic, TODAY) == []


def test_price_is_refused_in_the_past_beyond_measure_and_without_permission(clinic, mona, rosa, cleaning, at):
    def set_it(by=mona, amount=1, day=TODAY):
        services.set_price(by=by, clinic=clinic, procedure=cleaning, amount_minor=amount, valid_from=day, at=at)

    with pytest.raises(services.PriceInThePast):
        set_it(day=date(2026, 3, 1))
    for amount in (-1, 99_999_999_99 + 1):
        with pytest.raises(AmountTooLarge):
            set_it(amount=amount)
    with pytest.raises(NotAllowed):
        set_it(by=rosa)
    assert Price.objects.count() == 0


def test_price_list_shows_current_and_planned(clinic, other_clinic, mona, cleaning, dear, at):
    make_price(clinic=other_clinic, procedure=cleaning, amount_minor=1)
    services.set_price(
        by=mona, clinic=clinic, procedure=cleaning, amount_minor=35000, valid_from=date(2026, 4, 1), at=at
    )

    (row,) = queries.price_list(clinic, TODAY)

    assert (row.current.amount_minor, [one.amount_minor for one in row.planned]) == (30000, [35000])
