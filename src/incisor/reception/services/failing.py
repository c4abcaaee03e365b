"""A chair fails while patients are booked on it: to another chair at the same time, with the same dentist."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.reception import queries
from incisor.scheduling import services as scheduling
from incisor.scheduling.models import Appointment


@dataclass(frozen=True)
class Moved:
    """What became of those booked on a chair that fails: on another chair now, or still there and why."""

    moved: tuple[Appointment, ...]
    stuck: tuple[tuple[Appointment, str], ...]


@action(Permission.APPOINTMENT_BOOK)
def move_off_chair(*, by: User, clinic: Clinic, chair: Chair, at: datetime) -> Moved:
    """Move everybody booked on a chair that is out of order to another chair at the same time with the same dentist.

    Who finds none keeps the time and stays on the list of bookings that no longer fit. Each move can be undone.
    """
    moved, stuck = [], []
    for appointment in queries.booked_on_broken(clinic, chair, at):
        goes_to = queries.other_chair_for(appointment, at)
        if goes_to is None:
            stuck.append((appointment, _("No other chair is free at that time.")))
            continue
        try:
            scheduling.move_appointment(
                by=by, appointment=appointment, chair=goes_to, starts_at=appointment.starts_at, at=at
            )
        except (scheduling.SlotTaken, scheduling.NotMovable) as refusal:
            stuck.append((appointment, str(refusal)))
        else:
            moved.append(appointment)
    return Moved(tuple(moved), tuple(stuck))
