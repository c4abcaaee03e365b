"""Reading patients' files."""

import json
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from incisor.accounts.access import viewer_may
from incisor.accounts.enums import Permission
from incisor.clinics.models import Clinic
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.enums import FIELD_LABELS, SEALED_FIELDS, SpecialNeed
from incisor.patients.models import FamilyLink, Patient, PatientAlert, PatientChange
from incisor.patients.rules import mask_address, mask_email, mask_id, mask_phone

FEW = 12  # up to so many are read by kept statements, one for each count


class NoSuchPatient(NotFound):
    """The clinic keeps no such file."""

    def __init__(self) -> None:
        super().__init__(_("There is no such patient file in this clinic."))


class FileRestricted(NotFound):
    """The file is hidden on the patient's request from everybody without the permission."""

    code = "file_restricted"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("This file is restricted on the patient's request. Ask whoever handles privacy in your clinic.")
        )


def is_covered(patient: Patient) -> bool:
    """Tell whether the file is hidden from whoever looks at the page."""
    return _is_hidden(patient.restricted_at)


def _is_hidden(restricted_at: datetime | None) -> bool:
    return restricted_at is not None and not viewer_may(Permission.PATIENT_PRIVACY)


def shown_name(patient: Patient) -> str:
    """Return what whoever looks at the page may call the patient: the name, or that the file is restricted."""
    return name_or_cover(patient.name, patient.restricted_at)


def dialled_number(patient: Patient) -> str:
    """Return the number under which whoever looks may reach the patient; empty for a file hidden from them."""
    return "" if is_covered(patient) else patient.phone


def name_or_cover(name: str, restricted_at: datetime | None) -> str:
    """Return the same as shown_name, for rows that are no patients."""
    return str(_("Restricted file")) if _is_hidden(restricted_at) else name


