"""Signing: signatures are given, and when the last one is there everything is sealed under one hash."""

import json
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.forms import queries
from incisor.forms.enums import FilledStatus, Guardian, Mark, Purpose, Signer, Way
from incisor.forms.events import ConsentWithdrawn, FormSigned
from incisor.forms.models import FilledForm, Review, Signature, Withdrawal
from incisor.forms.rules import (
    Answers,
    Field,
    Given,
    NotASignature,
    canonical,
    digest_of_bytes,
    drawn,
    mistakes,
    signers_of,
    wanted_signers,
)
from incisor.forms.services.filling import FilledMeanwhile, FormIsSigned
from incisor.kernel import clock, events, live
from incisor.kernel.errors import Refused
from incisor.kernel.numbers import next_number
from incisor.patients.enums import ConsentPurpose, ConsentState, ConsentWay
from incisor.patients.services import record_consent

# Who can sign on the tablet or the phone, where nobody of the clinic stands by.
ALONE = frozenset({Signer.PATIENT, Signer.GUARDIAN})


class NotComplete(Refused):
    """Something is missing or wrong. details: faults, field key → what."""

    code = "form_not_complete"

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(_("Something is still missing; it is marked below."), faults=faults)
        self.faults = faults


class NotSigned(Refused):
    """Only a signed form can be withdrawn."""

    code = "form_not_signed"


class ReasonMissing(Refused):
    """A withdrawal says who wanted it and why. details: field."""

    code = "withdrawal_reason_missing"


@action(Permission.FORM_FILL)
def sign_form(
    *,
    by: User,
    filled: FilledForm,
    answers: Answers,
    revision: int,
    signatures: Collection[Given],
    language: str,
    place: str,
    at: datetime,
) -> FilledForm:
    """Take the signatures; the last required one seals the form with number and hash, else it waits for the clinic's.

    language: in which it was read. Raises NotComplete, FormIsSigned, FilledMeanwhile. Publishes FormSigned.
    """
    row = FilledForm.objects.select_for_update(of=("self",)).get(pk=filled.pk)
    if row.status in (FilledStatus.SIGNED, FilledStatus.DROPPED):
        raise FormIsSigned()
    if row.status == FilledStatus.OPEN:
        if row.revision != revision:
            raise FilledMeanwhile()
        row.answers, row.revision = json.dumps(answers, ensure_ascii=False), row.revision + 1
        row.language = "en" if language == "en" else "zh-hans"
    row.saved_at, row.place = at, place[:120]
    _write_signatures(row, signatures, by=by, at=at)
    have = queries.signatures_of(row)
    missing = [
        key for key, is_needed in _wanted(row, at).items() if is_needed and key not in {one.field_key for one in have}
    ]
    if missing:
        row.status = FilledStatus.WAITING
        row.save()
        record("form.partly_signed", subject=row, patient_id=row.patient_id, after=_told(row))
    else:
        _seal(row, have, by=by, at=at)
    live.touch(row.clinic_id, "day")
    return queries.filled(row.clinic, row.pk)


def _wanted(row: FilledForm, at: datetime) -> dict[str, bool]:
    asked = queries.asked_of(row.patient, queries.day_of(row.clinic, at))
    fields = signers_of(row.form_version.content, asked)
    return wanted_signers(fields, needs_guardian=row.needs_guardian)


def _write_signatures(row: FilledForm, given: Collection[Given], *, by: User, at: datetime) -> None:
    """Write every signature that is there; refuse while one is missing that can be given here."""
    asked = queries.asked_of(row.patient, queries.day_of(row.clinic, at))
    content, faults = row.form_version.content, {}
    if row.status == FilledStatus.OPEN:
        known = frozenset(queries.masked_file(row.patient))
        faults = mistakes(content, queries.answers_of(row), asked, known=known)
    is_alone, wanted = row.way != Way.DESK, _wanted(row, at)
    before = {one.field_key for one in queries.signatures_of(row)}
    by_field, fresh = {one.field: one for one in given}, []
    for field in signers_of(content, asked):
        key = field["key"]
        if key in before or (is_alone and field["signer"] not in ALONE and row.status == FilledStatus.OPEN):
            continue
        one = by_field.get(key)
        if one is None or not (one.strokes or one.is_typed):
            # the clinic's own signature may come later, from another person's screen; the patient's may not
            if wanted[key] and field["signer"] in ALONE:
                faults[key] = _("A signature is missing here.")
            continue
        try:
            fresh.append(_signature(row, field, one, by=by, at=at))
        except _Wrong as wrong:
            faults[key] = str(wrong)
    if faults:
        raise NotComplete(faults)
    if not fresh:
        raise NotComplete({"": _("Nobody has signed yet.")})
    Signature.objects.bulk_create(fresh)


class _Wrong(Exception):
    """What is wrong with one signature, for people."""


