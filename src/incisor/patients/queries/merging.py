"""Reading merges: what would move, what moved, what came later."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Q, QuerySet
from django.utils.translation import gettext as _

from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.enums import FIELD_LABELS
from incisor.patients.hooks import Ledger, Obstacle, merge_parts
from incisor.patients.models import Merge, Patient
from incisor.patients.queries.attached import STAYS, key_of, part_of, patient_keys
from incisor.patients.queries.files import NoSuchPatient, shown_value, with_badge
from incisor.patients.rules.merging import BOTH, KEPT, LESSER, Difference, difference
from incisor.patients.rules.texts import as_text

MOMENTS = ("starts_at", "arrived_at", "taken_at", "recorded_at", "given_at", "set_at", "at", "created_at", "due_on")


def merged_files(patient: Patient) -> list[Patient]:
    """Return the files that were merged into this one, also through others."""
    found: list[Patient] = []
    last = [patient.pk]
    while last:
        files = list(Patient.objects.filter(merged_into__in=last).order_by("pk"))
        found += files
        last = [one.pk for one in files]
    return found


def kept_files(merged: Iterable[Patient]) -> dict[uuid.UUID, Patient]:
    """Return for each merged file the one it ended in."""
    targets = {one.pk: one.merged_into_id for one in merged}
    found: dict[uuid.UUID, Patient] = {}
    while targets:
        files = Patient.objects.in_bulk(list({pk for pk in targets.values() if pk is not None}))
        ended = {pk: files[to] for pk, to in targets.items() if to is not None and files[to].merged_into_id is None}
        found |= ended
        targets = {pk: files[to].merged_into_id for pk, to in targets.items() if pk not in ended and to is not None}
    return found


def own_file(clinic: Clinic, patient_id: Any) -> Patient:
    """Return the clinic's file of that key itself, also when it was merged into another. Raises NoSuchPatient."""
    found = with_badge(Patient.objects.filter(clinic=clinic, pk=as_uuid(patient_id))).first()
    if found is None:
        raise NoSuchPatient()
    return found