def with_badge(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Return the patients with what the badge shows: open alerts, in one query more for all of them."""
    alerts: QuerySet[Any] = PatientAlert.objects.filter(ended_at=None).order_by("recorded_at", "pk")
    return patients.prefetch_related(Prefetch("alerts", queryset=alerts, to_attr="open_alerts"))  # type: ignore[no-redef]


def patient(clinic: Clinic, patient_id: Any) -> Patient:
    """Return the clinic's patient, with open alerts; of a merged file the one it was merged into.

    Raises NoSuchPatient, also for a patient of another clinic, and FileRestricted when whoever looks may not see it."""
    key = as_uuid(patient_id)
    found: list[Patient] = _patient(clinic.pk, key) if key else []
    while found and found[0].merged_into_id is not None:
        found = _patient(clinic.pk, found[0].merged_into_id)
    if not found:
        raise NoSuchPatient()
    if is_covered(found[0]):
        raise FileRestricted()
    found[0].open_alerts = _open_alerts(found[0].pk)
    return found[0]


@prepared
def _patient(clinic_id: uuid.UUID, patient_id: uuid.UUID) -> QuerySet[Patient]:
    return Patient.objects.filter(clinic_id=clinic_id, pk=patient_id)


def lock_patients(patient_ids: Iterable[uuid.UUID]) -> None:
    """Lock patients until the transaction ends, in the order of their keys; after dentists and chairs."""
    _locked(tuple(set(patient_ids)))


@prepared
def _locked(ids: tuple[uuid.UUID, ...]) -> QuerySet[Any, Any]:
    found = Patient.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
    return found.order_by("pk").values_list("pk", flat=True)


@prepared
def _open_alerts(patient_id: uuid.UUID) -> QuerySet[PatientAlert]:
    return PatientAlert.objects.filter(patient_id=patient_id, ended_at=None).order_by("recorded_at", "pk")


def patients(clinic: Clinic, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Patient]:
    """Return the clinic's patients of those ids, with open alerts."""
    if len(ids) > FEW:
        return {found.pk: found for found in with_badge(Patient.objects.filter(clinic=clinic, pk__in=ids))}
    keys = tuple(ids)
    found: dict[uuid.UUID, Patient] = {one.pk: one for one in _patients(clinic.pk, keys)}
    for one in found.values():
        one.open_alerts = []
    for alert in _alerts_of(tuple(found)):
        found[alert.patient_id].open_alerts.append(alert)
    return found


@prepared
def _patients(clinic_id: uuid.UUID, ids: tuple[uuid.UUID, ...]) -> QuerySet[Patient]:
    return Patient.objects.filter(clinic_id=clinic_id, pk__in=ids)


@prepared
def _alerts_of(ids: tuple[uuid.UUID, ...]) -> QuerySet[PatientAlert]:
    return PatientAlert.objects.filter(patient_id__in=ids, ended_at=None).order_by("recorded_at", "pk")


def patients_of(clinic: Clinic) -> QuerySet[Patient]:
    """Return all files of the clinic: for upper apps to filter further."""
    return Patient.objects.filter(clinic=clinic)


def recent_patients(clinic: Clinic, *, seen: str = "", tag: str = "", day: date | None = None) -> QuerySet[Patient]:
    """Return the clinic's patients, newest file first, with badges. seen: "never", "year" (not within a year before day)."""
    found = Patient.objects.filter(clinic=clinic, is_active=True)
    if not viewer_may(Permission.PATIENT_PRIVACY):
        found = found.filter(restricted_at=None)
    if seen == "never":
        found = found.filter(last_seen_on=None)
    elif seen == "year" and day is not None:
        found = found.filter(last_seen_on__lt=day.replace(year=day.year - 1, day=min(day.day, 28)))
    elif seen == "imported":
        found = found.exclude(import_batch=None)
    return with_badge(found.order_by("-created_at", "-pk"))


def last_seen(clinic: Clinic, patient_id: uuid.UUID) -> date | None:
    """Return the day of the patient's last visit, None before the first."""
    return Patient.objects.filter(clinic=clinic, pk=patient_id).values_list("last_seen_on", flat=True).first()


@dataclass(frozen=True)
class Change:
    """One field's change as it is shown: sealed values masked, choices in words."""

    label: str
    shown_old: str
    shown_new: str
    by: str
    at: datetime


def changes_of(patient: Patient, *, field: str = "", limit: int = 100) -> list[Change]:
    """Return what was changed in the file, newest first, with authors. field: of this one only."""
    mine = Q(patient=patient) | Q(patient__merged_into=patient)
    rows = PatientChange.objects.filter(mine, field=field) if field else PatientChange.objects.filter(mine)
    return [
        Change(
            label=str(FIELD_LABELS.get(change.field, change.field)),
            shown_old=shown_value(change.field, change.old),
            shown_new=shown_value(change.field, change.new),
            by=change.by.name,
            at=change.at,
        )
        for change in rows.select_related("by").order_by("-at", "-pk")[:limit]
    ]


def shown_value(field: str, text: str) -> str:
    """Return a value of the history as it is shown: sealed ones masked, choices in words."""
    if text and field in SEALED_FIELDS:
        return {"phone": mask_phone, "email": mask_email, "address": mask_address}.get(field, mask_id)(text)
    return choice_words(field, text)


def choice_words(field: str, text: str) -> str:
    """Return a value of the history in words, whole."""
    if not text:
        return ""
    if field == "special_needs":
        return "、".join(str(SpecialNeed(need).label) for need in json.loads(text) if need in SpecialNeed.values)
    if field == "tags":
        return "、".join(json.loads(text))
    choices = dict(getattr(Patient._meta.get_field(field), "flatchoices", ()))
    return str(choices.get(text, text))


def family_of(patient: Patient) -> list[FamilyLink]:
    """Return the patient's relatives, with badges."""
    links = FamilyLink.objects.filter(patient=patient).order_by("relation", "pk")
    return list(links.prefetch_related(Prefetch("relative", queryset=with_badge(Patient.objects.all()))))


def alert(clinic: Clinic, patient_id: Any, alert_id: Any) -> PatientAlert:
    """Return an alert of the clinic's patient, open or ended. Raises NoSuchPatient."""
    found = PatientAlert.objects.filter(clinic=clinic, patient_id=as_uuid(patient_id), pk=as_uuid(alert_id)).first()
    if found is None:
        raise NoSuchPatient()
    return found
