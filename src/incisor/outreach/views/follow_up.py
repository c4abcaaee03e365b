"""Pages of follow-up: the work list with the call beside it, protocols, a patient's contacts."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock, exports, htmx, live
from incisor.outreach import queries, services
from incisor.outreach.enums import AFTER_TREATMENT, CallOutcome, Satisfaction, TaskKind, WhyMissed
from incisor.outreach.forms import CallForm, StepForm
from incisor.outreach.models import FollowUpTask
from incisor.outreach.rules import is_calling_time, outcomes_of
from incisor.patients import queries as patients
from incisor.patients.rules import mask_phone
from incisor.visits import queries as visits
from incisor.visits.enums import RecordField

TEMPLATE = "outreach/follow_ups.html"
COLUMNS = (
    exports.Column(gettext_lazy("Due"), lambda row: row.due_on),
    exports.Column(gettext_lazy("File number"), lambda row: row.patient.file_number),
    exports.Column(gettext_lazy("Patient"), lambda row: patients.shown_name(row.patient)),
    exports.Column(gettext_lazy("Phone"), lambda row: mask_phone(patients.dialled_number(row.patient))),
    exports.Column(gettext_lazy("What for"), lambda row: row.get_kind_display()),
    exports.Column(gettext_lazy("Dentist"), lambda row: row.dentist.name if row.dentist else ""),
    exports.Column(gettext_lazy("Tried"), lambda row: row.attempt_count),
    exports.Column(gettext_lazy("Note"), lambda row: row.note),
)


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


@require_GET
@page(Permission.FOLLOW_UP_SEE)
def follow_ups(request: HttpRequest) -> HttpResponseBase:
    """Show what is due and, beside it, the call of the chosen task."""
    work = _work(request, chosen=request.GET.get("task", ""))
    if file_format := exports.wanted(request):
        return exports.export(request, "follow-ups", COLUMNS, work["tasks"], file_format)
    return htmx.render(request, TEMPLATE, work, partial="work")


def _work(request: HttpRequest, *, chosen: str = "", form: CallForm | None = None) -> dict[str, Any]:
    clinic, at = request.clinic, clock.now()  # type: ignore[attr-defined]
    today = clock.business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    counts = queries.open_counts(clinic, today=today, user=request.user)  # type: ignore[arg-type]
    who = request.GET.get("who") or request.POST.get("who") or ("mine" if counts["mine"] else "all")
    version = live.version(clinic.pk, "tasks")
    workdays, weekend = queries.calling_hours(clinic)
    tasks = queries.open_tasks(clinic, until=today, at=at, mine=request.user if who == "mine" else None)  # type: ignore[arg-type]
    task = next((one for one in tasks if str(one.pk) == chosen), None)
    if task is None and chosen:
        task = queries.task(clinic, chosen)
    if task is None and tasks:
        task = tasks[0]
    return {
        "tasks": tasks,
        "counts": counts,
        "who": who,
        "today": today,
        "version": version,
        "may_call": may(request.user, Permission.FOLLOW_UP_CALL, clinic.pk),  # type: ignore[arg-type]
        "is_calling_time": is_calling_time(clock.local(at, clinic.zone), workdays=workdays, weekend=weekend),
        "workdays": workdays,
        "weekend": weekend,
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk),  # type: ignore[arg-type]
        "may_edit_rules": may(request.user, Permission.PROTOCOL_EDIT, clinic.pk),  # type: ignore[arg-type]
        "language": _language(),
        **(_call(request, task, form) if task else {"task": None}),
    }


def _call(request: HttpRequest, task: FollowUpTask, form: CallForm | None) -> dict[str, Any]:
    clinic, zh = request.clinic, _language() == "zh"  # type: ignore[attr-defined]
    reads = visits.reads_field(clinic, request.user, RecordField.PROCEDURES)  # type: ignore[arg-type]
    done = queries.procedures_of(task) if reads else []
    names = "、".join(one.procedure.name_zh for one in done) if zh else ", ".join(one.procedure.name_en for one in done)
    fill = {
        "{clinic}": clinic.name if zh else clinic.name_en or clinic.name,
        "{caller}": request.user.name,  # type: ignore[union-attr]
        "{patient}": patients.shown_name(task.patient),
        "{dentist}": task.dentist.name if task.dentist else "",
        "{procedure}": names,
        "{date}": (f"{task.visit.business_date:%m月%d日}" if zh else f"{task.visit.business_date:%d %B}")
        if task.visit
        else "",
    }
    script = []
    for line in queries.call_flow():
        text = line["say_zh" if zh else "say_en"]
        for mark, value in fill.items():
            text = text.replace(mark, value)
        script.append({"title": line["title_zh" if zh else "title_en"], "say": text, "key": line["key"]})
    return {
        "task": task,
        "script": script,
        "done": done,
        "earlier": queries.earlier_contacts(clinic, task.patient),
        "outcomes": [(value, CallOutcome(value).label) for value in outcomes_of(task.kind)],
        "satisfactions": Satisfaction.choices if outcomes_of(task.kind) == AFTER_TREATMENT else [],
        "reasons_missed": WhyMissed.choices if task.kind == TaskKind.MISSED else [],
        "form": form,
        "phone": patients.dialled_number(task.patient),
    }


@require_POST
@page(Permission.FOLLOW_UP_CALL)
def record_call(request: HttpRequest, task_id: Any) -> HttpResponse:
    """Store what came of the call and show the next task."""
    task = queries.task(request.clinic, task_id)  # type: ignore[attr-defined]
    form = CallForm(request.POST)
    if not form.is_valid():
        return htmx.render(
            request, TEMPLATE, _work(request, chosen=str(task.pk), form=form), partial="work", status=422
        )
    try:
        call = services.record_call(by=request.user, task=task, at=clock.now(), **form.cleaned_data)  # type: ignore[arg-type]
    except services.CallNotRecorded as refusal:
        form.add_error(None, str(refusal))
        return htmx.render(
            request, TEMPLATE, _work(request, chosen=str(task.pk), form=form), partial="work", status=422
        )
    whose = "all" if request.POST.get("who") == "all" else "mine"
    undo = f"{reverse('outreach:undo-call', args=[call.pk])}?who={whose}"
    if not htmx.wants_fragment(request):
        return htmx.redirect(request, reverse("outreach:follow-ups"))
    text = _("%(patient)s: %(outcome)s") % {
        "patient": patients.shown_name(task.patient),
        "outcome": call.get_outcome_display(),
    }
    response = htmx.render(request, TEMPLATE, _work(request, chosen=_next(request, task)), partial="work")
    return htmx.toast(response, text, undo_url=undo)


def _next(request: HttpRequest, done: FollowUpTask) -> str:
    """Return the task that stood below the one just done: the eye goes on from there."""
    order = request.POST.get("order", "").split()
    below = order[order.index(str(done.pk)) + 1 :] if str(done.pk) in order else []
    return below[0] if below else ""


@require_POST
@page(Permission.FOLLOW_UP_CALL)
def undo_call(request: HttpRequest, call_id: Any) -> HttpResponse:
    """Take a call back."""
    call = queries.call(request.clinic, call_id)  # type: ignore[attr-defined]
    task = services.undo_call(by=request.user, call=call, at=clock.now())  # type: ignore[arg-type]
    whose = "all" if request.GET.get("who") == "all" else "mine"
    return htmx.redirect(request, f"{reverse('outreach:follow-ups')}?task={task.pk}&who={whose}")


@require_GET
@page(Permission.FOLLOW_UP_SEE)
def contacts(request: HttpRequest, patient_id: Any) -> HttpResponse:
    """Show a patient's calls and what is due: a panel of the patient's page."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = patients.patient(clinic, patient_id)
    context = {
        "patient": patient,
        "calls": queries.earlier_contacts(clinic, patient, limit=30),
        "tasks": queries.coming_tasks(clinic, patient),
        "refusal": queries.call_refusal(clinic, patient),
        "may_call": may(request.user, Permission.FOLLOW_UP_CALL, clinic.pk),  # type: ignore[arg-type]
        "language": _language(),
    }
    return htmx.render(request, "outreach/contacts.html", context, partial="panel")


