"""One appointment: what it is, its history; move, cancel, next step, undo."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.models import Chair
from incisor.clinics.queries import chair as chair_of
from incisor.clinics.rules import pattern_text
from incisor.kernel.clock import now
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.kernel.spans import minute_of
from incisor.patients.queries import patient as patient_of
from incisor.patients.queries import shown_name
from incisor.scheduling import queries, services
from incisor.scheduling.enums import EXPECTED, AppointmentStatus, Demand
from incisor.scheduling.forms import EditForm, MoveForm, Place, wall_time
from incisor.scheduling.hooks import appointment_actions, deposit_till
from incisor.scheduling.models import Appointment
from incisor.scheduling.rules import MOVABLE, NEXT, need_of
from incisor.scheduling.views.booking import book_again_url, settled, when_words
from incisor.scheduling.views.frame import treatment_words
from incisor.scheduling.views.offering import Asking, offers, options, treatment_of
from incisor.scheduling.views.series import following
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentist as dentist_of

# The steps that the panel itself offers; arriving and treatment belong to the reception.
OWN_STEPS = (AppointmentStatus.CONFIRMED, AppointmentStatus.NO_SHOW)


@page(Permission.APPOINTMENT_SEE)
@require_GET
def appointment(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Show one appointment, as a panel or a page."""
    found = queries.appointment(request.clinic, appointment_id)
    return render(request, "scheduling/appointment.html", _shown(request, found), partial="panel")


def _shown(request: HttpRequest, found: Appointment) -> dict[str, Any]:
    at = now()
    status = AppointmentStatus(found.status)
    may_book = may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk)
    steps = [
        to
        for to in OWN_STEPS
        if to in NEXT[status]
        and (to is not AppointmentStatus.NO_SHOW or found.starts_at <= at)
        and not (to is AppointmentStatus.CONFIRMED and status is AppointmentStatus.ARRIVED)
    ]
    is_today = queries.day_of(request.clinic, found.starts_at) == queries.day_of(request.clinic, at)
    actions = [
        {"action": action, "url": reverse(action.url_name, args=[found.pk])}
        for action in appointment_actions
        if found.status in action.statuses
        and (is_today or action.on_any_day)
        and (action.permission is None or may(request.user, action.permission, request.clinic.pk))
    ]
    return {
        "appointment": found,
        "patient": patient_of(request.clinic, found.patient_id),
        "minutes": minute_of(found.ends_at) - minute_of(found.starts_at),
        "pattern": pattern_text(found.busy),
        "changes": [{"change": row, **_told(row)} for row in queries.changes_of(found)],
        "steps": [
            {"to": to.value, "label": _("Confirm again") if status.value in FREED_LABELS else STEP_LABELS[to]()}
            for to in steps
        ]
        if may_book
        else [],
        "actions": actions,
        "can_move": may_book and status in MOVABLE,
        "can_take_out": may_book and AppointmentStatus.RESCHEDULED in NEXT[status],
        "copy_url": book_again_url(
            found.patient_id,
            procedures=[item.procedure_id for item in found.items.all()],
            minutes=minute_of(found.ends_at) - minute_of(found.starts_at),
            dentist_id=found.dentist_id,
            need=found.need,
        ),
        "can_cancel": may_book and AppointmentStatus.CANCELLED in NEXT[status],
        "can_answer": may_book and found.status in EXPECTED and found.starts_at > at,
        "deposit": queries.confirmation_rules(request.clinic).deposit_minor
        if found.demand == Demand.DEPOSIT and found.deposit_minor is None
        else None,
        "deposit_url": _till(request, found),
        "may_book": may_book,
        "series_visit": queries.series_visit_of(found.pk),
    }


def _till(request: HttpRequest, found: Appointment) -> str:
    """Return where a deposit for the appointment is taken; empty where none can be, or not by this person."""
    if found.status not in EXPECTED or found.deposit_minor is not None:
        return ""
    open_to = [
        till
        for till in deposit_till
        if till.permission is None or may(request.user, till.permission, request.clinic.pk)
    ]
    return reverse(open_to[0].url_name, args=[found.pk]) if open_to else ""


FREED_LABELS = frozenset({AppointmentStatus.CANCELLED.value, AppointmentStatus.NO_SHOW.value})
STEP_LABELS = {
    AppointmentStatus.CONFIRMED: lambda: _("Confirm"),
    AppointmentStatus.NO_SHOW: lambda: _("Did not come"),
}


