"""Words for patients."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    UNKNOWN = "unknown", _("Unknown")


class ContactChannel(TextChoices):
    PHONE = "phone", _("Phone")
    SMS = "sms", _("SMS")
    WECHAT = "wechat", _("WeChat")
    EMAIL = "email", _("E-mail")
    NONE = "none", _("No contact wished")


class Source(TextChoices):
    """How the patient came to the clinic (PAT-4)."""

    WALK_IN = "walk_in", _("Walked in")
    FRIEND = "friend", _("Friend or family")
    PHONE = "phone", _("Phone")
    WECHAT = "wechat", _("WeChat")
    PLATFORM = "platform", _("Online platform")
    ADVERTISEMENT = "advertisement", _("Advertisement")
    INSURANCE = "insurance", _("Insurance")
    OTHER = "other", _("Other")


class AlertKind(TextChoices):
    ALLERGY = "allergy", _("Allergy")
    CONDITION = "condition", _("Illness")
    MEDICATION = "medication", _("Medication")
    WARNING = "warning", _("Warning")


class Relation(TextChoices):
    """What the relative is to the patient."""

    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    SPOUSE = "spouse", _("Spouse")
    SIBLING = "sibling", _("Brother or sister")
    GRANDPARENT = "grandparent", _("Grandparent")
    COMPANION = "companion", _("Companion")
    OTHER = "other", _("Other")


class KeyKind(TextChoices):
    """What a search key was made from."""

    NAME = "name", _("Name")
    PINYIN = "pinyin", _("Pinyin")
    INITIALS = "initials", _("Initials")
    PHONE = "phone", _("Phone")
    LAST_FOUR = "last_four", _("Last four digits")
    FILE = "file", _("File number")
    ID_NUMBER = "id_number", _("ID number")


class BatchStatus(TextChoices):
    CHECKED = "checked", _("Checked, not written")
    RUNNING = "running", _("Being written")
    DONE = "done", _("Written")
    FAILED = "failed", _("Failed")
    REVERSED = "reversed", _("Reversed")
