"""Registering a patient, changing a file, looking at it."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import clock, events, live, requests
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.numbers import next_number
from incisor.patients import queries
from incisor.patients.enums import FIELD_LABELS, SEALED_FIELDS, ContactChannel
from incisor.patients.events import PatientChanged, PatientRegistered, RegistrationUndone
from incisor.patients.models import GivenUpNumber, Patient, PatientChange, SearchKey
from incisor.patients.queries.attached import with_rows
from incisor.patients.queries.duplicates import LookAlike
from incisor.patients.queries.finding import file_number
from incisor.patients.rules import ONE_PERSON, id_key, mask_address, mask_email, mask_id, mask_phone
from incisor.patients.services._values import KEY_FIELDS, WrongValue, as_text, cleaned, set_derived, write_keys

__all__ = ["WrongValue"]


class AlreadyRegistered(Refused):
    """By all experience this person has a file. details: look_alikes."""

    code = "already_registered"

    def __init__(self, found: list[LookAlike]) -> None:
        other = found[0].patient
        super().__init__(
            _(
                "There is a file of this person already: %(name)s, %(number)s. Open it, or say that this is somebody else."
            )
            % {"name": queries.shown_name(other), "number": other.file_number},
            look_alikes=found,
        )
        self.look_alikes = found


class ChangedBySomebodyElse(ChangedMeanwhile):
    """Another person changed the same fields first. details: version, fields (dicts field, label, theirs, by, at)."""

    code = "changed_by_somebody_else"

    def __init__(self, *, version: int, fields: list[dict[str, Any]]) -> None:
        names = "、".join(dict.fromkeys(str(one["by"]) for one in fields))
        labels = "、".join(str(one["label"]) for one in fields)
        super().__init__(
            _(
                "%(names)s changed this file meanwhile: %(labels)s. What you typed is still here; compare, then save again."
            )
            % {"names": names, "labels": labels},
            version=version,
            fields=fields,
        )
        self.version = version
        self.fields = fields


class CannotUndo(Refused):
    """The registration is no longer fresh, or something hangs on the file."""

    code = "cannot_undo"


@action(Permission.PATIENT_EDIT)
def register_patient(
    *,
    by: User,
    clinic: Clinic,
    name: str,
    phone: str,
    at: datetime,
    sex: str = "unknown",
    born_on: date | None = None,
    id_number: str = "",
    phone_owner: str = "",
    email: str = "",
    address: str = "",
    source: str = "",
    source_detail: str = "",
    note: str = "",
    contact_channel: str = ContactChannel.PHONE,
    contact_time: str = "",
    special_needs: tuple[str, ...] | list[str] = (),
    tags: tuple[str, ...] | list[str] = (),
    is_somebody_else: bool = False,
    request_key: str = "",
) -> Patient:
    """Open a file for a new patient: name and phone are enough.

    is_somebody_else: a person looked at the likely duplicates and says so. Raises WrongValue, AlreadyRegistered.
    """
    done = requests.result_of(user_id=by.pk, key=request_key)
    if done is not None:
        return queries.patient(clinic, done)
    values = cleaned(
        {
            "name": name, "phone": phone, "sex": sex, "born_on": born_on, "id_number": id_number,
            "phone_owner": phone_owner, "email": email, "address": address, "source": source,
            "source_detail": source_detail, "note": note, "contact_channel": contact_channel,
            "contact_time": contact_time, "special_needs": list(special_needs), "tags": list(tags),
        }
    )  # fmt: skip
    _refuse_future_birth(values["born_on"], clinic, at)
    if not values["phone"]:
        raise WrongValue("phone", _("A phone number is needed to reach the patient. For a child, take a parent's."))
    _refuse_double(clinic, values, is_somebody_else=is_somebody_else)
    patient = Patient(clinic=clinic, created_by=by, created_at=at, **values)
    set_derived(patient)
    patient.file_number = _free_file_number(clinic)
    patient.save(force_insert=True)
    write_keys(patient)
    record("patient.registered", subject=patient, patient_id=patient.pk, after=_told(patient, list(values)))
    requests.remember(user_id=by.pk, key=request_key, action="patient.register", result_id=patient.pk, at=at)
    events.publish(PatientRegistered(clinic_id=clinic.pk, patient_id=patient.pk, at=at))
    live.touch(clinic.pk, "day")
    return patient


def _refuse_future_birth(born_on: date | None, clinic: Clinic, at: datetime) -> None:
    if born_on is not None and born_on > clock.local(at, clinic.zone).date():
        raise WrongValue("born_on", _("The birth date lies in the future. Type year, month and day."))


def _refuse_double(clinic: Clinic, values: dict[str, Any], *, is_somebody_else: bool) -> None:
    wanted = {field: values[field] for field in ("name", "phone", "born_on", "id_number", "sex")}
    same = [one for one in queries.look_alikes(clinic, **wanted) if one.likeness.score >= ONE_PERSON]
    has_card = [
        one for one in same if values["id_number"] and id_key(one.patient.id_number) == id_key(values["id_number"])
    ]
    if has_card or (same and not is_somebody_else):
        raise AlreadyRegistered(has_card or same)


def _free_file_number(clinic: Clinic) -> str:
    """Return the next number that no imported file has taken."""
    while True:
        number = file_number(clinic, next_number(clinic_id=clinic.pk, series="file"))
        is_taken = Patient.objects.filter(clinic=clinic, file_number=number).exists()
        if not is_taken and not GivenUpNumber.objects.filter(clinic=clinic, number=number).exists():
            return number


def _masked(field: str, value: str) -> str:
    masks = {"phone": mask_phone, "email": mask_email, "address": mask_address}
    return masks.get(field, mask_id)(value) if value else ""


def _told(patient: Patient, fields: list[str]) -> dict[str, Any]:
    """Return what the audit line says: sealed fields masked, empty ones left out. The note stays out."""
    told: dict[str, Any] = {"file_number": patient.file_number}
    for field in fields:
        value = as_text(getattr(patient, field))
        if value and field != "note":
            told[field] = _masked(field, value) if field in SEALED_FIELDS else value
    return told


@action(Permission.PATIENT_EDIT)
def undo_registration(*, by: User, patient: Patient, at: datetime) -> None:
    """Take back a registration of the same day by which nothing has happened yet. Raises CannotUndo."""
    locked = Patient.objects.select_for_update().select_related("clinic").get(pk=patient.pk)
    clinic = locked.clinic
    days = [
        clock.business_date(moment, clinic.zone, day_starts_at=clinic.day_starts_at)
        for moment in (locked.created_at, at)
    ]
    if days[0] != days[1] or locked.import_batch_id is not None:
        raise CannotUndo(_("Only a registration of today can be undone; this file stays."))
    events.publish(RegistrationUndone(clinic_id=clinic.pk, patient_id=locked.pk, at=at))
    if with_rows([locked.pk]):
        raise CannotUndo(_("Something has been noted in this file already (an appointment, a change …), so it stays."))
    record("patient.registration_undone", subject=locked, patient_id=locked.pk, before=_told(locked, ["name", "phone"]))
    GivenUpNumber.objects.get_or_create(clinic=clinic, number=locked.file_number, defaults={"by": by, "at": at})
    record("patient.number_given_up", subject=clinic, after={"file_number": locked.file_number})
    SearchKey.objects.filter(patient=locked).delete()
    locked.delete()
    live.touch(clinic.pk, "day")


@action(Permission.PATIENT_EDIT)
def change_patient(*, by: User, patient: Patient, version: int, changes: dict[str, Any], at: datetime) -> Patient:
    """Change fields of a file that was seen in that version; history keeps the old values.

    Fields that somebody else changed meanwhile and this person did not touch keep the new value. Raises
    ChangedBySomebodyElse when both changed the same one, WrongValue.
    """
    locked = Patient.objects.select_for_update().select_related("clinic").get(pk=patient.pk)
    given = dict(changes)
    if "id_number" in given:
        given.setdefault("born_on", locked.born_on)
        given.setdefault("sex", locked.sex)
    if "name" in given and _differs(given["name"], locked.name) and given.get("pinyin", locked.pinyin) == locked.pinyin:
        given["pinyin"] = ""
    values = cleaned(given)
    if "born_on" in values:
        _refuse_future_birth(values["born_on"], locked.clinic, at)
    if values.get("phone") == "" and locked.phone and locked.import_batch_id is None:
        raise WrongValue("phone", _("A phone number is needed to reach the patient. For a child, take a parent's."))
    values = _own_changes(locked, version, values)
    before = {field: getattr(locked, field) for field in values}
    for field, value in values.items():
        setattr(locked, field, value)
    set_derived(locked)
    if "pinyin" in values:
        values["pinyin"] = locked.pinyin
    changed = [field for field in values if as_text(before[field]) != as_text(getattr(locked, field))]
    if not changed:
        return locked
    write_change(by, locked, before, changed, at)
    return locked


def _differs(one: str, other: str) -> bool:
    return "".join(one.split()) != "".join(other.split())


def write_change(by: User, patient: Patient, before: dict[str, Any], changed: list[str], at: datetime) -> None:
    """Write the changed fields of a locked file as its next version, with history, search keys, audit line and event."""
    patient.version += 1
    PatientChange.objects.bulk_create(
        PatientChange(
            patient=patient,
            field=field,
            version=patient.version,
            old=as_text(before[field]),
            new=as_text(getattr(patient, field)),
            by=by,
            at=at,
        )
        for field in changed
    )
    patient.save(update_fields=[*changed, "pinyin", "phone_index", "id_index", "id_kind", "version"])
    if KEY_FIELDS & set(changed):
        write_keys(patient)
    old = {field: as_text(before[field]) for field in changed if field != "note"}
    new = {field: as_text(getattr(patient, field)) for field in changed if field != "note"}
    hidden = {field for field in changed if field in SEALED_FIELDS}
    record(
        "patient.changed",
        subject=patient,
        patient_id=patient.pk,
        before={field: _masked(field, text) if field in hidden else text for field, text in old.items()},
        after={field: _masked(field, text) if field in hidden else text for field, text in new.items()}
        | ({"note": "changed"} if "note" in changed else {}),
    )
    events.publish(PatientChanged(clinic_id=patient.clinic_id, patient_id=patient.pk, fields=tuple(changed), at=at))
    live.touch(patient.clinic_id, "day")


def _own_changes(patient: Patient, version: int, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that this person really changed since the version seen. Raises ChangedBySomebodyElse."""
    if version >= patient.version:
        return values
    later = (
        PatientChange.objects.filter(patient=patient, version__gt=version)
        .select_related("by")
        .order_by("version", "pk")
    )
    seen: dict[str, str] = {}
    last: dict[str, PatientChange] = {}
    for change in later:
        seen.setdefault(change.field, change.old)
        last[change.field] = change
    own, collisions = {}, []
    for field, value in values.items():
        text = as_text(value)
        if field not in seen or text == as_text(getattr(patient, field)):
            own[field] = value
        elif text != seen[field] and not (field == "pinyin" and not text):
            theirs = last[field]
            collisions.append(
                {
                    "field": field,
                    "label": FIELD_LABELS[field],
                    "theirs": _masked(field, theirs.new) if field in SEALED_FIELDS else theirs.new,
                    "by": theirs.by.name,
                    "at": theirs.at,
                }
            )
    if collisions:
        raise ChangedBySomebodyElse(version=patient.version, fields=collisions)
    return own


@action(Permission.PATIENT_SEE)
def note_look(*, by: User, patient: Patient, at: datetime, what: str = "patient.looked_at") -> None:
    """Note that somebody looked at the file (PAT-9)."""
    record(what, subject=patient, patient_id=patient.pk, is_look=True)


@action(Permission.PATIENT_UNMASK)
def unmask(*, by: User, patient: Patient, fields: tuple[str, ...] | list[str], at: datetime) -> dict[str, str]:
    """Return sealed fields in whole, and note that they were shown."""
    wanted = [field for field in fields if field in SEALED_FIELDS]
    record("patient.unmasked", subject=patient, patient_id=patient.pk, after={"fields": wanted}, is_look=True)
    return {field: getattr(patient, field) for field in wanted}
