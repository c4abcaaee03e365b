"""A signed form: read, checked, printed, withdrawn, and what it says taken over into the file."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.forms import queries, services
from incisor.forms.enums import FilledStatus, Source
from incisor.forms.forms import CopyCheckForm, WithdrawForm
from incisor.forms.models import FilledForm
from incisor.forms.rules import Offer, in_groups
from incisor.forms.views.frame import language_of, may_fill
from incisor.kernel import clock, store
from incisor.kernel.editing import edit_page, refuse, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render
from incisor.patients.rules import mask_address, mask_email, mask_id, mask_phone
from incisor.patients.rules.health import health_label

LARGEST_CHECKED = 25 * store.MEGABYTE
MASKS = {"phone": mask_phone, "email": mask_email, "address": mask_address, "id_number": mask_id}


@require_GET
@page(Permission.FORM_SEE)
def filled(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Show a form that was signed or put away, with its hashes computed anew; the look is noted."""
    found, at = queries.filled(request.clinic, filled_id), clock.now()  # type: ignore[attr-defined]
    if found.status in (FilledStatus.OPEN, FilledStatus.WAITING) and may_fill(request):
        return redirect(request, reverse("forms:fill", args=[found.pk]))
    services.note_look(by=request.user, filled=found, at=at)
    return _show(request, found)


def _show(request: HttpRequest, found: FilledForm, *, status: int = 200, **more: Any) -> HttpResponse:
    at, is_signed = clock.now(), found.status == FilledStatus.SIGNED
    context = {
        "filled": found,
        "patient": found.patient,
        "sheet": queries.sheet(found, language=found.language, at=found.signed_at or at),
        "signatures": queries.signatures_of(found),
        "is_signed": is_signed,
        "check": queries.check(found) if is_signed else None,
        "digest": in_groups(found.digest),
        "copy": queries.copy_of(found),
        "withdrawal": queries.withdrawal_of(found),
        "review": queries.review_of(found),
        "offers": offered(request, found) if is_signed else [],
        "may_fill": may_fill(request),
        "language": language_of(request),
        **more,
    }
    return render(request, "forms/filled.html", context, status=status)


def offered(request: HttpRequest, found: FilledForm) -> list[dict[str, Any]]:
    """Return what the form offers to the file as it is shown: numbers masked for who may not see them in whole."""
    if queries.review_of(found) is not None:
        return []
    sees_all = may(request.user, Permission.PATIENT_UNMASK, found.clinic_id)  # type: ignore[arg-type]
    return [
        _shown(one, sees_all=sees_all, language=language_of(request)) for one in queries.offers(found, at=clock.now())
    ]


def _shown(one: Offer, *, sees_all: bool, language: str) -> dict[str, Any]:
    mask = MASKS.get(one.what) if not sees_all else None
    before, after = (mask(text) if mask and text else text for text in (one.before, one.after))
    if one.code:
        after = health_label(kind=one.what, code=one.code, language=language) or after
    return {"key": one.key, "label": Source(one.what).label, "is_alert": one.is_alert, "before": before, "after": after}


@require_POST
@page(Permission.FORM_FILL)
def review(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Take over what was ticked."""
    found = queries.filled(request.clinic, filled_id)  # type: ignore[attr-defined]
    made = services.accept_offers(by=request.user, filled=found, keys=request.POST.getlist("offer"), at=clock.now())
    text = _("%(count)s taken over into the file.") % {"count": made.accepted_count}
    messages.success(request, text, extra_tags=reverse("forms:review-undo", args=[found.pk]))
    return redirect(request, reverse("forms:filled", args=[found.pk]))


@require_POST
@page(Permission.FORM_FILL)
def review_undo(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Take back what was taken over."""
    found = queries.filled(request.clinic, filled_id)  # type: ignore[attr-defined]
    services.take_back_offers(by=request.user, filled=found, at=clock.now())
    messages.info(request, _("Taken back; the file is as it was."))
    return redirect(request, reverse("forms:filled", args=[found.pk]))


@require_GET
@page(Permission.FORM_SEE)
def copy(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Send the signed copy as it was kept; the look is noted."""
    found, at = queries.filled(request.clinic, filled_id), clock.now()  # type: ignore[attr-defined]
    kept = services.make_copy(by=request.user, filled=found, at=at)
    services.note_look(by=request.user, filled=found, at=at)
    response = HttpResponse(store.read(kept.file), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_POST
@page(Permission.FORM_SEE)
def copy_check(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Tell whether a PDF that somebody brings is the one that was kept."""
    found = queries.filled(request.clinic, filled_id)  # type: ignore[attr-defined]
    form = CopyCheckForm(request.POST, request.FILES)
    if not form.is_valid() or form.cleaned_data["file"].size > LARGEST_CHECKED:
        return _show(request, found, compared="none", status=422)
    is_ours = queries.is_our_file(found, form.cleaned_data["file"].read())
    return _show(request, found, compared="same" if is_ours else "other")


@require_http_methods(["GET", "POST"])
@page(Permission.FORM_FILL)
def withdraw(request: HttpRequest, filled_id: uuid.UUID) -> HttpResponse:
    """Note that a signed form holds no longer."""
    found = queries.filled(request.clinic, filled_id)  # type: ignore[attr-defined]
    form = WithdrawForm(typed(request), initial={"said_by": found.patient.name})
    back = reverse("forms:filled", args=[found.pk])
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_form(by=request.user, filled=found, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            messages.info(request, _("Withdrawn. The signed copy stays in the file."))
            return redirect(request, back)
    intro = _("From now on the form holds no longer. The signed copy is kept, with this note beside it.")
    return edit_page(
        request, form, heading=_("Withdraw a consent"), back=back, intro=intro, save_label=_("Note the withdrawal")
    )
