"""Parts of a patient's page that change in place: sections, alerts, family."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.patients import queries, services
from incisor.patients.enums import SEALED_FIELDS, AlertKind, Relation
from incisor.patients.forms import SECTIONS, AlertForm, FamilyForm, SectionForm
from incisor.patients.models import FamilyLink, Patient
from incisor.patients.rules import ADULT_FROM, age_on, health_items
from incisor.patients.views.fields import value_row


def sections_of(request: HttpRequest, patient: Patient) -> list[dict[str, Any]]:
    """Return the parts of the file as they are shown."""
    return [_section(request, patient, key) for key in SECTIONS]


def _section(request: HttpRequest, patient: Patient, key: str) -> dict[str, Any]:
    form = SECTIONS[key]
    rows = [value_row(request, patient, field) for field in form.base_fields if field != "version"]
    return {
        "key": key,
        "title": form.title,
        "rows": [row for row in rows if row["value"]],
        "empty": [row for row in rows if not row["value"]],
        "may_edit": may(request.user, Permission.PATIENT_EDIT, patient.clinic_id),  # type: ignore[arg-type]
        "may_unmask": may(request.user, Permission.PATIENT_UNMASK, patient.clinic_id),  # type: ignore[arg-type]
    }


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_EDIT)
def section(request: HttpRequest, patient_id: uuid.UUID, key: str) -> HttpResponse:
    """Edit a part of the file in place; with GET and ?edit the form, without it the part as it stands."""
    if key not in SECTIONS:
        raise Http404
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    if request.method == "GET" and "edit" not in request.GET:
        if not wants_fragment(request):
            return redirect(request, reverse("patients:patient", args=[patient.pk]))
        return render(
            request, "patients/_section.html", {"patient": patient, "section": _section(request, patient, key)}
        )
    if request.method == "GET":
        return _edit_page(request, patient, key, _form(request, patient, key))
    form = _form(request, patient, key, request.POST)
    collisions: list[dict[str, Any]] = []
    if form.is_valid():
        try:
            saved = services.change_patient(
                by=request.user,
                patient=patient,
                version=form.cleaned_data["version"],
                changes=form.changes(),
                at=clock.now(),
            )
        except services.WrongValue as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except services.ChangedBySomebodyElse as refusal:
            collisions = refusal.fields
            form.add_error(None, str(refusal))
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = str(refusal.version)  # type: ignore[index]
        else:
            return _saved(request, saved, key)
    return _edit_page(request, patient, key, form, collisions=collisions, status=422)


def _saved(request: HttpRequest, patient: Patient, key: str) -> HttpResponse:
    fresh = queries.patient(request.clinic, patient.pk)  # type: ignore[attr-defined]
    if not wants_fragment(request):
        return redirect(request, reverse("patients:patient", args=[patient.pk]))
    context = {"patient": fresh, "section": _section(request, fresh, key), "is_saved": True}
    return toast(render(request, "patients/_section.html", context), _("Saved."))


def _form(request: HttpRequest, patient: Patient, key: str, data: Any = None) -> SectionForm:
    """Return the form; whoever may see sealed fields gets them in whole, and that look is noted."""
    plain = may(request.user, Permission.PATIENT_UNMASK, patient.clinic_id)  # type: ignore[arg-type]
    # not on today's list and no reason given: the values stay covered, and are kept unless typed anew
    plain = plain and not queries.is_asked_for_reason(request.clinic, request.user, patient, clock.now())  # type: ignore[arg-type,attr-defined]
    sealed = [field for field in SECTIONS[key].base_fields if field in SEALED_FIELDS and getattr(patient, field)]
    if plain and sealed and data is None:
        services.unmask(by=request.user, patient=patient, fields=sealed, at=clock.now())
    return SECTIONS[key](data, patient=patient, plain=plain, prefix=None)


def _edit_page(
    request: HttpRequest,
    patient: Patient,
    key: str,
    form: SectionForm,
    *,
    collisions: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"patient": patient, "key": key, "form": form, "title": form.title, "collisions": collisions}
    return render(request, "patients/edit.html", context, partial="form", status=status)


def alerts_context(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    """Return what the alerts part shows; illnesses and medication only to whom health is open."""
    may_see = may(request.user, Permission.PATIENT_HEALTH, patient.clinic_id)  # type: ignore[arg-type]
    open_kinds = {AlertKind.ALLERGY, AlertKind.WARNING}
    language = get_language() or ""
    items = [
        {"kind": kind, "code": item.key, "name": item.name(language), "hint": item.hint(language)}
        for kind, known in health_items().items()
        for item in known.values()
    ]
    return {
        "alerts": [alert for alert in patient.current_alerts if may_see or alert.kind in open_kinds],
        "may_health": may_see,
        "health_items": items,
        "alert_kinds": AlertKind.choices,
    }


def _alerts(request: HttpRequest, patient_id: uuid.UUID, **more: Any) -> HttpResponse:
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    status = more.pop("status", 200)
    if not wants_fragment(request) and status == 200:
        return redirect(request, reverse("patients:patient", args=[patient.pk]))
    may_unmask = may(request.user, Permission.PATIENT_UNMASK, patient.clinic_id)  # type: ignore[arg-type]
    context = {"patient": patient, "is_fragment": True, "may_unmask": may_unmask}
    context |= alerts_context(request, patient) | more
    return render(request, "patients/_alerts.html", context, status=status)


@require_GET
@page(Permission.PATIENT_SEE)
def alerts(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the alerts anew: after an Undo, whose answer no part of the page takes up."""
    return _alerts(request, patient_id)


