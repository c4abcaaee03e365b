"""Words for forms: what they are for, what stands in them, how they are filled and signed."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Purpose(TextChoices):
    """What a form is for."""

    REGISTRATION = "registration", _("Registration")
    HEALTH = "health", _("Health questionnaire")
    PRIVACY = "privacy", _("Privacy notice")
    CONSENT = "consent", _("Informed consent")
    OTHER = "other", pgettext_lazy("form", "Other")


class FieldKind(TextChoices):
    """What one field of a form asks for, or says. Stored in the content of versions; never change a value."""

    TEXT = "text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    ONE = "one", _("Choose one")
    MANY = "many", _("Choose any")
    YES_NO = "yes_no", _("Yes or no, with details")
    DATE = "date", pgettext_lazy("form field", "Date")
    NUMBER = "number", _("Number with unit")
    PHONE = "phone", _("Phone number")
    CONSENT = "consent", _("Statement to tick")
    NOTE = "note", _("Text to read")
    SIGNATURE = "signature", _("Signature")


WITH_OPTIONS = frozenset({FieldKind.ONE, FieldKind.MANY})
ASKING = frozenset(FieldKind) - {FieldKind.NOTE, FieldKind.SIGNATURE}


class Signer(TextChoices):
    """Who signs in a signature field."""

    PATIENT = "patient", _("Patient")
    GUARDIAN = "guardian", _("Guardian")
    WITNESS = "witness", _("Witness")
    STAFF = "staff", _("Staff member")


class Guardian(TextChoices):
    """What the guardian is to the patient."""

    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    GRANDPARENT = "grandparent", pgettext_lazy("guardian", "Grandparent")
    SPOUSE = "spouse", _("Spouse")
    CHILD = "child", _("Grown-up child")
    OTHER = "other", _("Another guardian")


class Only(TextChoices):
    """Whom a field is shown to."""

    EVERYBODY = "", pgettext_lazy("form field", "Everybody")
    FEMALE = "female", _("Women and girls only")
    MALE = "male", _("Men and boys only")
    CHILD = "child", _("Children only")
    ADULT = "adult", _("Adults only")


class Source(TextChoices):
    """What of the patient's file a field stands for: it is filled in from there and offered back when it differs."""

    NONE = "", _("Nothing in the file")
    NAME = "name", pgettext_lazy("form source", "Name")
    SEX = "sex", _("Sex")
    BORN_ON = "born_on", _("Birth date")
    PHONE = "phone", pgettext_lazy("form source", "Phone")
    ID_NUMBER = "id_number", _("ID number")
    EMAIL = "email", pgettext_lazy("form source", "E-mail")
    ADDRESS = "address", pgettext_lazy("form source", "Address")
    OCCUPATION = "occupation", _("Occupation")
    ALLERGY = "allergy", _("Allergies")
    CONDITION = "condition", _("Illnesses")
    MEDICATION = "medication", _("Medication")
    WARNING = "warning", _("Warnings for the desk")


ALERT_SOURCES = frozenset({Source.ALLERGY, Source.CONDITION, Source.MEDICATION, Source.WARNING})
SEALED_SOURCES = frozenset({Source.PHONE, Source.ID_NUMBER, Source.EMAIL, Source.ADDRESS})


class VersionState(TextChoices):
    DRAFT = "draft", pgettext_lazy("form version", "Draft")
    PUBLISHED = "published", pgettext_lazy("form version", "Published")


class FilledStatus(TextChoices):
    OPEN = "open", pgettext_lazy("filled form", "Being filled in")
    WAITING = "waiting", pgettext_lazy("filled form", "Waits for the clinic's signature")
    SIGNED = "signed", pgettext_lazy("filled form", "Signed")
    DROPPED = "dropped", pgettext_lazy("filled form", "Dropped")


UNFINISHED = frozenset({FilledStatus.OPEN, FilledStatus.WAITING})


class Way(TextChoices):
    """Where a form is filled in."""

    DESK = "desk", pgettext_lazy("form", "At the desk")
    TABLET = "tablet", _("On the tablet")
    LINK = "link", _("On the patient's phone")


class Mark(TextChoices):
    """How a signature was given."""

    DRAWN = "drawn", _("Signed by hand")
    TYPED = "typed", _("Name typed, with a witness")


class Occasion(TextChoices):
    """When a rule asks for a form."""

    FIRST_VISIT = "first_visit", _("At the first visit")
    EVERY = "every", _("Again every few months")
    PROCEDURE = "procedure", _("Before its procedures")
