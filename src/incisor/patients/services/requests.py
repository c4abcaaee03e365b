"""What patients ask about their own data: copy, correction, restriction, erasure; a process with a due date and a reason."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.patients import queries
from incisor.patients.enums import NEXT_REQUEST, RequestKind, RequestStatus
from incisor.patients.models import DataRequest, Patient
from incisor.patients.rules.retention import answer_due_on
from incisor.patients.services._erasing import erase
from incisor.patients.services._values import WrongValue


class WrongRequestStep(ChangedMeanwhile):
    """The request is not in a state that allows this."""

    code = "wrong_request_step"


class NotYetErasable(Refused):
    """The law asks to keep the record longer. details: possible_on."""

    code = "not_yet_erasable"


@action(Permission.PATIENT_EDIT)
def record_request(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    kind: str,
    wish: str,
    asked_by: str,
    identity_seen: str,
    at: datetime,
) -> DataRequest:
    """Note what a patient asks; it must be answered by due_on. asked_by: empty for the patient in person, else who asks
    (a parent, a lawyer). identity_seen: by what one knows who asks. Raises WrongValue."""
    if kind not in RequestKind.values:
        raise WrongValue("kind", _("Choose what is asked for."))
    if not identity_seen.strip():
        raise WrongValue("identity_seen", _("Write by what you know who is asking: ID card seen, called back …"))
    rules = queries.privacy_rules(clinic)
    made = DataRequest.objects.create(
        clinic=clinic,
        patient=patient,
        kind=kind,
        wish=wish.strip()[:2000],
        asked_by=" ".join(asked_by.split())[:60],
        identity_seen=" ".join(identity_seen.split())[:120],
        due_on=answer_due_on(asked_on=queries.business_day(clinic, at), days=rules.answer_days),
        recorded_by=by,
        recorded_at=at,
    )
    told = {"kind": kind, "due_on": made.due_on.isoformat()}
    record("patient.request_recorded", subject=made, patient_id=patient.pk, after=told)
    return made


@action(Permission.PATIENT_PRIVACY)
def decide_request(*, by: User, request: DataRequest, is_granted: bool, reason: str, at: datetime) -> DataRequest:
    """Grant or refuse, with the reason that the patient is told. A restriction takes effect at once; an erasure restricts
    the file until the law lets it be carried out. Raises WrongValue, WrongRequestStep."""
    reason = reason.strip()[:2000]
    if not reason:
        raise WrongValue("reason", _("Write the reason; the patient is told it."))
    found = _locked(request)
    is_restriction = found.kind == RequestKind.RESTRICTION
    after = RequestStatus.REFUSED
    if is_granted:
        after = RequestStatus.GRANTED
    _step(found, after)
    found.decision, found.decided_by, found.decided_at = reason, by, at
    if is_granted and found.kind == RequestKind.ERASURE:
        found.possible_on = queries.erasable_on(found.clinic, found.patient)
    if is_granted and (is_restriction or found.kind == RequestKind.ERASURE):
        _restrict(found.patient, at)
    if is_granted and is_restriction:
        found.status, found.closed_at = RequestStatus.DONE, at
    if not is_granted:
        found.closed_at = at
    found.save()
    told = {
        "kind": found.kind,
        "status": str(found.status),
        "possible_on": found.possible_on.isoformat() if found.possible_on else None,
    }
    record("patient.request_decided", subject=found, patient_id=found.patient_id, after=told)
    return found


@action(Permission.PATIENT_PRIVACY)
def finish_request(*, by: User, request: DataRequest, at: datetime) -> DataRequest:
    """Carry out what was granted: an erasure overwrites the person, other requests are noted as done.

    Raises NotYetErasable, WrongRequestStep."""
    found = _locked(request)
    if found.kind == RequestKind.ERASURE and found.status == RequestStatus.GRANTED:
        possible_on = queries.erasable_on(found.clinic, found.patient)
        if queries.business_day(found.clinic, at) < possible_on:
            raise NotYetErasable(
                _("The law asks to keep this record; it can be erased from %(day)s on. Until then it stays restricted.")
                % {"day": possible_on.isoformat()},
                possible_on=possible_on,
            )
    _step(found, RequestStatus.DONE)
    found.closed_at = at
    found.save(update_fields=["status", "closed_at"])
    if found.kind == RequestKind.ERASURE:
        erase(found.patient, at)
        told: dict[str, Any] = {"file_number": found.patient.file_number}
        record("patient.erased", subject=found.patient, patient_id=found.patient_id, after=told)
    else:
        told = {"kind": found.kind, "status": str(found.status)}
        record("patient.request_decided", subject=found, patient_id=found.patient_id, after=told)
    return found


@action(Permission.PATIENT_PRIVACY)
def take_back_request(*, by: User, request: DataRequest, at: datetime) -> DataRequest:
    """Note that the patient no longer asks; an erasure that was granted releases the file. Raises WrongRequestStep."""
    found = _locked(request)
    _step(found, RequestStatus.TAKEN_BACK)
    found.closed_at = at
    found.save(update_fields=["status", "closed_at"])
    _release_after(found)
    record("patient.request_taken_back", subject=found, patient_id=found.patient_id, after={"kind": found.kind})
    return found


@action(Permission.PATIENT_PRIVACY)
def reopen_request(*, by: User, request: DataRequest, at: datetime) -> DataRequest:
    """Take the decision back, before it is carried out. Raises WrongRequestStep."""
    found = _locked(request)
    was_erasure = found.kind == RequestKind.ERASURE and found.status == RequestStatus.GRANTED
    _step(found, RequestStatus.OPEN)
    found.decision, found.decided_by, found.decided_at, found.possible_on, found.closed_at = "", None, None, None, None
    found.save()
    if was_erasure:
        _release_after(found)
    told = {"kind": found.kind, "status": str(found.status)}
    record("patient.request_decided", subject=found, patient_id=found.patient_id, after=told)
    return found


@action(Permission.PATIENT_PRIVACY)
def release_file(*, by: User, patient: Patient, reason: str, at: datetime) -> None:
    """Let everybody who may see patients see this file again. Raises WrongValue."""
    if not reason.strip():
        raise WrongValue("reason", _("Write why the restriction ends."))
    if not Patient.objects.filter(pk=patient.pk, erased_at=None).exclude(restricted_at=None).update(restricted_at=None):
        return
    record("patient.file_released", subject=patient, patient_id=patient.pk, after={"reason": reason.strip()[:200]})
    live.touch(patient.clinic_id, "day")


def _locked(request: DataRequest) -> DataRequest:
    Patient.objects.select_for_update().get(pk=request.patient_id)
    return DataRequest.objects.select_for_update().select_related("patient", "clinic").get(pk=request.pk)


def _step(found: DataRequest, after: str) -> None:
    if after not in NEXT_REQUEST[RequestStatus(found.status)]:
        raise WrongRequestStep(
            _("This request is already: %(status)s. Look at it again.") % {"status": found.get_status_display()}
        )
    found.status = after


def _restrict(patient: Patient, at: datetime) -> None:
    if Patient.objects.filter(pk=patient.pk, restricted_at=None).update(restricted_at=at):
        record("patient.file_restricted", subject=patient, patient_id=patient.pk)
        live.touch(patient.clinic_id, "day")


def _release_after(found: DataRequest) -> None:
    """Release the file when no other request keeps it restricted."""
    others = DataRequest.objects.filter(patient=found.patient_id).exclude(pk=found.pk)
    keeps = others.filter(kind=RequestKind.RESTRICTION, status=RequestStatus.DONE) | others.filter(
        kind=RequestKind.ERASURE, status=RequestStatus.GRANTED
    )
    if found.kind == RequestKind.ERASURE and not keeps.exists():
        Patient.objects.filter(pk=found.patient_id, erased_at=None).update(restricted_at=None)
        record("patient.file_released", subject=found.patient, patient_id=found.patient_id)
        live.touch(found.clinic_id, "day")
