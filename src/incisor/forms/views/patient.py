"""A patient's forms: what is missing, what was begun, what was signed, and the three ways to have one filled in."""

import uuid
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts import services as accounts
from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.forms import queries, services
from incisor.forms.enums import FilledStatus, Occasion
from incisor.forms.forms import HandOutForm
from incisor.forms.models import FormDesign
from incisor.forms.views.frame import language_of, may_fill
from incisor.kernel import clock
from incisor.kernel.errors import NotFound
from incisor.kernel.htmx import redirect, render
from incisor.messaging.queries import public_address
from incisor.patients import queries as patients
from incisor.patients.models import Patient
from incisor.patients.rules import mask_phone


@require_GET
@page(Permission.FORM_SEE)
def begun(request: HttpRequest) -> HttpResponse:
    """Show the clinic's forms that are not finished: begun, waiting for a signature, not looked at."""
    clinic = request.clinic  # type: ignore[attr-defined]
    rows = queries.open_forms(clinic)
    context = {
        "waiting": [one for one in rows if one.status == FilledStatus.WAITING],
        "drafts": [one for one in rows if one.status == FilledStatus.OPEN],
        "unseen": queries.unseen_forms(clinic),
        "may_fill": may_fill(request),
        "language": language_of(request),
        "at": clock.now(),
    }
    return render(request, "forms/begun.html", context, partial="lists")


@require_GET
@page(Permission.FORM_SEE)
def patient_forms(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show one patient's forms: a part of the patient's page, and a page of its own."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = patients.patient(clinic, patient_id)
    at, language = clock.now(), language_of(request)
    usable = queries.usable(clinic)
    needs = {need.design: need for need in queries.missing_forms(clinic, [patient], at).get(patient.pk, [])}
    rows = queries.of_patient(clinic, patient)
    context = {
        "patient": patient,
        "choices": _choices(usable, needs, language),
        "needs_guardian": any(need.signer == "guardian" for need in needs.values()),
        "open": [one for one in rows if one.status != FilledStatus.SIGNED],
        "signed": [one for one in rows if one.status == FilledStatus.SIGNED],
        "may_fill": may_fill(request),
        "language": language,
        "phone": mask_phone(patient.phone) if patient.phone else "",
    }
    return render(request, "forms/patient_forms.html", context, partial="panel")


def _choices(usable: list[FormDesign], needs: dict[uuid.UUID, Any], language: str) -> list[dict[str, Any]]:
    """The forms to choose from, missing ones first and ticked."""
    found = []
    for one in usable:
        need = needs.get(one.pk)
        found.append(
            {
                "key": str(one.pk),
                "title": one.title(language),
                "purpose": one.get_purpose_display(),
                "need": need,
                "why": Occasion(need.occasion).label if need else "",
                "procedures": _names(one, need, language),
            }
        )
    return sorted(found, key=lambda one: one["need"] is None)


def _names(design: FormDesign, need: Any, language: str) -> str:
    if not need or not need.procedures:
        return ""
    rows = [one.procedure for one in design.held_procedures if one.procedure_id in need.procedures]  # type: ignore[attr-defined]
    return "、".join(one.name_zh if language.startswith("zh") else one.name_en for one in rows)


def _chosen(request: HttpRequest, patient: Patient) -> tuple[list[FormDesign], HandOutForm]:
    usable = queries.usable(patient.clinic)
    form = HandOutForm(request.POST, designs=usable)
    if not form.is_valid():
        raise NotFound()
    wanted = set(form.cleaned_data["design"])
    order = {"registration": 0, "privacy": 1, "health": 2}
    chosen = [one for one in usable if str(one.pk) in wanted]
    return sorted(chosen, key=lambda one: order.get(one.purpose, 3)), form


@require_POST
@page(Permission.FORM_FILL)
def fill_here(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Begin the chosen forms at the desk and open the first."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = patients.patient(clinic, patient_id)
    chosen, _form = _chosen(request, patient)
    if not chosen:
        raise services.NothingChosen(_("Choose at least one form."))
    at = clock.now()
    rows = [services.begin_form(by=request.user, clinic=clinic, patient=patient, design=one, at=at) for one in chosen]
    return redirect(request, reverse("forms:fill", args=[rows[0].pk]))


@require_POST
@page(Permission.FORM_FILL)
def hand_tablet(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Turn this screen into the patient's: the forms only; everything else asks for the password first."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = patients.patient(clinic, patient_id)
    chosen, _form = _chosen(request, patient)
    at = clock.now()
    language = "en" if patient.language == "en" else "zh-hans"
    _handout, token = services.hand_out_tablet(
        by=request.user, clinic=clinic, patient=patient, designs=chosen, language=language, at=at
    )
    accounts.lock(by=request.user, here=request.sign_in, at=at)  # type: ignore[attr-defined]
    return redirect(request, reverse("forms:tablet", args=[token]))


@require_POST
@page(Permission.FORM_FILL)
def send_link(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Give the chosen forms by a link: shown as a code to be scanned here, and sent when asked to."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = patients.patient(clinic, patient_id)
    chosen, form = _chosen(request, patient)
    is_sent = form.cleaned_data["is_sent"]
    address = public_address(clinic) or f"{request.scheme}://{request.get_host()}"
    handout, path = services.send_link(
        by=request.user,
        clinic=clinic,
        patient=patient,
        designs=chosen,
        address=address,
        is_sent=is_sent,
        at=clock.now(),
    )
    context = {
        "patient": patient,
        "handout": handout,
        "designs": [one.title(language_of(request)) for one in chosen],
        "link": f"{address}{path}",
        "qr": segno.make(f"{address}{path}", error="m").svg_inline(
            scale=5, border=3, dark="#000", light="#fff", title=_("Code to be scanned by the patient")
        ),
        "is_sent": is_sent,
        "phone": mask_phone(patient.phone),
    }
    return render(request, "forms/link.html", context, partial="panel")


@require_POST
@page(Permission.FORM_FILL)
def handout_end(request: HttpRequest, handout_id: uuid.UUID) -> HttpResponse:
    """Let a tablet or a link open the forms no more."""
    found = queries.handout(request.clinic, handout_id)  # type: ignore[attr-defined]
    services.end_handout(by=request.user, handout=found, at=clock.now())
    messages.info(request, _("Closed. What was typed stays as a draft."))
    return redirect(request, reverse("patients:patient", args=[found.patient_id]))
