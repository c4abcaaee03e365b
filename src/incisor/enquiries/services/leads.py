"""Enquiries of people who have not been treated yet (REC-10)."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action, may
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.accounts.queries import system_user
from incisor.audit.services import record
from incisor.clinics.models import Clinic, Procedure
from incisor.enquiries.enums import LeadStage, LostReason
from incisor.enquiries.models import Lead, LeadStep
from incisor.enquiries.queries import number_index, only_patient_of
from incisor.enquiries.rules import may_become, stage_after
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.patients.models import Patient
from incisor.patients.rules import clean_phone


class LeadRefused(Refused):
    """The enquiry cannot be kept like this."""

    code = "lead_refused"
    status = 422


@action(Permission.LEAD_WORK)
def add_lead(
    *,
    by: User,
    clinic: Clinic,
    name: str,
    number: str,
    wanted: str,
    source: str,
    source_detail: str = "",
    procedure: Procedure | None = None,
    consultant: User | None = None,
    next_on: date | None = None,
    at: datetime,
) -> Lead:
    """Note somebody's interest. A known number ties it to the patient at once. Raises LeadRefused."""
    kept = clean_phone(number)
    if number.strip() and not kept:
        raise LeadRefused(_("This is not a phone number."), field="number")
    if consultant is not None and not may(consultant, Permission.LEAD_WORK, clinic.pk):
        raise LeadRefused(
            _("%(name)s does not work on enquiries here.") % {"name": consultant.name}, field="consultant"
        )
    lead = Lead.objects.create(
        clinic=clinic, name=name.strip(), number=kept, number_index=number_index(kept), wanted=wanted.strip(),
        source=source, source_detail=source_detail.strip(), procedure=procedure, consultant=consultant or by,
        next_on=next_on, patient=only_patient_of(clinic, kept), created_by=by, created_at=at,
    )  # fmt: skip
    LeadStep.objects.create(lead=lead, to_stage=LeadStage.NEW, by=by, at=at)
    record(
        "lead.added",
        subject=lead,
        patient_id=lead.patient_id,
        after={"source": source, "consultant": str(lead.consultant_id)},
    )
    live.touch(clinic.pk, "tasks")
    return lead


@action(Permission.LEAD_WORK)
def move_lead(
    *, by: User, lead: Lead, version: int, to: str, text: str = "", next_on: date | None = None,
    lost_reason: str = "", at: datetime,
) -> Lead:  # fmt: skip
    """Note a contact or another stage. Raises LeadRefused, ChangedMeanwhile."""
    if to != lead.stage and not may_become(lead.stage, to):
        raise LeadRefused(
            _("An enquiry that is “%(here)s” cannot become “%(to)s”.")
            % {"here": lead.get_stage_display(), "to": LeadStage(to).label}
        )
    if to == LeadStage.LOST and lost_reason not in LostReason.values:
        raise LeadRefused(_("Say why the enquiry is given up."), field="lost_reason")
    return _move(lead, version, to, by=by, text=text, at=at, next_on=next_on, lost_reason=lost_reason)


@action(Permission.LEAD_WORK)
def tie_lead(*, by: User, lead: Lead, patient: Patient, at: datetime) -> Lead:
    """Tie the enquiry to a patient's file, new or old. Raises ChangedMeanwhile."""
    if patient.clinic_id != lead.clinic_id:
        raise ValueError("the patient is of the enquiry's clinic")
    rows = Lead.objects.filter(pk=lead.pk, version=lead.version)
    if not rows.update(patient=patient, version=lead.version + 1):
        raise ChangedMeanwhile(_("Somebody else has just changed this enquiry. Open it again."))
    lead.refresh_from_db()
    record("lead.tied", subject=lead, patient_id=patient.pk)
    return lead


def tie_new_file(*, lead: Lead, patient_id: Any) -> None:
    """Tie the enquiry to a file that was just registered. Runs inside the publisher's action."""
    Lead.objects.filter(pk=lead.pk, patient=None).update(patient=patient_id, version=lead.version + 1)
    record("lead.tied", subject=lead, patient_id=patient_id)


def untie_leads(*, clinic_id: Any, patient_id: Any) -> None:
    """Let go of a file whose registration is taken back. Runs inside the publisher's action."""
    for lead in Lead.objects.filter(clinic_id=clinic_id, patient_id=patient_id, appointment=None):
        Lead.objects.filter(pk=lead.pk).update(patient=None, version=lead.version + 1)
        record("lead.untied", subject=lead, patient_id=patient_id)


def advance_lead(*, lead: Lead, fact: str, appointment_id: Any = None, at: datetime) -> None:
    """Let what happened below carry the enquiry on: booked, arrived, treated. Runs inside the publisher's action."""
    to = stage_after(lead.stage, fact)
    if to is not None:
        more = {"appointment_id": appointment_id} if appointment_id else {}
        _move(lead, lead.version, to, by=system_user(), text="", at=at, next_on=None, lost_reason="", **more)


def _move(
    lead: Lead,
    version: int,
    to: str,
    *,
    by: User,
    text: str,
    at: datetime,
    next_on: date | None,
    lost_reason: str,
    **more: Any,
) -> Lead:
    before = lead.stage
    rows = Lead.objects.filter(pk=lead.pk, version=version, stage=before)
    if not rows.update(stage=to, next_on=next_on, lost_reason=lost_reason, version=version + 1, **more):
        raise ChangedMeanwhile(_("Somebody else has just changed this enquiry. Open it again."))
    LeadStep.objects.create(lead=lead, from_stage=before, to_stage=to, text=text.strip(), by=by, at=at)
    record("lead.moved", subject=lead, patient_id=lead.patient_id, before={"stage": before}, after={"stage": to})
    live.touch(lead.clinic_id, "tasks")
    lead.refresh_from_db()
    return lead