def _signature(row: FilledForm, field: Field, one: Given, *, by: User, at: datetime) -> Signature:
    signer, name = field["signer"], " ".join(one.name.split())[:60]
    if signer == Signer.PATIENT:
        name = name or row.patient.name
    if signer == Signer.STAFF:
        name = by.name
    if not name:
        raise _Wrong(_("Please write the name of whoever signs."))
    if signer == Signer.GUARDIAN and one.relation not in Guardian.values:
        raise _Wrong(_("Please choose what you are to the patient."))
    relation = one.relation if signer == Signer.GUARDIAN else ""
    if one.is_typed:
        if one.witness is None:
            raise _Wrong(_("Without a signature by hand somebody of the clinic must confirm to have been there."))
        return Signature(
            filled=row, field_key=field["key"], signer=signer, name=name, relation=relation,
            mark=Mark.TYPED, witness=one.witness, at=at,
        )  # fmt: skip
    try:
        ink = drawn(one.strokes)
    except NotASignature as failure:
        raise _Wrong(_("That is too little for a signature. Please sign with your name.")) from failure
    return Signature(
        filled=row, field_key=field["key"], signer=signer, name=name, relation=relation, mark=Mark.DRAWN,
        strokes=json.dumps(ink.strokes, separators=(",", ":")), milliseconds=ink.milliseconds, at=at,
    )  # fmt: skip


def _seal(row: FilledForm, signatures: list[Signature], *, by: User, at: datetime) -> None:
    year = clock.local(at, row.clinic.zone).year
    number = next_number(clinic_id=row.clinic_id, series="form", period=str(year))
    row.number = f"F{year}-{number:05d}"
    row.status, row.signed_at, row.signed_on = FilledStatus.SIGNED, at, queries.day_of(row.clinic, at)
    row.sealed = canonical(queries.facts_of(row, signatures))
    row.digest = digest_of_bytes(row.sealed.encode())
    row.save()
    if not queries.offers(row, at=at):
        Review.objects.create(filled=row, accepted_count=0, offered_count=0, by=by, at=at)
    record("form.signed", subject=row, patient_id=row.patient_id, after={**_told(row), "hash": row.digest})
    _note_consent(row, ConsentState.GIVEN, by=by, at=at)
    events.publish(
        FormSigned(
            clinic_id=row.clinic_id,
            patient_id=row.patient_id,
            filled_id=row.pk,
            design_id=row.design_id,
            procedure_id=row.procedure_id,
            at=at,
        )
    )


def _note_consent(row: FilledForm, state: ConsentState, *, by: User, at: datetime) -> None:
    """Whoever signs the privacy notice has agreed to it, and whoever withdraws it no longer does: so says the file too."""
    if row.design.purpose != Purpose.PRIVACY:
        return
    way = ConsentWay.SCREEN if state == ConsentState.GIVEN else ConsentWay.SPOKEN
    record_consent(by=by, patient=row.patient, purpose=ConsentPurpose.PRIVACY_NOTICE, state=state, way=way, at=at)


def _told(row: FilledForm) -> dict[str, object]:
    version = row.form_version
    return {"form": version.design.key, "number": version.number, "receipt": row.number, "way": row.way}


@action(Permission.FORM_FILL)
def withdraw_form(*, by: User, filled: FilledForm, said_by: str, reason: str, at: datetime) -> Withdrawal:
    """Note that a signed form holds no longer. The signed copy stays. A second withdrawal returns the first.

    Raises NotSigned, ReasonMissing. Publishes ConsentWithdrawn.
    """
    row = FilledForm.objects.select_for_update(of=("self",)).get(pk=filled.pk)
    if row.status != FilledStatus.SIGNED:
        raise NotSigned(_("This form is not signed, so there is nothing to withdraw. Put it away instead."))
    who, why = " ".join(said_by.split())[:60], reason.strip()[:1000]
    for name, text in (("said_by", who), ("reason", why)):
        if not text:
            raise ReasonMissing(_("Write who withdraws it, and why or how it was said."), field=name)
    known = queries.withdrawal_of(row)
    if known is not None:
        return known
    made = Withdrawal.objects.create(filled=row, said_by=who, reason=why, by=by, at=at)
    record("form.withdrawn", subject=row, patient_id=row.patient_id, after={**_told(row), "said_by": who})
    _note_consent(row, ConsentState.WITHDRAWN, by=by, at=at)
    events.publish(
        ConsentWithdrawn(
            clinic_id=row.clinic_id, patient_id=row.patient_id, filled_id=row.pk, design_id=row.design_id, at=at
        )
    )
    live.touch(row.clinic_id, "day")
    return made


@action(Permission.FORM_SEE)
def note_look(*, by: User, filled: FilledForm, at: datetime) -> None:
    """Note that somebody read a patient's form."""
    record("form.looked_at", subject=filled, patient_id=filled.patient_id, is_look=True)
