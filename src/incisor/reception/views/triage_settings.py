"""Settings of triage: the signs with their urgency, and the questions of the guided triage."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.hooks import settings_tabs_of
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import render
from incisor.reception import queries, services
from incisor.reception.forms.triage import ANSWERS, QuestionForm, SignForm

HERE = "reception:triage-settings"


@require_GET
@page(Permission.CLINIC_EDIT)
def triage_settings(request: HttpRequest) -> HttpResponse:
    """Show every sign and every question."""
    known = queries.signs_by_key(request.clinic)
    rows = queries.question_rows(request.clinic)
    context = {
        "tabs": settings_tabs_of(request, HERE),
        "rules": queries.rule_rows(request.clinic),
        "questions": [
            {
                "row": row,
                "answers": [
                    {"answer": one, "sign": known[one["sign"]].label if one["sign"] in known else ""}
                    for one in row.answers
                ],
            }
            for row in rows
        ],
        "is_changed": any(row.version for row in rows),
    }
    return render(request, "reception/triage_settings.html", context)


def _page(request: HttpRequest, form: Any, heading: Any, **context: Any) -> HttpResponse:
    return edit_page(
        request, form, heading=heading, back=reverse(HERE), template="reception/triage_edit.html",
        tabs=settings_tabs_of(request, HERE), **context,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page(Permission.CLINIC_EDIT)
def sign_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change a sign; “new” adds one."""
    row = None if key == "new" else queries.rule_row(request.clinic, key)
    if row is None and key != "new":
        raise NotFound()
    form = SignForm(typed(request), row=row)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            services.save_triage_rule(
                by=request.user, clinic=request.clinic, key="" if row is None else key, version=version, values=values,
                at=now(),
            )  # fmt: skip
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, HERE, _("Saved."))
    deeds = []
    if row is not None and row.version and queries.is_shipped(key):
        deeds = [{"url": reverse("reception:triage-sign-reset", args=[key]), "label": _("As shipped"), "confirm": ""}]
    heading = _("Add a sign") if row is None else _("Change a sign")
    return _page(request, form, heading, deeds=deeds, save_label=_("Save"))


@require_POST
@page(Permission.CLINIC_EDIT)
def sign_reset(request: HttpRequest, key: str) -> HttpResponse:
    """Put a sign back to what is shipped."""
    services.reset_triage_rule(by=request.user, clinic=request.clinic, key=key, at=now())
    return saved(request, HERE, _("As shipped again."))


@require_http_methods(["GET", "POST"])
@page(Permission.CLINIC_EDIT)
def question_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change a question of the guided triage; “new” adds one."""
    clinic = request.clinic
    row = None if key == "new" else queries.question_row(clinic, key)
    if row is None and key != "new":
        raise NotFound()
    form = QuestionForm(typed(request), row=row, clinic=clinic)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_triage_question(
                by=request.user, clinic=clinic, key="" if row is None else key, at=now(), **form.chosen()
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, HERE, _("Saved."))
    heading = _("Add a question") if row is None else _("Change a question")
    fields = [[form[f"{name}_{number}"] for name in ("zh", "en", "sign", "then")] for number in range(ANSWERS)]
    context = {
        "tabs": settings_tabs_of(request, HERE), "form": form, "heading": heading, "back": reverse(HERE),
        "answers": fields,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "reception/triage_question.html", context, status=status)


@require_POST
@page(Permission.CLINIC_EDIT)
def questions_reset(request: HttpRequest) -> HttpResponse:
    """Put the questions back to those shipped."""
    services.reset_triage_questions(by=request.user, clinic=request.clinic, at=now())
    return saved(request, HERE, _("As shipped again. Questions of your own are kept, switched off."))
