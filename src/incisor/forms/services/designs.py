"""Designing forms: a new one, steps on a draft and back, publishing, what it is for."""

import uuid
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.forms import queries
from incisor.forms.enums import Purpose, VersionState
from incisor.forms.models import DesignProcedure, DraftStep, FormDesign, FormVersion
from incisor.forms.rules import Content, Fault, designing, empty_content, faults_of
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.numbers import next_number

STEPS: dict[str, Callable[..., Content]] = {
    "add_section": designing.add_section,
    "rename_section": designing.rename_section,
    "remove_section": designing.remove_section,
    "move_section": designing.move_section,
    "add_field": designing.add_field,
    "copy_field": designing.copy_field,
    "remove_field": designing.remove_field,
    "move_field": designing.move_field,
    "step_field": designing.step_field,
    "change_field": designing.change_field,
}


class VersionIsPublished(Refused):
    """People have signed these words, or may have: they never change."""

    code = "version_is_published"

    def __init__(self) -> None:
        super().__init__(_("This version is published and does not change. Edit the form: that makes a new draft."))


class DraftChanged(ChangedMeanwhile):
    """Somebody else changed the draft first; the step was not done."""

    code = "draft_changed"


class NotPublishable(Refused):
    """The draft has faults. details: faults."""

    code = "not_publishable"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].text, faults=faults)
        self.faults = faults


class FormTitleMissing(Refused):
    """A form needs a title in both languages. details: field."""

    code = "form_title_missing"


class NothingToUndo(Refused):
    """The draft is as it was when it was begun."""

    code = "nothing_to_undo"


def _titles(title_zh: str, title_en: str) -> dict[str, str]:
    found = {"title_zh": title_zh.strip()[:80], "title_en": title_en.strip()[:120]}
    for name, text in found.items():
        if not text:
            raise FormTitleMissing(_("Give the form a title in Chinese and in English."), field=name)
    return found


@action(Permission.FORM_EDIT)
def make_design(
    *,
    by: User,
    clinic: Clinic,
    purpose: str,
    title_zh: str,
    title_en: str,
    at: datetime,
    copy_of: FormDesign | None = None,
) -> FormDesign:
    """Make a new form with an empty first draft, or with the words of another form of the clinic. Raises FormTitleMissing."""
    titles = _titles(title_zh, title_en)
    source = queries.published_of(copy_of) or queries.draft_of(copy_of) if copy_of else None
    design = FormDesign.objects.create(
        clinic=clinic,
        key=f"own_{next_number(clinic_id=clinic.pk, series='form_design')}",
        purpose=Purpose(purpose),
        created_by=by,
        created_at=at,
        **titles,
    )
    content = source.content if source else empty_content()
    _draft(design, number=1, content=content, titles=titles, by=by, at=at)
    record("form.designed", subject=design, after={**titles, "purpose": design.purpose})
    return design


def _draft(
    design: FormDesign, *, number: int, content: Content, titles: dict[str, str], by: User, at: datetime
) -> FormVersion:
    return FormVersion.objects.create(design=design, number=number, content=content, saved_by=by, saved_at=at, **titles)


@action(Permission.FORM_EDIT)
def begin_draft(*, by: User, design: FormDesign, at: datetime) -> FormVersion:
    """Return the draft of a form; when there is none, make one from the published version."""
    known = queries.draft_of(design)
    if known is not None:
        return known
    before = queries.published_of(design)
    titles = {"title_zh": design.title_zh, "title_en": design.title_en}
    content, number = (before.content, before.number + 1) if before else (empty_content(), 1)
    try:
        with transaction.atomic():
            made = _draft(design, number=number, content=content, titles=titles, by=by, at=at)
    except IntegrityError:
        known = queries.draft_of(design)  # somebody else began it in this moment
        if known is None:
            raise
        return known
    record("form.draft_begun", subject=design, after={"number": number})
    return made


def _locked(version: FormVersion) -> FormVersion:
    row = FormVersion.objects.select_for_update(of=("self",)).select_related("design").get(pk=version.pk)
    if row.state != VersionState.DRAFT:
        raise VersionIsPublished()
    return row


@action(Permission.FORM_EDIT)
def edit_draft(
    *, by: User, version: FormVersion, what: str, seen: int, values: dict[str, Any], at: datetime
) -> FormVersion:
    """Do one step of the designer on a draft. what: one of STEPS; seen: step_count of the draft that the person saw.

    Raises VersionIsPublished, DraftChanged (somebody else's step came first, or the part is gone).
    """
    row = _locked(version)
    if row.step_count != seen:
        raise DraftChanged(_("Somebody else changed this draft meanwhile. Look at it again, then go on."))
    try:
        fresh = STEPS[what](row.content, **values)
    except (designing.NoSuchPart, KeyError) as failure:
        raise DraftChanged(_("This part of the form is gone. Look at it again, then go on.")) from failure
    if fresh == row.content:
        return row
    DraftStep.objects.create(version=row, number=row.step_count, what=what, before=row.content, by=by, at=at)
    row.content, row.step_count, row.saved_by, row.saved_at = fresh, row.step_count + 1, by, at
    row.save(update_fields=["content", "step_count", "saved_by", "saved_at"])
    return row