def _told(change: Any) -> dict[str, Any]:
    """The old and new times of a move, as moments for the template."""
    times = {}
    for name, facts in (("before_at", change.before), ("after_at", change.after)):
        if "starts_at" in facts:
            times[name] = datetime.fromisoformat(facts["starts_at"])
    status = AppointmentStatus(change.to_status).label if change.to_status in AppointmentStatus.values else ""
    return {**times, "status": status}


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Offer other times for an appointment; a digit moves it. The calendar sends a drag here and reads JSON."""
    found = queries.appointment(request.clinic, appointment_id)
    if request.method == "POST":
        return (
            _drag(request, found) if "application/json" in request.headers.get("Accept", "") else _move(request, found)
        )
    form = MoveForm(request.GET, clinic=request.clinic, today=queries.day_of(request.clinic, now()))
    is_slots = request.headers.get("HX-Target") == "book-slots"
    context = _move_context(request, found, form, request.GET)
    return render(request, "scheduling/move.html", context, partial="slots" if is_slots else "panel")


def _move_context(
    request: HttpRequest, found: Appointment, form: MoveForm, given: Any, *, refusal: Any = None
) -> dict[str, Any]:
    _procedures, minutes, dentist, code = treatment_of(form)
    minutes = minutes or minute_of(found.ends_at) - minute_of(found.starts_at)
    chair_id = as_uuid(given.get("chair", ""))
    asking = Asking(
        clinic=request.clinic,
        patient=found.patient,
        need=need_of([item.procedure for item in found.items.all()], minutes=minutes),
        dentist=dentist,
        code=code,
        at=now(),
        besides=found,
        start=wall_time(given.get("start", ""), request.clinic),
        chair=chair_of(request.clinic, chair_id) if chair_id else None,
        more=form.line(),
    )
    return {
        "appointment": found,
        "patient": patient_of(request.clinic, found.patient_id),
        "form": form,
        "action": reverse("scheduling:appointment-move", args=[found.pk]),
        "start": given.get("start", ""),
        "chair": asking.chair,
        "minutes": minutes,
        "version": given.get("version") or found.version,
        "can_move": found.status in MOVABLE,
        **offers(request, asking, refusal=refusal),
    }


def _move(request: HttpRequest, found: Appointment) -> HttpResponse:
    form = MoveForm(request.POST, clinic=request.clinic, today=queries.day_of(request.clinic, now()))
    refusal, is_changed = None, False
    if form.is_valid() and len(form.cleaned_data["slot"]) != 1:
        form.add_error(None, _("Choose one of the times."))
    if form.is_valid():
        slot = form.cleaned_data["slot"][0]
        try:
            change = services.move_appointment(
                by=request.user,
                appointment=found,
                dentist=dentist_of(request.clinic, slot.dentist_id),
                chair=chair_of(request.clinic, slot.chair_id),
                starts_at=slot.starts_at,
                minutes=form.cleaned_data["minutes"],
                overbook_reason=form.cleaned_data["overbook_reason"],
                version=form.cleaned_data["version"],
                at=now(),
            )
            return settled(
                request, _moved_text(request, change.appointment), change.pk, change.appointment,
                panel=following(request, change.appointment, is_moved=True),
            )  # fmt: skip
        except services.SlotTaken as taken:
            refusal = taken
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            form.add_error(None, str(refused))
            is_changed = isinstance(refused, ChangedMeanwhile)
    context = _move_context(request, found, form, request.POST, refusal=refusal)
    context["is_changed"] = is_changed
    context["refused_slot"] = request.POST.get("slot", "")
    status = 422 if wants_fragment(request) or refusal is None else 409
    return render(request, "scheduling/move.html", context, partial="slots", status=status)


def _moved_text(request: HttpRequest, moved: Appointment) -> str:
    return _("Moved: %(patient)s, %(when)s, %(dentist)s.") % {
        "patient": shown_name(moved.patient),
        "when": when_words(moved, request.clinic.zone),
        "dentist": moved.dentist.name,
    }


def _drag(request: HttpRequest, found: Appointment) -> HttpResponse:
    """Answer a drag on the calendar: 200 with the way to undo it, or 409 with why not and where to look instead."""
    form = MoveForm(request.POST, clinic=request.clinic, today=queries.day_of(request.clinic, now()))
    starts_at = wall_time(request.POST.get("start", ""), request.clinic)
    if not form.is_valid() or starts_at is None:
        return JsonResponse({"text": _("This place on the calendar is not a time.")}, status=400)
    chair_id = as_uuid(request.POST.get("chair", ""))
    try:
        change = services.move_appointment(
            by=request.user,
            appointment=found,
            dentist=form.cleaned_data["dentist"],
            chair=chair_of(request.clinic, chair_id) if chair_id else None,
            starts_at=starts_at,
            minutes=form.cleaned_data["minutes"],
            version=form.cleaned_data["version"],
            at=now(),
        )
    except services.SlotTaken as taken:
        return JsonResponse({"text": " ".join(taken.details["texts"]), "panel": True}, status=409)
    except Refused as refused:
        return JsonResponse({"text": str(refused), "panel": False}, status=refused.status)
    undo_url = reverse("scheduling:appointment-undo", args=[change.pk])
    answer = {"text": _moved_text(request, change.appointment), "undo_url": undo_url}
    panel = following(request, change.appointment, is_moved=True)
    return JsonResponse(answer | ({"panel_url": panel[0], "panel_label": panel[1]} if panel else {}))


@page(Permission.APPOINTMENT_BOOK)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Change what the appointment is for."""
    found = queries.appointment(request.clinic, appointment_id)
    initial = {"need": found.need, "note": found.note, "version": found.version}
    form = EditForm(request.POST or None, initial=initial)
    theirs: list[dict[str, Any]] = []
    refusal: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        slots = typed.pop("slot")
        try:
            if slots:
                typed |= {"place": _place(request, slots[0]), "overbook_reason": ""}
            change = services.edit_appointment(by=request.user, appointment=found, at=now(), **typed)
        except services.SlotTaken as taken:
            refusal = {**taken.details, "options": options(taken.alternatives)}
        except ChangedMeanwhile as changed:
            # what was typed stays, what the other one wrote stands beside it, and saving once more replaces it
            form.add_error(None, str(changed))
            again = request.POST.copy()
            again["version"] = str(found.version)
            form.data = again
            theirs = _theirs(found, form.cleaned_data)
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            form.add_error(None, str(refused))
        else:
            url = reverse("scheduling:appointment", args=[found.pk])
            if not wants_fragment(request):
                return redirect(request, url)
            text = _saved_text(change.appointment, typed["procedures"])
            response = toast(HttpResponse(status=204), text)
            trigger(response, "panel-open", {"url": url})
            return trigger(response, "calendar-changed")
    chosen = form["procedures"].value() if form.is_bound else [str(item.procedure_id) for item in found.items.all()]
    context = {"appointment": found, "patient": patient_of(request.clinic, found.patient_id), "form": form}
    context["theirs"], context["refusal"] = theirs, refusal
    context["may_overbook"] = may(request.user, Permission.APPOINTMENT_OVERBOOK, request.clinic.pk)
    context["selects"] = [*(str(one) for one in chosen or []), *["", ""]][: max(2, len(chosen or []) + 1)]
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/edit.html", context, partial="panel", status=status)


