"""What each role may do: one table, roles beside permissions."""

import uuid
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from incisor.accounts import queries, services
from incisor.accounts.enums import AREAS, SHIPPED, Permission
from incisor.accounts.forms import NewRoleForm, RoleForm
from incisor.accounts.models import Role
from incisor.accounts.services import RoleNameTaken
from incisor.accounts.views.users import administrators, tabs
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render


def area_of(permission: Permission) -> str:
    """Return the heading under which a permission stands."""
    return str(AREAS.get(permission.value.partition(".")[0], _("Other")))


@administrators
@require_http_methods(["GET", "POST"])
def role_list(request: HttpRequest) -> HttpResponse:
    """Show all roles beside all permissions, and change any of them."""
    roles = queries.roles()
    wanted, problem = None, ""
    if request.method == "POST":
        wanted = {str(role.pk): frozenset(request.POST.getlist(f"may-{role.pk}")) for role in roles}
        seen = {
            str(role.pk): frozenset(filter(None, request.POST.get(f"seen-{role.pk}", "").split(","))) for role in roles
        }
        try:
            count = services.change_permissions(by=request.user, wanted=wanted, seen=seen, at=now())
        except Refused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, ngettext("%(n)d role changed.", "%(n)d roles changed.", count) % {"n": count})
            return redirect(request, reverse("accounts:roles"))
    context = {"roles": roles, "areas": _areas(roles, wanted), "problem": problem, "tabs": tabs(request)}
    context["seen"] = [(role, ",".join(sorted(role.permissions))) for role in roles]
    return render(request, "accounts/role_list.html", context, status=409 if problem else 200)


def _areas(roles: list[Role], wanted: dict[str, frozenset[str]] | None) -> list[dict[str, Any]]:
    """Return the permissions by area, each with a cell for every role: (role, ticked). wanted: what was typed."""
    held = {role.pk: wanted[str(role.pk)] if wanted else frozenset(role.permissions) for role in roles}
    return [
        {
            "label": area,
            "rows": [
                {"permission": one, "cells": [(role, one.value in held[role.pk]) for role in roles]}
                for one in permissions
            ],
        }
        for area, permissions in groupby(Permission, key=area_of)
    ]


@administrators
@require_http_methods(["GET", "POST"])
def role_new(request: HttpRequest) -> HttpResponse:
    """Add a role of the organisation's own."""
    form = NewRoleForm(request.POST or None, roles=queries.roles())
    if request.method == "POST" and form.is_valid():
        try:
            services.add_role(by=request.user, at=now(), **form.cleaned_data)
        except RoleNameTaken as refusal:
            form.add_error("name_zh", str(refusal))
        else:
            messages.success(request, _("Role added. Tick what it may do."))
            return redirect(request, reverse("accounts:roles"))
    return render(request, "accounts/role_new.html", {"form": form}, status=422 if form.errors else 200)


@administrators
@require_http_methods(["GET", "POST"])
def role(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Show a role's names and what can be done with it."""
    one = queries.role(role_id)
    form = RoleForm(request.POST or None, initial={"name_zh": one.name_zh, "name_en": one.name_en})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_role(by=request.user, role=one, at=now(), **form.cleaned_data)
        except RoleNameTaken as refusal:
            form.add_error("name_zh", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(request, reverse("accounts:roles"))
    shipped = SHIPPED.get(one.key)
    context = {"role": one, "form": form, "is_changed": shipped is not None and set(shipped) != set(one.permissions)}
    return render(request, "accounts/role.html", context, status=422 if form.errors else 200)


def _do(request: HttpRequest, role_id: uuid.UUID, done: str, service: Any) -> HttpResponse:
    one = queries.role(role_id)
    try:
        service(by=request.user, role=one, at=now())
    except Refused as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, str(refusal))
        return redirect(request, reverse("accounts:role", args=[one.pk]))
    messages.success(request, done)
    return redirect(request, reverse("accounts:roles"))


@administrators
@require_POST
def reset(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Put a shipped role back to what was shipped."""
    return _do(request, role_id, _("The role may do again what it could when shipped."), services.reset_role)


@administrators
@require_POST
def remove(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Remove a role that nobody has."""
    return _do(request, role_id, _("Role removed."), services.remove_role)
