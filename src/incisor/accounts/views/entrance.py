"""The way in and out: sign in, second factor, sign out, lock, unlock."""

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from incisor.accounts import queries, services
from incisor.accounts.access import on_the_way, public
from incisor.accounts.enums import Step
from incisor.accounts.forms import CodeForm, SignInForm, UnlockForm
from incisor.accounts.gatekeeping import enter, leave, local_path, missing_step, present_sign_in, renew, way_back
from incisor.accounts.services import LockedOut, WrongCode
from incisor.kernel.clock import now
from incisor.kernel.htmx import redirect, render


def _wanted(request: HttpRequest) -> str:
    return local_path(request.POST.get("next") or request.GET.get("next") or "/")


def _refuse(form: Form, text: str, *, field: str | None = None) -> None:
    form.add_error(field, text)


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; a wrong name and a wrong password get the same answer."""
    at, wanted = now(), _wanted(request)
    if request.user.is_authenticated and missing_step(request, at=at) is not Step.SIGN_IN:
        return redirect(request, wanted)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _has_signed_in(request, form):
        return redirect(request, wanted)
    status = 422 if form.errors else 200
    context = {"form": form, "next": wanted, "is_demo": queries.is_demo()}
    return render(request, "accounts/sign_in.html", context, status=status)


def _has_signed_in(request: HttpRequest, form: SignInForm) -> bool:
    at, username, origin = now(), form.cleaned_data["username"], request.origin  # type: ignore[attr-defined]
    try:
        attempt = services.begin_attempt(username=username, origin=origin, at=at)
    except LockedOut as refusal:
        _refuse(form, str(refusal))
        return False
    user = queries.user_with_password(username, form.cleaned_data["password"])
    if user is None:
        services.note_failure(user=queries.user_named(username), stage="password", at=at)
        _refuse(form, _("User name or password is wrong. Check both; capital letters matter in the password."))
        return False
    is_code_due = queries.has_second_factor(user)
    if is_code_due:
        services.withdraw_attempt(attempt=attempt)
    here = services.sign_in(
        by=user, origin=origin, agent=request.headers.get("User-Agent", ""), is_code_due=is_code_due, at=at
    )
    enter(request, here)
    return True


@on_the_way(Step.CODE)
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the authenticator app, or a recovery code."""
    here = present_sign_in(request)
    if here is None or not here.is_code_due:
        return redirect(request, _wanted(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _has_shown_code(request, form):
        renew(request, request.user)  # type: ignore[arg-type]
        return redirect(request, _wanted(request))
    context = {"form": form, "next": _wanted(request)}
    return render(request, "accounts/sign_in_code.html", context, status=422 if form.errors else 200)


def _has_shown_code(request: HttpRequest, form: CodeForm) -> bool:
    at, user = now(), request.user
    try:
        services.begin_attempt(username=user.username, origin=request.origin, at=at)  # type: ignore[attr-defined,union-attr]
        services.show_code(by=user, code=form.cleaned_data["code"], at=at)
    except LockedOut as refusal:
        _refuse(form, str(refusal))
        return False
    except WrongCode as refusal:
        services.note_failure(user=user, stage="code", at=at)  # type: ignore[arg-type]
        _refuse(form, str(refusal), field="code")
        return False
    services.complete_sign_in(by=user, here=present_sign_in(request), at=at)
    return True


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; it works from every state, also from the locked screen."""
    if request.user.is_authenticated:
        here = present_sign_in(request)
        if here is not None:
            services.sign_out(by=request.user, here=here, at=now())
        leave(request)
    return redirect(request, reverse("accounts:sign-in"))


@on_the_way(Step.UNLOCK)
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock the screen and send the browser away from what it shows."""
    services.lock(by=request.user, here=present_sign_in(request), at=now())
    back = request.POST.get("next") or way_back(request)
    return redirect(request, f"{reverse('accounts:unlock')}?{urlencode({'next': local_path(back)})}")


@on_the_way(Step.UNLOCK)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask the person whose screen it is for the password only."""
    here = present_sign_in(request)
    if missing_step(request, at=now()) is not Step.UNLOCK or here is None:
        return redirect(request, _wanted(request))
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _has_unlocked(request, form):
        return redirect(request, _wanted(request))
    context = {"form": form, "next": _wanted(request)}
    return render(request, "accounts/locked.html", context, status=422 if form.errors else 200)


def _has_unlocked(request: HttpRequest, form: UnlockForm) -> bool:
    at, user = now(), request.user
    try:
        services.begin_attempt(username=user.username, origin=request.origin, at=at)  # type: ignore[attr-defined,union-attr]
    except LockedOut as refusal:
        _refuse(form, str(refusal))
        return False
    if not user.check_password(form.cleaned_data["password"]):
        services.note_failure(user=user, stage="unlock", at=at)  # type: ignore[arg-type]
        _refuse(form, _("The password is wrong."), field="password")
        return False
    services.unlock(by=user, here=present_sign_in(request), at=at)
    return True
