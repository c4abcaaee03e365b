"""Accounts of others: for whoever may change accounts everywhere."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts import queries, services
from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.accounts.forms import GrantForm, NewUserForm, UserForm
from incisor.accounts.models import User
from incisor.accounts.services import UsernameTaken
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render

administrators = page(Permission.USER_EDIT, organisation=True)


def _clinics(request: HttpRequest) -> list[Any]:
    return list(getattr(request, "clinics", []))


def _here(request: HttpRequest) -> str:
    """Return the clinic that a new role is meant for, unless another is chosen: the one at hand."""
    clinic = getattr(request, "clinic", None)
    return str(clinic.pk) if clinic is not None else ""


def _held(request: HttpRequest, grants: Any) -> list[tuple[Any, Any]]:
    """Return each grant with its clinic, None for everywhere."""
    places = {clinic.pk: clinic for clinic in _clinics(request)}
    return [(grant, places.get(grant.clinic_id)) for grant in grants]


@administrators
@require_GET
def user_list(request: HttpRequest) -> HttpResponse:
    """List accounts, with a search by name."""
    text, is_closed = request.GET.get("q", "").strip()[:60], request.GET.get("closed") == "1"
    users = [(one, _held(request, one.held)) for one in queries.accounts(text, is_active=not is_closed)]  # type: ignore[attr-defined]
    context = {"users": users, "text": text, "is_closed": is_closed, "tabs": tabs(request)}
    return render(request, "accounts/user_list.html", context, partial="rows")


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the tabs of the pages of accounts and roles."""
    pages = ((reverse("accounts:users"), _("Accounts")), (reverse("accounts:roles"), _("Roles")))
    return [{"url": url, "label": label, "active": request.path.startswith(url)} for url, label in pages]


@administrators
@require_http_methods(["GET", "POST"])
def user_new(request: HttpRequest) -> HttpResponse:
    """Make an account with its first role; show the one-time password, once."""
    form = NewUserForm(
        request.POST or None,
        roles=queries.roles(), clinics=_clinics(request), initial={"language": "zh-hans", "clinic": _here(request)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        at, chosen = now(), form.cleaned_data
        try:
            made, password = services.add_user(
                by=request.user, username=chosen["username"], name=chosen["name"], language=chosen["language"], at=at
            )
        except UsernameTaken as refusal:
            form.add_error("username", str(refusal))
        else:
            services.give_role(by=request.user, user=made, role=chosen["role"], clinic_id=chosen["clinic"], at=at)
            return _show_password(request, made, password)
    return render(request, "accounts/user_new.html", {"form": form}, status=422 if form.errors else 200)


def _show_password(request: HttpRequest, who: User, password: str) -> HttpResponse:
    return render(request, "accounts/one_time_password.html", {"who": who, "password": password})


@administrators
@require_http_methods(["GET", "POST"])
def user(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Show an account, and change its names."""
    who = queries.account(user_id)
    form = UserForm(
        request.POST or None, initial={"name": who.name, "username": who.username, "language": who.language}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_user(by=request.user, user=who, at=now(), **form.cleaned_data)
        except UsernameTaken as refusal:
            form.add_error("username", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return _back(request, who)
    return _user_page(request, who, form, status=422 if form.errors else 200)


def _user_page(request: HttpRequest, who: User, form: UserForm, *, status: int = 200) -> HttpResponse:
    context = {
        "who": who,
        "form": form,
        "held": _held(request, queries.roles_held(who)),
        "grant_form": GrantForm(roles=queries.roles(), clinics=_clinics(request), initial={"clinic": _here(request)}),
        "has_second_factor": queries.has_second_factor(who),
        "is_self": who.pk == request.user.pk,
    }
    return render(request, "accounts/user.html", context, status=status)


def _back(request: HttpRequest, who: User) -> HttpResponse:
    return redirect(request, reverse("accounts:user", args=[who.pk]))


def _do(request: HttpRequest, who: User, done: str, service: Any, **more: Any) -> HttpResponse:
    """Run a service on the account and go back to it, with the refusal if there is one."""
    try:
        service(by=request.user, user=who, at=now(), **more)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return _back(request, who)


@administrators
@require_POST
def role_give(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Give a role in a clinic or everywhere."""
    who = queries.account(user_id)
    form = GrantForm(request.POST, roles=queries.roles(), clinics=_clinics(request))
    if not form.is_valid():
        messages.error(request, _("Choose a role and where it holds."))
        return _back(request, who)
    chosen = form.cleaned_data
    return _do(request, who, _("Role given."), services.give_role, role=chosen["role"], clinic_id=chosen["clinic"])


@administrators
@require_POST
def role_take(request: HttpRequest, user_id: uuid.UUID, grant_id: uuid.UUID) -> HttpResponse:
    """Take a role away."""
    return _do(request, queries.account(user_id), _("Role taken away."), services.take_role, grant_id=grant_id)


@administrators
@require_POST
def close(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Close the account; its sessions end."""
    return _do(
        request, queries.account(user_id), _("The account is closed, its sessions are ended."), services.close_account
    )


@administrators
@require_POST
def reopen(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Open a closed account."""
    return _do(request, queries.account(user_id), _("The account is open again."), services.reopen_account)


@administrators
@require_POST
def reset_password(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Make a one-time password and show it, once."""
    who = queries.account(user_id)
    return _show_password(request, who, services.reset_password(by=request.user, user=who, at=now()))


@administrators
@require_POST
def reset_second_factor(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Remove the second factor of somebody whose phone is lost."""
    done = _("The second factor is removed, the sessions are ended.")
    return _do(request, queries.account(user_id), done, services.reset_second_factor)
