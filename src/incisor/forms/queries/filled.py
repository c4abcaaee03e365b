"""Reading forms that are being filled in or signed."""

import hashlib
import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from incisor.clinics.models import Clinic
from incisor.forms.enums import UNFINISHED, FilledStatus, Mark, Source, Way
from incisor.forms.models import FilledForm, Handout, Review, Signature, SignedCopy, Withdrawal
from incisor.forms.queries.designs import NoSuchForm
from incisor.forms.rules import Answers, Asked, Offer, age_on, offers_of
from incisor.kernel import clock
from incisor.kernel.fields import as_uuid
from incisor.patients.models import Patient
from incisor.patients.rules import mask_address, mask_email, mask_id, mask_phone
from incisor.patients.rules.health import health_items

ROWS = 200
MASKS = {
    Source.PHONE.value: mask_phone,
    Source.ID_NUMBER.value: mask_id,
    Source.EMAIL.value: mask_email,
    Source.ADDRESS.value: mask_address,
}


def _whole(found: QuerySet[FilledForm]) -> QuerySet[FilledForm]:
    return found.select_related("patient", "design", "form_version", "clinic", "procedure", "handout", "begun_by")


def filled(clinic: Clinic, filled_id: Any) -> FilledForm:
    """Return one form of the clinic, whatever its state. Raises NoSuchForm."""
    row = _whole(FilledForm.objects.filter(clinic=clinic, pk=as_uuid(filled_id))).first()
    if row is None:
        raise NoSuchForm()
    return row


def of_patient(clinic: Clinic, patient: Patient) -> list[FilledForm]:
    """Return the patient's forms, open ones first, then newest; without dropped ones. With is_withdrawn, is_unseen."""
    found = _whole(FilledForm.objects.filter(clinic=clinic, patient=patient).exclude(status=FilledStatus.DROPPED))
    return list(_marked(found).order_by("status", "-saved_at", "pk")[:ROWS])


def open_forms(clinic: Clinic) -> list[FilledForm]:
    """Return all forms of the clinic that somebody began and nobody signed, newest first, with patients."""
    found = _whole(FilledForm.objects.filter(clinic=clinic, status__in=UNFINISHED))
    return list(found.order_by("-saved_at", "pk")[:ROWS])


def unseen_forms(clinic: Clinic) -> list[FilledForm]:
    """Return signed forms that say something new of which nobody decided whether the file takes it, oldest first."""
    found = _marked(_whole(FilledForm.objects.filter(clinic=clinic, status=FilledStatus.SIGNED)))
    unseen = found.filter(is_unseen=True)  # type: ignore[misc]
    return list(unseen.order_by("signed_at", "pk")[:ROWS])


def _marked(found: QuerySet[FilledForm]) -> QuerySet[FilledForm]:
    reviewed = Review.objects.filter(filled=OuterRef("pk"), taken_back_at=None)
    withdrawn = Withdrawal.objects.filter(filled=OuterRef("pk"))
    return found.annotate(
        is_withdrawn=Exists(withdrawn),
        is_unseen=Q(status=FilledStatus.SIGNED) & ~Exists(reviewed),
    )


def signatures_of(filled: FilledForm) -> list[Signature]:
    """Return the signatures under a form in the order in which they stand there."""
    return list(Signature.objects.filter(filled=filled).select_related("witness").order_by("at", "pk"))


def copy_of(filled: FilledForm) -> SignedCopy | None:
    """Return the kept PDF of a signed form, None when it was not made yet."""
    return SignedCopy.objects.filter(filled=filled).first()


def without_copy(*, limit: int) -> list[FilledForm]:
    """Return signed forms of all clinics whose PDF was not made: the computer was switched off in between."""
    have = SignedCopy.objects.filter(filled=OuterRef("pk"))
    found = FilledForm.objects.filter(~Exists(have), status=FilledStatus.SIGNED)
    return list(_whole(found).order_by("signed_at", "pk")[:limit])


def withdrawal_of(filled: FilledForm) -> Withdrawal | None:
    """Return that and why a form holds no longer, None while it does."""
    return Withdrawal.objects.filter(filled=filled).select_related("by").first()


def review_of(filled: FilledForm) -> Review | None:
    """Return who looked at what the form says, None when nobody did."""
    return Review.objects.filter(filled=filled, taken_back_at=None).select_related("by").first()


