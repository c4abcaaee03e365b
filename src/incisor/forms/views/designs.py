"""The list of forms, one form with its versions, and what it is for."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.forms import queries, services
from incisor.forms.forms import NewDesignForm, UseForm
from incisor.forms.views.frame import design_tabs, language_of
from incisor.kernel import clock
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render


@require_GET
@page(Permission.FORM_EDIT)
def designs(request: HttpRequest) -> HttpResponse:
    """Show the clinic's forms."""
    clinic, is_old = request.clinic, request.GET.get("old") == "1"  # type: ignore[attr-defined]
    context = {
        "tabs": design_tabs("designs"),
        "designs": queries.designs(clinic, is_active=not is_old),
        "is_old": is_old,
        "uncovered": queries.procedures_without_consent(clinic),
        "language": language_of(request),
    }
    return render(request, "forms/designs.html", context, partial="list")


@require_http_methods(["GET", "POST"])
@page(Permission.FORM_EDIT)
def new_design(request: HttpRequest) -> HttpResponse:
    """Begin a new form, empty or with the words of another one."""
    clinic, language = request.clinic, language_of(request)  # type: ignore[attr-defined]
    form = NewDesignForm(typed(request), designs=queries.usable(clinic), language=language)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        copied = given.pop("copy_of")
        source = queries.design(clinic, copied) if copied else None
        try:
            made = services.make_design(by=request.user, clinic=clinic, copy_of=source, at=clock.now(), **given)
        except services.FormTitleMissing as refusal:
            refuse(form, refusal)
        else:
            return redirect(request, reverse("forms:designer", args=[made.pk]))
    return edit_page(request, form, heading=_("New form"), back=reverse("forms:designs"), save_label=_("Begin"))


@require_GET
@page(Permission.FORM_EDIT)
def design(request: HttpRequest, design_id: uuid.UUID) -> HttpResponse:
    """Show one form: what it is for, its versions."""
    clinic = request.clinic  # type: ignore[attr-defined]
    found = queries.design(clinic, design_id)
    context = {
        "design": found,
        "versions": queries.versions_of(found),
        "rules": [one for one in queries.rules_of(clinic) if one.design_id == found.pk and one.is_active],
        "language": language_of(request),
    }
    return render(request, "forms/design.html", context)


@require_http_methods(["GET", "POST"])
@page(Permission.FORM_EDIT)
def design_use(request: HttpRequest, design_id: uuid.UUID) -> HttpResponse:
    """Change what a form is for, for which procedures, and for how long it holds."""
    found = queries.design(request.clinic, design_id)  # type: ignore[attr-defined]
    held = [str(one.procedure_id) for one in found.held_procedures]  # type: ignore[attr-defined]
    initial = {
        "purpose": found.purpose, "valid_months": found.valid_months, "procedures": held, "version": found.version,
    }  # fmt: skip
    form = UseForm(typed(request), initial=initial, procedures=queries.procedures(), language=language_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_design(by=request.user, design=found, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "forms:design", _("Saved."), found.pk)
    back = reverse("forms:design", args=[found.pk])
    return edit_page(request, form, heading=_("What the form is for"), back=back)


@require_POST
@page(Permission.FORM_EDIT)
def design_retire(request: HttpRequest, design_id: uuid.UUID) -> HttpResponse:
    """Put a form away."""
    found = queries.design(request.clinic, design_id)  # type: ignore[attr-defined]
    services.retire_design(by=request.user, design=found, at=clock.now())
    text = _("%(title)s is put away.") % {"title": found.title(language_of(request))}
    messages.success(request, text, extra_tags=reverse("forms:design-restore", args=[found.pk]))
    return redirect(request, reverse("forms:designs"))


@require_POST
@page(Permission.FORM_EDIT)
def design_restore(request: HttpRequest, design_id: uuid.UUID) -> HttpResponse:
    """Take a form into use again."""
    found = queries.design(request.clinic, design_id)  # type: ignore[attr-defined]
    services.restore_design(by=request.user, design=found, at=clock.now())
    return saved(
        request, "forms:designs", _("%(title)s is in use again.") % {"title": found.title(language_of(request))}
    )


@require_GET
@page(Permission.FORM_SEE)
def version(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """Show a version as the patient would see it, in either language."""
    found = queries.version(request.clinic, version_id)  # type: ignore[attr-defined]
    asked = request.GET.get("language", "")
    language = asked if asked in ("zh-hans", "en") else language_of(request)
    context: dict[str, Any] = {
        "version": found,
        "design": found.design,
        "preview": queries.preview(found, language=language),
        "language": language,
        "size": "phone" if request.GET.get("size") == "phone" else "tablet",
    }
    return render(request, "forms/version.html", context, partial="preview")
