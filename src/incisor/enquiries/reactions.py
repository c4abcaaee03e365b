"""What happens below carries an enquiry on: booked, arrived, treated."""

from datetime import datetime
from typing import Any

from incisor.enquiries.enums import LeadStage
from incisor.enquiries.queries import lead_of_new_file, lead_of_patient
from incisor.enquiries.services import advance_lead, tie_new_file, untie_leads
from incisor.kernel.events import on
from incisor.patients.events import PatientRegistered, RegistrationUndone
from incisor.scheduling.events import AppointmentBooked
from incisor.visits.events import TreatmentEnded, VisitBegun


@on(PatientRegistered)
def after_registering(event: PatientRegistered) -> None:
    """The interested person has a file."""
    lead = lead_of_new_file(event.clinic_id, event.patient_id)
    if lead is not None:
        tie_new_file(lead=lead, patient_id=event.patient_id)


@on(RegistrationUndone)
def after_undoing_registration(event: RegistrationUndone) -> None:
    """The file goes; the enquiry stays."""
    untie_leads(clinic_id=event.clinic_id, patient_id=event.patient_id)


@on(AppointmentBooked)
def after_booking(event: AppointmentBooked) -> None:
    """The interested person has an appointment."""
    _advance(event, LeadStage.BOOKED, event.at, appointment_id=event.appointment_id)


@on(VisitBegun)
def after_arrival(event: VisitBegun) -> None:
    """The interested person is here."""
    _advance(event, LeadStage.ARRIVED, event.at)


@on(TreatmentEnded)
def after_treatment(event: TreatmentEnded) -> None:
    """The interested person was treated."""
    _advance(event, LeadStage.WON, event.at)


def _advance(event: Any, fact: str, at: datetime, **more: Any) -> None:
    lead = lead_of_patient(event.clinic_id, event.patient_id)
    if lead is not None:
        advance_lead(lead=lead, fact=fact, at=at, **more)
