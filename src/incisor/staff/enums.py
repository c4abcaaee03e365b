"""Words for people at work."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StaffKind(TextChoices):
    DENTIST = "dentist", _("Dentist")
    NURSE = "nurse", _("Nurse or assistant")
    DESK = "desk", _("Front desk")
    OTHER = "other", _("Other")


class LeaveKind(TextChoices):
    HOLIDAY = "holiday", _("Annual leave")
    SICK = "sick", _("Sick leave")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Other")
