"""Words for patients."""

from enum import StrEnum

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
    PREGNANCY = "pregnancy", _("Pregnancy")
    DENTAL = "dental", _("Earlier dental treatment")


# What is asked of everybody before the first treatment; a warning is the desk's own.
ASKED_KINDS = (
    AlertKind.ALLERGY,
    AlertKind.CONDITION,
    AlertKind.MEDICATION,
    AlertKind.PREGNANCY,
    AlertKind.DENTAL,
)


class ReadingKind(TextChoices):
    BLOOD_PRESSURE = "blood_pressure", _("Blood pressure")
    GLUCOSE = "glucose", _("Blood glucose")


class ReadingMoment(TextChoices):
    """When the glucose was measured: the same figure means something else before and after a meal."""

    FASTING = "fasting", _("Fasting")
    AFTER_MEAL = "after_meal", _("Two hours after a meal")
    RANDOM = "random", _("At any time")


class Relation(TextChoices):
    """What the relative is to the patient."""

    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    SPOUSE = "spouse", _("Spouse")
    SIBLING = "sibling", _("Brother or sister")
    GRANDPARENT = "grandparent", _("Grandparent")
    GRANDCHILD = "grandchild", _("Grandchild")
    COMPANION = "companion", _("Companion")
    OTHER = "other", _("Other")


# What the patient is to the relative, when the relative is this to the patient.
INVERSE = {
    Relation.PARENT: Relation.CHILD,
    Relation.CHILD: Relation.PARENT,
    Relation.GRANDPARENT: Relation.GRANDCHILD,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
}


# What a guardian usually is to a child.
GUARDIANS = frozenset({Relation.PARENT, Relation.GRANDPARENT})


class PaperKind(TextChoices):
    """Which paper the number is of."""

    ID_CARD = "id_card", _("ID card")
    OLD_ID_CARD = "old_id_card", _("ID card, 15 digits")
    RESIDENCE = "residence", _("Residence permit")
    HK_MACAU = "hk_macau", _("Hong Kong or Macau permit")
    TAIWAN = "taiwan", _("Taiwan permit")
    PASSPORT = "passport", _("Passport")
    OTHER = "other", _("Another paper")


class Colour(TextChoices):
    """Colours of tags and levels: those of the house, which are readable by day and by night."""

    NEUTRAL = "neutral", _("Grey")
    ACCENT = "accent", _("Green")
    INFO = "info", _("Blue")
    GOOD = "good", _("Light green")
    WARNING = "warning", _("Yellow")
    BAD = "bad", _("Red")
    VIOLET = "violet", _("Violet")


class RestrictionKind(TextChoices):
    """What is asked of a patient before an appointment stands."""

    PREPAY = "prepay", _("Pays in advance")
    DOUBLE_CONFIRM = "double_confirm", _("Confirms twice")


class SpecialNeed(TextChoices):
    """What the desk prepares for (PAT-3)."""

    CHILD = "child", _("Child")
    PREGNANT = "pregnant", _("Pregnant")
    ELDERLY = "elderly", _("Elderly")
    MOBILITY = "mobility", _("Reduced mobility")
    HEARING = "hearing", _("Hard of hearing")
    SIGHT = "sight", _("Sight impaired")
    ANXIOUS = "anxious", _("Anxious")
    LANGUAGE = "language", _("Foreign language")


class Language(TextChoices):
    """The language in which the patient is spoken to."""

    CHINESE = "zh-hans", _("Chinese")
    ENGLISH = "en", _("English")
    OTHER = "other", _("Another language")


class LookUp(StrEnum):
    """Contexts of the keyed hashes by which sealed numbers are found; never change one."""

    PHONE = "phone"
    LAST_FOUR = "phone_last_four"
    ID_NUMBER = "id_number"


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
    REVERSING = "reversing", _("Being taken back")
    REVERSED = "reversed", _("Taken back")


class RowOutcome(TextChoices):
    """What an imported row would do, or did."""

    CREATED = "created", _("New")
    UPDATED = "updated", _("Changed")
    UNCHANGED = "unchanged", _("The same already")
    REFUSED = "refused", _("Not taken")
    REMOVED = "removed", _("Removed again")
    RESTORED = "restored", _("Old values back")
    KEPT = "kept", _("Kept")


# How people call the fields of a file: on forms, in histories, in what the second of two editors is told.
FIELD_LABELS = {
    "name": _("Name"),
    "pinyin": _("Pinyin"),
    "sex": _("Sex"),
    "born_on": _("Birth date"),
    "phone": _("Phone"),
    "phone_owner": _("Whose phone"),
    "email": _("E-mail"),
    "id_number": _("ID number"),
    "id_kind": _("Kind of paper"),
    "insurance_number": _("Insurance number"),
    "card_number": _("Visit-card number"),
    "address": _("Address"),
    "occupation": _("Occupation"),
    "language": _("Language"),
    "contact_channel": _("Wishes to be reached by"),
    "contact_time": _("Best time to reach"),
    "source": _("Came through"),
    "source_detail": _("Which one, who"),
    "special_needs": _("Special needs"),
    "tags": _("Tags"),
    "note": _("Note for the desk"),
    "is_active": _("In use"),
}
SEALED_FIELDS = ("phone", "email", "id_number", "insurance_number", "address")