@require_GET
@page(Permission.PATIENT_SEE)
def family(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the family anew: after an Undo, whose answer no part of the page takes up."""
    return _family(request, queries.patient(request.clinic, patient_id))  # type: ignore[attr-defined]


def _changed(request: HttpRequest, response: HttpResponse, event: str) -> HttpResponse:
    """Tell the page of a change when it did not ask for the part itself (Undo in a message)."""
    return response if request.headers.get("HX-Target") else trigger(response, event)


@require_POST
@page(Permission.PATIENT_HEALTH)
def add_alert(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Record an allergy, illness, medication or warning."""
    patient = queries.patient(request.clinic, patient_id)  # type: ignore[attr-defined]
    form = AlertForm(request.POST)
    if not form.is_valid():
        return _alerts(request, patient_id, form=form, status=422)
    try:
        alert = services.add_alert(by=request.user, patient=patient, at=clock.now(), **form.cleaned_data)
    except services.WrongValue as refusal:
        form.add_error("text", str(refusal))
        return _alerts(request, patient_id, form=form, status=422)
    undo_url = reverse("patients:end-alert", args=[patient.pk, alert.pk])
    return toast(_alerts(request, patient_id), _("Noted: %(what)s") % {"what": alert.label}, undo_url=undo_url)


@require_POST
@page(Permission.PATIENT_HEALTH)
def end_alert(request: HttpRequest, patient_id: uuid.UUID, alert_id: uuid.UUID) -> HttpResponse:
    """End an alert."""
    alert = queries.alert(request.clinic, patient_id, alert_id)  # type: ignore[attr-defined]
    services.end_alert(by=request.user, alert=alert, at=clock.now())
    undo_url = reverse("patients:resume-alert", args=[patient_id, alert_id])
    text = _("No longer noted: %(what)s") % {"what": alert.label}
    return _changed(request, toast(_alerts(request, patient_id), text, undo_url=undo_url), "alerts-changed")


@require_POST
@page(Permission.PATIENT_HEALTH)
def resume_alert(request: HttpRequest, patient_id: uuid.UUID, alert_id: uuid.UUID) -> HttpResponse:
    """Take back the end of an alert."""
    alert = queries.alert(request.clinic, patient_id, alert_id)  # type: ignore[attr-defined]
    services.resume_alert(by=request.user, alert=alert, at=clock.now())
    response = toast(_alerts(request, patient_id), _("Noted: %(what)s") % {"what": alert.label})
    return _changed(request, response, "alerts-changed")


def family_context(request: HttpRequest, patient: Patient, family: list[FamilyLink] | None = None) -> dict[str, Any]:
    """Return what the family part shows. family: when it was read already."""
    links = queries.family_of(patient) if family is None else family
    today = clock.local(clock.now(), request.clinic.zone).date()  # type: ignore[attr-defined]
    for link in links:
        age = age_on(born_on=link.relative.born_on, day=today)
        link.may_guard = link.is_guardian or age is None or age.years >= ADULT_FROM  # type: ignore[attr-defined]
        link.is_same_phone = bool(patient.phone_index) and link.relative.phone_index == patient.phone_index  # type: ignore[attr-defined]
    return {"family": links, "relations": Relation.choices}


def same_phone_context(patient: Patient, family: list[FamilyLink]) -> list[dict[str, Any]]:
    """Return the other files on this phone, relatives first, each with what it is to the patient."""
    relations = {link.relative_id: link.get_relation_display() for link in family}
    same = [{"patient": one, "relation": relations.get(one.pk, "")} for one in queries.on_the_same_phone(patient)]
    return sorted(same, key=lambda one: not one["relation"])


@require_GET
@page(Permission.PATIENT_EDIT)
def family_candidates(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the files among which a relative is chosen."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    text = request.GET.get("q", "").strip()[:80]
    hits = queries.find(clinic, text, at=clock.now()) if text else []
    found = [hit.patient for hit in hits if hit.patient.pk != patient.pk]
    return render(request, "patients/_candidates.html", {"patient": patient, "found": found, "q": text})


@require_POST
@page(Permission.PATIENT_EDIT)
def link_family(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Link a relative."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient = queries.patient(clinic, patient_id)
    form = FamilyForm(request.POST)
    if not form.is_valid():
        text = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return toast(_family(request, patient), text, "danger")
    relative = queries.patient(clinic, form.cleaned_data["relative"])
    relation = form.cleaned_data["relation"]
    services.link_family(by=request.user, patient=patient, relative=relative, relation=relation, at=clock.now())
    undo_url = reverse("patients:unlink-family", args=[patient.pk, relative.pk])
    return toast(_family(request, patient), _("%(name)s is linked.") % {"name": relative.name}, undo_url=undo_url)


@require_POST
@page(Permission.PATIENT_EDIT)
def unlink_family(request: HttpRequest, patient_id: uuid.UUID, relative_id: uuid.UUID) -> HttpResponse:
    """Take a link out of both files."""
    clinic = request.clinic  # type: ignore[attr-defined]
    patient, relative = queries.patient(clinic, patient_id), queries.patient(clinic, relative_id)
    services.unlink_family(by=request.user, patient=patient, relative=relative, at=clock.now())
    response = toast(_family(request, patient), _("%(name)s is no longer linked.") % {"name": relative.name})
    return _changed(request, response, "family-changed")


def _family(request: HttpRequest, patient: Patient) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(request, reverse("patients:patient", args=[patient.pk]))
    may_edit = may(request.user, Permission.PATIENT_EDIT, patient.clinic_id)  # type: ignore[arg-type]
    context = {"patient": patient, "may_edit": may_edit, **family_context(request, patient)}
    return trigger(render(request, "patients/_family.html", context), "patient-head-changed")
