"""Two files of one person become one, and stand apart again when that was wrong (PAT-7).

The merged file stays as a pointer: its number and links lead to the kept one. A sealed ledger says what moved and what was
written over, so that the merge can be undone at any later time. Nothing is deleted, and nothing of either file is lost.
"""

import json
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import events, live
from incisor.kernel.errors import ChangedMeanwhile, NotFound, Refused
from incisor.patients import queries
from incisor.patients.enums import FIELD_LABELS, PairStatus
from incisor.patients.events import PatientMergeUndone, PatientsMerged
from incisor.patients.hooks import Ledger, Obstacle, merge_parts
from incisor.patients.models import DuplicatePair, Merge, Patient, PatientChange, SearchKey
from incisor.patients.queries.attached import key_of, patient_keys
from incisor.patients.rules.merging import chosen
from incisor.patients.rules.texts import as_text
from incisor.patients.services._moving import move_rows, own_keys, put
from incisor.patients.services._values import from_text, set_derived, write_keys

# kept without asking: the later visit, whoever sent the patient, a restriction of either file
SILENT = ("last_seen_on", "referrer", "restricted_at")


class CannotMerge(Refused):
    """Something must be settled first. details: obstacles."""

    code = "cannot_merge"

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(
            _("These two files cannot be merged yet: %(reasons)s")
            % {"reasons": " ".join(one.text for one in obstacles)},
            obstacles=obstacles,
        )
        self.obstacles = obstacles


class FilesChanged(ChangedMeanwhile):
    """One of the two files was changed after the preview was shown."""

    code = "files_changed"


class CannotUndoMerge(Refused):
    """The merge is undone already, or the kept file went into another one, or the person was erased."""

    code = "cannot_undo_merge"


@action(Permission.PATIENT_MERGE)
def merge_patients(
    *,
    by: User,
    clinic: Clinic,
    kept: Patient,
    lesser: Patient,
    choices: dict[str, str],
    versions: tuple[int, int],
    at: datetime,
) -> Merge:
    """Let the lesser file become a part of the kept one.

    choices: field → "kept", "lesser" or "both"; what is not named is taken as proposed. versions: of the kept and the lesser
    file, as the person saw them. Raises CannotMerge, FilesChanged, NotFound.
    """
    kept, lesser = _locked(clinic, kept, lesser)
    if (kept.version, lesser.version) != tuple(versions):
        raise FilesChanged(_("One of the two files was changed meanwhile. Look at the preview again."))
    found = queries.obstacles(lesser, kept, at)
    if kept.pk == lesser.pk:
        found = [Obstacle(_("This is the same file. Choose another person."))]
    if found:
        raise CannotMerge(found)
    ledger: Ledger = {"rows": {}, "parts": {}, "fields": {}, "lesser": {"is_active": lesser.is_active}}
    for part in merge_parts:
        if part.move is not None:
            ledger["parts"][part.key] = part.move(lesser, kept)
    for field in own_keys():
        ledger["rows"][key_of(field)] = move_rows(field, lesser, kept)
    ledger["fields"] = _write_fields(by, kept, _merged_values(kept, lesser, choices), at)
    lesser.merged_into, lesser.is_active = kept, False
    lesser.save(update_fields=["merged_into", "is_active"])
    SearchKey.objects.filter(patient=lesser).delete()
    write_keys(kept)
    count = sum(len(rows["moved"]) for rows in [*ledger["rows"].values(), *ledger["parts"].values()])
    made = Merge.objects.create(
        clinic=clinic, kept=kept, lesser=lesser, ledger=json.dumps(ledger), moved_count=count, by=by, at=at
    )
    _decide_pair(by, kept, lesser, PairStatus.MERGED, at)
    told = {"kept": kept.file_number, "merged": lesser.file_number, "count": count}
    record("patient.merged", subject=made, patient_id=kept.pk, after={**told, "fields": sorted(ledger["fields"])})
    record("patient.merged", subject=made, patient_id=lesser.pk, after=told)
    events.publish(PatientsMerged(clinic_id=clinic.pk, kept_id=kept.pk, lesser_id=lesser.pk, at=at))
    live.touch(clinic.pk, "day")
    return made


def _locked(clinic: Clinic, *files: Patient) -> list[Patient]:
    ids = [one.pk for one in files]
    rows = Patient.objects.select_for_update().filter(clinic=clinic, pk__in=ids).order_by("pk").in_bulk()
    if len(rows) < len(set(ids)):
        raise NotFound()
    return [rows[pk] for pk in ids]


def _merged_values(kept: Patient, lesser: Patient, choices: dict[str, str]) -> dict[str, Any]:
    """Return the values that the kept file takes over."""
    values: dict[str, Any] = {
        one.field: from_text(one.field, chosen(one, choices.get(one.field, "")))
        for one in queries.differences(kept, lesser)
    }
    days = [day for day in (kept.last_seen_on, lesser.last_seen_on) if day is not None]
    values["last_seen_on"] = max(days, default=None)
    if lesser.referrer_id != kept.pk:
        values["referrer"] = kept.referrer or lesser.referrer
    if kept.referrer_id == lesser.pk:
        values["referrer"] = None
    values["restricted_at"] = kept.restricted_at or lesser.restricted_at
    if "name" in values:
        values["pinyin"] = lesser.pinyin if values["name"] == lesser.name else kept.pinyin
    return values


def _text(patient: Patient, field: str) -> str:
    value = getattr(patient, "referrer_id" if field == "referrer" else field)
    return as_text(value)


