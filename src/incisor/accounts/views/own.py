"""My account: who I am here, where I am signed in, password, language, second factor."""

from dataclasses import dataclass
from datetime import timedelta

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts import queries, services
from incisor.accounts.access import on_the_way, signed_in
from incisor.accounts.enums import Step
from incisor.accounts.forms import CodeForm, LanguageForm, PasswordForm
from incisor.accounts.gatekeeping import local_path, present_sign_in, renew
from incisor.accounts.models import SecondFactor, SignIn, User
from incisor.accounts.rules import device_of
from incisor.accounts.services import LockedOut, WrongCode
from incisor.kernel.clock import now
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render

ISSUER = "Incisor"


@dataclass(frozen=True)
class Session:
    """A line of the list: the session, its device in words, whether it is this one."""

    row: SignIn
    device: str
    is_here: bool


def device_in_words(agent: str) -> str:
    """Return "Chrome on Windows" in the reader's language."""
    browser, system = device_of(agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


@signed_in
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show the person's own account."""
    user: User = request.user  # type: ignore[assignment]
    here = present_sign_in(request)
    since = now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    places = {clinic.pk: clinic for clinic in getattr(request, "clinics", [])}
    context = {
        "sessions": [
            Session(row, device_in_words(row.agent), here is not None and row.pk == here.pk)
            for row in queries.sessions_of(user, since=since)
        ],
        "grants": [(grant.role, places.get(grant.clinic_id)) for grant in queries.roles_held(user)],
        "has_second_factor": queries.has_second_factor(user),
        "must_have_second_factor": queries.must_have_second_factor(user),
        "language_form": LanguageForm(initial={"language": user.language}),
    }
    return render(request, "accounts/account.html", context)


@signed_in
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Store the language and speak it from now on."""
    form = LanguageForm(request.POST)
    response = redirect(request, local_path(request.POST.get("next") or reverse("accounts:account")))
    if form.is_valid():
        chosen = form.cleaned_data["language"]
        services.choose_language(by=request.user, language=chosen, at=now())
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax", max_age=365 * 24 * 3600)
        with override(chosen):
            messages.success(request, _("Language stored."))
    return response


@signed_in
@require_POST
def end_session(request: HttpRequest, sign_in_id: str) -> HttpResponse:
    """End one of one's own sessions."""
    services.end_session(by=request.user, sign_in_id=sign_in_id, at=now())
    messages.success(request, _("That session is ended; its next click leads to the sign-in page."))
    return redirect(request, reverse("accounts:account"))


@signed_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    count = services.end_other_sessions(by=request.user, here=present_sign_in(request), at=now())
    messages.success(
        request, ngettext("%(n)d other session ended.", "%(n)d other sessions ended.", count) % {"n": count}
    )
    return redirect(request, reverse("accounts:account"))


@on_the_way(Step.PASSWORD)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; every other session of the person ends."""
    user: User = request.user  # type: ignore[assignment]
    form = PasswordForm(request.POST or None, user=user)
    wanted = local_path(request.POST.get("next") or request.GET.get("next") or reverse("accounts:account"))
    if request.method == "POST" and form.is_valid() and _is_present(request, form):
        services.change_password(
            by=user, here=present_sign_in(request), password=form.cleaned_data["password"], at=now()
        )
        renew(request, user)
        messages.success(request, _("Your password is changed. All your other sessions are ended."))
        return redirect(request, wanted)
    context = {"form": form, "next": wanted, "is_due": user.must_change_password}
    return render(request, "accounts/password.html", context, status=422 if form.errors else 200)


def _is_present(request: HttpRequest, form: PasswordForm) -> bool:
    at, user = now(), form.user
    try:
        attempt = services.begin_attempt(username=user.username, origin=request.origin, at=at)  # type: ignore[attr-defined]
    except LockedOut as refusal:
        form.add_error("present", str(refusal))
        return False
    if not user.check_password(form.cleaned_data["present"]):
        services.note_failure(user=user, stage="password", at=at)
        form.add_error("present", _("The present password is wrong."))
        return False
    services.withdraw_attempt(attempt=attempt)
    return True


@on_the_way(Step.SECOND_FACTOR)
@require_GET
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Show whether there is a second factor, or how to set one up."""
    user: User = request.user  # type: ignore[assignment]
    return _second_factor(request, queries.second_factor_of(user), CodeForm())


def _second_factor(
    request: HttpRequest, factor: SecondFactor | None, form: CodeForm, *, status: int = 200
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    context = {
        "factor": factor,
        "form": form,
        "must_have": queries.must_have_second_factor(user),
        "next": local_path(request.POST.get("next") or request.GET.get("next") or "/"),
    }
    if factor is not None and not factor.is_confirmed:
        context["qr"] = _qr(user, factor.secret)
        context["manual_key"] = " ".join(factor.secret[start : start + 4] for start in range(0, len(factor.secret), 4))
    return render(request, "accounts/second_factor.html", context, status=status)


def _qr(user: User, secret: str) -> str:
    query = urlencode({"secret": secret, "issuer": ISSUER})
    code = segno.make(f"otpauth://totp/{ISSUER}:{user.username}?{query}", error="m")
    return str(code.svg_inline(scale=5, border=3, dark="#000", light="#fff", title=_("Code to scan with the app")))


@on_the_way(Step.SECOND_FACTOR)
@require_POST
def second_factor_begin(request: HttpRequest) -> HttpResponse:
    """Make a secret and show it."""
    services.begin_second_factor(by=request.user, at=now())
    wanted = local_path(request.POST.get("next") or "/")
    return redirect(request, f"{reverse('accounts:second-factor')}?{urlencode({'next': wanted})}")


@on_the_way(Step.SECOND_FACTOR)
@require_POST
def second_factor_confirm(request: HttpRequest) -> HttpResponse:
    """Take the first code; show the recovery codes, once."""
    user: User = request.user  # type: ignore[assignment]
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            codes = services.confirm_second_factor(by=user, code=form.cleaned_data["code"], at=now())
        except WrongCode as refusal:
            form.add_error("code", str(refusal))
        else:
            wanted = local_path(request.POST.get("next") or "/")
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": wanted})
    return _second_factor(request, queries.second_factor_of(user), form, status=422)


def _with_code(request: HttpRequest, form: CodeForm, change: object) -> object | None:
    """Do what asks for a code; the guesses are counted. Returns None when it was refused, with the reason on the form."""
    at, user = now(), request.user
    if not form.is_valid():
        return None
    try:
        attempt = services.begin_attempt(username=user.username, origin=request.origin, at=at)  # type: ignore[attr-defined,union-attr]
        done = change(by=user, code=form.cleaned_data["code"], at=at)  # type: ignore[operator]
    except WrongCode as refusal:
        services.note_failure(user=user, stage="code", at=at)  # type: ignore[arg-type]
        form.add_error("code", str(refusal))
        return None
    except Refused as refusal:
        form.add_error("code", str(refusal))
        return None
    services.withdraw_attempt(attempt=attempt)
    return done if done is not None else True


@signed_in
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them, once."""
    form = CodeForm(request.POST)
    codes = _with_code(request, form, services.renew_recovery_codes)
    if codes is None:
        return _second_factor(request, queries.second_factor_of(request.user), form, status=422)  # type: ignore[arg-type]
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": reverse("accounts:account")})


@signed_in
@require_POST
def second_factor_remove(request: HttpRequest) -> HttpResponse:
    """Do without the second factor from now on. Whoever must have one is led to setting up another."""
    form = CodeForm(request.POST)
    if _with_code(request, form, services.remove_second_factor) is None:
        return _second_factor(request, queries.second_factor_of(request.user), form, status=422)  # type: ignore[arg-type]
    messages.success(request, _("The second factor is removed."))
    return redirect(request, reverse("accounts:account"))
