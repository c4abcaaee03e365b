"""Whole numbers on request, looks with a reason, consents (PAT-9)."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import events
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.patients import queries
from incisor.patients.enums import (
    SEALED_FIELDS,
    ConsentPurpose,
    ConsentState,
    ConsentWay,
    LookKind,
    LookReason,
    LookRule,
    LookVerdict,
)
from incisor.patients.events import ConsentChanged
from incisor.patients.models import Consent, ConsentText, FileLook, Patient, PrivacyRules
from incisor.patients.rules.retention import LEAST_RETENTION_YEARS
from incisor.patients.services._values import WrongValue

TEXT_LENGTH = 4000


class ReasonNeeded(Refused):
    """The file is not on today's list: whoever wants to see it says why."""

    code = "reason_needed"

    def __init__(self) -> None:
        super().__init__(_("This file is not on today’s list. Say why you need it."))


class RulesChanged(ChangedMeanwhile):
    """Somebody else changed the clinic's rules first."""

    code = "rules_changed"


@action(Permission.PATIENT_UNMASK)
def reveal(
    *, by: User, clinic: Clinic, patient: Patient, what: Collection[str], reason: str, at: datetime
) -> dict[str, str]:
    """Return sealed fields of the file in whole, and note who saw them and why.

    what: names of fields. reason: a LookReason, empty when the file is on today's list or a reason was given earlier today.
    Raises ReasonNeeded."""
    wanted = [field for field in what if field in SEALED_FIELDS]
    _check_reason(reason)
    given = reason or queries.reason_given(clinic, by, patient, at)
    is_of_today = queries.is_on_todays_list(clinic, patient, at)
    if not is_of_today and not given and queries.privacy_rules(clinic).asks_before_showing:
        raise ReasonNeeded()
    if not is_of_today:
        _note(by, clinic, patient, LookKind.REVEALED, given, wanted, at)
    told = {"fields": wanted, **({"reason": given} if given and not is_of_today else {})}
    record("patient.revealed", subject=patient, patient_id=patient.pk, after=told, is_look=True)
    return {field: getattr(patient, field) for field in wanted}


@action(Permission.PATIENT_SEE)
def open_file(*, by: User, clinic: Clinic, patient: Patient, reason: str, at: datetime) -> None:
    """Note that somebody opened the file; one that is not on today's list as the clinic's rule says. Raises ReasonNeeded."""
    _check_reason(reason)
    rule = queries.privacy_rules(clinic).opening
    given = ""
    if rule != LookRule.OFF and not queries.is_on_todays_list(clinic, patient, at):
        given = reason or queries.reason_given(clinic, by, patient, at)
        if rule == LookRule.ASK and not given:
            raise ReasonNeeded()
        _note(by, clinic, patient, LookKind.OPENED, given, [], at)
    after = {"reason": given} if given else None
    record("patient.looked_at", subject=patient, patient_id=patient.pk, after=after, is_look=True)


def _check_reason(reason: str) -> None:
    if reason and reason not in LookReason.values:
        raise WrongValue("reason", _("Choose a reason from the list."))


def _note(by: User, clinic: Clinic, patient: Patient, kind: str, reason: str, fields: list[str], at: datetime) -> None:
    """Note the look once a day; further fields are added to it."""
    if by.is_system:
        return
    day = queries.business_day(clinic, at)
    row, is_new = FileLook.objects.get_or_create(
        user=by,
        patient=patient,
        day=day,
        kind=kind,
        reason=reason,
        defaults={"clinic": clinic, "at": at, "fields": fields},
    )
    more = [field for field in fields if field not in row.fields]
    if not is_new and more:
        FileLook.objects.filter(pk=row.pk).update(fields=[*row.fields, *more])


@action(Permission.PATIENT_PRIVACY)
def review_look(*, by: User, look: FileLook, verdict: str, at: datetime) -> None:
    """Note what the manager found about a look; an empty verdict puts it back on the list."""
    if verdict and verdict not in LookVerdict.values:
        raise WrongValue("verdict", _("Choose what you found."))
    reviewed = {"reviewed_by": by, "reviewed_at": at} if verdict else {"reviewed_by": None, "reviewed_at": None}
    FileLook.objects.filter(pk=look.pk).update(verdict=verdict, **reviewed)
    record("patient.look_reviewed", subject=look, patient_id=look.patient_id, after={"verdict": verdict})


# ---- rules of the clinic ---------------------------------------------------------------------------------------------


