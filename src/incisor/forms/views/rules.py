"""When which form is asked for, and the clinic's figures about forms."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.forms import queries, services
from incisor.forms.forms import PolicyForm, RuleForm
from incisor.forms.services.rules import FIGURES
from incisor.forms.views.frame import design_tabs, language_of
from incisor.kernel import clock
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render


@require_GET
@page(Permission.FORM_EDIT)
def rules(request: HttpRequest) -> HttpResponse:
    """Show when which form is asked for."""
    clinic = request.clinic  # type: ignore[attr-defined]
    context = {
        "tabs": design_tabs("rules"),
        "rules": queries.rules_of(clinic),
        "policy": queries.policy(clinic),
        "language": language_of(request),
    }
    return render(request, "forms/rules.html", context)


@require_http_methods(["GET", "POST"])
@page(Permission.FORM_EDIT)
def new_rule(request: HttpRequest) -> HttpResponse:
    """Ask for a form at an occasion."""
    clinic = request.clinic  # type: ignore[attr-defined]
    form = RuleForm(typed(request), designs=queries.usable(clinic), language=language_of(request))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        design = queries.design(clinic, given.pop("design"))
        try:
            services.set_rule(by=request.user, clinic=clinic, design=design, at=clock.now(), **given)
        except services.RuleWrong as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "forms:rules", _("Saved."))
    return edit_page(request, form, heading=_("Ask for a form"), back=reverse("forms:rules"))


@require_POST
@page(Permission.FORM_EDIT)
def rule_stop(request: HttpRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Ask for it no more."""
    found = queries.rule(request.clinic, rule_id)  # type: ignore[attr-defined]
    services.stop_rule(by=request.user, rule=found, at=clock.now())
    text = _("Not asked for any more: %(title)s") % {"title": found.design.title(language_of(request))}
    messages.success(request, text, extra_tags=reverse("forms:rule-resume", args=[found.pk]))
    return redirect(request, reverse("forms:rules"))


@require_POST
@page(Permission.FORM_EDIT)
def rule_resume(request: HttpRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Ask for it again."""
    found = queries.rule(request.clinic, rule_id)  # type: ignore[attr-defined]
    services.resume_rule(by=request.user, rule=found, at=clock.now())
    return saved(
        request, "forms:rules", _("Asked for again: %(title)s") % {"title": found.design.title(language_of(request))}
    )


@require_http_methods(["GET", "POST"])
@page(Permission.FORM_EDIT)
def policy(request: HttpRequest) -> HttpResponse:
    """Change the clinic's figures."""
    clinic = request.clinic  # type: ignore[attr-defined]
    now = queries.policy(clinic)
    initial = {name: getattr(now, name) for name in (*FIGURES, "version")}
    form = PolicyForm(typed(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        figures = dict(form.cleaned_data)
        seen = figures.pop("version")
        try:
            services.change_policy(by=request.user, clinic=clinic, version=seen, figures=figures, at=clock.now())
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "forms:rules", _("Saved."))
    return edit_page(request, form, heading=pgettext("forms", "Figures"), back=reverse("forms:rules"))
