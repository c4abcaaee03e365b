"""Words for appointments."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AppointmentStatus(TextChoices):
    REQUESTED = "requested", _("Requested")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    IN_TREATMENT = "in_treatment", _("In treatment")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    NO_SHOW = "no_show", _("No-show")
    RESCHEDULED = "rescheduled", _("Rescheduled")


# Statuses that take up the time of dentist, chair and patient; a request blocks too.
OCCUPYING = frozenset(
    {
        AppointmentStatus.REQUESTED,
        AppointmentStatus.CONFIRMED,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.IN_TREATMENT,
        AppointmentStatus.COMPLETED,
    }
)
EXPECTED = frozenset({AppointmentStatus.REQUESTED, AppointmentStatus.CONFIRMED})
FREED = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW, AppointmentStatus.RESCHEDULED})


class BookingChannel(TextChoices):
    PHONE = "phone", _("Phone")
    ONLINE = "online", _("Online")
    DESK = "desk", _("At the desk")
    CHAIR = "chair", _("From the treatment room")
    WALK_IN = "walk_in", _("Walk-in")
    IMPORT = "import", _("Import")


class CancelReason(TextChoices):
    ILL = "ill", _("Patient is ill")
    NO_TIME = "no_time", _("Patient has no time")
    TREATED_ELSEWHERE = "treated_elsewhere", _("Treated elsewhere")
    PRICE = "price", _("Price")
    FEAR = "fear", _("Afraid")
    CLINIC = "clinic", _("The clinic cancelled")
    MISTAKE = "mistake", _("Booked by mistake")
    OTHER = "other", _("Other")


class ChangeKind(TextChoices):
    BOOKED = "booked", _("Booked")
    MOVED = "moved", _("Moved")
    STATUS = "status", _("Status changed")
    EDITED = "edited", _("Edited")
