"""Overview, clinic, organisation, rooms and chairs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incisor.accounts.access import may, page, signed_in
from incisor.accounts.enums import Permission
from incisor.clinics import queries, services
from incisor.clinics.enums import ChairNeed, ChairState
from incisor.clinics.forms import ChairForm, ClinicForm, NewClinicForm, OrganisationForm, RoomForm
from incisor.clinics.hooks import setup_steps
from incisor.clinics.middleware import SESSION_KEY
from incisor.clinics.views.frame import may_see_bookings, saved_with_check, tabs
from incisor.kernel.clock import business_date, now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import redirect, render

NEEDS = dict(ChairNeed.choices)


@require_POST
@signed_in
def switch_clinic(request: HttpRequest) -> HttpResponse:
    """Work in another of one's clinics."""
    chosen = next((row for row in request.clinics if str(row.pk) == request.POST.get("clinic")), None)  # type: ignore[attr-defined]
    if chosen is None:
        raise NotFound(_("You have no role in this clinic, or it is closed."))
    request.session[SESSION_KEY] = str(chosen.pk)
    back = request.POST.get("next", "")
    is_own = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    # a page about one thing of the clinic that was left does not exist in the other: begin at the start
    is_about_one_thing = any(as_uuid(part) for part in back.split("/"))
    return redirect(request, back if is_own and not is_about_one_thing else "/")


@page(Permission.CLINIC_EDIT)
def settings_overview(request: HttpRequest) -> HttpResponse:
    """Show what is set up and what is missing."""
    clinic, at = request.clinic, now()  # type: ignore[attr-defined]
    state = queries.setup_state(clinic, day=business_date(at, clinic.zone))
    misfits = queries.bookings_outside_hours(clinic, since=at)
    steps = [
        {"label": step.label, "url": reverse(step.url_name), "icon": step.icon, "words": step.words}
        for step in setup_steps
        if step.permission is None or may(request.user, step.permission, clinic.pk)  # type: ignore[arg-type]
    ]
    context = {
        "tabs": tabs(request, "settings"),
        "state": state,
        "misfit_count": len(misfits),
        "may_see_bookings": may_see_bookings(request),
        "clinic": clinic,
        "next_steps": steps,
    }
    return render(request, "clinics/settings.html", context)


