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
    CLEANING = "cleaning", _("Being cleaned")
    OUT_OF_ORDER = "out_of_order", _("Out of order")


class HolidayKind(TextChoices):
    HOLIDAY = "holiday", _("Public holiday")
    WORKDAY = "workday", _("Make-up workday")


class FollowUpKey(TextChoices):
    """Which follow-up protocol steps come after a procedure (REQUIREMENTS FUP-1)."""

    OTHER = "other", _("Other, no follow-up of its own")
    CLEANING = "cleaning", _("Cleaning")
    FILLING = "filling", _("Filling")
    ROOT_CANAL = "root_canal", _("Root canal")
    EXTRACTION = "extraction", _("Extraction")
    PERIODONTAL = "periodontal", _("Periodontal treatment")
    PROSTHESIS = "prosthesis", _("Crown or denture")
    IMPLANT = "implant", _("Implant")
    ORTHODONTICS = "orthodontics", _("Orthodontics")


class AftercareKey(TextChoices):
    """Which sheet the patient takes home."""

    CLEANING = "cleaning", _("Cleaning")
    FILLING = "filling", _("Filling")
    ROOT_CANAL = "root_canal", _("Root canal")
    EXTRACTION = "extraction", _("Extraction")
    SURGERY = "surgery", _("Surgery")
    PERIODONTAL = "periodontal", _("Periodontal treatment")
    CROWN = "crown", _("Crown or bridge")
    DENTURE = "denture", _("Denture")
    IMPLANT = "implant", _("Implant")
    ORTHODONTICS = "orthodontics", _("Orthodontics")
    RETAINER = "retainer", _("Retainer")
    WHITENING = "whitening", _("Whitening")
    FLUORIDE = "fluoride", _("Fluoride")


class DeviceKind(TextChoices):
    """What a device without a person in front of it is for."""

    SCREEN = "screen", _("Waiting-room screen")
    KIOSK = "kiosk", _("Check-in kiosk")
    TELEPHONE = "telephone", _("Telephone system")
