"""Which forms patients need, for a whole list in the same number of queries as for one."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from incisor.clinics.models import Clinic, Procedure
from incisor.forms.enums import FilledStatus, Occasion
from incisor.forms.hooks import planned_procedures
from incisor.forms.models import DesignProcedure, FilledForm, FormPolicy, FormRule, FormVersion, Withdrawal
from incisor.forms.queries.filled import day_of
from incisor.forms.rules import Known, Need, Rule, missing, months_before
from incisor.patients.models import Patient

NONE: frozenset[uuid.UUID] = frozenset()


def missing_forms(clinic: Clinic, patients: Collection[Patient], at: datetime) -> dict[uuid.UUID, list[Need]]:
    """Return patient → the forms that the clinic's rules ask for and that nobody signed; who lacks none is left out.

    Four queries and one of each app that plans procedures, for any number of patients.
    """
    found = _rules(clinic) if patients else []
    if not found:
        return {}
    ids = [one.pk for one in patients]
    signed = _signed(clinic, ids, {rule.design for rule in found})
    planned = _planned(clinic, ids, at) if any(rule.occasion == Occasion.PROCEDURE for rule in found) else {}
    day = day_of(clinic, at)
    below = FormPolicy.objects.filter(clinic=clinic).values_list("guardian_below_age", flat=True).first()
    wanted = {}
    for patient in patients:
        known = Known(
            registered_on=day_of(clinic, patient.created_at),
            last_seen_on=patient.last_seen_on,
            born_on=patient.born_on,
            sex=patient.sex,
            signed=signed.get(patient.pk, {}),
            planned=planned.get(patient.pk, NONE),
        )
        needs = missing(found, known, day=day, guardian_below_age=18 if below is None else below)
        if needs:
            wanted[patient.pk] = needs
    return wanted


def _rules(clinic: Clinic) -> list[Rule]:
    published = FormVersion.objects.filter(design=OuterRef("design"), published_at__isnull=False)
    rows = list(
        FormRule.objects.filter(Exists(published), clinic=clinic, is_active=True, design__is_active=True)
        .select_related("design")
        .order_by("position", "pk")
    )
    procedures: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    if any(row.occasion == Occasion.PROCEDURE for row in rows):
        pairs = DesignProcedure.objects.filter(design__clinic=clinic).values_list("design_id", "procedure_id")
        for design_id, procedure_id in pairs:
            procedures[design_id].add(procedure_id)
    return [
        Rule(
            design=row.design_id,
            occasion=row.occasion,
            months=row.months if row.occasion == Occasion.EVERY else row.design.valid_months,
            procedures=frozenset(procedures[row.design_id]),
            since=row.since,
            from_age=row.from_age,
            to_age=row.to_age,
            only=row.only,
        )
        for row in rows
    ]


def _standing(clinic: Clinic) -> QuerySet[FilledForm]:
    gone = Withdrawal.objects.filter(filled=OuterRef("pk"))
    return FilledForm.objects.filter(~Exists(gone), clinic=clinic, status=FilledStatus.SIGNED)


def _signed(
    clinic: Clinic, ids: list[uuid.UUID], designs: set[uuid.UUID]
) -> dict[uuid.UUID, dict[uuid.UUID, list[tuple[date, frozenset[uuid.UUID]]]]]:
    rows = _standing(clinic).filter(patient__in=ids, design__in=designs)
    found: dict[Any, dict[Any, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for patient_id, design_id, procedure_id, day in rows.values_list(
        "patient_id", "design_id", "procedure_id", "signed_on"
    ):
        found[patient_id][design_id].append((day, frozenset({procedure_id} if procedure_id else ())))
    return {patient_id: dict(designs) for patient_id, designs in found.items()}


def _planned(clinic: Clinic, ids: list[uuid.UUID], at: datetime) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for plan in planned_procedures:
        for patient_id, procedures in plan.find(clinic, ids, at).items():
            found[patient_id] |= set(procedures)
    return {patient_id: frozenset(procedures) for patient_id, procedures in found.items()}


def signed_consent(clinic: Clinic, patient: Patient, procedure: Procedure, at: datetime) -> FilledForm | None:
    """Return the newest signed consent of the patient that holds for the procedure at that moment, None without one.

    It was signed for this procedure, or for all that its form is for; it was not withdrawn and has not run out.
    """
    rows = (
        _standing(clinic)
        .filter(patient=patient, design__for_procedures__procedure=procedure, signed_at__lte=at)
        .select_related("design", "form_version", "procedure")
        .order_by("-signed_at", "-pk")
    )
    day = day_of(clinic, at)
    for row in rows:
        is_for_it = row.procedure_id in (None, procedure.pk)
        months = row.design.valid_months
        if is_for_it and row.signed_on and (not months or row.signed_on > months_before(day, months)):
            return row
    return None


def needs_consent(clinic: Clinic, procedure: Procedure) -> bool:
    """Tell whether a form in use must be signed before the procedure."""
    return FormRule.objects.filter(
        clinic=clinic,
        is_active=True,
        occasion=Occasion.PROCEDURE,
        design__is_active=True,
        design__for_procedures__procedure=procedure,
    ).exists()


def missing_badges(
    clinic: Clinic, patients: Collection[Any], at: datetime
) -> dict[uuid.UUID, list[tuple[str, str, str]]]:
    """Return the word beside the names of patients who lack forms, with the way to the forms of that patient."""
    found = {}
    for patient_id, needs in missing_forms(clinic, patients, at).items():
        text = ngettext("%(count)s form missing", "%(count)s forms missing", len(needs)) % {"count": len(needs)}
        found[patient_id] = [("warning", text, reverse("forms:patient-forms", args=[patient_id]))]
    return found
