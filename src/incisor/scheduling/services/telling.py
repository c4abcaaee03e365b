"""What to say when somebody else was quicker: who did what to the appointment, and when."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incisor.kernel.clock import local
from incisor.kernel.errors import ChangedMeanwhile
from incisor.scheduling.enums import AppointmentStatus, ChangeKind
from incisor.scheduling.models import Appointment, AppointmentChange


def changed_meanwhile(appointment: Appointment) -> ChangedMeanwhile:
    """Return the refusal that tells what the last change was and whose."""
    latest = (
        AppointmentChange.objects.filter(appointment_id=appointment.pk)
        .select_related("by")
        .order_by("-at", "-pk")
        .first()
    )
    told = _told(latest, appointment.clinic.zone) if latest is not None else ""
    return ChangedMeanwhile(
        " ".join(
            filter(
                None,
                [told or _("Somebody else has just changed this appointment."), _("Look at it again, then decide.")],
            )
        ),
        by=latest.by.name if latest is not None else "",
    )


def _told(change: AppointmentChange, zone: str) -> str:
    words = {"who": change.by.name, "at": date_format(local(change.at, zone), "TIME_FORMAT")}
    if change.kind == ChangeKind.MOVED and "starts_at" in change.after:
        starts_at = local(datetime.fromisoformat(change.after["starts_at"]), zone)
        words |= {
            "when": date_format(starts_at, pgettext("day and time", "D j M, H:i")),
            "dentist": change.after.get("dentist", ""),
        }
        return _("%(who)s moved this appointment to %(when)s, %(dentist)s (at %(at)s).") % words
    if change.kind == ChangeKind.STATUS:
        words["status"] = str(AppointmentStatus(change.to_status).label)
        return _("%(who)s changed this appointment to “%(status)s” (at %(at)s).") % words
    return _("%(who)s has changed this appointment (at %(at)s).") % words
