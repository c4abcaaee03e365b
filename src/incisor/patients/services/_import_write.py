"""Importing patients, second half: writing a portion of rows, and taking it back."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel import events
from incisor.kernel.numbers import next_numbers, raise_to
from incisor.patients.enums import AlertKind, RowOutcome
from incisor.patients.events import PatientsImported
from incisor.patients.hooks import CheckedRow, Problem, WrittenRow
from incisor.patients.models import DuplicatePair, FileLook, Patient, PatientAlert, PatientChange, SearchKey
from incisor.patients.queries import search_keys_of
from incisor.patients.queries.attached import with_rows
from incisor.patients.queries.finding import file_number
from incisor.patients.rules import health_code
from incisor.patients.services._import_check import allergy_words, differences, known_allergies, unique_ids
from incisor.patients.services._values import KEY_FIELDS, as_text, from_text, keys_of, set_derived

NOT_COLUMNS = frozenset({"allergies", "patient_id"})


def write(by: User, clinic: Clinic, batch_id: uuid.UUID, rows: list[CheckedRow], at: datetime) -> list[WrittenRow]:
    """Write a portion with bulk statements; returns what became of each row."""
    written = _create(by, clinic, batch_id, [row for row in rows if row.planned == RowOutcome.CREATED], at)
    written += _update(by, [row for row in rows if row.planned != RowOutcome.CREATED], at)
    return written


def _create(by: User, clinic: Clinic, batch_id: uuid.UUID, rows: list[CheckedRow], at: datetime) -> list[WrittenRow]:
    numbers = iter(_free_numbers(clinic, sum(1 for row in rows if not row.values.get("file_number"))))
    made: list[tuple[CheckedRow, Patient]] = []
    for row in rows:
        fields = {field: value for field, value in row.values.items() if field not in NOT_COLUMNS and value is not None}
        fields["file_number"] = fields.get("file_number") or next(numbers)
        patient = Patient(clinic=clinic, import_batch_id=batch_id, created_by=by, created_at=at, **fields)
        set_derived(patient)
        made.append((row, patient))
    Patient.objects.bulk_create([patient for _row, patient in made], batch_size=500)
    SearchKey.objects.bulk_create([key for _row, patient in made for key in search_keys_of(patient)], batch_size=2000)
    _raise_series(clinic, [patient.file_number for _row, patient in made])
    alerts = _add_alerts(by, [(row, patient) for row, patient in made if row.values.get("allergies")], at)
    if made:
        ids = tuple(patient.pk for _row, patient in made)
        events.publish(PatientsImported(clinic_id=clinic.pk, batch_id=batch_id, patient_ids=ids, at=at))
    return [
        WrittenRow(
            number=row.number,
            outcome=RowOutcome.CREATED,
            result_id=patient.pk,
            before={"version": 1, "alerts": alerts.get(patient.pk, [])},
        )
        for row, patient in made
    ]


def _free_numbers(clinic: Clinic, count: int) -> list[str]:
    free: list[str] = []
    while len(free) < count:
        drawn = [
            file_number(clinic, number)
            for number in next_numbers(clinic_id=clinic.pk, series="file", count=count - len(free))
        ]
        taken = set(Patient.objects.filter(clinic=clinic, file_number__in=drawn).values_list("file_number", flat=True))
        free += [number for number in drawn if number not in taken]
    return free


def _raise_series(clinic: Clinic, numbers: list[str]) -> None:
    """Let new files go on after the imported ones instead of trying each number that is taken."""
    own = [
        int(number.removeprefix(clinic.code))
        for number in numbers
        if number.startswith(clinic.code)
        and len(number) == len(clinic.code) + 6
        and number[-6:].isdigit()
        and number.isascii()
    ]
    if own:
        raise_to(clinic_id=clinic.pk, series="file", at_least=max(own))


def _add_alerts(by: User, pairs: list[tuple[CheckedRow, Patient]], at: datetime) -> dict[uuid.UUID, list[str]]:
    """Note allergies that the file does not name yet; returns the ids of the new alerts by patient."""
    known = known_allergies([patient.pk for _row, patient in pairs])
    made: list[PatientAlert] = []
    for row, patient in pairs:
        there = known.setdefault(patient.pk, set())
        for text in row.values["allergies"]:
            if allergy_words(text) & there:
                continue
            there |= allergy_words(text)
            code = health_code(kind=AlertKind.ALLERGY, text=text)
            made.append(
                PatientAlert(
                    clinic_id=patient.clinic_id,
                    patient=patient,
                    kind=AlertKind.ALLERGY,
                    code=code,
                    text=text,
                    recorded_by=by,
                    recorded_at=at,
                )
            )
    PatientAlert.objects.bulk_create(made)
    found: dict[uuid.UUID, list[str]] = {}
    for alert in made:
        found.setdefault(alert.patient_id, []).append(str(alert.pk))
    return found


def _update(by: User, rows: list[CheckedRow], at: datetime) -> list[WrittenRow]:
    locked = Patient.objects.select_for_update().filter(pk__in=unique_ids(rows)).order_by("pk").in_bulk()
    alerts = _add_alerts(
        by, [(row, locked[row.values["patient_id"]]) for row in rows if row.values.get("allergies")], at
    )
    written: list[WrittenRow] = []
    history: list[PatientChange] = []
    found_anew: list[Patient] = []
    for row in rows:
        patient = locked[row.values["patient_id"]]
        new_alerts = alerts.get(patient.pk, [])
        changes = differences(patient, row.values)
        if not changes and not new_alerts:
            written.append(WrittenRow(number=row.number, outcome=RowOutcome.UNCHANGED, result_id=patient.pk))
            continue
        old = {field: as_text(getattr(patient, field)) for field in changes}
        if changes:
            history += _change(by, patient, changes, old, at)
        if KEY_FIELDS & set(changes):
            found_anew.append(patient)
        before = {"version": patient.version, "fields": old, "alerts": new_alerts}
        written.append(WrittenRow(number=row.number, outcome=RowOutcome.UPDATED, result_id=patient.pk, before=before))
    PatientChange.objects.bulk_create(history, batch_size=1000)
    _write_keys(found_anew)
    return written


def _change(
    by: User, patient: Patient, changes: dict[str, Any], old: dict[str, str], at: datetime
) -> list[PatientChange]:
    for field, value in changes.items():
        setattr(patient, field, value)
    if "name" in changes:
        patient.pinyin = ""
    set_derived(patient)
    patient.version += 1
    patient.save(update_fields=[*changes, "pinyin", "phone_index", "id_index", "id_kind", "version"])
    return [
        PatientChange(
            patient=patient, field=field, version=patient.version, old=old[field], new=as_text(value), by=by, at=at
        )
        for field, value in changes.items()
        if field != "last_seen_on"
    ]


def _write_keys(patients: list[Patient]) -> None:
    SearchKey.objects.filter(patient__in=patients).delete()
    SearchKey.objects.bulk_create([key for patient in patients for key in keys_of(patient)], batch_size=2000)


def reverse(by: User, clinic: Clinic, rows: list[WrittenRow], at: datetime) -> list[WrittenRow]:
    """Take a portion back: untouched new files go, old values return; what was used or changed since is kept and named."""
    ids = [row.result_id for row in rows if row.result_id]
    there = Patient.objects.select_for_update().filter(clinic=clinic, pk__in=ids).order_by("pk").in_bulk()
    made_alerts = {uuid.UUID(key) for row in rows for key in row.before.get("alerts", [])}
    alerts = {alert.pk: alert for alert in PatientAlert.objects.filter(pk__in=made_alerts)}
    used = with_rows(list(there), but=(PatientAlert,))
    used |= set(
        PatientAlert.objects.filter(patient__in=there).exclude(pk__in=made_alerts).values_list("patient_id", flat=True)
    )
    gone: list[uuid.UUID] = []
    for row in rows:
        patient = there.get(row.result_id) if row.result_id else None
        if patient is None:
            row.outcome = RowOutcome.REMOVED
        elif row.outcome == RowOutcome.CREATED:
            if patient.pk in used or patient.version != row.before.get("version"):
                _keep(row, _("%(name)s (%(number)s) was used or changed since.") % _named(patient))
            else:
                gone.append(patient.pk)
                row.outcome = RowOutcome.REMOVED
        else:
            _restore(by, patient, row, alerts, at)
    _remove(gone)
    return rows


def _named(patient: Patient) -> dict[str, str]:
    return {"name": patient.name, "number": patient.file_number}


def _keep(row: WrittenRow, what: str) -> None:
    row.outcome = RowOutcome.KEPT
    row.problems = [Problem("", what, _("Look at the file; change it by hand if needed."))]


def _restore(by: User, patient: Patient, row: WrittenRow, alerts: dict[uuid.UUID, PatientAlert], at: datetime) -> None:
    """Give a file its old values back, unless somebody changed it after the import."""
    if patient.version != row.before.get("version"):
        _keep(row, _("%(name)s (%(number)s) was changed since.") % _named(patient))
        return
    ended = [alerts[key].pk for key in map(uuid.UUID, row.before.get("alerts", [])) if key in alerts]
    PatientAlert.objects.filter(pk__in=ended, ended_at=None).update(ended_at=at)
    old = row.before.get("fields", {})
    if old:
        values = {field: from_text(field, text) for field, text in old.items()}
        new = {field: as_text(getattr(patient, field)) for field in values}
        PatientChange.objects.bulk_create(_change(by, patient, values, new, at))
        if KEY_FIELDS & set(values):
            _write_keys([patient])
    row.outcome = RowOutcome.RESTORED


def _remove(ids: list[uuid.UUID]) -> None:
    SearchKey.objects.filter(patient__in=ids)._raw_delete(using="default")
    PatientAlert.objects.filter(patient__in=ids).delete()
    DuplicatePair.objects.filter(Q(one__in=ids) | Q(other__in=ids)).delete()
    FileLook.objects.filter(patient__in=ids).delete()
    Patient.objects.filter(pk__in=ids)._raw_delete(using="default")
