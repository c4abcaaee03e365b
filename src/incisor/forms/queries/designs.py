"""Reading designs, their versions and the clinic's rules."""

import uuid
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from incisor.clinics.models import Clinic, Procedure
from incisor.forms.enums import FilledStatus, VersionState
from incisor.forms.models import DesignProcedure, DraftStep, FormDesign, FormPolicy, FormRule, FormVersion
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid


class NoSuchForm(NotFound):
    """The clinic has no such form."""


def _with_procedures(found: QuerySet[FormDesign]) -> QuerySet[FormDesign]:
    rows = DesignProcedure.objects.select_related("procedure").order_by("procedure__code")
    return found.prefetch_related(Prefetch("for_procedures", rows, to_attr="held_procedures"))


def designs(clinic: Clinic, *, is_active: bool = True) -> list[FormDesign]:
    """Return the clinic's forms by purpose and title, with published_number, has_draft, signed_count, held_procedures."""
    versions = FormVersion.objects.filter(design=OuterRef("pk"))
    newest = versions.filter(state=VersionState.PUBLISHED).order_by("-number").values("number")[:1]
    found = (
        FormDesign.objects.filter(clinic=clinic, is_active=is_active)
        .annotate(
            published_number=Subquery(newest),
            has_draft=Exists(versions.filter(state=VersionState.DRAFT)),
            signed_count=Count("filled", filter=Q(filled__status=FilledStatus.SIGNED)),
        )
        .order_by("purpose", "title_zh", "pk")
    )
    return list(_with_procedures(found))


def design(clinic: Clinic, design_id: Any) -> FormDesign:
    """Return the clinic's form, with held_procedures. Raises NoSuchForm."""
    found = _with_procedures(FormDesign.objects.filter(clinic=clinic, pk=as_uuid(design_id))).first()
    if found is None:
        raise NoSuchForm()
    return found


def version(clinic: Clinic, version_id: Any) -> FormVersion:
    """Return a version of one of the clinic's forms. Raises NoSuchForm."""
    found = FormVersion.objects.filter(design__clinic=clinic, pk=as_uuid(version_id))
    row = found.select_related("design", "design__clinic", "saved_by", "published_by").first()
    if row is None:
        raise NoSuchForm()
    return row


def versions_of(design: FormDesign) -> list[FormVersion]:
    """Return all versions of a form, newest first, with signed_count."""
    signed = Count("filled", filter=Q(filled__status=FilledStatus.SIGNED))
    return list(
        FormVersion.objects.filter(design=design)
        .select_related("saved_by", "published_by")
        .annotate(signed_count=signed)
        .order_by("-number")
    )


def draft_of(design: FormDesign) -> FormVersion | None:
    """Return the draft of a form, None when there is none."""
    return FormVersion.objects.filter(design=design, state=VersionState.DRAFT).select_related("design").first()


def published_of(design: FormDesign) -> FormVersion | None:
    """Return the version that is filled in now, None before the first."""
    found = FormVersion.objects.filter(design=design, state=VersionState.PUBLISHED)
    return found.select_related("design").order_by("-number").first()


def usable(clinic: Clinic) -> list[FormDesign]:
    """Return the forms that can be filled in: in use and published."""
    ready = FormVersion.objects.filter(design=OuterRef("pk"), state=VersionState.PUBLISHED)
    found = FormDesign.objects.filter(Exists(ready), clinic=clinic, is_active=True)
    return list(_with_procedures(found.order_by("purpose", "title_zh", "pk")))


def last_step(version: FormVersion) -> DraftStep | None:
    """Return the step that Undo takes back, None at the beginning."""
    return DraftStep.objects.filter(version=version).order_by("-number").first()


def policy(clinic: Clinic) -> FormPolicy:
    """Return the clinic's figures; the defaults, unsaved, while nobody changed them."""
    return FormPolicy.objects.filter(clinic=clinic).first() or FormPolicy(clinic=clinic)


def rules_of(clinic: Clinic) -> list[FormRule]:
    """Return the clinic's rules in their order, with their forms."""
    found = FormRule.objects.filter(clinic=clinic).select_related("design")
    return list(found.order_by("position", "pk"))


def rule(clinic: Clinic, rule_id: Any) -> FormRule:
    """Return one of the clinic's rules. Raises NoSuchForm."""
    found = FormRule.objects.filter(clinic=clinic, pk=as_uuid(rule_id)).select_related("design").first()
    if found is None:
        raise NoSuchForm()
    return found


def procedures_without_consent(clinic: Clinic) -> list[Procedure]:
    """Return high-risk procedures that no form in use asks for: the list of forms warns of them."""
    covered = DesignProcedure.objects.filter(design__clinic=clinic, design__is_active=True).values("procedure_id")
    found = Procedure.objects.filter(is_active=True, is_high_risk=True).exclude(pk__in=covered)
    return list(found.order_by("code"))


def procedures() -> list[Procedure]:
    """Return what a form can be for."""
    return list(Procedure.objects.filter(is_active=True).order_by("-is_high_risk", "code"))


def procedures_of(ids: list[uuid.UUID]) -> list[Procedure]:
    """Return procedures by id."""
    return list(Procedure.objects.filter(pk__in=ids).order_by("code"))