def same_file(clinic_id: uuid.UUID, patient_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the keys of all files that are this person's now: the kept one and those merged into it."""
    found = Patient.objects.filter(clinic_id=clinic_id, pk=patient_id).first()
    return [patient_id, *(one.pk for one in merged_files(found))] if found is not None else []


def merge(clinic: Clinic, merge_id: Any) -> Merge:
    """Return the clinic's merge with both files. Raises NotFound."""
    found = (
        Merge.objects.filter(clinic=clinic, pk=as_uuid(merge_id))
        .select_related("kept", "lesser", "by", "undone_by")
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def merges(clinic: Clinic) -> QuerySet[Merge]:
    """Return the clinic's merges, newest first."""
    found = Merge.objects.filter(clinic=clinic).select_related("kept", "lesser", "by", "undone_by")
    return found.order_by("-at", "-pk")


def merges_of(patient: Patient) -> list[Merge]:
    """Return the merges in force by which this file grew, newest first."""
    found = Merge.objects.filter(kept=patient, undone_at=None).select_related("lesser", "by")
    return list(found.order_by("-at", "-pk"))


DERIVED = frozenset({"pinyin", "is_active"})


def differences(kept: Patient, lesser: Patient) -> list[Difference]:
    """Return the fields in which the files differ, with what may be kept."""
    columns = {field.name for field in Patient._meta.concrete_fields}
    fields = [field for field in FIELD_LABELS if field in columns and field not in DERIVED]
    found = [difference(field, as_text(getattr(kept, field)), as_text(getattr(lesser, field))) for field in fields]
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class FieldChoice:
    """A field of the preview: what both files say, sealed values masked, and what may be kept (the first is proposed)."""

    field: str
    label: str
    kept: str
    lesser: str
    options: tuple[tuple[str, str], ...]
    differs_unseen: bool


def field_choices(kept: Patient, lesser: Patient) -> list[FieldChoice]:
    """Return the fields in which two files differ, as a person chooses among them."""
    words = {KEPT: _("Keep this"), LESSER: _("Take this"), BOTH: _("Both")}
    found = []
    for one in differences(kept, lesser):
        shown = shown_value(one.field, one.kept), shown_value(one.field, one.lesser)
        ordered = sorted(one.choices, key=(KEPT, LESSER, BOTH).index)
        found.append(
            FieldChoice(
                field=one.field,
                label=str(FIELD_LABELS[one.field]),
                kept=shown[0],
                lesser=shown[1],
                options=tuple((choice, words[choice]) for choice in ordered),
                differs_unseen=shown[0] == shown[1],
            )
        )
    return found


def proposed(kept: Patient, lesser: Patient) -> dict[str, str]:
    """Return what is proposed for each field in which two files differ."""
    return {one.field: one.choices[0] for one in differences(kept, lesser)}


# ---- before ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How many rows of a kind there are."""

    label: str
    count: int


def label_of(key: str) -> str:
    """Return what rows behind that foreign key are called."""
    part = part_of(key)
    return str(part.label) if part is not None else key.split(".")[1]


def row_counts(patient: Patient) -> list[Count]:
    """Return how many rows of each kind hang on the file, as the preview of a merge names them."""
    counts: dict[str, int] = defaultdict(int)
    order: dict[str, int] = {}
    for field in patient_keys():
        key = key_of(field)
        if key in STAYS:
            continue
        count = field.model._base_manager.filter(**{field.attname: patient.pk}).count()
        part = part_of(key)
        order[label_of(key)] = part.order if part is not None else 999
        counts[label_of(key)] += count
    return [Count(label, counts[label]) for label in sorted(counts, key=lambda one: (order[one], one)) if counts[label]]


def obstacles(lesser: Patient, kept: Patient, at: datetime) -> list[Obstacle]:
    """Return what must be settled before these two can become one."""
    found: list[Obstacle] = []
    for one in (lesser, kept):
        if one.merged_into_id is not None:
            found.append(Obstacle(_("%(number)s was merged already.") % {"number": one.file_number}))
        if one.erased_at is not None:
            found.append(Obstacle(_("The person of %(number)s was erased.") % {"number": one.file_number}))
    for part in merge_parts:
        if part.obstacles is not None:
            found += part.obstacles(lesser, kept, at)
    return found


# ---- after -----------------------------------------------------------------------------------------------------------


def ledger_of(found: Merge) -> Ledger:
    """Return what the merge did, empty when the person was erased since."""
    return json.loads(found.ledger) if found.ledger else {}


def moved_counts(found: Merge) -> list[Count]:
    """Return how many rows of each kind moved."""
    counts: dict[str, int] = defaultdict(int)
    for key, rows in ledger_of(found).get("rows", {}).items():
        counts[label_of(key)] += len(rows["moved"])
    for part in merge_parts:
        moved = ledger_of(found).get("parts", {}).get(part.key, {}).get("moved", ())
        counts[str(part.label)] += len(moved)
    return [Count(label, count) for label, count in counts.items() if count]


def stayed_counts(found: Merge) -> list[Count]:
    """Return how many rows of each kind stayed with the merged file, because the kept one had the same already."""
    counts: dict[str, int] = defaultdict(int)
    for key, rows in ledger_of(found).get("rows", {}).items():
        counts[label_of(key)] += len(rows["stayed"])
    return [Count(label, count) for label, count in counts.items() if count]


@dataclass(frozen=True)
class FieldKept:
    """A field that the merge wrote into the kept file. is_changed_since: undoing leaves it alone."""

    field: str
    label: str
    before: str
    after: str
    is_changed_since: bool


def fields_written(found: Merge) -> list[FieldKept]:
    """Return what the merge wrote over in the kept file, sealed values masked."""
    return [
        FieldKept(
            field=field,
            label=str(FIELD_LABELS[field]),
            before=shown_value(field, values["before"]),
            after=shown_value(field, values["after"]),
            is_changed_since=as_text(getattr(found.kept, field)) != values["after"],
        )
        for field, values in ledger_of(found).get("fields", {}).items()
        if field in FIELD_LABELS
    ]


@dataclass(frozen=True)
class SinceRow:
    """A row that came into the kept file after the merge. follows: it hangs on a row that goes back, and goes with it;
    under: the row of this list on which it hangs, and with which it goes wherever that goes."""

    key: str
    pk: uuid.UUID
    label: str
    text: str
    at: date | datetime | None
    follows: bool
    under: tuple[str, uuid.UUID] | None

    @property
    def value(self) -> str:
        """What a form says when this row shall go to the other file."""
        return f"{self.key}:{self.pk}"


def rows_since(found: Merge) -> list[SinceRow]:
    """Return the rows that came into the kept file after the merge, for the person who undoes it to decide."""
    ledger = ledger_of(found)
    later = _moved_later(found)
    went = _moved_models(ledger)
    fresh: dict[str, list[Any]] = {}
    homes: dict[tuple[Any, uuid.UUID], tuple[str, uuid.UUID]] = {}
    for field in patient_keys():
        key = key_of(field)
        if key not in ledger.get("rows", {}):
            continue
        known = {*ledger["rows"][key]["moved"], *ledger["rows"][key]["had"], *later.get(key, ())}
        rows = field.model._base_manager.filter(**{field.attname: found.kept_id}).order_by("pk")
        fresh[key] = [row for row in rows if str(row.pk) not in known]
        homes.update({(field.model, row.pk): (key, row.pk) for row in fresh[key]})
    return [_since(key, row, went, homes) for key, rows in fresh.items() for row in rows]


def _since(
    key: str,
    row: Any,
    went: dict[Any, set[str]],
    homes: dict[tuple[Any, uuid.UUID], tuple[str, uuid.UUID]],
) -> SinceRow:
    follows, under = False, None
    for field in row._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or field.related_model is Patient:
            continue
        target = getattr(row, field.attname)
        follows = follows or str(target) in went.get(field.related_model, ())
        under = under or homes.get((field.related_model, target))
    part = part_of(key)
    told = part.told(row) if part is not None and part.told is not None else ""
    at = next((getattr(row, name) for name in MOMENTS if getattr(row, name, None) is not None), None)
    return SinceRow(key, row.pk, label_of(key), told, at, follows, under)


def _moved_models(ledger: Ledger) -> dict[Any, set[str]]:
    moved: dict[Any, set[str]] = defaultdict(set)
    for key, rows in ledger.get("rows", {}).items():
        app, name, _field = key.split(".")
        moved[apps.get_model(app, name)] |= set(rows["moved"])
    return moved


def _moved_later(found: Merge) -> dict[str, set[str]]:
    """Return the rows that other merges brought into the kept file since."""
    others = Merge.objects.filter(Q(at__gt=found.at) | Q(at=found.at, pk__gt=found.pk), kept=found.kept_id)
    moved: dict[str, set[str]] = defaultdict(set)
    for other in others.exclude(pk=found.pk).filter(undone_at=None):
        for key, rows in ledger_of(other).get("rows", {}).items():
            moved[key] |= set(rows["moved"])
    return moved


def going_back(rows: Iterable[SinceRow], chosen: Iterable[str]) -> dict[str, list[uuid.UUID]]:
    """Return the keys of the rows that go to the other file: those chosen, those that hang on what goes back anyway."""
    wanted, by_home = set(chosen), {(row.key, row.pk): row for row in rows}

    def goes(row: SinceRow, depth: int = 0) -> bool:
        if row.follows:
            return True
        if row.under is not None and row.under != (row.key, row.pk) and depth < 9:
            return goes(by_home[row.under], depth + 1)
        return row.value in wanted

    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for row in by_home.values():
        if goes(row):
            found[row.key].append(row.pk)
    return found
