"""The photo of a patient: taken, replaced, removed, brought back (PAT-1)."""

from datetime import datetime

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import store
from incisor.kernel.errors import NotFound
from incisor.kernel.pictures import MEGABYTE
from incisor.patients.models import Patient, PatientPhoto

KEPT_AT_MOST = 2 * MEGABYTE


@action(Permission.PATIENT_PHOTO)
def set_photo(*, by: User, patient: Patient, picture: bytes, thumbnail: bytes, at: datetime) -> PatientPhoto:
    """Keep a photo that kernel.pictures has made small, in place of the one before, which stays in the history."""
    _lock(patient)
    before = _shown(patient)
    _end(before, by, at)
    photo = PatientPhoto.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        picture=store.keep(picture, limit=KEPT_AT_MOST).key,
        thumbnail=store.keep(thumbnail, limit=KEPT_AT_MOST).key,
        taken_by=by,
        taken_at=at,
    )
    record("patient.photo_set", subject=photo, patient_id=patient.pk, after={"replaces": before is not None})
    return photo


@action(Permission.PATIENT_PHOTO)
def remove_photo(*, by: User, patient: Patient, at: datetime) -> PatientPhoto | None:
    """Show no photo any more; returns the one that was shown."""
    _lock(patient)
    before = _shown(patient)
    if before is not None:
        _end(before, by, at)
        record("patient.photo_removed", subject=before, patient_id=patient.pk)
    return before


@action(Permission.PATIENT_PHOTO)
def restore_photo(*, by: User, photo: PatientPhoto, at: datetime) -> None:
    """Show an earlier photo again, in place of the present one."""
    _lock(photo.patient)
    shown = _shown(photo.patient)
    if shown is not None and shown.pk == photo.pk:
        return
    _end(shown, by, at)
    if not PatientPhoto.objects.filter(pk=photo.pk).update(ended_at=None, ended_by=None):
        raise NotFound()
    record("patient.photo_restored", subject=photo, patient_id=photo.patient_id)


def _lock(patient: Patient) -> None:
    Patient.objects.select_for_update().get(pk=patient.pk)


def _shown(patient: Patient) -> PatientPhoto | None:
    return PatientPhoto.objects.filter(patient=patient, ended_at=None).first()


def _end(photo: PatientPhoto | None, by: User, at: datetime) -> None:
    if photo is not None:
        PatientPhoto.objects.filter(pk=photo.pk).update(ended_at=at, ended_by=by)
