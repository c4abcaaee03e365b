"""Importing treatments, second half: writing a portion as closed visits, and taking it back."""

import uuid
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.ids import uuid7
from incisor.kernel.numbers import next_numbers, raise_to
from incisor.patients.enums import RowOutcome
from incisor.patients.hooks import CheckedRow, ImportKind, Layout, Problem, WrittenRow
from incisor.patients.models import Patient
from incisor.patients.queries import OLD_NUMBER
from incisor.patients.rules import open_dental
from incisor.patients.services import note_seen
from incisor.visits.enums import VisitKind, VisitStatus
from incisor.visits.models import TreatmentDone, Visit, VisitStep
from incisor.visits.rules.universal import fdi_text
from incisor.visits.services.import_treatments import FIELDS, check, noon_of, visit_key

Key = tuple[uuid.UUID, date, uuid.UUID | None]


def write(by: User, clinic: Clinic, batch_id: uuid.UUID, rows: list[CheckedRow], at: datetime) -> list[WrittenRow]:
    """Write a portion: lock the patients, find or make the visits of those days, then what was done."""
    todo = [row for row in rows if row.planned == RowOutcome.CREATED]
    ids = sorted({row.values["patient"].pk for row in todo})
    people = Patient.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids).order_by("pk").in_bulk()
    visits = _visits(by, clinic, batch_id, todo, at)
    positions: dict[uuid.UUID, int] = defaultdict(int)
    done = [(row, _treatment(row, visits[visit_key(row)], positions)) for row in todo]
    TreatmentDone.objects.bulk_create([one for _row, one in done], batch_size=500)
    seen = _note_seen(by, people, todo, at)
    written = [
        WrittenRow(
            number=row.number,
            outcome=RowOutcome.CREATED,
            result_id=one.pk,
            before=seen.pop(row.values["patient"].pk, {}),
        )
        for row, one in done
    ]
    return written + [
        WrittenRow(number=row.number, outcome=RowOutcome.UNCHANGED)
        for row in rows
        if row.planned == RowOutcome.UNCHANGED
    ]


def _treatment(row: CheckedRow, visit: Visit, positions: dict[uuid.UUID, int]) -> TreatmentDone:
    positions[visit.pk] += 1
    values = row.values
    return TreatmentDone(
        id=uuid7(),
        visit=visit,
        procedure=values["procedure"],
        dentist=values["dentist"],
        teeth=values["teeth"],
        quantity=values["quantity"],
        note=values["note"],
        position=positions[visit.pk],
        external_id=values["external_id"],
    )


def _visits(by: User, clinic: Clinic, batch_id: uuid.UUID, rows: list[CheckedRow], at: datetime) -> dict[Key, Visit]:
    """Return the visit of each row: one that an import made before, or a new one, closed on its own day."""
    keys = sorted({visit_key(row) for row in rows}, key=str)
    ids = {key[0] for key in keys}
    mine = Visit.objects.filter(clinic=clinic, patient__in=ids)
    found: dict[Key, Visit] = {
        (visit.patient_id, visit.business_date, visit.dentist_id): visit
        for visit in mine.filter(import_batch__isnull=False).order_by("-pk")
    }
    first: dict[uuid.UUID, date] = dict(mine.order_by().values_list("patient_id").annotate(first=Min("business_date")))
    fresh = [key for key in keys if key not in found]
    numbers = _queue_numbers(clinic, [day for _patient, day, _dentist in fresh])
    made = []
    for key in sorted(fresh, key=lambda one: one[1]):
        patient_id, day, dentist_id = key
        noon = noon_of(clinic, day)
        is_first = day < first.get(patient_id, date.max)
        first[patient_id] = min(day, first.get(patient_id, date.max))
        visit = Visit(
            clinic=clinic,
            patient_id=patient_id,
            dentist_id=dentist_id,
            business_date=day,
            queue_number=next(numbers[day]),
            kind=VisitKind.FIRST if is_first else VisitKind.RETURN,
            status=VisitStatus.DONE,
            arrived_at=noon,
            ended_at=noon,
            closed_at=noon,
            import_batch_id=batch_id,
        )
        made.append(visit)
        found[key] = visit
    Visit.objects.bulk_create(made, batch_size=500)
    VisitStep.objects.bulk_create(
        VisitStep(visit=visit, to_status=VisitStatus.DONE, reason=_("Brought along from the old system"), by=by, at=at)
        for visit in made
    )
    return found


