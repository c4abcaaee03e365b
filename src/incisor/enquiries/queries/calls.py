"""Calls and who is calling."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from incisor.accounts.models import User
from incisor.audit.models import Entry
from incisor.clinics.models import Clinic
from incisor.enquiries.enums import CallState, LeadStage
from incisor.enquiries.models import CallNote, Lead, PhoneCall
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid, index_of
from incisor.patients.enums import LookUp
from incisor.patients.models import Patient
from incisor.patients.queries import is_covered, with_badge
from incisor.patients.rules import phone_key
from incisor.scheduling.enums import EXPECTED
from incisor.scheduling.models import Appointment

LIST_LIMIT = 100
RINGS_AT_MOST = timedelta(minutes=3)  # a call whose end was never reported no longer rings


@dataclass(frozen=True)
class Caller:
    """What is known of a caller. patients: all who share the number; appointment: the next one of any of them.

    Of a restricted file whoever may not see it learns only that there is one: no number, no appointment, no notes."""

    number: str
    patients: list[Patient]
    appointment: Appointment | None
    lead: Lead | None
    notes: list[CallNote]

    @property
    def patient(self) -> Patient | None:
        return self.patients[0] if len(self.patients) == 1 else None

    @property
    def is_covered(self) -> bool:
        return any(is_covered(one) for one in self.patients)


def number_index(number: str) -> str:
    """Return the hash by which a number is found, the same as of the patients' phones; empty for none."""
    return index_of(phone_key(number), context=LookUp.PHONE)


def patients_of(clinic: Clinic, number: str) -> list[Patient]:
    """Return the patients who can be reached under that number, those seen last first."""
    index = number_index(number)
    found = with_badge(Patient.objects.filter(clinic=clinic, phone_index=index, is_active=True))
    return list(found.order_by("-last_seen_on", "pk")[:8]) if index else []


def only_patient_of(clinic: Clinic, number: str) -> Patient | None:
    """Return the patient of that number, None when there is none or several share it."""
    index = number_index(number)
    found = list(Patient.objects.filter(clinic=clinic, phone_index=index, is_active=True)[:2]) if index else []
    return found[0] if len(found) == 1 else None


def caller_of(clinic: Clinic, call: PhoneCall, *, at: datetime) -> Caller:
    """Return what is known of whoever calls."""
    people = patients_of(clinic, call.number)
    if call.patient_id and all(one.pk != call.patient_id for one in people):
        people = [*with_badge(Patient.objects.filter(pk=call.patient_id)), *people]
    keys = [one.pk for one in people if not is_covered(one)]
    coming = Appointment.objects.filter(
        clinic=clinic, patient__in=keys, status__in=sorted(EXPECTED), starts_at__gte=at - timedelta(hours=12)
    )
    leads = Lead.objects.filter(clinic=clinic, number_index=call.number_index).exclude(
        stage__in=[LeadStage.WON, LeadStage.LOST]
    )
    notes = CallNote.objects.filter(clinic=clinic, patient__in=keys, undone_at=None).select_related("owner")
    return Caller(
        number=call.number,
        patients=people,
        appointment=coming.select_related("dentist", "patient").order_by("starts_at").first() if keys else None,
        lead=leads.select_related("consultant").order_by("-created_at").first()
        if call.number_index and len(keys) == len(people)
        else None,
        notes=list(notes.order_by("-created_at")[:3]) if keys else [],
    )


def ringing(clinic: Clinic, *, at: datetime) -> list[PhoneCall]:
    """Return the calls that ring, or were picked up at a telephone and taken on no screen yet; the longest first."""
    found = PhoneCall.objects.filter(
        clinic=clinic, state__in=[CallState.RINGING, CallState.TAKEN], taken_by=None, began_at__gt=at - RINGS_AT_MOST
    )
    return list(found.select_related("patient").order_by("began_at", "pk")[:4])


def current_call(clinic: Clinic, user: User) -> PhoneCall | None:
    """Return the call that the person has on the line."""
    found = PhoneCall.objects.filter(clinic=clinic, taken_by=user, state=CallState.TAKEN)
    return found.select_related("patient").order_by("-taken_at").first()


def call(clinic: Clinic, call_id: Any) -> PhoneCall:
    """Return a call of the clinic. Raises NotFound."""
    found = PhoneCall.objects.filter(clinic=clinic, pk=as_uuid(call_id)).select_related("patient", "taken_by").first()
    if found is None:
        raise NotFound()
    return found


def recent_calls(clinic: Clinic, *, since: datetime, missed_only: bool = False) -> list[PhoneCall]:
    """Return the calls since then, newest first, at most LIST_LIMIT."""
    found = PhoneCall.objects.filter(clinic=clinic, began_at__gte=since)
    if missed_only:
        found = found.filter(state=CallState.MISSED)
    return list(
        found.select_related("patient", "taken_by").prefetch_related("notes").order_by("-began_at", "-pk")[:LIST_LIMIT]
    )


def done_during(call: PhoneCall, *, at: datetime) -> list[Entry]:
    """Return what the person did while the call was on the line, from the audit trail: bookings, changes, notes."""
    if call.taken_by_id is None or call.taken_at is None:
        return []
    entries = Entry.objects.filter(
        user_id=call.taken_by_id, at__gte=call.taken_at, at__lte=call.ended_at or at, is_look=False
    )
    return list(entries.exclude(what__startswith="call.").order_by("at", "number")[:20])
