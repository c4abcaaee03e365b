"""Importing what was done in the old system: treatments with date, dentist and teeth, as closed visits of those days.

History only: nothing is charged for it, nobody is called about it, and no note is written that nobody signed.
"""

import json
import unicodedata
import uuid
from collections import defaultdict
from datetime import date, datetime, time
from functools import cache
from importlib import resources
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.clinics.models import Clinic, Procedure
from incisor.clinics.queries import procedures as all_procedures
from incisor.kernel.clock import local, moment
from incisor.patients.enums import OldList, RowOutcome
from incisor.patients.hooks import CheckedRow, ImportField, Problem
from incisor.patients.queries import PATIENT_FIELDS, PatientsNamed, old_names, portions, words_of_old
from incisor.patients.rules.cells import choice_of, date_of, is_formula
from incisor.staff.models import StaffMember
from incisor.visits.models import TreatmentDone
from incisor.visits.rules.teeth import NoSuchTooth, parse_teeth

EARLIEST = date(1950, 1, 1)
NOON = time(12)
MOST = 99
STATUS_WORDS = {"done": ("已完成", "完成", "已做", "done", "complete", "completed")}
FIELDS = (
    *PATIENT_FIELDS,
    ImportField(
        key="day",
        label=gettext_lazy("Date"),
        synonyms=("日期", "治疗日期", "就诊日期", "date of treatment", "visit date"),
        is_required=True,
    ),
    ImportField(
        key="procedure",
        label=gettext_lazy("Treatment"),
        synonyms=("项目", "治疗项目", "项目名称", "项目代码", "procedure", "procedure code"),
        is_required=True,
        help=gettext_lazy("Code or name as in the list of treatments."),
    ),
    ImportField(
        key="dentist",
        label=gettext_lazy("Dentist"),
        synonyms=("医生", "主治医生", "接诊医生", "医生姓名", "doctor", "provider"),
        help=gettext_lazy("Staff number or name."),
    ),
    ImportField(
        key="teeth",
        label=gettext_lazy("Teeth"),
        synonyms=("牙位", "牙号", "牙齿", "tooth", "tooth number"),
        help=gettext_lazy("FDI numbers: 36, 37."),
    ),
    ImportField(key="quantity", label=gettext_lazy("Quantity"), synonyms=("数量", "颗数", "units")),
    ImportField(key="status", label=gettext_lazy("Status"), synonyms=("状态", "治疗状态")),
    ImportField(key="note", label=gettext_lazy("Note"), synonyms=("备注", "说明", "remark", "comment")),
    ImportField(
        key="external_id",
        label=gettext_lazy("Number in the old system"),
        synonyms=("治疗编号", "处置编号", "old treatment number", "id"),
    ),
)


@cache
def foreign_codes() -> dict[str, str]:
    """Return the codes of North America that have a treatment here: their code → ours."""
    text = resources.files("incisor.visits.data").joinpath("cdt.json").read_text(encoding="utf-8")
    return {key.casefold(): code for key, code in json.loads(text).items()}


class Known:
    """What the rows may name, read in few queries."""

    def __init__(self, clinic: Clinic, rows: list[CheckedRow]) -> None:
        self.clinic = clinic
        self.patients = PatientsNamed(clinic, rows)
        self.old = {kind: old_names(clinic, kind) for kind in (OldList.DENTIST, OldList.PROCEDURE)}
        self.people: dict[str, list[StaffMember]] = defaultdict(list)
        placed = StaffMember.objects.filter(placements__clinic=clinic).distinct()
        for person in placed.order_by("-is_active", "number"):
            for word in {person.number, person.name, person.name_en} - {""}:
                self.people[_flat(word)].append(person)
        self.procedures: dict[str, Procedure] = {}
        for row in all_procedures(active_only=False):
            for word in (row.short_zh, row.name_en, row.name_zh, row.code):
                if word:
                    self.procedures[_flat(word)] = row

    def dentist(self, text: str) -> StaffMember | None:
        """Return who is meant; nobody when nobody or several have the name."""
        for word in words_of_old(text, self.old[OldList.DENTIST]):
            found = self.people.get(_flat(word), [])
            if len({person.pk for person in found}) == 1:
                return found[0]
        return None

    def procedure(self, text: str) -> Procedure | None:
        for word in words_of_old(text, self.old[OldList.PROCEDURE]):
            flat = _flat(word)
            found = self.procedures.get(flat) or self.procedures.get(_flat(foreign_codes().get(flat, "-")))
            if found is not None:
                return found
        return None


