"""The next visit that the dentist wants, and the times to offer for it at check-out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language

from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.clock import business_date
from incisor.scheduling.models import Appointment
from incisor.scheduling.queries import Slot, proposals, upcoming_of
from incisor.scheduling.rules import Filter, need_of
from incisor.visits.models import Visit
from incisor.visits.queries import Wanted

EARLIER_DAYS, LATER_DAYS = 2, 12  # how far a proposed day may lie from the one that the dentist named
USUAL_DAYS = 7  # when the note names none
PROPOSED = 5


@dataclass(frozen=True)
class NextVisit:
    """What to propose after paying. booked: the patient has an appointment already, so nothing is proposed."""

    procedure: Procedure | None
    after_days: int | None
    note: str
    booked: Appointment | None
    slots: list[Slot]
    is_none: bool = False

    @property
    def procedure_name(self) -> str:
        """Return what is wanted, in the reader's language."""
        if self.procedure is None:
            return ""
        return self.procedure.name_zh if (get_language() or "").startswith("zh") else self.procedure.name_en


def next_visit_of(clinic: Clinic, visit: Visit, said: Wanted, *, at: datetime) -> NextVisit:
    """Return the next visit after this one, with the best few times: with the same dentist if possible.

    said: what is wanted, as far as the reader may know it.
    """
    wanted = said.procedure
    upcoming = [one for one in upcoming_of(clinic, visit.patient, at) if one.pk != visit.appointment_id]
    slots: list[Slot] = []
    if wanted is not None and not upcoming:
        today = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
        days = said.after_days if said.after_days is not None else USUAL_DAYS
        first = today + timedelta(days=max(days - EARLIER_DAYS, 1))
        around = Filter(first=first, last=first + timedelta(days=LATER_DAYS))
        need = need_of([wanted])
        if visit.dentist is not None:
            slots = proposals(
                clinic, patient=visit.patient, need=need, wanted=around, now=at, dentist=visit.dentist, count=PROPOSED
            )
        slots = slots or proposals(clinic, patient=visit.patient, need=need, wanted=around, now=at, count=PROPOSED)
    return NextVisit(
        procedure=wanted,
        after_days=said.after_days,
        note=said.note,
        is_none=said.is_none,
        booked=upcoming[0] if upcoming else None,
        slots=slots,
    )
