"""Rows as the interface shows them."""

from datetime import datetime
from typing import Any

from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.kernel.clock import local
from incisor.patients.models import Patient
from incisor.patients.queries import is_covered
from incisor.patients.rules import age_on, mask_address, mask_email, mask_id, mask_phone
from incisor.scheduling.models import Appointment, Hold
from incisor.scheduling.queries import Slot
from incisor.staff.models import StaffMember


def at_clinic(moment: datetime, clinic: Clinic) -> str:
    """Return a moment with the offset of the clinic's wall clock."""
    return local(moment, clinic.zone).isoformat()


def named(row: StaffMember | Chair) -> dict[str, Any]:
    return {"id": str(row.pk), "name": row.name}


def clinic(row: Clinic) -> dict[str, Any]:
    names = ("code", "name", "name_en", "phone", "address", "zone", "currency")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def dentist(row: StaffMember) -> dict[str, Any]:
    names = ("name", "name_en", "title", "specialties")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def chair(row: Chair) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "room": row.room.name, "capabilities": row.capabilities}


def procedure(row: Procedure) -> dict[str, Any]:
    names = ("code", "name_zh", "name_en", "specialty")
    return {**{name: getattr(row, name) for name in names}, "minutes": row.duration_minutes}


def patient(row: Patient, clinic: Clinic, *, at: datetime, is_whole: bool) -> dict[str, Any]:
    """Return a file; without is_whole what a receptionist sees before asking for more."""
    masks = {"phone": mask_phone, "email": mask_email, "id_number": mask_id, "address": mask_address}
    sealed = {name: getattr(row, name) if is_whole else mask(getattr(row, name)) for name, mask in masks.items()}
    age = age_on(born_on=row.born_on, day=local(at, clinic.zone).date())
    names = (
        "version", "file_number", "name", "sex", "phone_owner", "language", "contact_channel", "special_needs", "tags",
        "last_seen_on", "is_active",
    )  # fmt: skip
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in names},
        **sealed,
        "age": age.years if age else None,
        "born_on": row.born_on if is_whole else None,
        "note": row.note if is_whole else None,
        "is_masked": not is_whole,
        "created_at": at_clinic(row.created_at, clinic),
    }


def appointment(row: Appointment, clinic: Clinic, *, knows_patients: bool) -> dict[str, Any]:
    """Return an appointment. knows_patients: the key may read patients; of a restricted file the id alone."""
    names = ("version", "status", "channel", "need", "is_overbooked", "cancel_reason", "cancel_note", "moved_count")
    names_patient = knows_patients and not is_covered(row.patient)
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in names},
        "patient": {
            "id": row.patient_id,
            "file_number": row.patient.file_number if names_patient else None,
            "name": row.patient.name if names_patient else None,
        },
        "dentist": named(row.dentist),
        "chair": named(row.chair),
        "starts_at": at_clinic(row.starts_at, clinic),
        "ends_at": at_clinic(row.ends_at, clinic),
        "procedures": [
            {
                "code": item.procedure.code,
                "name_zh": item.procedure.name_zh,
                "name_en": item.procedure.name_en,
                "teeth": item.teeth,
            }
            for item in row.items.all()
        ],
        "note": row.note if names_patient else None,
        "created_at": at_clinic(row.created_at, clinic),
    }


def hold(row: Hold, clinic: Clinic, *, at: datetime) -> dict[str, Any]:
    return {
        "id": row.pk,
        "starts_at": at_clinic(row.starts_at, clinic),
        "ends_at": at_clinic(row.ends_at, clinic),
        "dentist": named(row.dentist),
        "chair": named(row.chair),
        "expires_at": at_clinic(row.expires_at, clinic),
        "is_open": row.ended_at is None and at < row.expires_at,
        "appointment_id": row.appointment_id,
    }


def slot(row: Slot, clinic: Clinic) -> dict[str, Any]:
    return {
        "starts_at": at_clinic(row.starts_at, clinic),
        "ends_at": at_clinic(row.ends_at, clinic),
        "dentist": named(row.dentist),
        "chair": named(row.chair),
        "reasons": [str(reason) for reason in row.reasons],
    }
