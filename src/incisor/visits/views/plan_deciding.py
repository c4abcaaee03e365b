"""A plan on its way: offered, read and signed by the patient, carried on, stopped."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.forms.enums import Guardian
from incisor.forms.rules import Given, read_signatures
from incisor.kernel import clock
from incisor.kernel.errors import NotAllowed, NotFound, Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import render, toast, trigger, wants_fragment
from incisor.patients.queries import shown_name
from incisor.visits import queries, services
from incisor.visits.enums import DecisionKind, PlanStatus
from incisor.visits.forms import AnswerForm, ReasonForm, SettleForm
from incisor.visits.models import TreatmentPlan
from incisor.visits.views.plans import answer, show

OR_DESK = (Permission.FORM_FILL,)
PAD = "patient"


def _step(request: HttpRequest, plan_id: Any, part: str, do: Callable[[], Any], said: str) -> HttpResponse:
    try:
        do()
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        found = queries.plan(request.clinic, plan_id)
        return show(request, found, status=422, refused_at=part, refusal=str(refusal))
    return answer(request, plan_id, said)


def _reason(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


@require_POST
@page(Permission.PLAN_EDIT)
def plan_offer(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Give the plan to the patient."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    return _step(
        request, plan_id, "offer", lambda: services.offer_plan(by=request.user, plan=found, at=at),
        _("The plan awaits the patient's decision; its prices are those of today."),
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def plan_redraft(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Take a plan back to change it."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    return _step(
        request, plan_id, "plan", lambda: services.redraft_plan(by=request.user, plan=found, at=at),
        _("The plan is a draft again."),
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def plan_put_away(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Put a plan away."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    return _step(
        request, plan_id, "plan", lambda: services.put_plan_away(by=request.user, plan=found, at=at),
        _("The plan was put away; it can be taken up again."),
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def plan_copy(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Begin a new draft with what stands in this plan."""
    found = queries.plan(request.clinic, plan_id)
    made = services.copy_plan(by=request.user, plan=found, at=clock.now())
    return answer(request, made.pk, _("Copied: this is the new draft."))


@require_POST
@page(Permission.PLAN_EDIT)
def plan_stop(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """End a plan before everything is done."""
    found, at, reason = queries.plan(request.clinic, plan_id), clock.now(), _reason(request)
    return _step(
        request, plan_id, "stop", lambda: services.stop_plan(by=request.user, plan=found, reason=reason, at=at),
        _("The plan is stopped."),
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def plan_resume(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Go on with a plan that was stopped."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    return _step(
        request, plan_id, "plan", lambda: services.resume_plan(by=request.user, plan=found, at=at),
        _("The plan goes on."),
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def plan_take_back(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Take a decision back: the question is open again."""
    found, at, reason = queries.plan(request.clinic, plan_id), clock.now(), _reason(request)
    return _step(
        request, plan_id, "take-back",
        lambda: services.take_back_decision(by=request.user, plan=found, reason=reason, at=at),
        _("The plan awaits a decision again."),
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def plan_item_settle(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Say that a planned procedure will not be done here, or want it again."""
    item, at = queries.plan_item(request.clinic, item_id), clock.now()
    form = SettleForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {"settled": "", "note": ""}

    def do() -> None:
        if given["settled"]:
            services.settle_plan_item(by=request.user, item=item, at=at, **given)
        else:
            services.reopen_plan_item(by=request.user, item=item, at=at)

    said = _("Taken off what is still to be done.") if given["settled"] else _("To be done again.")
    return _step(request, item.stage.option.plan_id, str(item.pk), do, said)


@require_http_methods(["GET", "POST"])
@page(Permission.PLAN_EDIT, or_else=OR_DESK)
def plan_sign(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Let the patient read the alternatives, choose one and sign; the screen is turned to the patient for it."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    if request.method == "GET":
        return _sign_page(request, found)
    given = next(iter(read_signatures([PAD], dict(request.POST.lists()), witness=request.user)), None)
    chosen = as_uuid(request.POST.get("option", ""))
    option = next((one for one in found.rows if one.pk == chosen), None)  # type: ignore[attr-defined]  # prefetched
    try:
        services.decide_plan(
            by=request.user, plan=found, kind=DecisionKind.ACCEPTED, option=option, signature=given, at=at
        )
    except services.NotSignedByPatient as refusal:
        return _sign_page(request, found, status=422, refusal=refusal, given=given, chosen=chosen)
    return answer(request, plan_id, _("Agreed and signed. The next step can be booked."))


def _sign_page(
    request: HttpRequest,
    found: TreatmentPlan,
    *,
    status: int = 200,
    refusal: Refused | None = None,
    given: Given | None = None,
    chosen: Any = None,
) -> HttpResponse:
    if found.status != PlanStatus.OFFERED:
        return answer(request, found.pk)
    sheet = queries.sheet_of(found, at=clock.now())
    only = sheet.options[0].option.pk if len(sheet.options) == 1 else None
    field = refusal.details.get("field", "") if refusal else ""
    pad = {
        "key": PAD,
        "label": _("Signature of the patient or guardian"),
        "is_required": True,
        "asks_name": True,
        "name": given.name if given else found.patient.name,
        "relations": [
            {"key": one.value, "label": one.label, "is_chosen": bool(given) and given.relation == one.value}  # type: ignore[union-attr]
            for one in Guardian
        ],
        "strokes": given.strokes if given else "",
        "is_typed": bool(given and given.is_typed),
        "signer": "patient",
        "fault": str(refusal) if field in {"sign", "name"} else "",
    }
    context = {
        "plan": found,
        "patient": found.patient,
        "sheet": sheet,
        "chosen": chosen or only,
        "pad": pad,
        "can_type": True,
        "witness": request.user,
        "refusal": refusal if field == "option" else None,
    }
    return render(request, "visits/plan_sign.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page(Permission.PLAN_EDIT, or_else=OR_DESK)
def plan_answer(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Write down what a patient said who does not sign: thinks about it until a day, or declines and why."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    form = AnswerForm(request.POST if request.method == "POST" else None)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            services.decide_plan(by=request.user, plan=found, at=at, **form.cleaned_data)
        except Refused as refused:
            if refused.status in {403, 404}:
                raise
            refusal = str(refused)
        else:
            return _answered(request, found)
    if request.method == "POST":
        status = 422
        refusal = refusal or " ".join(str(one) for errors in form.errors.values() for one in errors)
    context = {"plan": found, "patient": found.patient, "form": form, "refusal": refusal, "typed": request.POST}
    return render(request, "visits/plan_answer.html", context, partial="panel", status=status)


def _answered(request: HttpRequest, found: TreatmentPlan) -> HttpResponse:
    said = _("Noted: what %(patient)s said to the plan.") % {"patient": shown_name(found.patient)}
    if not wants_fragment(request):
        return answer(request, found.pk, said)
    response = trigger(HttpResponse(status=204), "live:day")
    trigger(response, "plan-changed")
    return toast(trigger(response, "panel-close"), said)
