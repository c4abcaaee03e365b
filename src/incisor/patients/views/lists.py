"""The clinic's own lists: levels of membership, tags."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render
from incisor.patients import queries, services
from incisor.patients.forms import LevelForm, TagForm


@page(Permission.CLINIC_EDIT)
def lists(request: HttpRequest) -> HttpResponse:
    """Show the clinic's tags and levels."""
    clinic = request.clinic  # type: ignore[attr-defined]
    context = {"tags": queries.tags(clinic), "levels": queries.levels(clinic)}
    return render(request, "patients/lists.html", context)


@page(Permission.CLINIC_EDIT)
def new_tag(request: HttpRequest) -> HttpResponse:
    """Add a tag."""
    form = TagForm(typed(request), is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_tag(by=request.user, clinic=request.clinic, at=clock.now(), **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "patients:lists", _("The tag is added."))
    return edit_page(request, form, heading=_("Add a tag"), back=reverse("patients:lists"))


@page(Permission.CLINIC_EDIT)
def tag(request: HttpRequest, tag_id: uuid.UUID) -> HttpResponse:
    """Edit a tag."""
    row = queries.tag(request.clinic, tag_id)  # type: ignore[attr-defined]
    form = TagForm(typed(request), is_new=False, initial=_initial(row, TagForm))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_tag(by=request.user, tag=row, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "patients:lists", _("The tag is saved."))
    return edit_page(request, form, heading=row.name, back=reverse("patients:lists"))


@page(Permission.CLINIC_EDIT)
def new_level(request: HttpRequest) -> HttpResponse:
    """Add a level of membership."""
    form = LevelForm(typed(request), is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_level(by=request.user, clinic=request.clinic, at=clock.now(), **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "patients:lists", _("The level is added."))
    return edit_page(request, form, heading=_("Add a level"), back=reverse("patients:lists"))


@page(Permission.CLINIC_EDIT)
def level(request: HttpRequest, level_id: uuid.UUID) -> HttpResponse:
    """Edit a level of membership."""
    row = queries.level(request.clinic, level_id)  # type: ignore[attr-defined]
    form = LevelForm(typed(request), is_new=False, initial=_initial(row, LevelForm))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_level(by=request.user, level=row, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "patients:lists", _("The level is saved."))
    return edit_page(request, form, heading=row.name, back=reverse("patients:lists"))


def _initial(row: object, form: type[TagForm | LevelForm]) -> dict[str, object]:
    return {name: getattr(row, name) for name in form.base_fields}