@action(Permission.FORM_EDIT)
def undo_step(*, by: User, version: FormVersion, at: datetime) -> FormVersion:
    """Take back the last step on a draft. Raises VersionIsPublished, NothingToUndo."""
    row = _locked(version)
    step = queries.last_step(row)
    if step is None:
        raise NothingToUndo(_("There is nothing left to undo."))
    row.content, row.step_count, row.saved_by, row.saved_at = step.before, row.step_count + 1, by, at
    row.save(update_fields=["content", "step_count", "saved_by", "saved_at"])
    step.delete()
    return row


@action(Permission.FORM_EDIT)
def rename_draft(*, by: User, version: FormVersion, title_zh: str, title_en: str, at: datetime) -> FormVersion:
    """Give a draft other titles. Raises VersionIsPublished, FormTitleMissing."""
    titles = _titles(title_zh, title_en)
    row = _locked(version)
    FormVersion.objects.filter(pk=row.pk).update(**titles, saved_by=by, saved_at=at)
    row.refresh_from_db()
    return row


@action(Permission.FORM_EDIT)
def publish(*, by: User, version: FormVersion, at: datetime) -> FormVersion:
    """Let a draft be the form from now on. What was signed before keeps its own version.

    Raises VersionIsPublished, NotPublishable.
    """
    row = _locked(version)
    faults = faults_of(row.content)
    if faults:
        raise NotPublishable(faults)
    FormVersion.objects.filter(pk=row.pk).update(
        state=VersionState.PUBLISHED, published_by=by, published_at=at, saved_by=by, saved_at=at
    )
    FormDesign.objects.filter(pk=row.design_id).update(title_zh=row.title_zh, title_en=row.title_en)
    DraftStep.objects.filter(version=row).delete()
    record("form.published", subject=row.design, after={"number": row.number, "title_zh": row.title_zh})
    row.refresh_from_db()
    return row


@action(Permission.FORM_EDIT)
def discard_draft(*, by: User, version: FormVersion, at: datetime) -> None:
    """Throw a draft away when a published version stands behind it. Raises VersionIsPublished, NothingToUndo."""
    row = _locked(version)
    if queries.published_of(row.design) is None:
        raise NothingToUndo(_("This form has no published version yet. Put the form away instead."))
    record("form.draft_discarded", subject=row.design, before={"number": row.number})
    row.delete()


@action(Permission.FORM_EDIT)
def change_design(
    *,
    by: User,
    design: FormDesign,
    version: int,
    purpose: str,
    valid_months: int,
    procedures: Collection[uuid.UUID],
    at: datetime,
) -> FormDesign:
    """Say what a form is for, for which procedures and for how long it holds. Raises DraftChanged."""
    row = FormDesign.objects.select_for_update().get(pk=design.pk)
    if row.version != version:
        raise DraftChanged(_("Somebody else changed this form meanwhile. Look at it again, then go on."))
    held = dict(DesignProcedure.objects.filter(design=row).values_list("procedure_id", "procedure__code"))
    wanted = {one.pk: one.code for one in queries.procedures_of(list(procedures))}
    before = {"purpose": row.purpose, "valid_months": row.valid_months, "procedures": sorted(held.values())}
    after = {"purpose": purpose, "valid_months": valid_months, "procedures": sorted(wanted.values())}
    if before == after:
        return row
    DesignProcedure.objects.filter(design=row, procedure__in=set(held) - set(wanted)).delete()
    DesignProcedure.objects.bulk_create(
        DesignProcedure(design=row, procedure_id=key) for key in sorted(set(wanted) - set(held), key=str)
    )
    row.purpose, row.valid_months, row.version = Purpose(purpose), valid_months, row.version + 1
    row.save(update_fields=["purpose", "valid_months", "version"])
    record("form.changed", subject=row, before=before, after=after)
    return row


@action(Permission.FORM_EDIT)
def retire_design(*, by: User, design: FormDesign, at: datetime) -> None:
    """Put a form away: it is asked for no more. What was signed stays. Doing it twice changes nothing."""
    if FormDesign.objects.filter(pk=design.pk, is_active=True).update(is_active=False):
        record("form.retired", subject=design, after={"title_zh": design.title_zh})


@action(Permission.FORM_EDIT)
def restore_design(*, by: User, design: FormDesign, at: datetime) -> None:
    """Take a form that was put away into use again."""
    if FormDesign.objects.filter(pk=design.pk, is_active=False).update(is_active=True):
        record("form.restored", subject=design, after={"title_zh": design.title_zh})