def answers_of(filled: FilledForm) -> Answers:
    """Return what was answered so far."""
    return dict(json.loads(filled.answers)) if filled.answers else {}


def asked_of(patient: Patient, day: date) -> Asked:
    """Return what decides which fields a patient is shown."""
    return Asked(sex=patient.sex, age=age_on(patient.born_on, day))


def day_of(clinic: Clinic, at: datetime) -> date:
    """Return the date on the clinic's wall."""
    return clock.local(at, clinic.zone).date()


def file_of(patient: Patient) -> dict[str, str]:
    """Return what the patient's file says, by source. Empty values are left out."""
    values = {
        Source.NAME: patient.name,
        Source.SEX: patient.sex if patient.sex != "unknown" else "",
        Source.BORN_ON: patient.born_on.isoformat() if patient.born_on else "",
        Source.PHONE: patient.phone,
        Source.ID_NUMBER: patient.id_number,
        Source.EMAIL: patient.email,
        Source.ADDRESS: patient.address,
        Source.OCCUPATION: patient.occupation,
    }
    return {source.value: value for source, value in values.items() if value}


def masked_file(patient: Patient) -> dict[str, str]:
    """Return what may be shown of the sealed parts of the file to whoever holds the tablet or the phone."""
    return {source: MASKS[source](value) for source, value in file_of(patient).items() if source in MASKS}


def alerts_of(patient: Patient) -> list[tuple[str, str, str]]:
    """Return what stands in the file as (kind, code, text)."""
    return [(alert.kind, alert.code, alert.text) for alert in patient.current_alerts]


def listed_codes() -> dict[str, Collection[str]]:
    """Return the codes of the house's lists of allergies and illnesses, by kind."""
    return {kind: frozenset(items) for kind, items in health_items().items()}


def offers(filled: FilledForm, *, at: datetime) -> list[Offer]:
    """Return what a signed form says that the file does not say now."""
    patient = filled.patient
    return offers_of(
        filled.form_version.content,
        answers_of(filled),
        file=file_of(patient),
        alerts=alerts_of(patient),
        listed=listed_codes(),
        asked=asked_of(patient, day_of(filled.clinic, filled.signed_at or at)),
    )


def handout(clinic: Clinic, handout_id: Any) -> Handout:
    """Return what was given to a patient to fill in. Raises NoSuchForm."""
    row = (
        Handout.objects.filter(clinic=clinic, pk=as_uuid(handout_id)).select_related("patient", "clinic", "by").first()
    )
    if row is None:
        raise NoSuchForm()
    return row


def open_handout(token: str, *, at: datetime) -> Handout:
    """Return the handout that a tablet's token opens. Raises NoSuchForm: unknown, ended and run out look the same."""
    found = Handout.objects.filter(token_hash=token_hash(token), way=Way.TABLET, ended_at=None, expires_at__gt=at)
    row = found.select_related("patient", "clinic", "by").first() if token else None
    if row is None:
        raise NoSuchForm()
    return row


def handout_by_id(handout_id: Any, *, at: datetime) -> Handout:
    """Return the handout that a patient's link is about. Raises NoSuchForm when it was ended."""
    found = Handout.objects.filter(pk=as_uuid(handout_id), way=Way.LINK, ended_at=None, expires_at__gt=at)
    row = found.select_related("patient", "clinic", "by").first()
    if row is None:
        raise NoSuchForm()
    return row


def forms_of(handout: Handout) -> list[FilledForm]:
    """Return the forms that were given, in the order in which they are to be filled in; without dropped ones."""
    found = FilledForm.objects.filter(handout=handout).exclude(status=FilledStatus.DROPPED)
    return list(_whole(found).order_by("begun_at", "pk"))


def form_of(handout: Handout, filled_id: Any) -> FilledForm:
    """Return one of the forms that were given. Raises NoSuchForm."""
    row = _whole(FilledForm.objects.filter(handout=handout, pk=as_uuid(filled_id))).first()
    if row is None:
        raise NoSuchForm()
    return row


def token_hash(token: str) -> str:
    """Return what is kept of a tablet's token: 192 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def stroke_digest(signature: Signature) -> str:
    """Return the hash of a drawn signature, of the name for a typed one."""
    text = signature.strokes if signature.mark == Mark.DRAWN else signature.name
    return hashlib.sha256(text.encode()).hexdigest()
