"""Words for money."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Method(TextChoices):
    CASH = "cash", _("Cash")
    CARD = "card", _("Bank card")
    WECHAT = "wechat", _("WeChat Pay")
    ALIPAY = "alipay", _("Alipay")
    PUBLIC_INSURANCE = "public_insurance", _("Public insurance")
    COMMERCIAL_INSURANCE = "commercial_insurance", _("Commercial insurance")
    TRANSFER = "transfer", _("Bank transfer")


class EntryKind(TextChoices):
    CHARGE = "charge", _("Charge")
    DISCOUNT = "discount", _("Discount")
    PAYMENT = "payment", _("Payment")
    REVERSAL = "reversal", _("Reversal")
    OPENING = "opening", _("Balance brought along")
    APPLIED = "applied", _("Deposit used")


class BillStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", _("Confirmed")
    VOID = "void", _("Void")