@action(Permission.PATIENT_PRIVACY)
def change_privacy_rules(
    *,
    by: User,
    clinic: Clinic,
    version: int,
    opening: str,
    asks_before_showing: bool,
    retention_years: int,
    answer_days: int,
    at: datetime,
) -> PrivacyRules:
    """Set what the clinic has decided. version: as it was seen, 0 before the first time. Raises WrongValue, RulesChanged."""
    if opening not in LookRule.values:
        raise WrongValue("opening", _("Choose one of the list."))
    if retention_years < LEAST_RETENTION_YEARS:
        raise WrongValue(
            "retention_years", _("The law asks for at least %(years)d years.") % {"years": LEAST_RETENTION_YEARS}
        )
    if not 1 <= answer_days <= 90:
        raise WrongValue("answer_days", _("Between 1 and 90 days."))
    values = {
        "opening": opening,
        "asks_before_showing": asks_before_showing,
        "retention_years": retention_years,
        "answer_days": answer_days,
    }
    before = queries.privacy_rules(clinic)
    rows = PrivacyRules.objects.filter(clinic=clinic, version=version)
    if version and not rows.update(**values, version=version + 1):
        raise RulesChanged(_("Somebody changed these rules meanwhile. Look at them again."))
    if not version:
        PrivacyRules.objects.get_or_create(clinic=clinic, defaults=values)
    record(
        "privacy.rules_changed", subject=clinic, before={name: getattr(before, name) for name in values}, after=values
    )
    return queries.privacy_rules(clinic)


# ---- consents --------------------------------------------------------------------------------------------------------


@action(Permission.PATIENT_PRIVACY)
def write_consent_text(
    *, by: User, clinic: Clinic, purpose: str, text_zh: str, text_en: str, is_asked_anew: bool, at: datetime
) -> ConsentText:
    """Write a new version of what patients agree to. is_asked_anew: earlier consents no longer count. Raises WrongValue."""
    if purpose not in ConsentPurpose.values:
        raise WrongValue("purpose", _("Choose one of the list."))
    texts = {"text_zh": text_zh.strip(), "text_en": text_en.strip()}
    for field, text in texts.items():
        if not text or len(text) > TEXT_LENGTH:
            raise WrongValue(field, _("Write the text, at most %(length)d characters.") % {"length": TEXT_LENGTH})
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    last = _kept_text(by, clinic, purpose, at)
    if (last.text_zh, last.text_en) == (texts["text_zh"], texts["text_en"]) and not is_asked_anew:
        return last
    made = ConsentText.objects.create(
        clinic=clinic,
        purpose=purpose,
        version=last.version + 1,
        is_asked_anew=is_asked_anew,
        created_by=by,
        created_at=at,
        **texts,
    )
    record("privacy.text_written", subject=made, after={"purpose": purpose, "version": made.version})
    return made


def _kept_text(by: User, clinic: Clinic, purpose: str, at: datetime) -> ConsentText:
    """Return the text in force as a row: the shipped one is written down the first time somebody agrees to it."""
    text = queries.current_text(clinic, purpose)
    if not text._state.adding:
        return text
    kept, _is_new = ConsentText.objects.get_or_create(
        clinic=clinic,
        purpose=purpose,
        version=1,
        defaults={"text_zh": text.text_zh, "text_en": text.text_en, "created_by": by, "created_at": at},
    )
    return kept


@action(Permission.PATIENT_EDIT, or_else=(Permission.FORM_FILL,))
def record_consent(*, by: User, patient: Patient, purpose: str, state: str, way: str, at: datetime) -> Consent:
    """Note that the patient agreed to the text in force, or withdrew. Saying the same again changes nothing.

    Raises WrongValue."""
    if purpose not in ConsentPurpose.values or state not in ConsentState.values:
        raise WrongValue("purpose", _("Choose one of the list."))
    if way not in ConsentWay.values:
        raise WrongValue("way", _("Choose how the patient said so."))
    locked = Patient.objects.select_for_update().select_related("clinic").get(pk=patient.pk)
    text = _kept_text(by, locked.clinic, purpose, at)
    last = Consent.objects.filter(patient=locked, purpose=purpose).order_by("-at", "-pk").first()
    if last is not None and last.state == state and (last.text_id == text.pk or state == ConsentState.WITHDRAWN):
        return last
    made = Consent.objects.create(
        clinic=locked.clinic, patient=locked, purpose=purpose, state=state, text=text, way=way, by=by, at=at
    )
    record(
        "patient.consent_recorded",
        subject=made,
        patient_id=locked.pk,
        after={"purpose": purpose, "state": state, "way": way, "version": text.version},
    )
    events.publish(
        ConsentChanged(clinic_id=locked.clinic_id, patient_id=locked.pk, purpose=purpose, state=state, at=at)
    )
    return made
