"""Importing what patients owed or had prepaid in the old system: one opening entry in the ledger of each.

Taking the import back reverses the entries; nothing is ever deleted from the ledger.
"""

import uuid
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.billing.enums import EntryKind
from incisor.billing.models import LedgerEntry
from incisor.clinics.models import Clinic
from incisor.kernel.clock import business_date
from incisor.kernel.money import MAX_MINOR, NotAnAmount, as_text, to_minor
from incisor.patients.enums import RowOutcome
from incisor.patients.hooks import CheckedRow, ImportField, ImportKind, Layout, Problem, WrittenRow
from incisor.patients.models import Patient
from incisor.patients.queries import OLD_NUMBER, PATIENT_FIELDS, PatientsNamed
from incisor.patients.rules import open_dental
from incisor.patients.rules.cells import date_of

EARLIEST = date(1990, 1, 1)
SIGNS = {"owed": 1, "prepaid": -1, "balance": 1}
FIELDS = (
    *PATIENT_FIELDS,
    ImportField(key="owed", label=gettext_lazy("Owed"), synonyms=("欠费", "欠款", "应收", "debt", "owes")),
    ImportField(
        key="prepaid",
        label=gettext_lazy("Prepaid"),
        synonyms=("预存", "预存款", "预付", "储值余额", "会员余额", "deposit", "credit"),
    ),
    ImportField(
        key="balance",
        label=gettext_lazy("Balance: owed above zero, prepaid below"),
        synonyms=("账户余额", "欠费余额", "balance"),
    ),
    ImportField(key="as_of", label=gettext_lazy("On which day"), synonyms=("日期", "截止日期", "as of", "date")),
    ImportField(key="note", label=gettext_lazy("Note"), synonyms=("备注", "说明", "remark", "comment")),
)


def check(clinic: Clinic, rows: list[CheckedRow], at: datetime) -> None:
    """Fill values, problems and what each row would do."""
    known = PatientsNamed(clinic, rows)
    today = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    for row in rows:
        if not row.problems:
            _clean(row, known, today)
    fine = [row for row in rows if not row.problems]
    seen: dict[uuid.UUID, int] = {}
    opened = openings(clinic, [row.values["patient"].pk for row in fine])
    for row in fine:
        patient, amount = row.values["patient"], row.values["amount_minor"]
        first = seen.setdefault(patient.pk, row.number)
        entry = opened.get(patient.pk)
        if first != row.number:
            what = _("Row %(number)d is of the same patient.") % {"number": first}
            row.problems.append(Problem("file_number", what, _("Add the amounts and keep one row.")))
        elif entry is not None and entry.amount_minor != amount:
            what = _("This patient has a balance brought along already: %(amount)s.")
            shown = as_text(entry.amount_minor, entry.currency)
            row.problems.append(
                Problem("balance", what % {"amount": shown}, _("Take that import back first, then import the new one."))
            )
        else:
            row.planned = RowOutcome.UNCHANGED if entry is not None or amount == 0 else RowOutcome.CREATED


def openings(clinic: Clinic, patient_ids: list[uuid.UUID]) -> dict[uuid.UUID, LedgerEntry]:
    """Return the opening entries that hold, by patient."""
    reversed_ids = LedgerEntry.objects.filter(clinic=clinic, reverses__kind=EntryKind.OPENING).values("reverses_id")
    found = LedgerEntry.objects.filter(clinic=clinic, kind=EntryKind.OPENING, patient__in=patient_ids)
    return {entry.patient_id: entry for entry in found.exclude(pk__in=reversed_ids)}


