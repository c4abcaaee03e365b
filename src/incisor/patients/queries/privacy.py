"""Reading for privacy: rules of a clinic, who is on today's list, looks to review, consents, requests (PAT-9)."""

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import get_language

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel import clock
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.patients.enums import ConsentPurpose, ConsentState, RequestStatus
from incisor.patients.hooks import todays_lists
from incisor.patients.models import Consent, ConsentText, DataRequest, FileLook, Patient, PrivacyRules
from incisor.patients.queries.files import with_badge
from incisor.patients.rules.retention import kept_until

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "consent_texts.json"


def privacy_rules(clinic: Clinic) -> PrivacyRules:
    """Return what the clinic has decided; not yet saved where it has decided nothing."""
    return PrivacyRules.objects.filter(clinic=clinic).first() or PrivacyRules(clinic=clinic, version=0)


def business_day(clinic: Clinic, at: datetime) -> date:
    """Return the clinic's business date."""
    return clock.business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)


def is_on_todays_list(clinic: Clinic, patient: Patient, at: datetime) -> bool:
    """Tell whether the day's work leads to this file: registered today, expected, here, or to be called."""
    if business_day(clinic, patient.created_at) == business_day(clinic, at):
        return True
    return any(patient.pk in one.find(clinic, [patient.pk], at) for one in todays_lists)


def reason_given(clinic: Clinic, user: User, patient: Patient, at: datetime) -> str:
    """Return why this person needs the file today, as said before; empty when nothing was said."""
    looks = FileLook.objects.filter(user=user, patient=patient, day=business_day(clinic, at)).exclude(reason="")
    return looks.order_by("-at").values_list("reason", flat=True).first() or ""


def is_asked_for_reason(clinic: Clinic, user: User, patient: Patient, at: datetime) -> bool:
    """Tell whether whole numbers of this file are shown to this person only with a reason."""
    if not privacy_rules(clinic).asks_before_showing or is_on_todays_list(clinic, patient, at):
        return False
    return not reason_given(clinic, user, patient, at)


def looks(clinic: Clinic, *, reviewed: bool) -> QuerySet[FileLook]:
    """Return the looks at files that were not on the day's list, newest first."""
    found = FileLook.objects.filter(clinic=clinic).select_related("user", "reviewed_by", "patient")
    found = found.exclude(verdict="") if reviewed else found.filter(verdict="")
    return found.order_by("-at", "-pk")


def look(clinic: Clinic, look_id: Any) -> FileLook:
    """Return the clinic's look. Raises NotFound."""
    found = FileLook.objects.filter(clinic=clinic, pk=as_uuid(look_id)).select_related("user", "patient").first()
    if found is None:
        raise NotFound()
    return found


# ---- consents --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def shipped_texts() -> dict[str, dict[str, str]]:
    """Return the texts that come with the product: purpose → language → text."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def current_text(clinic: Clinic, purpose: str) -> ConsentText:
    """Return the text that is agreed to now: the clinic's newest version, else the shipped one, not yet saved."""
    own = ConsentText.objects.filter(clinic=clinic, purpose=purpose).order_by("-version").first()
    return own or _shipped(clinic, purpose)


def _shipped(clinic: Clinic, purpose: str) -> ConsentText:
    texts = shipped_texts()[purpose]
    return ConsentText(clinic=clinic, purpose=purpose, version=1, text_zh=texts["zh"], text_en=texts["en"])


def current_texts(clinic: Clinic) -> list[ConsentText]:
    """Return the texts of all purposes, in the order of the purposes."""
    own: dict[str, ConsentText] = {}
    for text in ConsentText.objects.filter(clinic=clinic).select_related("created_by").order_by("version"):
        own[text.purpose] = text
    return [own.get(purpose) or _shipped(clinic, purpose) for purpose in ConsentPurpose.values]


def text_versions(clinic: Clinic, purpose: str) -> list[ConsentText]:
    """Return all versions of a text, newest first."""
    found = ConsentText.objects.filter(clinic=clinic, purpose=purpose).select_related("created_by")
    return list(found.order_by("-version"))


def text_in_words(text: ConsentText) -> str:
    """Return the text in the reader's language."""
    return text.text_zh if (get_language() or "").startswith("zh") else text.text_en


@dataclass(frozen=True)
class ConsentLine:
    """What holds for one purpose. consent: the newest row, None when nobody asked. is_old: given to an earlier text."""

    purpose: str
    label: str
    consent: Consent | None
    text: ConsentText
    is_given: bool
    is_old: bool


