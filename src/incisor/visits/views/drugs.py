"""The prescription: drugs found, put on it, taken off."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, toast, trigger, wants_fragment
from incisor.visits import queries, services
from incisor.visits.forms import DrugForm
from incisor.visits.models import Visit
from incisor.visits.rules.drugs import drugs as all_drugs
from incisor.visits.views.beside import drugs_context


def _card(request: HttpRequest, visit: Visit, form: DrugForm | None = None, *, status: int = 200) -> HttpResponse:
    if not wants_fragment(request) and status == 200:
        return redirect(request, reverse("visits:note", args=[visit.pk]))
    context = {**drugs_context(visit, form), "may_write": True}
    return render(request, "visits/_drugs.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page(Permission.NOTE_WRITE)
def drugs(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the prescription, filled in for one more drug when one is named; on POST put it on."""
    visit = queries.visit(request.clinic, visit_id)
    if request.method == "GET":
        chosen = all_drugs().get(request.GET.get("drug", ""))
        form = DrugForm.of(chosen, get_language() or "") if chosen else None
        if form is None and request.GET.get("name"):
            form = DrugForm(initial={"name": request.GET["name"][:80], "route": "oral", "frequency": "tid"})
        context = {**drugs_context(visit, form), "may_write": True}
        return render(request, "visits/_drugs.html", context)
    form = DrugForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        reason = given.pop("reason")
        try:
            made = services.prescribe(
                by=request.user, visit=visit, dosage=services.Dosage(**given), reason=reason, at=clock.now()
            )
        except Refused as refusal:
            if refusal.status in {403, 404}:
                raise
            field = refusal.details.get("field")
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            undo_url = reverse("visits:drug-off", args=[visit.pk, made.pk])
            return toast(
                _card(request, visit), _("On the prescription: %(drug)s") % {"drug": made.name}, undo_url=undo_url
            )
    return _card(request, visit, form, status=422)


@require_GET
@page(Permission.NOTE_WRITE)
def find_drugs(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Return drugs by name or initials."""
    visit = queries.visit(request.clinic, visit_id)
    text = request.GET.get("q", "")[:80].strip()
    context = {"visit": visit, "drug_choices": queries.find_drugs(text), "typed_drug": text}
    return render(request, "visits/_drug_choices.html", context)


@require_POST
@page(Permission.NOTE_WRITE)
def drug_off(request: HttpRequest, visit_id: UUID, drug_id: UUID) -> HttpResponse:
    """Take a drug off the prescription."""
    visit = queries.visit(request.clinic, visit_id)
    drug = queries.drug_of(visit, drug_id)
    services.take_off_drug(by=request.user, visit=visit, drug=drug, at=clock.now())
    return _changed(request, visit, _("Taken off: %(drug)s") % {"drug": drug.name}, "drug-back", drug.pk)


@require_POST
@page(Permission.NOTE_WRITE)
def drug_back(request: HttpRequest, visit_id: UUID, drug_id: UUID) -> HttpResponse:
    """Put a drug back on the prescription."""
    visit = queries.visit(request.clinic, visit_id)
    drug = queries.drug_of(visit, drug_id)
    services.put_back_drug(by=request.user, visit=visit, drug=drug, at=clock.now())
    return _changed(request, visit, _("On the prescription: %(drug)s") % {"drug": drug.name}, "drug-off", drug.pk)


def _changed(request: HttpRequest, visit: Visit, text: str, undo: str, drug_id: UUID) -> HttpResponse:
    """Answer with the card anew, or with word to it when the change came from a message's Undo."""
    from_card = request.headers.get("HX-Target") == "drugs-card"
    response = _card(request, visit) if from_card or not wants_fragment(request) else HttpResponse(status=204)
    if not from_card:
        response = trigger(response, "drugs-changed")
    return toast(response, text, undo_url=reverse(f"visits:{undo}", args=[visit.pk, drug_id]))