@require_POST
@page(Permission.FOLLOW_UP_CALL)
def welcome_calls(request: HttpRequest, patient_id: Any) -> HttpResponse:
    """Note that a patient who wanted no calls may be called again."""
    patient = patients.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    refusal = queries.call_refusal(request.clinic, patient)  # type: ignore[attr-defined]
    if refusal is not None:
        services.welcome_calls(by=request.user, refusal=refusal, at=clock.now())  # type: ignore[arg-type]
    return htmx.redirect(request, reverse("patients:patient", args=[patient.pk]))


@require_GET
@page(Permission.FOLLOW_UP_SEE)
def protocols(request: HttpRequest) -> HttpResponse:
    """Show the follow-up plans of the clinic."""
    context = {
        "protocols": queries.protocols(request.clinic),  # type: ignore[attr-defined]
        "may_edit": may(request.user, Permission.PROTOCOL_EDIT, request.clinic.pk),  # type: ignore[attr-defined,arg-type]
        "language": _language(),
    }
    return htmx.render(request, "outreach/protocols.html", context)


@require_GET
@page(Permission.FOLLOW_UP_SEE)
def protocol(request: HttpRequest, protocol_id: Any) -> HttpResponse:
    """Show one plan, treatment by treatment."""
    found = queries.protocol(request.clinic, protocol_id)  # type: ignore[attr-defined]
    treatments: dict[str, list[Any]] = {}
    for step in queries.steps_of(found):
        treatments.setdefault(step.treatment, []).append(step)
    context = {
        "protocol": found,
        "treatments": treatments,
        "may_edit": may(request.user, Permission.PROTOCOL_EDIT, request.clinic.pk),  # type: ignore[attr-defined,arg-type]
        "language": _language(),
    }
    return htmx.render(request, "outreach/protocol.html", context)


@require_POST
@page(Permission.PROTOCOL_EDIT)
def activate(request: HttpRequest, protocol_id: Any) -> HttpResponse:
    """Follow this plan from now on."""
    found = queries.protocol(request.clinic, protocol_id)  # type: ignore[attr-defined]
    services.activate_protocol(by=request.user, protocol=found, at=clock.now())  # type: ignore[arg-type]
    return htmx.redirect(request, reverse("outreach:protocols"))


@require_http_methods(["GET", "POST"])
@page(Permission.PROTOCOL_EDIT)
def step(request: HttpRequest, step_id: Any) -> HttpResponse:
    """Change one step of a plan."""
    found = queries.step(request.clinic, step_id)  # type: ignore[attr-defined]
    names = list(StepForm.base_fields)
    form = StepForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                fresh = services.change_step(
                    by=request.user,  # type: ignore[arg-type]
                    clinic=request.clinic,  # type: ignore[attr-defined]
                    step=found,
                    values=form.cleaned_data,
                    at=clock.now(),
                )
            except services.ProtocolRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                return htmx.redirect(request, reverse("outreach:protocol", args=[fresh.pk]))
        status = 422
    context = {"form": form, "step": found, "language": _language()}
    return htmx.render(request, "outreach/step.html", context, partial="panel", status=status)
