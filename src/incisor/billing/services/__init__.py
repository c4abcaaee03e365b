"""Every change of money: charge sheets, payments, prices."""

from incisor.billing.services._sheets import NotPriced, SheetChanged, SheetLocked
from incisor.billing.services.bills import (
    PaymentsStand,
    ReasonMissing,
    add_item,
    bill_for_visit,
    change_line,
    confirm_bill,
    discount_bill,
    discount_line,
    leave_open,
    remove_line,
    restore_line,
    void_bill,
)
from incisor.billing.services.deposits import DepositTaken, DepositWrong, NothingHeld, take_deposit, use_held
from incisor.billing.services.payments import (
    AlreadyPaid,
    AlreadyReversed,
    DepositUsed,
    DueChanged,
    print_receipt,
    reverse_payment,
    take_payment,
)
from incisor.billing.services.prices import PriceInThePast, set_price, withdraw_price

__all__ = [
    "AlreadyPaid",
    "AlreadyReversed",
    "DepositTaken",
    "DepositUsed",
    "DepositWrong",
    "DueChanged",
    "NotPriced",
    "NothingHeld",
    "PaymentsStand",
    "PriceInThePast",
    "ReasonMissing",
    "SheetChanged",
    "SheetLocked",
    "add_item",
    "bill_for_visit",
    "change_line",
    "confirm_bill",
    "discount_bill",
    "discount_line",
    "leave_open",
    "print_receipt",
    "remove_line",
    "restore_line",
    "reverse_payment",
    "set_price",
    "take_deposit",
    "take_payment",
    "use_held",
    "void_bill",
    "withdraw_price",
]
