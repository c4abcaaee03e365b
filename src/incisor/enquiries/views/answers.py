"""Answers and scripts: found while typing, edited in the browser."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.enquiries import queries, services
from incisor.enquiries.enums import AnswerKind, Situation
from incisor.enquiries.forms import AnswerForm
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, saved, typed
from incisor.kernel.htmx import render

FIELDS = [name for name in AnswerForm.base_fields if name != "version"]


@require_GET
@page(Permission.DESK_USE)
def answers(request: HttpRequest) -> HttpResponse:
    """Show what fits the words typed, the kind and the situation chosen."""
    clinic = request.clinic  # type: ignore[attr-defined]
    wanted = request.GET.get("q", "").strip()[:80]
    kind, situation = request.GET.get("kind", ""), request.GET.get("situation", "")
    may_edit = may(request.user, Permission.ANSWER_EDIT, clinic.pk)  # type: ignore[arg-type]
    hidden = may_edit and request.GET.get("hidden") == "1"
    found = queries.answers(
        clinic, wanted=wanted, kind=kind if kind in AnswerKind.values else "",
        situation=situation if situation in Situation.values else "", hidden=hidden,
    )  # fmt: skip
    context = {
        "answers": found,
        "q": wanted,
        "kind": kind,
        "kinds": AnswerKind.choices,
        "situation": situation,
        "situations": Situation.choices,
        "hidden": hidden,
        "may_edit": may_edit,
        "is_filtered": bool(wanted or kind or situation or hidden),
        "english": (get_language() or "").startswith("en"),
    }
    return render(request, "enquiries/answers.html", context, partial="rows")


@require_http_methods(["GET", "POST"])
@page(Permission.ANSWER_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Add an answer or a script."""
    form = AnswerForm(typed(request))
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        services.add_answer(by=request.user, clinic=request.clinic, values=values, at=now())  # type: ignore[arg-type,attr-defined]
        return saved(request, "enquiries:answers", _("The answer is added."))
    return edit_page(request, form, heading=_("Add an answer"), back=reverse("enquiries:answers"))


@require_http_methods(["GET", "POST"])
@page(Permission.ANSWER_EDIT)
def answer(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """Change an answer or a script."""
    found = queries.answer(request.clinic, answer_id)  # type: ignore[attr-defined]
    form = AnswerForm(typed(request), initial={name: getattr(found, name) for name in AnswerForm.base_fields})
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        version = form.cleaned_data["version"] or 0
        services.change_answer(by=request.user, answer=found, version=version, values=values, at=now())  # type: ignore[arg-type]
        return saved(request, "enquiries:answers", _("The answer is saved."))
    return edit_page(request, form, heading=_("Change the answer"), back=reverse("enquiries:answers"))


@require_POST
@page(Permission.ANSWER_EDIT)
def hide(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """Take an answer out of the list, or bring it back."""
    found = queries.answer(request.clinic, answer_id)  # type: ignore[attr-defined]
    services.hide_answer(by=request.user, answer=found, is_active=not found.is_active, at=now())  # type: ignore[arg-type]
    text = _("The answer is out of the list.") if found.is_active else _("The answer is back in the list.")
    return saved(request, "enquiries:answers", text)


@require_POST
@page(Permission.ANSWER_EDIT)
def load(request: HttpRequest) -> HttpResponse:
    """Write the shipped answers that are missing."""
    count = services.load_answers(by=request.user, clinic=request.clinic, at=now())  # type: ignore[arg-type,attr-defined]
    return saved(request, "enquiries:answers", _("Answers added: %(count)s.") % {"count": count})
