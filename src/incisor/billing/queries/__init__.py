"""Every reading of money that a page or another app needs."""

from incisor.billing.queries.bills import (
    Sheet,
    bill,
    bill_of_visit,
    line,
    plan_of,
    sheet_of,
    to_pay,
)
from incisor.billing.queries.deposits import Deposit, ahead_for, deposit_of, deposits_for, left_of, used_on
from incisor.billing.queries.ledger import balance_of, debts, due_of, dues_of, owed_by, statement_of
from incisor.billing.queries.payments import day_totals, payment, payments_of_day
from incisor.billing.queries.prices import price, price_list, price_on, price_versions, prices_on

__all__ = [
    "Deposit",
    "Sheet",
    "ahead_for",
    "balance_of",
    "bill",
    "bill_of_visit",
    "day_totals",
    "debts",
    "deposit_of",
    "deposits_for",
    "due_of",
    "dues_of",
    "left_of",
    "line",
    "owed_by",
    "payment",
    "payments_of_day",
    "plan_of",
    "price",
    "price_list",
    "price_on",
    "price_versions",
    "prices_on",
    "sheet_of",
    "statement_of",
    "to_pay",
    "used_on",
]
