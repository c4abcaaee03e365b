"""Places of the calendar that upper apps fill in AppConfig.ready()."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.hooks import Entry, Link, Place
from incisor.patients.models import Patient


@dataclass(frozen=True, kw_only=True)
class PlannedTreatments(Entry):
    """What is planned or due for a patient: find(clinic, patient) returns procedures, the next first; empty for none."""

    find: Callable[[Clinic, Patient], list[Procedure]]


@dataclass(frozen=True, kw_only=True)
class AppointmentAction(Entry):
    """A step that can be taken from the appointment's panel: url_name receives a POST with the appointment's id.

    statuses: of the appointment while the step is offered, on its own day only unless on_any_day. row_key: the letter
    that takes it in the panel.
    """

    url_name: str
    statuses: frozenset[str]
    icon: str = ""
    row_key: str = ""
    is_main: bool = False
    on_any_day: bool = False


@dataclass(frozen=True, kw_only=True)
class BookingWarning(Entry):
    """What must be known before somebody is booked: find(clinic, patient, procedures, at) returns pairs of level and text.

    level: alert, warning or info. It forbids nothing. Only asked about patients with a file.
    """

    find: Callable[[Clinic, Patient, Sequence[Procedure], datetime], Sequence[tuple[str, str]]]


planned_treatments: Place[PlannedTreatments] = Place("planned_treatments")
# where a deposit is taken: url_name gets the appointment's id
deposit_till: Place[Link] = Place("deposit_till")
appointment_actions: Place[AppointmentAction] = Place("appointment_actions")
booking_warnings: Place[BookingWarning] = Place("booking_warnings")
