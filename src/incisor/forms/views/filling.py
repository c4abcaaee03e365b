"""A form at the desk: filled in, saved while one types, signed."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.forms import queries, services
from incisor.forms.enums import FilledStatus
from incisor.forms.models import FilledForm
from incisor.forms.rules import read_answers, read_signatures
from incisor.forms.views.frame import language_of, named
from incisor.kernel import clock
from incisor.kernel.htmx import redirect, render


@require_GET
@page(Permission.FORM_FILL)
def fill(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Show a form to be filled in and signed at the desk."""
    filled = queries.filled(request.clinic, filled_id)  # type: ignore[attr-defined]
    if filled.status in (FilledStatus.SIGNED, FilledStatus.DROPPED):
        return redirect(request, reverse("forms:filled", args=[filled.pk]))
    return _show(request, filled)


def _show(request: HttpRequest, filled: FilledForm, *, status: int = 200, **more: Any) -> HttpResponse:
    sheet = queries.sheet(filled, language=language_of(request), at=clock.now(), staff=request.user, **more)
    context = {
        "sheet": sheet,
        "filled": filled,
        "patient": filled.patient,
        "save_url": reverse("forms:fill-save", args=[filled.pk]),
        "sign_url": reverse("forms:fill-sign", args=[filled.pk]),
        "can_type": True,
        "witness": request.user,
    }
    return render(request, "forms/fill.html", context, partial="sheet", status=status)


def revision_of(request: HttpRequest) -> int:
    """Return the revision that the page shows."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdigit() and len(text) < 9 else -1


@require_POST
@page(Permission.FORM_FILL)
def fill_save(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Keep what was typed so far."""
    filled = queries.filled(request.clinic, filled_id)  # type: ignore[attr-defined]
    answers = read_answers(filled.form_version.content, named(request.POST))
    revision = services.save_answers(
        by=request.user, filled=filled, answers=answers, revision=revision_of(request), at=clock.now()
    )
    return JsonResponse({"revision": revision})


@require_POST
@page(Permission.FORM_FILL)
def fill_sign(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Take the signatures given at the desk; make the signed copy when nothing is missing."""
    filled, at = queries.filled(request.clinic, filled_id), clock.now()  # type: ignore[attr-defined]
    posted = named(request.POST)
    try:
        signed = services.sign_form(
            by=request.user,
            filled=filled,
            answers=read_answers(filled.form_version.content, posted),
            revision=revision_of(request),
            signatures=read_signatures(queries.signature_keys(filled), posted, witness=request.user),
            language=language_of(request),
            place=_("%(clinic)s, at the desk") % {"clinic": filled.clinic.name},
            at=at,
        )
    except services.NotComplete as refusal:
        return _show(request, filled, posted=posted, faults=refusal.faults, status=422)
    if signed.status == FilledStatus.WAITING:
        messages.info(request, _("Signed by the patient. The clinic's signature is still missing."))
        return redirect(request, reverse("forms:fill", args=[signed.pk]))
    services.make_copy(by=request.user, filled=signed, at=at)
    messages.success(request, _("Signed: %(number)s. The copy is kept.") % {"number": signed.number})
    return redirect(request, reverse("forms:filled", args=[signed.pk]))


@require_POST
@page(Permission.FORM_FILL)
def fill_guardian(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Say whether a guardian signs."""
    filled = queries.filled(request.clinic, filled_id)  # type: ignore[attr-defined]
    wanted = request.POST.get("needs_guardian") == "yes"
    services.let_guardian_sign(by=request.user, filled=filled, needs_guardian=wanted, at=clock.now())
    return redirect(request, reverse("forms:fill", args=[filled.pk]))


@require_POST
@page(Permission.FORM_FILL)
def fill_drop(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Put an unfinished form away."""
    filled = queries.filled(request.clinic, filled_id)  # type: ignore[attr-defined]
    services.drop_form(by=request.user, filled=filled, at=clock.now())
    undo_url = reverse("forms:fill-take-up", args=[filled.pk])
    messages.info(request, _("The form is put away."), extra_tags=undo_url)
    return redirect(request, reverse("patients:patient", args=[filled.patient_id]))


@require_POST
@page(Permission.FORM_FILL)
def fill_take_up(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Take up a form that was put away."""
    filled = queries.filled(request.clinic, filled_id)  # type: ignore[attr-defined]
    services.take_up_form(by=request.user, filled=filled, at=clock.now())
    return redirect(request, reverse("forms:fill", args=[filled.pk]))
