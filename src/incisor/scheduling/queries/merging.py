"""What the calendar says when two patient files are about to become one."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incisor.kernel.clock import local
from incisor.patients.hooks import Obstacle
from incisor.patients.models import Patient
from incisor.scheduling.enums import OCCUPYING, AppointmentStatus
from incisor.scheduling.models import Appointment

HOLDING = sorted(OCCUPYING - {AppointmentStatus.COMPLETED})


def overlaps_of_files(lesser: Patient, kept: Patient, at: datetime) -> list[Obstacle]:
    """Return the appointments of the two files that lie at the same time: one person cannot keep both."""
    mine = _appointments(lesser)
    return [
        Obstacle(
            _("Both files have an appointment at the same time: %(one)s and %(other)s. Cancel or move one of them.")
            % {"one": _told(one), "other": _told(other)},
            reverse("scheduling:appointment", args=[one.pk]),
        )
        for other in _appointments(kept)
        for one in mine
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]


def _appointments(patient: Patient) -> list[Appointment]:
    found = Appointment.objects.filter(patient=patient, status__in=HOLDING, is_overbooked=False)
    return list(found.select_related("clinic", "dentist").order_by("starts_at", "pk"))


def _told(appointment: Any) -> str:
    wall = local(appointment.starts_at, appointment.clinic.zone)
    return f"{date_format(wall, 'Y-m-d H:i')} {appointment.dentist}"