def _queue_numbers(clinic: Clinic, days: list[date]) -> dict[date, Any]:
    """Return for each day the numbers to give, none of which was given before."""
    taken = dict(
        Visit.objects.filter(clinic=clinic, business_date__in=set(days))
        .order_by()
        .values_list("business_date")
        .annotate(last=Max("queue_number"))
    )
    found = {}
    for day in sorted(set(days)):
        where: dict[str, Any] = {"clinic_id": clinic.pk, "series": "queue", "period": day.isoformat()}
        if day in taken:
            raise_to(at_least=taken[day], **where)
        found[day] = iter(next_numbers(count=days.count(day), **where))
    return found


def _note_seen(
    by: User, people: dict[Any, Patient], rows: list[CheckedRow], at: datetime
) -> dict[uuid.UUID, dict[str, Any]]:
    """Write the last visit into the files that knew an earlier one; returns what it was, for taking it back."""
    last: dict[uuid.UUID, date] = {}
    for row in rows:
        key = row.values["patient"].pk
        last[key] = max(row.values["day"], last.get(key, date.min))
    before = {}
    for key, day in last.items():
        patient = people[key]
        if patient.last_seen_on is None or patient.last_seen_on < day:
            was = patient.last_seen_on
            before[key] = {"seen": day.isoformat(), "seen_before": was.isoformat() if was else ""}
            note_seen(by=by, patient=patient, on=day, at=at)
    return before


def reverse(by: User, clinic: Clinic, rows: list[WrittenRow], at: datetime) -> list[WrittenRow]:
    """Take a portion back: the treatments, and the visits that nothing hangs on any more."""
    ids = [row.result_id for row in rows if row.result_id]
    mine = TreatmentDone.objects.filter(visit__clinic=clinic, visit__import_batch__isnull=False, pk__in=ids)
    there = mine.select_related("visit__patient").in_bulk()
    visits: dict[uuid.UUID, Visit] = {}
    for row in rows:
        row.outcome = RowOutcome.REMOVED
        one = there.get(row.result_id) if row.result_id else None
        if one is None:
            continue
        try:
            with transaction.atomic():
                one.delete()
        except ProtectedError:
            row.outcome = RowOutcome.KEPT
            row.problems = [Problem("", _("The treatment was used since."), _("Look at the patient's visits."))]
            continue
        visits[one.visit_id] = one.visit
        _forget_seen(by, one.visit.patient, row, at)
    for visit in visits.values():
        _drop(visit)
    return rows


def _forget_seen(by: User, patient: Patient, row: WrittenRow, at: datetime) -> None:
    if row.before.get("seen") and patient.last_seen_on == date.fromisoformat(row.before["seen"]):
        was = row.before["seen_before"]
        note_seen(by=by, patient=patient, on=date.fromisoformat(was) if was else None, at=at)


def _drop(visit: Visit) -> None:
    """Remove an imported visit of which nothing is left; whatever somebody added to it keeps it."""
    try:
        with transaction.atomic():
            if not TreatmentDone.objects.filter(visit=visit).exists():
                VisitStep.objects.filter(visit=visit, to_status=VisitStatus.DONE).delete()
                visit.delete()
    except ProtectedError:
        return


# Table "procedurelog" of Open Dental. CodeNum, ProvNum: numbers of its tables procedurecode and provider; a query that
# joins procedurecode may bring ProcCode instead. ToothNum, ToothRange: universal numbers.
OPEN_DENTAL = Layout(
    key="od",
    label=gettext_lazy("Open Dental, table procedurelog"),
    needs=("ProcNum", "PatNum", "ProcDate", "ToothNum"),
    columns={
        "ProcNum": "external_id",
        "PatNum": OLD_NUMBER,
        "ProcDate": "day",
        "ProcCode": "procedure",
        "CodeNum": "procedure",
        "ProvNum": "dentist",
        "ToothNum": "teeth",
        "ToothRange": "teeth",
        "Surf": "note",
        "UnitQty": "quantity",
        "ProcStatus": "status",
    },
    joins={"procedure": open_dental.code_or_number, "teeth": " ".join},
    values={
        "procedure": open_dental.code_or_number_alone,
        "dentist": open_dental.number_of_list,
        "teeth": fdi_text,
        "status": open_dental.procedure_state,
        "day": open_dental.day,
    },
)
IMPORTED_TREATMENTS = ImportKind(
    key="treatments",
    label=gettext_lazy("Treatments done"),
    order=30,
    permission=Permission.PATIENT_HEALTH,
    fields=FIELDS,
    check=check,
    write=write,
    reverse=reverse,
    layouts=(OPEN_DENTAL,),
)