def _clean(row: CheckedRow, known: PatientsNamed, today: date) -> None:
    cells = row.cells
    patient = known.find(cells)
    if patient is None:
        row.problems.append(known.problem(cells))
    amount, is_said = 0, False
    for field, sign in SIGNS.items():
        text = cells.get(field, "").strip()
        if not text:
            continue
        is_said = True
        try:
            minor = to_minor(text)
        except NotAnAmount as refusal:
            row.problems.append(Problem(field, str(refusal), _("Correct the cell, or empty it.")))
            continue
        if field != "balance" and minor < 0:
            what = _("This amount is below zero.")
            row.problems.append(Problem(field, what, _("Write it without a sign, in the column that it belongs to.")))
        amount += sign * minor
    if not is_said:
        row.problems.append(Problem("balance", _("No amount is given."), _("Write what is owed or prepaid.")))
    if abs(amount) > MAX_MINOR:
        row.problems.append(Problem("balance", _("The amount is too large."), _("Correct the cell.")))
    row.values = {"patient": patient, "amount_minor": amount, "day": _day(row, today), "note": _note(cells)}


def _day(row: CheckedRow, today: date) -> date:
    text = row.cells.get("as_of", "").strip()
    day = date_of(text) if text else today
    if day is None or not EARLIEST <= day <= today:
        row.problems.append(
            Problem("as_of", _("This is no date up to today."), _("Write it as 2026-03-02, or empty the cell."))
        )
        return today
    return day


def _note(cells: dict[str, str]) -> str:
    return " ".join(cells.get("note", "").split())[:100]


def write(by: User, clinic: Clinic, batch_id: uuid.UUID, rows: list[CheckedRow], at: datetime) -> list[WrittenRow]:
    """Write a portion: lock the patients, look once more, then enter."""
    ids = sorted({row.values["patient"].pk for row in rows})
    list(Patient.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    opened = openings(clinic, ids)
    written, made = [], []
    for row in rows:
        values = row.values
        if values["amount_minor"] == 0 or values["patient"].pk in opened:
            written.append(WrittenRow(number=row.number, outcome=RowOutcome.UNCHANGED))
            continue
        entry = LedgerEntry(
            clinic=clinic,
            patient=values["patient"],
            kind=EntryKind.OPENING,
            amount_minor=values["amount_minor"],
            currency=clinic.currency,
            text=_text(values),
            business_date=values["day"],
            by=by,
            at=at,
        )
        made.append(entry)
        written.append(WrittenRow(number=row.number, outcome=RowOutcome.CREATED, result_id=entry.pk))
    LedgerEntry.objects.bulk_create(made)
    return written


def _text(values: dict[str, Any]) -> str:
    what = _("Owed before, brought along") if values["amount_minor"] > 0 else _("Prepaid before, brought along")
    return f"{what} {values['note']}".strip()[:160]


def reverse(by: User, clinic: Clinic, rows: list[WrittenRow], at: datetime) -> list[WrittenRow]:
    """Take a portion back by an entry against each."""
    ids = [row.result_id for row in rows if row.result_id]
    entries = LedgerEntry.objects.filter(clinic=clinic, pk__in=ids).select_related("clinic").in_bulk()
    people = sorted({entry.patient_id for entry in entries.values()})
    list(Patient.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    done = set(LedgerEntry.objects.filter(reverses__in=ids).values_list("reverses_id", flat=True))
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            clinic=clinic,
            patient_id=entry.patient_id,
            kind=EntryKind.REVERSAL,
            amount_minor=-entry.amount_minor,
            currency=entry.currency,
            text=_("Balance brought along, taken back"),
            reverses=entry,
            business_date=day,
            by=by,
            at=at,
        )
        for entry in entries.values()
        if entry.pk not in done
    )
    for row in rows:
        row.outcome = RowOutcome.REMOVED
    return rows


# Table "patient" of Open Dental once more: EstBalance is what this person owes, below zero what was prepaid.
OPEN_DENTAL = Layout(
    key="od",
    label=gettext_lazy("Open Dental, table patient"),
    needs=("PatNum", "EstBalance"),
    columns={"PatNum": OLD_NUMBER, "EstBalance": "balance"},
    values={"balance": open_dental.amount},
)
IMPORTED_BALANCES = ImportKind(
    key="balances",
    label=gettext_lazy("Balances"),
    order=40,
    permission=Permission.MONEY_TAKE,
    fields=FIELDS,
    check=check,
    write=write,
    reverse=reverse,
    layouts=(OPEN_DENTAL,),
)