@page(Permission.CLINIC_EDIT)
def clinic_edit(request: HttpRequest) -> HttpResponse:
    """Edit the settings of the clinic."""
    clinic = request.clinic  # type: ignore[attr-defined]
    form = ClinicForm(typed(request), initial={name: getattr(clinic, name) for name in ClinicForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_clinic(by=request.user, clinic=clinic, at=now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "clinics:clinic", _("The clinic's settings are saved."))
    return _form(request, form, "clinic", _("Clinic"), "clinics:settings")


@page(Permission.CLINIC_EDIT, organisation=True)
def organisation_edit(request: HttpRequest) -> HttpResponse:
    """Edit the organisation; list its clinics."""
    organisation = queries.organisation()
    initial = {"name": organisation.name, "version": organisation.version}
    form = OrganisationForm(typed(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_organisation(by=request.user, organisation=organisation, at=now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "clinics:organisation", _("The organisation is saved."))
    return edit_page(
        request,
        form,
        heading=_("Organisation"),
        back=reverse("clinics:settings"),
        template="clinics/organisation.html",
        tabs=tabs(request, "organisation"),
        all_clinics=queries.all_clinics(),
    )


@page(Permission.CLINIC_EDIT, organisation=True)
def clinic_new(request: HttpRequest) -> HttpResponse:
    """Add a clinic."""
    organisation = queries.organisation()
    form = NewClinicForm(typed(request), initial={"zone": organisation.zone})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"hours_like": request.clinic if form.cleaned_data["hours_like"] else None}  # type: ignore[attr-defined]
        try:
            made = services.add_clinic(by=request.user, organisation=organisation, at=now(), **values)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            text = _("%(clinic)s is added. Change to it at the top of the page to set it up.") % {"clinic": made.name}
            return saved(request, "clinics:organisation", text)
    return _form(request, form, "organisation", _("Add a clinic"), "clinics:organisation")


@require_POST
@page(Permission.CLINIC_EDIT, organisation=True)
def clinic_close(request: HttpRequest, clinic_id: UUID) -> HttpResponse:
    """Take a clinic out of use."""
    clinic = services.close_clinic(by=request.user, clinic=queries.clinic_by_id(clinic_id), at=now())
    return saved(request, "clinics:organisation", _("%(clinic)s is closed.") % {"clinic": clinic.name})


@require_POST
@page(Permission.CLINIC_EDIT, organisation=True)
def clinic_reopen(request: HttpRequest, clinic_id: UUID) -> HttpResponse:
    """Take a closed clinic into use again."""
    clinic = services.reopen_clinic(by=request.user, clinic=queries.clinic_by_id(clinic_id), at=now())
    return saved(request, "clinics:organisation", _("%(clinic)s is in use again.") % {"clinic": clinic.name})


@page(Permission.CLINIC_EDIT)
def room_list(request: HttpRequest) -> HttpResponse:
    """List rooms and chairs."""
    clinic = request.clinic  # type: ignore[attr-defined]
    chairs = [
        {"row": chair, "needs": [NEEDS.get(need, need) for need in chair.capabilities]}
        for chair in queries.all_chairs(clinic)
    ]
    context = {
        "tabs": tabs(request, "rooms"),
        "rooms": queries.rooms(clinic),
        "chairs": chairs,
        "states": [choice for choice in ChairState.choices if choice[0] != ChairState.OCCUPIED],
    }
    return render(request, "clinics/room_list.html", context)


@page(Permission.CLINIC_EDIT)
def room_new(request: HttpRequest) -> HttpResponse:
    """Add a room."""
    form = RoomForm(typed(request))
    del form.fields["is_active"]
    if request.method == "POST" and form.is_valid():
        values = _without_version(form.cleaned_data)
        try:
            services.add_room(by=request.user, clinic=request.clinic, at=now(), **values)  # type: ignore[attr-defined]
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "clinics:rooms", _("The room is added."))
    return _form(request, form, "rooms", _("Add a room"), "clinics:rooms")


@page(Permission.CLINIC_EDIT)
def room_edit(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Edit a room."""
    room = queries.room(request.clinic, room_id)  # type: ignore[attr-defined]
    form = RoomForm(typed(request), initial={name: getattr(room, name) for name in RoomForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_room(by=request.user, room=room, at=now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "clinics:rooms", _("The room is saved."))
    return _form(request, form, "rooms", room.name, "clinics:rooms")


@page(Permission.CLINIC_EDIT)
def chair_new(request: HttpRequest) -> HttpResponse:
    """Add a chair."""
    clinic = request.clinic  # type: ignore[attr-defined]
    if not any(room.is_active for room in queries.rooms(clinic)):
        return saved(request, "clinics:room-new", _("Add a room first: every chair stands in one."))
    position = max((chair.position for chair in queries.all_chairs(clinic)), default=0) + 1
    form = ChairForm(typed(request), clinic=clinic, initial={"position": position, "capabilities": ["basic"]})
    del form.fields["is_active"]
    if request.method == "POST" and form.is_valid():
        try:
            services.add_chair(by=request.user, clinic=clinic, at=now(), **_without_version(form.cleaned_data))
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "clinics:rooms", _("The chair is added."))
    return _form(request, form, "rooms", _("Add a chair"), "clinics:rooms")


@page(Permission.CLINIC_EDIT)
def chair_edit(request: HttpRequest, chair_id: UUID) -> HttpResponse:
    """Edit a chair."""
    clinic = request.clinic  # type: ignore[attr-defined]
    chair = queries.chair(clinic, chair_id)
    initial = {name: getattr(chair, name) for name in ChairForm.base_fields} | {"room": chair.room_id}
    form = ChairForm(typed(request), clinic=clinic, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_chair(by=request.user, chair=chair, at=now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved_with_check(request, "clinics:rooms", _("The chair is saved."))
    return _form(request, form, "rooms", chair.name, "clinics:rooms")


@require_POST
@page(Permission.CLINIC_EDIT)
def chair_state(request: HttpRequest, chair_id: UUID) -> HttpResponse:
    """Say what a chair is doing now."""
    chair = queries.chair(request.clinic, chair_id)  # type: ignore[attr-defined]
    state = request.POST.get("state", "")
    if state not in ChairState.values:
        raise NotFound(_("There is no such state of a chair."))
    services.set_chair_state(by=request.user, chair=chair, state=ChairState(state), at=now())
    text = _("%(chair)s: %(state)s.") % {"chair": chair.name, "state": ChairState(state).label}
    if state != ChairState.OUT_OF_ORDER:
        return saved(request, "clinics:rooms", text)
    return saved_with_check(request, "clinics:rooms", text)


def _without_version(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "version"}


def _form(request: HttpRequest, form: Any, tab: str, heading: Any, back: str) -> HttpResponse:
    return edit_page(
        request, form, heading=heading, back=reverse(back), template="clinics/edit.html", tabs=tabs(request, tab)
    )
