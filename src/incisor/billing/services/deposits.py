"""Deposits: money paid ahead for an appointment, kept in the ledger, used on the visit's bill."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.billing.enums import BillStatus, EntryKind, Method
from incisor.billing.events import PaymentTaken
from incisor.billing.models import Bill, Payment
from incisor.billing.queries import deposit_of
from incisor.billing.rules.deposits import Place
from incisor.billing.rules.tenders import Part, lay
from incisor.billing.services._sheets import changed, confirm, enter_line, lock, tell_when_settled, use_deposits
from incisor.billing.services.payments import write_payment
from incisor.kernel import events, live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.money import as_text
from incisor.kernel.requests import remember, result_of
from incisor.scheduling import services as scheduling
from incisor.scheduling.models import Appointment

LARGEST_MINOR = 10_000_000_00


class DepositTaken(ChangedMeanwhile):
    """A deposit stands for this appointment already."""

    code = "deposit_taken"


class DepositWrong(Refused):
    """The amount is none that a deposit can have."""

    code = "deposit_wrong"
    status = 422


class NothingHeld(ChangedMeanwhile):
    """Nothing is held for the patient, or nothing is owed."""

    code = "nothing_held"


@action(Permission.MONEY_TAKE)
def take_deposit(
    *, by: User, appointment: Appointment, amount_minor: int, method: str, request_key: str, at: datetime
) -> Payment:
    """Take a deposit for an appointment, with a receipt; it stands in the patient's account until a bill uses it.

    The appointment that waited for it stands. The same request_key again returns the payment that it made.
    Publishes PaymentTaken. Raises DepositWrong, DepositTaken, and what scheduling refuses.
    """
    clinic = appointment.clinic
    if not 0 < amount_minor <= LARGEST_MINOR:
        raise DepositWrong(_("Enter the deposit as an amount, for example 100."))
    Appointment.objects.select_for_update(no_key=True, of=("self",)).filter(pk=appointment.pk).first()
    earlier = result_of(user_id=by.pk, key=request_key)
    if earlier is not None:
        return Payment.objects.get(pk=earlier, clinic=clinic)
    known = deposit_of(clinic, appointment)
    if known is not None:
        raise DepositTaken(
            _("A deposit of %(amount)s was taken for this appointment already, receipt %(number)s.")
            % {"amount": as_text(known.amount_minor, known.currency), "number": known.receipt_number}
        )
    scheduling.note_deposit(by=by, appointment=appointment, amount_minor=amount_minor, at=at)
    laid = lay(due_minor=amount_minor, parts=[Part(Method(method), None)])
    payment = write_payment(clinic, laid, patient_id=appointment.patient_id, by=by, at=at, appointment=appointment)
    enter_line(
        clinic, patient_id=appointment.patient_id, kind=EntryKind.PAYMENT, amount_minor=-amount_minor,
        text=payment.receipt_number, by=by, at=at, payment=payment,
    )  # fmt: skip
    remember(user_id=by.pk, key=request_key, action="take_deposit", result_id=payment.pk, at=at)
    events.publish(
        PaymentTaken(
            clinic_id=clinic.pk, payment_id=payment.pk, patient_id=payment.patient_id, amount_minor=amount_minor, at=at
        )
    )
    live.touch(clinic.pk, "day")
    return payment


@action(Permission.MONEY_TAKE)
def use_held(*, by: User, bill: Bill, at: datetime) -> int:
    """Use what is held from deposits of visits that did not take place; a draft is confirmed by it. Returns how much.

    Publishes BillSettled when nothing stays owed. Raises NothingHeld, NotPriced.
    """
    fresh = lock(bill)
    if fresh.status == BillStatus.DRAFT:
        confirm(fresh, by=by, at=at)
    used = use_deposits(fresh, {Place.HELD}, by=by, at=at) if fresh.status == BillStatus.CONFIRMED else 0
    if not used:
        raise NothingHeld(_("Nothing is held for this patient that could be used here, or nothing is owed any more."))
    changed(fresh)
    tell_when_settled(fresh, by=by, at=at)
    return used
