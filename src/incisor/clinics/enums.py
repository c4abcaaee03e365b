"""Words for places and treatments."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Specialty(TextChoices):
    GENERAL = "general", _("General dentistry")
    ENDODONTICS = "endodontics", _("Endodontics")
    PERIODONTICS = "periodontics", _("Periodontics")
    PROSTHODONTICS = "prosthodontics", _("Prosthodontics")
    ORTHODONTICS = "orthodontics", _("Orthodontics")
    IMPLANTS = "implants", _("Implants")
    ORAL_SURGERY = "oral_surgery", _("Oral surgery")
    PAEDIATRIC = "paediatric", _("Paediatric dentistry")


class ChairNeed(TextChoices):
    """What a chair can do and a procedure needs."""

    BASIC = "basic", _("Basic treatment")
    XRAY = "xray", _("X-ray")
    SURGERY = "surgery", _("Surgery")
    ORTHO = "ortho", _("Orthodontics")
    MICROSCOPE = "microscope", _("Microscope")
    SEDATION = "sedation", _("Sedation")
    CHILD = "child", _("Children")


class ChairState(TextChoices):
    FREE = "free", _("Free")
    OCCUPIED = "occupied", _("Occupied")
    CLEANING = "cleaning", _("Cleaning")
    OUT_OF_ORDER = "out_of_order", _("Out of order")


class HolidayKind(TextChoices):
    HOLIDAY = "holiday", _("Public holiday")
    WORKDAY = "workday", _("Make-up workday")
