"""Importing patients, first half: the fields, and checking rows against themselves, each other and the files there are."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.clinics.models import Clinic
from incisor.kernel import clock
from incisor.kernel.errors import Refused
from incisor.kernel.fields import index_of
from incisor.patients.enums import AlertKind, ContactChannel, LookUp, RowOutcome, Source
from incisor.patients.hooks import CheckedRow, Problem
from incisor.patients.models import Patient, PatientAlert
from incisor.patients.queries import LookAlike, kept_files, person_of
from incisor.patients.queries.duplicates import may_be
from incisor.patients.rules import ONE_PERSON, health_code, id_card, id_key, likeness, name_key, phone_key, pinyin_of
from incisor.patients.rules.cells import choice_of, date_of, is_formula, is_nothing, sex_of, words_of
from incisor.patients.services._values import CLEAN, EARLIEST_BIRTH, as_text

LOOK_UP = 500
SOURCE_WORDS = {
    Source.WALK_IN.value: ("自己上门", "路过", "自然到店", "上门"),
    Source.FRIEND.value: ("朋友介绍", "亲友介绍", "老客户介绍", "转介绍", "介绍"),
    Source.PHONE.value: ("电话", "来电"),
    Source.WECHAT.value: ("微信", "公众号", "小程序"),
    Source.PLATFORM.value: ("美团", "大众点评", "点评", "平台", "网络"),
    Source.ADVERTISEMENT.value: ("广告", "传单", "地推"),
    Source.INSURANCE.value: ("保险", "医保", "商保"),
    Source.OTHER.value: ("其他", "其它"),
}
CHANNEL_WORDS = {
    ContactChannel.PHONE.value: ("电话", "手机"),
    ContactChannel.SMS.value: ("短信",),
    ContactChannel.WECHAT.value: ("微信",),
    ContactChannel.EMAIL.value: ("邮件", "电子邮件", "邮箱"),
    ContactChannel.NONE.value: ("不联系", "勿扰"),
}


STATE_WORDS = {"deleted": ("已删除", "删除", "作废")}
PLAIN = ("name", "phone", "id_number", "phone_owner", "email", "address", "insurance_number", "card_number", "occupation",
         "source_detail", "note")  # fmt: skip


def check(clinic: Clinic, rows: list[CheckedRow], at: datetime) -> None:
    """Fill values, problems and what each row would do. Empty cells never empty a field of a file."""
    today = clock.local(at, clinic.zone).date()
    for row in rows:
        if not row.problems:
            _clean(row, today)
    fine = [row for row in rows if not row.problems]
    _refuse_doubles(fine)
    known = _Known(clinic, [row for row in fine if not row.problems])
    seen: dict[uuid.UUID, int] = {}
    for row in fine:
        if not row.problems:
            _plan(row, known)
        key = row.values.get("patient_id") if not row.problems else None
        if key is not None and seen.setdefault(key, row.number) != row.number:
            what = _("Row %(number)d is of the same person.") % {"number": seen[key]}
            row.problems.append(Problem("name", what, _("Keep one of the two rows.")))


def _clean(row: CheckedRow, today: Any) -> None:
    values: dict[str, Any] = {}

    def wrong(field: str, what: str, to_do: str) -> None:
        row.problems.append(Problem(field, what, to_do))

    for field, text in row.cells.items():
        if not text:
            continue
        if is_formula(text):
            wrong(field, _("The cell holds a formula or an error instead of a value."), _("Paste it as a value."))
        elif field in PLAIN:
            try:
                values[field] = CLEAN[field](text)
            except Refused as refusal:
                wrong(field, str(refusal), _("Correct the cell, or empty it."))
        elif field == "external_id":
            values[field] = text.strip()[:60]
        elif field == "state":
            if choice_of(text, STATE_WORDS):
                wrong(
                    field, _("The old system has deleted this file."), _("Leave it out, or empty the cell to take it.")
                )
        elif field == "file_number":
            number = "".join(text.split())
            if len(number) > 20:
                wrong(
                    field,
                    _("A file number has at most 20 characters."),
                    _("Shorten it, or empty it: one is given then."),
                )
            values[field] = number
        elif field in ("born_on", "last_seen_on"):
            day = date_of(text)
            if day is None or not EARLIEST_BIRTH <= day <= today:
                wrong(
                    field, _("This is no date between 1900 and today."), _("Write it as 1990-05-17, or empty the cell.")
                )
            values[field] = day
        elif field == "sex":
            sex = sex_of(text)
            if sex is None:
                wrong(field, _("The sex is not understood."), _("Write 男 or 女, or empty the cell."))
            values[field] = sex
        elif field in ("source", "contact_channel"):
            words = SOURCE_WORDS if field == "source" else CHANNEL_WORDS
            choice = choice_of(text, words)
            if choice is None and field == "contact_channel":
                wrong(
                    field,
                    _("This way of contact is not known."),
                    _("Write 电话, 短信, 微信 or 邮件, or empty the cell."),
                )
            if choice is None and field == "source":
                choice = Source.OTHER.value
                values.setdefault("source_detail", " ".join(text.split())[:80])
            values[field] = choice
        elif field == "allergies":
            words_found = [] if is_nothing(text) else [word for word in words_of(text) if not is_nothing(word)]
            values[field] = [word[:200] for word in words_found][:20]
        elif field == "tags":
            values[field] = [tag[:20] for tag in words_of(text)][:12]
    if "name" not in values and not row.problems:
        wrong("name", _("The name is missing."), _("Write the patient's name, or delete the row."))
    if not row.problems and not any(values.get(field) for field in ("phone", "file_number", "external_id")):
        wrong("phone", _("There is neither a phone number nor a file number."), _("Write one of the two."))
    _read_card(values, wrong)
    row.values = values


def _read_card(values: dict[str, Any], wrong: Callable[[str, str, str], None]) -> None:
    card = id_card(values.get("id_number", ""))
    if card is None:
        return
    if values.get("born_on") not in (None, card.born_on):
        wrong(
            "born_on",
            _("The birth date differs from the one in the ID number."),
            _("Correct one of the two, or empty the birth date."),
        )
    values["born_on"] = card.born_on
    values["sex"] = card.sex


def _refuse_doubles(rows: list[CheckedRow]) -> None:
    """Name the rows of the file that are of one person: the first one counts."""
    ways: tuple[tuple[str, Callable[[dict[str, Any]], Any]], ...] = (
        ("file_number", lambda values: values.get("file_number", "").lower()),
        ("external_id", lambda values: values.get("external_id")),
        ("id_number", lambda values: values.get("id_number")),
        ("phone", lambda values: values.get("phone") and (phone_key(values["phone"]), name_key(values["name"]))),
    )
    seen: dict[tuple[str, Any], int] = {}
    for row in rows:
        for field, key_of in ways:
            key = key_of(row.values)
            if not key:
                continue
            first = seen.setdefault((field, key), row.number)
            if first != row.number:
                what = {
                    "file_number": _("Row %(number)d has the same file number."),
                    "external_id": _("Row %(number)d has the same number of the old system."),
                    "id_number": _("Row %(number)d has the same ID number."),
                    "phone": _("Row %(number)d has the same name and phone."),
                }[field] % {"number": first}
                row.problems.append(Problem(field, what, _("Keep one of the two rows.")))
                break


class _Known:
    """The files that the rows may be of, by number, by phone and by ID, read in few queries."""

    def __init__(self, clinic: Clinic, rows: list[CheckedRow]) -> None:
        self.by_number: dict[str, Patient] = {}
        self.by_phone: dict[str, list[Patient]] = defaultdict(list)
        self.by_card: dict[str, Patient] = {}
        self.by_old_number: dict[str, Patient] = {}
        self.by_birth: dict[Any, list[Patient]] = defaultdict(list)
        seen: dict[uuid.UUID, Patient] = {}
        for field, values in (
            ("file_number", [row.values["file_number"] for row in rows if row.values.get("file_number")]),
            ("phone_index", [_phone_index(row) for row in rows if row.values.get("phone")]),
            ("external_id", [row.values["external_id"] for row in rows if row.values.get("external_id")]),
            ("id_index", [_card_index(row) for row in rows if row.values.get("id_number")]),
        ):
            for some in _portions(values):
                for patient in Patient.objects.filter(clinic=clinic, **{f"{field}__in": some}):
                    seen.setdefault(patient.pk, patient)
        seen |= _born_alike(clinic, rows)
        kept = kept_files([one for one in seen.values() if one.merged_into_id is not None])
        self.allergies = (
            known_allergies([*seen, *(one.pk for one in kept.values())])
            if any(row.values.get("allergies") for row in rows)
            else {}
        )
        for one in seen.values():
            patient = kept.get(one.pk, one)  # numbers of a merged file lead to the kept one
            self.by_number[one.file_number] = patient
            self.by_phone[one.phone_index].append(patient)
            if patient.born_on is not None:
                self.by_birth[patient.born_on].append(patient)
            if one.id_index:
                self.by_card[one.id_index] = patient

    def likeliest(self, row: CheckedRow) -> LookAlike | None:
        """Return the file that is most like the row, by the same rule as registering; None below ONE_PERSON."""
        values = row.values
        wanted = person_of(described(values))
        near = self.by_phone.get(_phone_index(row), []) if values.get("phone") else []
        near = [*near, *self.by_birth.get(values.get("born_on"), ())]
        found = [LookAlike(one, likeness(wanted, person_of(one))) for one in {one.pk: one for one in near}.values()]
        found = [one for one in found if one.likeness.score >= ONE_PERSON]
        return max(found, key=lambda one: (one.likeness.score, str(one.patient.pk)), default=None)

    def has_new_allergy(self, patient: Patient, texts: list[str]) -> bool:
        there = self.allergies.get(patient.pk, set())
        return any(not allergy_words(text) & there for text in texts)


def _born_alike(clinic: Clinic, rows: list[CheckedRow]) -> dict[uuid.UUID, Patient]:
    """Return the files whose name and birth date are nearly those of a row."""
    names: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        if row.values.get("born_on"):
            names[row.values["born_on"]].append((name_key(row.values["name"]), described(row.values).pinyin))
    ids: set[uuid.UUID] = set()
    for some in _portions(list(names)):
        born = Patient.objects.filter(clinic=clinic, born_on__in=some)
        for pk, born_on, name, pinyin in born.values_list("pk", "born_on", "name", "pinyin"):
            reading = pinyin.replace(" ", "")
            if any(may_be(own, (way.replace(" ", ""),), name_key(name), reading) for own, way in names[born_on]):
                ids.add(pk)
    found: dict[uuid.UUID, Patient] = {}
    for some in _portions(list(ids)):
        found |= Patient.objects.in_bulk(some)
    return found


def described(values: dict[str, Any]) -> Patient:
    """Return what a row says of its person as a file that is not kept, to be compared with those that are."""
    fields = ("name", "phone", "id_number", "born_on", "sex")
    person = Patient(**{field: values[field] for field in fields if values.get(field)})
    person.pinyin = pinyin_of(person.name)
    return person


def allergy_words(text: str) -> set[str]:
    """Return by what an allergy is compared: its key of the list, its words."""
    return {health_code(kind=AlertKind.ALLERGY, text=text), text.casefold()} - {""}


def known_allergies(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """Return what the files name already, by patient."""
    known: dict[uuid.UUID, set[str]] = {}
    for some in _portions(list(ids)):
        for alert in PatientAlert.objects.filter(patient__in=some, kind=AlertKind.ALLERGY, ended_at=None):
            known.setdefault(alert.patient_id, set()).update({alert.code, alert.text.casefold()} - {""})
    return known


def _portions(values: list[Any]) -> Iterator[list[Any]]:
    unique = sorted(set(values))
    for start in range(0, len(unique), LOOK_UP):
        yield unique[start : start + LOOK_UP]


def _phone_index(row: CheckedRow) -> str:
    return index_of(phone_key(row.values["phone"]), context=LookUp.PHONE)


def _card_index(row: CheckedRow) -> str:
    return index_of(id_key(row.values["id_number"]), context=LookUp.ID_NUMBER)


def _plan(row: CheckedRow, known: _Known) -> None:
    """Find the file of the row and say what would happen to it."""
    values = row.values
    number, name = values.get("file_number", ""), name_key(values["name"])
    mine = known.by_number.get(number) if number else None
    card = known.by_card.get(_card_index(row)) if values.get("id_number") else None
    if mine is not None:
        is_other = name_key(mine.name) != name and mine not in known.by_phone.get(
            _phone_index(row) if values.get("phone") else "", []
        )
        if is_other and card is not mine:
            row.problems.append(
                Problem(
                    "file_number",
                    _("This file number belongs to another person here: %(name)s.") % {"name": mine.name},
                    _("Compare the two; correct the number, or empty it and a new one is given."),
                )
            )
            return
    found = known.by_old_number.get(values.get("external_id", "")) or mine or card
    if found is None:
        alike = known.likeliest(row)
        if alike is not None and name_key(alike.patient.name) != name:
            row.problems.append(_may_be_known(alike))
            return
        found = alike.patient if alike is not None else None
    if found is not None and card is not None and card is not found:
        row.problems.append(
            Problem(
                "id_number",
                _("This ID number stands in the file %(number)s of %(name)s.")
                % {"number": card.file_number, "name": card.name},
                _("Compare the two files; correct the number, or empty the cell."),
            )
        )
        return
    if found is not None and number and known.by_number.get(number) is not found:
        row.problems.append(
            Problem(
                "file_number",
                _("This person has the file %(number)s already.") % {"number": found.file_number},
                _("Write that number into the row, or empty the cell."),
            )
        )
        return
    if found is None:
        row.planned = RowOutcome.CREATED
        return
    values["patient_id"] = found.pk
    is_changed = bool(differences(found, values) or known.has_new_allergy(found, values.get("allergies", [])))
    row.planned = RowOutcome.UPDATED if is_changed else RowOutcome.UNCHANGED


def _may_be_known(alike: LookAlike) -> Problem:
    """Say that registering by hand would ask the same: is this not the person of that file?"""
    what = _("There is a file of this person already: %(name)s, %(number)s (%(reasons)s).") % {
        "name": alike.patient.name,
        "number": alike.patient.file_number,
        "reasons": "，".join(alike.likeness.reasons),
    }
    return Problem("name", what, _("Write that file number into the row, or register somebody else by hand."))


def differences(patient: Patient, values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a file that the row changes. Notes and tags are added to, never replaced."""
    changed: dict[str, Any] = {}
    for field, value in values.items():
        if field in ("file_number", "allergies", "patient_id") or value in (None, "", [], "unknown"):
            continue
        old = getattr(patient, field)
        if field == "tags":
            value = [*old, *(tag for tag in value if tag not in old)][:12]
        elif field == "note":
            value = old if value in old else f"{old}\n{value}" if old else value
        elif field == "last_seen_on" and old is not None:
            value = max(old, value)
        elif field == "name" and name_key(value) == name_key(old):
            continue
        if as_text(old) != as_text(value):
            changed[field] = value
    return changed


def unique_ids(rows: Iterable[CheckedRow]) -> list[uuid.UUID]:
    """Return the ids of the files that the rows are of."""
    return sorted({row.values["patient_id"] for row in rows if "patient_id" in row.values})
