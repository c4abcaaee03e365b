"""The price list: a new version from a day on; what was valid before stays to be seen."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.billing.models import Price
from incisor.billing.rules.amounts import AmountTooLarge
from incisor.billing.services._sheets import day_of
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel import live
from incisor.kernel.edits import refusing
from incisor.kernel.errors import ChangedMeanwhile, NotFound, Refused
from incisor.kernel.money import MAX_MINOR, as_text

DAY = timedelta(days=1)


class PriceInThePast(Refused):
    """A price of days that are over cannot be changed."""

    code = "price_in_the_past"
    status = 422


@action(Permission.PRICE_EDIT)
def set_price(
    *, by: User, clinic: Clinic, procedure: Procedure, amount_minor: int, valid_from: date, at: datetime
) -> Price:
    """Set what a procedure costs from a day on, today or later, until the next version.

    A version that begins on the same day is replaced. Raises PriceInThePast, AmountTooLarge, ChangedMeanwhile.
    """
    if valid_from < day_of(clinic, at):
        raise PriceInThePast(_("A price can change from today on, not in the past: bills were made with it."))
    if not 0 <= amount_minor <= MAX_MINOR:
        raise AmountTooLarge(_("%(amount)s cannot be a price.") % {"amount": as_text(amount_minor)})
    versions = list(Price.objects.select_for_update().filter(clinic=clinic, procedure=procedure).order_by("valid_from"))
    before = [one for one in versions if one.valid_from < valid_from]
    after = [one for one in versions if one.valid_from > valid_from]
    same = next((one for one in versions if one.valid_from == valid_from), None)
    held = same or (before[-1] if before else None)
    was = held.amount_minor if held else None
    taken = ChangedMeanwhile(_("Somebody else set this price just now. Look at it again."))
    if before and (before[-1].valid_until is None or before[-1].valid_until >= valid_from):
        Price.objects.filter(pk=before[-1].pk).update(valid_until=valid_from - DAY)
    if same is not None:
        same.amount_minor, same.created_by, same.created_at = amount_minor, by, at
        same.save(update_fields=["amount_minor", "created_by", "created_at"])
        made = same
    else:
        with refusing({"price_version_is_unique": taken}):
            made = Price.objects.create(
                clinic=clinic,
                procedure=procedure,
                amount_minor=amount_minor,
                valid_from=valid_from,
                valid_until=after[0].valid_from - DAY if after else None,
                created_by=by,
                created_at=at,
            )
    record(
        "price.set",
        subject=made,
        before={"amount_minor": was, "procedure": procedure.code, "valid_from": None},
        after={"amount_minor": amount_minor, "procedure": procedure.code, "valid_from": valid_from.isoformat()},
    )
    live.touch(clinic.pk, "admin")
    return made


@action(Permission.PRICE_EDIT)
def withdraw_price(*, by: User, price: Price, at: datetime) -> None:
    """Withdraw a price that is not yet valid; the version before it goes on. Raises PriceInThePast, NotFound."""
    row = Price.objects.select_for_update().filter(pk=price.pk).first()
    if row is None:
        raise NotFound(_("This planned price was withdrawn already."))
    if row.valid_from <= day_of(price.clinic, at):
        raise PriceInThePast(_("This price is valid already. Set a new one instead."))
    others = Price.objects.select_for_update().filter(clinic_id=row.clinic_id, procedure_id=row.procedure_id)
    earlier = others.filter(valid_from__lt=row.valid_from).order_by("-valid_from").first()
    values = {"amount_minor": row.amount_minor, "valid_from": row.valid_from.isoformat()}
    record("price.withdrawn", subject=row, before=values, after={"amount_minor": None, "valid_from": None})
    until = row.valid_until
    row.delete()
    if earlier is not None:
        Price.objects.filter(pk=earlier.pk).update(valid_until=until)
    live.touch(price.clinic_id, "admin")
