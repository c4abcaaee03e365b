"""Filling in: a form is begun for a patient, saved while one types, dropped or taken up again."""

import json
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic, Procedure
from incisor.forms import queries
from incisor.forms.enums import UNFINISHED, FilledStatus, Way
from incisor.forms.models import FilledForm, FormDesign, Handout
from incisor.forms.rules import Answers, answers_from_file, needs_guardian
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.patients.models import Patient


class NotPublished(Refused):
    """The form has no published version, or was put away."""

    code = "form_not_published"


class FormIsSigned(Refused):
    """Somebody has signed: what was answered never changes."""

    code = "form_is_signed"

    def __init__(self) -> None:
        super().__init__(_("This form is signed and does not change any more. For a correction, fill in a new one."))


class FilledMeanwhile(ChangedMeanwhile):
    """The same form is being filled in elsewhere; what was typed here was not saved."""

    code = "filled_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            _("This form is being filled in on another screen too. Load the page again to see what stands there.")
        )


@action(Permission.FORM_FILL)
def begin_form(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    design: FormDesign,
    at: datetime,
    procedure: Procedure | None = None,
    handout: Handout | None = None,
) -> FilledForm:
    """Begin a form for a patient, filled in as far as the file knows; one that was begun and not signed goes on.

    An unfinished one of an older version is dropped, its answers are kept where they still fit. Raises NotPublished.
    """
    version = queries.published_of(design)
    if version is None or not design.is_active:
        raise NotPublished(_("This form is not published yet, so it cannot be filled in."))
    Patient.objects.select_for_update().get(pk=patient.pk)
    way = Way(handout.way) if handout else Way.DESK
    known = FilledForm.objects.filter(patient=patient, design=design, procedure=procedure, status=FilledStatus.OPEN)
    before = known.order_by("-saved_at").first()
    if before is not None and before.form_version_id == version.pk:
        known.filter(pk=before.pk).update(handout=handout, way=way)
        return queries.filled(clinic, before.pk)
    answers: Answers = answers_from_file(
        version.content, file=queries.file_of(patient), alerts=queries.alerts_of(patient)
    )
    if before is not None:
        answers |= queries.answers_of(before)
        known.update(status=FilledStatus.DROPPED)
    below = queries.policy(clinic).guardian_below_age
    made = FilledForm.objects.create(
        clinic=clinic,
        patient=patient,
        design=design,
        form_version=version,
        procedure=procedure,
        handout=handout,
        way=way,
        answers=json.dumps(answers, ensure_ascii=False) if answers else "",
        language="en" if patient.language == "en" else "zh-hans",
        needs_guardian=needs_guardian(patient.born_on, queries.day_of(clinic, at), below_age=below),
        begun_by=by,
        begun_at=at,
        saved_at=at,
    )
    record("form.begun", subject=made, patient_id=patient.pk, after={"form": design.key, "number": version.number})
    return queries.filled(clinic, made.pk)


@action(Permission.FORM_FILL)
def save_answers(*, by: User, filled: FilledForm, answers: Answers, revision: int, at: datetime) -> int:
    """Keep what was typed so far and return the new revision. revision: of the form that the page shows.

    Raises FormIsSigned, FilledMeanwhile.
    """
    text = json.dumps(answers, ensure_ascii=False)
    mine = FilledForm.objects.filter(pk=filled.pk, status=FilledStatus.OPEN, revision=revision)
    if mine.update(answers=text, revision=F("revision") + 1, saved_at=at):
        return revision + 1
    status = FilledForm.objects.filter(pk=filled.pk).values_list("status", flat=True).get()
    if status == FilledStatus.OPEN:
        raise FilledMeanwhile()
    raise FormIsSigned()


@action(Permission.FORM_FILL)
def drop_form(*, by: User, filled: FilledForm, at: datetime) -> None:
    """Put an unfinished form away; it can be taken up again. Raises FormIsSigned."""
    mine = FilledForm.objects.filter(pk=filled.pk, status__in=UNFINISHED)
    if not mine.update(status=FilledStatus.DROPPED, saved_at=at):
        raise FormIsSigned()
    record("form.dropped", subject=filled, patient_id=filled.patient_id, after={"form": filled.design.key})
    live.touch(filled.clinic_id, "day")


@action(Permission.FORM_FILL)
def take_up_form(*, by: User, filled: FilledForm, at: datetime) -> None:
    """Take up a form that was put away: it stands as it stood."""
    has_signature = filled.signatures.exists()
    mine = FilledForm.objects.filter(pk=filled.pk, status=FilledStatus.DROPPED)
    if mine.update(status=FilledStatus.WAITING if has_signature else FilledStatus.OPEN, saved_at=at):
        record("form.taken_up", subject=filled, patient_id=filled.patient_id, after={"form": filled.design.key})
        live.touch(filled.clinic_id, "day")


@action(Permission.FORM_FILL)
def let_guardian_sign(*, by: User, filled: FilledForm, needs_guardian: bool, at: datetime) -> None:
    """Say at the desk whether a guardian signs: for a patient who cannot, or whose birth date is unknown. Raises FormIsSigned."""
    if not FilledForm.objects.filter(pk=filled.pk, status=FilledStatus.OPEN).update(needs_guardian=needs_guardian):
        raise FormIsSigned()
    record(
        "form.guardian_set",
        subject=filled,
        patient_id=filled.patient_id,
        before={"needs_guardian": filled.needs_guardian},
        after={"needs_guardian": needs_guardian},
    )
