"""Words for patients."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    CHILD = "child", _("Son or daughter")
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
    TAG = "tag", _("Tag")


class OldList(TextChoices):
    """A list of the old system whose numbers stand in its other tables."""

    DENTIST = "dentist", _("Dentists of the old system")
    CHAIR = "chair", _("Rooms and chairs of the old system")
    PROCEDURE = "procedure", _("Treatments of the old system")


class BatchStatus(TextChoices):
    CHECKED = "checked", _("Checked, not written")
    RUNNING = "running", _("Being written")
    DONE = "done", pgettext_lazy("import", "Written")
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


class PairStatus(TextChoices):
    """What became of two files that may be of one person."""

    OPEN = "open", _("To be decided")
    DIFFERENT = "different", _("Different people")
    MERGED = "merged", _("Merged")


class LookKind(TextChoices):
    """How somebody came to see a file that is not on today's list."""

    OPENED = "opened", _("File opened")
    REVEALED = "revealed", _("Numbers shown")


class LookReason(TextChoices):
    """Why somebody needs a file that is not on today's list; chosen by its digit."""

    CALL = "call", _("The patient is on the phone or writes")
    BOOKING = "booking", _("To book or change an appointment")
    FOLLOW_UP = "follow_up", _("Follow-up or recall")
    MONEY = "money", _("Bill, receipt or insurance")
    CLINICAL = "clinical", _("A dentist asks for it")
    OTHER = "other", _("Another reason")


class LookRule(TextChoices):
    """What happens when a file that is not on today's list is opened."""

    OFF = "off", _("Nothing more than the usual record")
    LOG = "log", _("Put the look on the list for review")
    ASK = "ask", _("Ask for a reason first, and put it on the list")


class LookVerdict(TextChoices):
    """What the manager found."""

    FINE = "fine", _("In order")
    QUESTION = "question", _("To be asked about")


class ConsentPurpose(TextChoices):
    """What a patient agrees to. has_consent(clinic, patient, purpose) answers for each."""

    PRIVACY_NOTICE = "privacy_notice", _("Privacy notice")
    MARKETING_PHONE = "marketing_phone", _("Offers by phone")
    MARKETING_SMS = "marketing_sms", _("Offers by SMS")
    MARKETING_WECHAT = "marketing_wechat", _("Offers by WeChat")
    MARKETING_EMAIL = "marketing_email", _("Offers by e-mail")
    PHOTO_RECORD = "photo_record", _("Photos for the record")
    PHOTO_USE = "photo_use", _("Photos for teaching and publicity")
    DATA_SHARING = "data_sharing", _("Data to insurers and other clinics")


class ConsentState(TextChoices):
    GIVEN = "given", _("Given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConsentWay(TextChoices):
    """How the patient said so."""

    PAPER = "paper", _("Signed on paper")
    SCREEN = "screen", _("Signed on a screen")
    SPOKEN = "spoken", _("Said at the desk")
    PHONE = "phone", _("Said on the phone")
    WRITTEN = "written", _("Wrote a message")


class RequestKind(TextChoices):
    """What a patient can ask about the own data."""

    COPY = "copy", _("Copy of the data")
    CORRECTION = "correction", _("Correction")
    RESTRICTION = "restriction", _("Restriction")
    ERASURE = "erasure", _("Erasure")


class RequestStatus(TextChoices):
    """The life of a request: NEXT_REQUEST says what may follow what."""

    OPEN = "open", _("To be decided")
    GRANTED = "granted", _("Granted, to be carried out")
    REFUSED = "refused", _("Refused")
    DONE = "done", _("Carried out")
    TAKEN_BACK = "taken_back", _("Taken back by the patient")


NEXT_REQUEST = {
    RequestStatus.OPEN: frozenset({RequestStatus.GRANTED, RequestStatus.REFUSED, RequestStatus.TAKEN_BACK}),
    RequestStatus.GRANTED: frozenset({RequestStatus.DONE, RequestStatus.OPEN, RequestStatus.TAKEN_BACK}),
    RequestStatus.REFUSED: frozenset({RequestStatus.OPEN}),
    RequestStatus.DONE: frozenset(),
    RequestStatus.TAKEN_BACK: frozenset({RequestStatus.OPEN}),
}


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