def _place(request: HttpRequest, slot: Place) -> tuple[StaffMember, Chair, datetime]:
    dentist, chair = dentist_of(request.clinic, slot.dentist_id), chair_of(request.clinic, slot.chair_id)
    return dentist, chair, slot.starts_at


def _saved_text(saved: Appointment, procedures: list[Any]) -> str:
    """Saved; and how long the treatment usually takes when the time is shorter than that."""
    usual, booked = need_of(procedures).minutes, minute_of(saved.ends_at) - minute_of(saved.starts_at)
    if not procedures or usual <= booked:
        return _("Saved.")
    return _("Saved. This usually takes %(usual)d minutes, %(booked)d are booked: move it to give it more time.") % {
        "usual": usual,
        "booked": booked,
    }


def _theirs(found: Appointment, typed: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands there now and is not what was typed."""
    rows: list[dict[str, Any]] = []
    items = list(found.items.all())
    if [item.procedure_id for item in items] != [row.pk for row in typed.get("procedures") or []]:
        rows.append({"label": _("Treatment"), "value": treatment_words(found)})
    for name, label in (("need", _("Reason for the visit")), ("note", _("Note"))):
        if getattr(found, name) != typed.get(name, ""):
            rows.append({"label": label, "value": getattr(found, name) or "–"})
    return rows


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def status(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Take one of the calendar's own steps: confirm, did not come, confirm again."""
    found = queries.appointment(request.clinic, appointment_id)
    to = request.POST.get("to", "")
    if to not in {step.value for step in OWN_STEPS}:
        raise services.WrongStatus(_("This step does not exist here. Reload the page."))
    change = services.change_status(by=request.user, appointment=found, to=to, at=now())
    text = _("%(patient)s: %(status)s.") % {
        "patient": shown_name(found.patient),
        "status": AppointmentStatus(to).label,
    }
    return settled(request, text, change.pk, found)


@page(Permission.APPOINTMENT_BOOK)
@require_POST
def undo(request: HttpRequest, change_id: str) -> HttpResponse:
    """Take back a booking, a move, a cancellation or a missed appointment."""
    also = [one for one in request.GET.get("also", "").split(",") if one][: queries.MOST_STEPS]
    changes = [queries.change(request.clinic, one) for one in (change_id, *also)]
    made = services.undo_changes(by=request.user, clinic=request.clinic, changes=changes, at=now())[0]
    if not wants_fragment(request):
        return redirect(request, reverse("scheduling:appointment", args=[made.appointment_id]))
    response = toast(HttpResponse(status=204), _("Undone."))
    return trigger(response, "calendar-changed")


@page(Permission.APPOINTMENT_SEE)
@require_GET
def patient_appointments(request: HttpRequest, patient_id: str) -> HttpResponse:
    """Show a patient's appointments, for the patient's page."""
    patient = patient_of(request.clinic, patient_id)
    at = now()
    rows = queries.appointments_of(request.clinic, patient)
    context = {
        "patient": patient,
        "coming": [row for row in reversed(rows) if row.ends_at >= at],
        "past": [row for row in rows if row.ends_at < at],
        "may_book": may(request.user, Permission.APPOINTMENT_BOOK, request.clinic.pk),
    }
    return render(request, "scheduling/patient_appointments.html", context, partial="panel")