def _write_fields(by: User, patient: Patient, values: dict[str, Any], at: datetime) -> dict[str, dict[str, str]]:
    """Write the values with history; returns before and after of those that changed."""
    before = {field: _text(patient, field) for field in values}
    for field, value in values.items():
        setattr(patient, field, value)
    set_derived(patient)
    changed = {
        field: {"before": before[field], "after": _text(patient, field)}
        for field in values
        if before[field] != _text(patient, field)
    }
    patient.version += 1
    PatientChange.objects.bulk_create(
        PatientChange(
            patient=patient, field=field, version=patient.version, old=one["before"], new=one["after"], by=by, at=at
        )
        for field, one in changed.items()
        if field in FIELD_LABELS
    )
    patient.save(update_fields=[*changed, "pinyin", "phone_index", "id_index", "version"])
    return changed


def _decide_pair(by: User, one: Patient, other: Patient, status: str, at: datetime) -> None:
    """Note what became of the two; other open pairs of a file that is merged are looked for anew."""
    first, second = sorted([one.pk, other.pk])
    decided = {"status": status, "decided_by": by, "decided_at": at}
    created = {**decided, "clinic_id": one.clinic_id, "score": 0, "found_at": at}
    DuplicatePair.objects.update_or_create(one_id=first, other_id=second, defaults=decided, create_defaults=created)
    if status == PairStatus.MERGED:
        open_pairs = DuplicatePair.objects.filter(status=PairStatus.OPEN)
        (open_pairs.filter(one=other) | open_pairs.filter(other=other)).delete()


@action(Permission.PATIENT_MERGE)
def undo_merge(*, by: User, merge: Merge, take: Collection[str], at: datetime) -> Merge:
    """Let the two files stand apart again, each with its rows and values.

    take: the rows that came after the merge and belong to the other person ("scheduling.Appointment.patient:<id>"); all
    others stay with the kept file. A field that was changed since keeps its new value. Raises CannotUndoMerge.
    """
    found = Merge.objects.select_for_update().select_related("clinic").get(pk=merge.pk)
    kept, lesser = Patient.objects.get(pk=found.kept_id), Patient.objects.get(pk=found.lesser_id)
    kept, lesser = _locked(found.clinic, kept, lesser)
    _refuse_undo(found, kept)
    ledger = json.loads(found.ledger)
    since = queries.going_back(queries.rows_since(found), take)
    keys = {key_of(field): field for field in patient_keys()}
    for key, rows in ledger["rows"].items():
        if key not in keys:
            continue
        field = keys[key]
        mine = field.model._base_manager.filter(pk__in=[uuid.UUID(pk) for pk in rows["moved"]])
        there = set(mine.filter(**{field.attname: kept.pk}).values_list("pk", flat=True))
        put(field, sorted([*there, *since.get(key, ())]), to=lesser.pk)
    for part in merge_parts:
        if part.undo is not None and part.key in ledger["parts"]:
            part.undo(ledger["parts"][part.key], lesser, kept)
    back = _values_back(found, kept, ledger)
    lesser.merged_into, lesser.is_active = None, ledger["lesser"]["is_active"]
    lesser.save(update_fields=["merged_into", "is_active"])
    _write_fields(by, kept, back, at)
    write_keys(kept)
    write_keys(lesser)
    found.undone_by, found.undone_at = by, at
    found.save(update_fields=["undone_by", "undone_at"])
    _decide_pair(by, kept, lesser, PairStatus.DIFFERENT, at)
    told = {"kept": kept.file_number, "merged": lesser.file_number, "taken": sum(map(len, since.values()))}
    record("patient.merge_undone", subject=found, patient_id=kept.pk, after={**told, "fields": sorted(back)})
    record("patient.merge_undone", subject=found, patient_id=lesser.pk, after=told)
    events.publish(PatientMergeUndone(clinic_id=found.clinic_id, kept_id=kept.pk, lesser_id=lesser.pk, at=at))
    live.touch(found.clinic_id, "day")
    return found


def _refuse_undo(found: Merge, kept: Patient) -> None:
    if found.undone_at is not None:
        raise CannotUndoMerge(_("This merge was undone already."))
    if not found.ledger:
        raise CannotUndoMerge(_("The person was erased since; the two files cannot be told apart any more."))
    if kept.merged_into_id is not None:
        later = Patient.objects.get(pk=kept.merged_into_id)
        raise CannotUndoMerge(
            _("The file %(number)s went into %(later)s afterwards. Undo that merge first.")
            % {"number": kept.file_number, "later": later.file_number}
        )


def _values_back(found: Merge, kept: Patient, ledger: Ledger) -> dict[str, Any]:
    """Return the values that the kept file had before, of the fields that nobody changed since.

    A field that a later merge wrote over is put right in that merge's ledger: undoing it must not bring this one back."""
    back: dict[str, Any] = {}
    later = Merge.objects.filter(kept=kept, undone_at=None, at__gte=found.at).exclude(pk=found.pk).order_by("at", "pk")
    for field, one in ledger["fields"].items():
        if _text(kept, field) == one["after"]:
            back[field] = _value(field, one["before"])
            continue
        for other in later:
            theirs = json.loads(other.ledger)
            if theirs["fields"].get(field, {}).get("before") == one["after"]:
                theirs["fields"][field]["before"] = one["before"]
                Merge.objects.filter(pk=other.pk).update(ledger=json.dumps(theirs))
                break
    return back


def _value(field: str, text: str) -> Any:
    if field == "referrer":
        return Patient.objects.filter(pk=text).first() if text else None
    return from_text(field, text)
