"""Importing the old system's own lists (dentists, rooms, treatments), so that the numbers in its other tables can be read."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.patients.enums import OldList, RowOutcome
from incisor.patients.hooks import CheckedRow, ImportField, ImportKind, Layout, Problem, WrittenRow
from incisor.patients.models import OldName
from incisor.patients.queries import portions
from incisor.patients.rules import open_dental
from incisor.patients.rules.cells import choice_of

LIST_WORDS = {
    OldList.DENTIST.value: ("医生", "医师", "dentists", "provider", "providers", "doctor"),
    OldList.CHAIR.value: ("椅位", "牙椅", "诊室", "chairs", "room", "operatory"),
    OldList.PROCEDURE.value: ("项目", "治疗项目", "procedures", "treatment", "procedure code"),
}
FIELDS = (
    ImportField(
        key="list", label=gettext_lazy("Which list"), synonyms=("列表", "类别", "类型", "kind"), is_required=True
    ),
    ImportField(key="number", label=gettext_lazy("Number"), synonyms=("编号", "代号", "id"), is_required=True),
    ImportField(key="name", label=gettext_lazy("Name"), synonyms=("名称", "姓名", "项目名称"), is_required=True),
    ImportField(key="code", label=gettext_lazy("Code"), synonyms=("代码", "编码", "简称", "abbreviation")),
)


def _of(kind: OldList, number: str, name: str, code: str, *more: str) -> Layout:
    """Return the layout of a table of Open Dental; its number tells which list it is."""
    columns = {number: "number", **dict.fromkeys(more, "name"), name: "name", code: "code"}
    joins = {"name": open_dental.whole_name} if more else {}
    label = {
        OldList.DENTIST: gettext_lazy("Open Dental, table provider"),
        OldList.CHAIR: gettext_lazy("Open Dental, table operatory"),
        OldList.PROCEDURE: gettext_lazy("Open Dental, table procedurecode"),
    }[kind]
    return Layout(key={"dentist": "odp", "chair": "odo", "procedure": "odc"}[kind], label=label,
                  needs=(number, name, code), columns=columns, joins=joins, fixed={"list": kind.value})  # fmt: skip


LAYOUTS = (
    _of(OldList.DENTIST, "ProvNum", "FName", "Abbr", "LName"),
    _of(OldList.CHAIR, "OperatoryNum", "OpName", "Abbrev"),
    _of(OldList.PROCEDURE, "CodeNum", "Descript", "ProcCode"),
)


def check(clinic: Clinic, rows: list[CheckedRow], at: datetime) -> None:
    """Fill values, problems and what each row would do."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.problems:
            continue
        kind = choice_of(row.cells.get("list", ""), LIST_WORDS)
        number = row.cells.get("number", "").strip()[:40]
        words = [row.cells.get(field, "").strip()[:120] for field in ("code", "name")]
        if kind is None:
            row.problems.append(
                Problem("list", _("Which list this is cannot be read."), _("Write 医生, 椅位 or 项目."))
            )
        if not number or not any(words):
            row.problems.append(
                Problem("number", _("A number and a name are needed."), _("Complete the row, or delete it."))
            )
        first = seen.setdefault((kind or "", number), row.number)
        if not row.problems and first != row.number:
            row.problems.append(
                Problem("number", _("Row %(number)d has the same number.") % {"number": first},
                        _("Keep one of the two rows."))
            )  # fmt: skip
        row.values = {"kind": kind, "number": number, "words": [word for word in dict.fromkeys(words) if word]}
    fine = [row for row in rows if not row.problems]
    there = _there(clinic, fine)
    for row in fine:
        old = there.get((row.values["kind"], row.values["number"]))
        if old is None:
            row.planned = RowOutcome.CREATED
        else:
            row.planned = RowOutcome.UNCHANGED if old.words == row.values["words"] else RowOutcome.UPDATED


def _there(clinic: Clinic, rows: list[CheckedRow]) -> dict[tuple[str, str], OldName]:
    found = {}
    for some in portions(row.values["number"] for row in rows):
        for old in OldName.objects.filter(clinic=clinic, number__in=some):
            found[old.kind, old.number] = old
    return found


def write(by: User, clinic: Clinic, batch_id: uuid.UUID, rows: list[CheckedRow], at: datetime) -> list[WrittenRow]:
    """Write a portion."""
    there, written, fresh = _there(clinic, rows), [], []
    for row in rows:
        old = there.get((row.values["kind"], row.values["number"]))
        if old is None:
            old = OldName(clinic=clinic, import_batch_id=batch_id, **row.values)
            fresh.append(old)
            written.append(WrittenRow(number=row.number, outcome=RowOutcome.CREATED, result_id=old.pk))
        elif old.words == row.values["words"]:
            written.append(WrittenRow(number=row.number, outcome=RowOutcome.UNCHANGED, result_id=old.pk))
        else:
            before = {"words": old.words}
            OldName.objects.filter(pk=old.pk).update(words=row.values["words"])
            written.append(WrittenRow(number=row.number, outcome=RowOutcome.UPDATED, result_id=old.pk, before=before))
    OldName.objects.bulk_create(fresh)
    return written


def reverse(by: User, clinic: Clinic, rows: list[WrittenRow], at: datetime) -> list[WrittenRow]:
    """Take a portion back."""
    for row in rows:
        mine = OldName.objects.filter(clinic=clinic, pk=row.result_id)  # type: ignore[misc]
        if row.outcome == RowOutcome.UPDATED:
            mine.update(words=row.before["words"])
            row.outcome = RowOutcome.RESTORED
        else:
            mine.delete()
            row.outcome = RowOutcome.REMOVED
    return rows


IMPORTED_OLD_NAMES = ImportKind(
    key="old_names",
    label=gettext_lazy("Lists of the old system (dentists, rooms, treatments)"),
    order=50,
    fields=FIELDS,
    check=check,
    write=write,
    reverse=reverse,
    layouts=LAYOUTS,
)
