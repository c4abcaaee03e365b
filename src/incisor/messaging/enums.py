"""Words for messages."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MessageStatus(TextChoices):
    WAITING = "waiting", pgettext_lazy("message", "Waiting")
    SENDING = "sending", pgettext_lazy("message", "Being sent")
    SENT = "sent", pgettext_lazy("message", "Sent")
    FAILED = "failed", pgettext_lazy("message", "Failed")
    EXPIRED = "expired", pgettext_lazy("message", "Expired, not sent")
    CANCELLED = "cancelled", pgettext_lazy("message", "Cancelled")


class Channel(TextChoices):
    SMS = "sms", _("SMS")
    WECHAT = "wechat", _("WeChat")
    EMAIL = "email", _("E-mail")
    DESK = "desk", _("Note to staff")


class LinkPurpose(TextChoices):
    """What a patient's link opens; the value stands in its path, so it is short and never changes."""

    ANSWER = "a", _("Answer to a reminder")
    FORM = "f", _("Form to fill")
    CHECK_IN = "c", _("Check-in")
    OFFER = "o", _("Offer of a free time")
    SHEETS = "i", _("Advice after the treatment")
    SURVEY = "s", _("Question after the visit")
