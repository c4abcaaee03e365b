"""Who works here."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.enums import Specialty
from incisor.kernel import exports
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import render
from incisor.kernel.weekform import week_rows
from incisor.staff import queries, services
from incisor.staff.enums import StaffKind
from incisor.staff.forms import StaffForm
from incisor.staff.models import StaffMember
from incisor.staff.rules import licence_state
from incisor.staff.views.frame import may_edit, saved_with_check, tabs, today_of

SPECIALTIES = dict(Specialty.choices)
STATES = ("active", "inactive", "all")
COLUMNS = (
    exports.Column(gettext_lazy("Staff number"), lambda one: one["row"].number),
    exports.Column(gettext_lazy("Name"), lambda one: one["row"].name),
    exports.Column(gettext_lazy("English name"), lambda one: one["row"].name_en),
    exports.Column(gettext_lazy("Work"), lambda one: one["row"].get_kind_display()),
    exports.Column(gettext_lazy("Title"), lambda one: one["row"].title),
    exports.Column(gettext_lazy("Specialties"), lambda one: one["specialties"]),
    exports.Column(gettext_lazy("Usual chair"), lambda one: one["row"].usual_chair),
    exports.Column(gettext_lazy("Licence until"), lambda one: one["row"].licence_expires_on),
)


def _shown(person: StaffMember, today: Any) -> dict[str, Any]:
    """Return a person with what the pages say about specialties and licence."""
    return {
        "row": person,
        "specialties": [SPECIALTIES.get(key, key) for key in person.specialties],
        "licence": licence_state(person.licence_expires_on, today) if person.kind == StaffKind.DENTIST else "",
        "days_left": (person.licence_expires_on - today).days if person.licence_expires_on else None,
    }


@page(Permission.STAFF_SEE)
def staff_list(request: HttpRequest) -> HttpResponseBase:
    """List who works in the clinic."""
    state, kind = request.GET.get("state", "active"), request.GET.get("kind", "")
    state = state if state in STATES else "active"
    kind = kind if kind in StaffKind.values else ""
    today = today_of(request)
    rows = [_shown(row, today) for row in queries.people(request.clinic, state=state, kind=kind)]  # type: ignore[attr-defined]
    if file_format := exports.wanted(request):
        return exports.export(request, "staff", COLUMNS, rows, file_format)
    context = {
        "tabs": tabs(request, "staff"),
        "rows": rows,
        "expired": [row for row in rows if row["licence"] == "expired" and state == "active"],
        "expiring": [row for row in rows if row["licence"] == "soon" and state == "active"],
        "state": state,
        "states": list(zip(STATES, (_("At work"), _("Left"), _("All")), strict=True)),
        "kind": kind,
        "kinds": StaffKind.choices,
        "may_edit": may_edit(request),
        "is_filtered": bool(kind) or state != "active",
    }
    return render(request, "staff/staff_list.html", context)


@page(Permission.STAFF_SEE)
def staff_member(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Show a person: introduction, licence, weekly hours, leave."""
    clinic, at, today = request.clinic, now(), today_of(request)  # type: ignore[attr-defined]
    person = queries.member(clinic, staff_id)
    periods = [
        {
            "from": period.valid_from,
            "until": period.valid_until,
            "rows": week_rows(period.week),
            "is_planned": period.valid_from > today,
            "is_over": period.valid_until is not None and period.valid_until < today,
        }
        for period in queries.roster_periods(clinic, person)
    ]
    context = {
        "tabs": tabs(request, "staff"),
        "person": person,
        "shown": _shown(person, today),
        "places": queries.clinics_where_placed(person),
        "periods": periods,
        "leaves": queries.leaves(clinic, since=at, staff=person),
        "may_edit": may_edit(request),
        "zone": clinic.zone,
    }
    return render(request, "staff/member.html", context, partial="card")


