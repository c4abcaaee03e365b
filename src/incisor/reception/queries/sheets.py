"""Aftercare sheets: their words, and which belong to a visit."""

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from django.utils.translation import gettext

from incisor.clinics.enums import AftercareKey
from incisor.clinics.models import Clinic
from incisor.messaging.queries import public_address, template_for
from incisor.patients.models import Patient
from incisor.reception.enums import OWN_SHEET
from incisor.reception.models import AftercareGiven, AftercareText
from incisor.reception.rules.leaving import sheets_of
from incisor.reception.rules.sheets import Part, parts_of
from incisor.scheduling.models import AppointmentItem
from incisor.visits.models import TreatmentDone, Visit

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True)
class Words:
    """The words of a sheet in one language. own: the clinic's row, None while the shipped words hold."""

    key: str
    language: str
    title: str
    body: str
    own: AftercareText | None = None

    @property
    def parts(self) -> list[Part]:
        """The body as headings, points and plain lines."""
        return parts_of(self.body)


@dataclass(frozen=True)
class Sheet:
    """A sheet for the patient of a visit. given: its row, None while it only follows from what was done."""

    words: Words
    given: AftercareGiven | None = None

    @property
    def is_given(self) -> bool:
        """Whether the patient has it: printed or sent."""
        return self.given is not None and (self.given.printed_at is not None or self.given.sent_at is not None)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, dict[str, Any]]:
    text = resources.files("incisor.reception.data").joinpath("aftercare.json").read_text(encoding="utf-8")
    return {row["key"]: row for row in json.loads(text)}


def shipped_words(key: str, language: str) -> Words:
    """Return the words that a sheet comes with."""
    row, suffix = _shipped()[key], "zh" if language == "zh-hans" else "en"
    return Words(key, language, row[f"title_{suffix}"], "\n".join(row[f"body_{suffix}"]))


def language_of(patient: Patient) -> str:
    """Return the language in which a patient reads a sheet."""
    return "zh-hans" if patient.language == "zh-hans" else "en"


def words_of(clinic: Clinic, keys: Collection[str], language: str) -> dict[str, Words]:
    """Return the words of sheets in one language: the clinic's own, else the shipped ones. One query."""
    own = {row.key: row for row in AftercareText.objects.filter(clinic=clinic, language=language, key__in=keys)}
    return {
        key: Words(key, language, own[key].title, own[key].body, own[key])
        if key in own
        else shipped_words(key, language)
        for key in keys
        if key in AftercareKey.values
    }


def all_words(clinic: Clinic) -> list[tuple[Any, list[Words]]]:
    """Return every kind of sheet with its words in each language, for the settings."""
    found = {language: words_of(clinic, AftercareKey.values, language) for language in LANGUAGES}
    return [(kind, [found[language][kind.value] for language in LANGUAGES]) for kind in AftercareKey]


def sheets_of_visits(visits: Collection[Visit]) -> dict[uuid.UUID, list[tuple[str, AftercareGiven | None]]]:
    """Return which sheets belong to each visit, with what became of them; three queries for any number."""
    ids = [visit.pk for visit in visits]
    done: dict[Any, list[str]] = {}
    rows = TreatmentDone.objects.filter(visit__in=ids).order_by("position", "pk")
    for visit_id, key in rows.values_list("visit_id", "procedure__aftercare_key"):
        done.setdefault(visit_id, []).append(key)
    booked: dict[Any, list[str]] = {}
    items = AppointmentItem.objects.filter(appointment__in=[visit.appointment_id for visit in visits])
    for appointment_id, key in items.order_by("position", "pk").values_list(
        "appointment_id", "procedure__aftercare_key"
    ):
        booked.setdefault(appointment_id, []).append(key)
    given: dict[Any, dict[str, AftercareGiven]] = {}
    for row in AftercareGiven.objects.filter(visit__in=ids).order_by("chosen_at", "pk"):
        given.setdefault(row.visit_id, {})[row.key] = row
    return {
        visit.pk: _chosen(
            sheets_of(done.get(visit.pk, []), booked.get(visit.appointment_id, [])), given.get(visit.pk, {})
        )
        for visit in visits
    }


def _chosen(proposed: list[str], given: dict[str, AftercareGiven]) -> list[tuple[str, AftercareGiven | None]]:
    """Return what was done asks for and what was chosen besides, without what was taken off."""
    keys = list(dict.fromkeys([*proposed, *given]))
    rows = [(key, given.get(key)) for key in keys]
    return [(key, row) for key, row in rows if row is None or row.dropped_at is None]


def sheets_of_visit(visit: Visit, *, language: str = "") -> list[Sheet]:
    """Return the sheets of one visit in the patient's language; the words for this patient alone come last."""
    return as_sheets(visit, sheets_of_visits([visit])[visit.pk], language=language)


def as_sheets(visit: Visit, rows: Sequence[tuple[str, AftercareGiven | None]], *, language: str = "") -> list[Sheet]:
    """Return what `sheets_of_visits` found for a visit, with the words."""
    spoken = language or language_of(visit.patient)
    known = words_of(visit.clinic, [key for key, _row in rows], spoken)
    sheets = [Sheet(known[key], row) for key, row in rows if key in known]
    own = next((row for key, row in rows if key == OWN_SHEET), None)
    if own is not None and own.words:
        sheets.append(Sheet(Words(OWN_SHEET, spoken, gettext("For you"), own.words), own))
    return sheets


def can_send(clinic: Clinic, patient: Patient, template_key: str = "aftercare_sheet") -> bool:
    """Tell whether a message with a link reaches the patient."""
    return bool(
        patient.contact_channel != "none"
        and patient.phone_index
        and public_address(clinic)
        and template_for(clinic, template_key, patient.language)
    )