def _flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def check(clinic: Clinic, rows: list[CheckedRow], at: datetime) -> None:
    """Fill values, problems and what each row would do."""
    known = Known(clinic, rows)
    today = local(at, clinic.zone).date()
    for row in rows:
        if not row.problems:
            _clean(row, known, today)
    _find_earlier(clinic, [row for row in rows if not row.problems])


def _clean(row: CheckedRow, known: Known, today: date) -> None:
    cells = row.cells

    def wrong(field: str, what: str, to_do: str) -> None:
        row.problems.append(Problem(field, what, to_do))

    for field, text in cells.items():
        if is_formula(text):
            wrong(field, _("The cell holds a formula or an error instead of a value."), _("Paste it as a value."))
    status = cells.get("status", "").strip()
    if status and choice_of(status, STATUS_WORDS) is None:
        wrong("status", _("This was not done here."), _("Only what was done is taken; leave the row out."))
    patient = known.patients.find(cells)
    if patient is None:
        row.problems.append(known.patients.problem(cells))
    day = date_of(cells.get("day", ""))
    if day is None or not EARLIEST <= day <= today:
        wrong("day", _("This is no date up to today."), _("Write it as 2026-03-02."))
    procedure = known.procedure(cells.get("procedure", ""))
    if procedure is None:
        wrong(
            "procedure",
            _("No treatment here has this code or name."),
            _("Add it under Treatments, import the old system's list of treatments, or correct the cell."),
        )
    dentist = known.dentist(cells.get("dentist", ""))
    if dentist is None and cells.get("dentist", "").strip():
        wrong(
            "dentist",
            _("Nobody of this name or number works in the clinic."),
            _("Add the dentist under Staff, import the old system's list of dentists, or correct the cell."),
        )
    row.values = {
        "patient": patient,
        "day": day,
        "dentist": dentist,
        "procedure": procedure,
        "teeth": _teeth(cells.get("teeth", ""), row),
        "quantity": _quantity(cells.get("quantity", ""), row),
        "note": " ".join(cells.get("note", "").split())[:200],
        "external_id": cells.get("external_id", "").strip()[:60],
    }


def _teeth(text: str, row: CheckedRow) -> list[int]:
    try:
        return parse_teeth(unicodedata.normalize("NFKC", text).replace(";", " ").replace("/", " "))
    except NoSuchTooth as failure:
        what = _("“%(tooth)s” is no tooth by FDI.") % {"tooth": failure.args[0]}
        row.problems.append(Problem("teeth", what, _("Write 11 to 48, milk teeth 51 to 85.")))
        return []


def _quantity(text: str, row: CheckedRow) -> int:
    flat = unicodedata.normalize("NFKC", text).strip().removesuffix(".0")
    if flat in ("", "0"):
        return 1
    if not (flat.isascii() and flat.isdigit() and 1 <= int(flat) <= MOST):
        row.problems.append(Problem("quantity", _("This is no number from 1 to 99."), _("Correct the cell.")))
        return 1
    return int(flat)


def _find_earlier(clinic: Clinic, rows: list[CheckedRow]) -> None:
    """Mark what is there already: same number in the old system, or the same done to the same teeth on the same day."""
    mine = TreatmentDone.objects.filter(visit__clinic=clinic, visit__import_batch__isnull=False)
    there: set[Any] = set()
    for some in portions(row.values["external_id"] for row in rows):
        there |= set(mine.filter(external_id__in=some).values_list("external_id", flat=True))
    for some in portions(str(row.values["patient"].pk) for row in rows):
        found = mine.filter(visit__patient__in=some).values_list(  # type: ignore[misc]
            "visit__patient_id", "visit__business_date", "procedure_id", "teeth"
        )
        there |= {(patient, day, procedure, tuple(teeth)) for patient, day, procedure, teeth in found}
    seen: dict[Any, int] = {}
    for row in rows:
        values = row.values
        same = (values["patient"].pk, values["day"], values["procedure"].pk, tuple(values["teeth"]))
        number = values["external_id"]
        first = seen.setdefault(number or same, row.number)
        if first != row.number:
            what = _("Row %(number)d is the same treatment.") % {"number": first}
            row.problems.append(Problem("procedure", what, _("Keep one of the two rows, or count them in one.")))
            continue
        is_there = number in there if number else same in there
        row.planned = RowOutcome.UNCHANGED if is_there else RowOutcome.CREATED


def noon_of(clinic: Clinic, day: date) -> datetime:
    """Return the moment under which a treatment of an unknown hour is kept."""
    return moment(day, NOON, clinic.zone)


def visit_key(row: CheckedRow) -> tuple[uuid.UUID, date, uuid.UUID | None]:
    """Return by what rows belong to one visit: patient, day, dentist."""
    dentist = row.values["dentist"]
    return row.values["patient"].pk, row.values["day"], dentist.pk if dentist else None