@page(Permission.STAFF_EDIT)
def staff_new(request: HttpRequest) -> HttpResponse:
    """Add a person."""
    clinic = request.clinic  # type: ignore[attr-defined]
    initial = {
        "number": queries.suggested_number(),
        "position": len(queries.team(clinic)) + 1,
        "clinics": [str(clinic.pk)],
        "specialties": ["general"],
    }
    offered = request.clinics  # type: ignore[attr-defined]
    form = StaffForm(typed(request), clinic=clinic, by=request.user, offered=offered, initial=initial)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_staff(
                by=request.user, clinic=clinic, words=form.words(), at=now(), **form.placing(clinic)
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            text = _("%(name)s is added. Enter the weekly hours next.") % {"name": made.name}
            is_here = any(row.pk == clinic.pk for row in form.placing(clinic)["clinics"])
            return saved(request, "staff:member", text, made.pk) if is_here else saved(request, "staff:staff", text)
    return _form(request, form, _("Add a person"), reverse("staff:staff"))


@page(Permission.STAFF_EDIT)
def staff_edit(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Edit a person."""
    clinic = request.clinic  # type: ignore[attr-defined]
    person = queries.member(clinic, staff_id)
    initial = {
        **{name: getattr(person, name) for name in services.StaffWords.__dataclass_fields__},
        "user": person.user_id,
        "version": person.version,
        "chair": person.usual_chair_id,
        "position": person.position,
        "clinics": [str(row.pk) for row in queries.clinics_where_placed(person)],
    }
    form = StaffForm(
        typed(request),
        clinic=clinic,
        by=request.user,  # type: ignore[arg-type]
        offered=request.clinics,  # type: ignore[attr-defined]
        staff=person,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_staff(
                by=request.user,
                clinic=clinic,
                staff=person,
                version=form.cleaned_data["version"],
                words=form.words(),
                at=now(),
                **form.placing(clinic),
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved_with_check(request, person, "staff:member", _("Saved."), person.pk)
    return _form(request, form, person.name, reverse("staff:member", args=[person.pk]))


@require_POST
@page(Permission.STAFF_EDIT)
def staff_deactivate(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Note that a person no longer works here."""
    person = queries.member(request.clinic, staff_id)  # type: ignore[attr-defined]
    services.deactivate_staff(by=request.user, clinic=request.clinic, staff=person, at=now())  # type: ignore[attr-defined]
    text = _("%(name)s can no longer be booked. The account is not blocked by this: ask the administrator to do that.")
    if person.user_id is None:
        text = _("%(name)s can no longer be booked.")
    return saved_with_check(request, person, "staff:member", text % {"name": person.name}, person.pk)


@require_POST
@page(Permission.STAFF_EDIT)
def staff_reactivate(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Note that a person works here again."""
    person = queries.member(request.clinic, staff_id)  # type: ignore[attr-defined]
    services.reactivate_staff(by=request.user, clinic=request.clinic, staff=person, at=now())  # type: ignore[attr-defined]
    return saved(request, "staff:member", _("%(name)s works here again.") % {"name": person.name}, person.pk)


@page(Permission.APPOINTMENT_SEE)
def misfit_list(request: HttpRequest) -> HttpResponse:
    """List the bookings whose dentist will not be there."""
    clinic = request.clinic  # type: ignore[attr-defined]
    staff_id = as_uuid(request.GET.get("staff", ""))
    person = queries.member(clinic, staff_id) if staff_id else None
    context = {
        "tabs": tabs(request, "rosters"),
        "misfits": queries.bookings_outside_duty(clinic, since=now(), staff=person),
        "person": person,
        "zone": clinic.zone,
    }
    return render(request, "staff/misfit_list.html", context)


def _form(request: HttpRequest, form: StaffForm, heading: Any, back: str) -> HttpResponse:
    return edit_page(request, form, heading=heading, back=back, template="staff/edit.html", tabs=tabs(request, "staff"))
