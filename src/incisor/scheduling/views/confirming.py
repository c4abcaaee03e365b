"""What a patient said at the desk or on the phone, and the rules about answers and deposits."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.hooks import settings_tabs_of
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import ChangedMeanwhile
from incisor.kernel.htmx import redirect, toast, trigger, wants_fragment
from incisor.kernel.money import plain
from incisor.patients.queries import shown_name
from incisor.scheduling import queries, services
from incisor.scheduling.enums import AnswerWay, PatientAnswer
from incisor.scheduling.forms.confirming import ConfirmationRulesForm
from incisor.scheduling.views.booking import settled


def _settled(request: HttpRequest, text: str, change: Any) -> HttpResponse:
    undo_url = reverse("scheduling:answer-undo", args=[change.pk])
    return settled(request, text, change.pk, change.appointment, undo_url=undo_url)


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def answer(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Note what the patient told the desk about an appointment."""
    found = queries.appointment(request.clinic, appointment_id)
    said = request.POST.get("answer", "")
    if said not in PatientAnswer.values:
        raise services.NotExpected(_("This step does not exist here. Reload the page."))
    change = services.note_answer(by=request.user, appointment=found, answer=said, way=AnswerWay.DESK, at=now())
    text = _("%(patient)s: %(status)s.") % {"patient": shown_name(found.patient), "status": PatientAnswer(said).label}
    return _settled(request, text, change)


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def answer_undo(request: HttpRequest, change_id: str) -> HttpResponse:
    """Take back an answer."""
    change = queries.change(request.clinic, change_id)
    services.take_back_answer(by=request.user, clinic=request.clinic, change=change, at=now())
    if not wants_fragment(request):
        return redirect(request, reverse("scheduling:appointment", args=[change.appointment_id]))
    return trigger(toast(HttpResponse(status=204), _("Undone.")), "calendar-changed")


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def confirmation_rules(request: HttpRequest) -> HttpResponse:
    """Change what is asked before an appointment stands, and what patients may change by themselves."""
    rules = queries.confirmation_rules(request.clinic)
    initial = {name: getattr(rules, name) for name in ConfirmationRulesForm.base_fields if hasattr(rules, name)}
    initial["deposit"] = plain(rules.deposit_minor).removesuffix(".00")
    form = ConfirmationRulesForm(typed(request), initial=initial)
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        values["deposit_minor"] = round(values.pop("deposit") * 100)
        try:
            services.change_confirmation_rules(
                by=request.user, clinic=request.clinic, values=values, version=version, at=now()
            )
        except ChangedMeanwhile as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "scheduling:confirmation-rules", _("Saved."))
    return edit_page(
        request, form, heading=_("Confirming and cancelling"), back=reverse("clinics:settings"),
        template="scheduling/settings_edit.html", tabs=settings_tabs_of(request, "scheduling:confirmation-rules"),
        intro=_("What is asked of patients who have missed appointments, and what patients may do by the link in a message."),
    )  # fmt: skip