def consents_of(clinic: Clinic, patient: Patient) -> list[ConsentLine]:
    """Return what the patient agreed to, purpose by purpose."""
    newest: dict[str, Consent] = {}
    rows = Consent.objects.filter(patient=patient).select_related("text", "by").order_by("at", "pk")
    for row in rows:
        newest[row.purpose] = row
    asked_anew = _asked_anew(clinic)
    return [
        ConsentLine(
            purpose=text.purpose,
            label=str(ConsentPurpose(text.purpose).label),
            consent=newest.get(text.purpose),
            text=text,
            is_given=_counts(newest.get(text.purpose), asked_anew),
            is_old=text.purpose in newest and newest[text.purpose].text.version < text.version,
        )
        for text in current_texts(clinic)
    ]


def _asked_anew(clinic: Clinic) -> dict[str, int]:
    """Return for each purpose the version before which consents no longer count."""
    rows = ConsentText.objects.filter(clinic=clinic, is_asked_anew=True).order_by("version")
    return dict(rows.values_list("purpose", "version"))


def _counts(consent: Consent | None, asked_anew: dict[str, int]) -> bool:
    if consent is None or consent.state != ConsentState.GIVEN:
        return False
    return consent.text.version >= asked_anew.get(consent.purpose, 0)


def consent_history(patient: Patient) -> list[Consent]:
    """Return every consent given and withdrawn, newest first."""
    return list(Consent.objects.filter(patient=patient).select_related("text", "by").order_by("-at", "-pk")[:100])


def has_consent(clinic: Clinic, patient: Patient, purpose: str) -> bool:
    """Tell whether the patient agrees to that purpose now."""
    return patient.pk in with_consent(clinic, [patient.pk], purpose)


def with_consent(clinic: Clinic, ids: Collection[uuid.UUID], purpose: str) -> set[uuid.UUID]:
    """Return those of the patients who agree to that purpose now: for lists and campaigns, in two queries."""
    newest: dict[uuid.UUID, Consent] = {}
    rows = Consent.objects.filter(clinic=clinic, patient__in=list(ids), purpose=purpose).select_related("text")
    for row in rows.order_by("at", "pk"):
        newest[row.patient_id] = row
    asked_anew = _asked_anew(clinic)
    return {pk for pk, row in newest.items() if _counts(row, asked_anew)}


# ---- requests --------------------------------------------------------------------------------------------------------

WAITING = (RequestStatus.OPEN, RequestStatus.GRANTED)


def data_requests(clinic: Clinic, *, closed: bool) -> QuerySet[DataRequest]:
    """Return the clinic's requests about own data: those to do by due date, or those done, newest first."""
    found = DataRequest.objects.filter(clinic=clinic).select_related("patient", "recorded_by", "decided_by")
    if closed:
        return found.exclude(status__in=WAITING).order_by("-recorded_at", "-pk")
    return found.filter(status__in=WAITING).order_by("due_on", "pk")


def requests_of(patient: Patient) -> list[DataRequest]:
    """Return what this patient asked about the own data, newest first."""
    found = DataRequest.objects.filter(patient=patient).select_related("recorded_by", "decided_by")
    return list(found.order_by("-recorded_at", "-pk"))


def data_request(clinic: Clinic, request_id: Any) -> DataRequest:
    """Return the clinic's request. Raises NotFound."""
    found = (
        DataRequest.objects.filter(clinic=clinic, pk=as_uuid(request_id))
        .select_related("patient", "clinic", "recorded_by", "decided_by")
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def request_counts(clinic: Clinic) -> dict[str, int]:
    """Return how many requests there are of each status."""
    return dict(DataRequest.objects.filter(clinic=clinic).values_list("status").annotate(count=Count("pk")))


def erasable_on(clinic: Clinic, patient: Patient) -> date:
    """Return the first day on which the law lets the person be erased: the years of keeping after the last visit."""
    last = patient.last_seen_on or business_day(clinic, patient.created_at)
    return kept_until(last_on=last, years=privacy_rules(clinic).retention_years)


def restricted_patients(clinic: Clinic) -> list[Patient]:
    """Return the files that are hidden from most people, newest restriction first."""
    found = Patient.objects.filter(clinic=clinic, restricted_at__isnull=False, merged_into=None, erased_at=None)
    return list(with_badge(found.order_by("-restricted_at", "pk"))[:200])
