"""The door of the portal: a link opens one page, and whatever is wrong with it gets one and the same answer."""

import functools
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from incisor.accounts.access import public
from incisor.kernel import clock, htmx
from incisor.kernel.errors import NotFound, Refused
from incisor.messaging import services
from incisor.messaging.models import Link
from incisor.messaging.rules import link_path
from incisor.portal.forms import DigitsForm

View = Callable[..., HttpResponse]
SEAL = "incisor.portal.digits"
COOKIE = "incisor_link"
DIGITS_LAST = timedelta(minutes=30)


def by_link(purpose: str, *, asks_digits: bool = False) -> Callable[[View], View]:
    """Guard a page of the portal: it opens by a link of that purpose and is called as view(request, link, …).

    asks_digits: the last four digits of the patient's number come first, for pages that show a name or more. The right
    answer is kept for half an hour in a sealed cookie of this path only. The URL has a parameter `token`. The page speaks the
    patient's language, unless this browser chose one, and the clinic's wall clock. Nothing of it is kept anywhere.
    """

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, token: str, *args: object, **more: object) -> HttpResponse:
            at = clock.now()
            try:
                link = services.follow_link(token=token, purpose=purpose, origin=_origin(request), at=at)
            except NotFound:
                return close(gone(request))
            with translation.override(language_for(request, link)), timezone.override(clock.zone(link.clinic.zone)):
                request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
                if asks_digits and not _has_shown_digits(request, link):
                    return close(_digits(request, link, token))
                try:
                    response = view(request, link, *args, **more)
                except NotFound:
                    response = gone(request)
                except Refused as refusal:
                    context = {"refusal": refusal, "clinic": link.clinic, "link": link}
                    response = render(request, "portal/refused.html", context, status=refusal.status)
                response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
                return close(response)

        opened: View = public(guarded)
        opened.__link__ = purpose  # type: ignore[attr-defined]
        return opened

    return guard


def close(response: HttpResponse) -> HttpResponse:
    """Let nobody keep or find the page, and tell no other site where the patient came from."""
    response.headers["Cache-Control"] = "no-store, private"
    # not "no-referrer": with it browsers send "Origin: null" along with a form, which the CSRF check must refuse
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def language_for(request: HttpRequest, link: Link) -> str:
    """Return the language of the page: chosen in this browser, else the patient's, else the installation's."""
    known = {code for code, _name in settings.LANGUAGES}
    own = link.patient.language if link.patient else ""
    chosen = (request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), "en" if own == "other" else own)
    return next((code for code in chosen if code in known), settings.LANGUAGE_CODE)


def gone(request: HttpRequest) -> HttpResponse:
    """Answer that the link opens nothing. It says neither why nor of whom or which clinic."""
    return render(request, "portal/gone.html", {}, status=404)


@public
def unknown(request: HttpRequest, purpose: str, token: str) -> HttpResponse:
    """Answer an address that no page of the portal has, like a link that opens nothing."""
    return close(gone(request))


def _origin(request: HttpRequest) -> str:
    return getattr(request, "origin", "")


def _has_shown_digits(request: HttpRequest, link: Link) -> bool:
    try:
        shown = request.get_signed_cookie(COOKIE, default="", salt=SEAL, max_age=DIGITS_LAST)
    except signing.BadSignature:
        return False
    return constant_time_compare(str(shown), str(link.pk))


def _digits(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """Ask for the last four digits of the number that the link was sent to; after some wrong answers the link is gone."""
    form = DigitsForm(request.POST if "digits" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            is_right = services.try_digits(
                link=link, digits=form.cleaned_data["digits"], origin=_origin(request), at=clock.now()
            )
        except NotFound:
            return gone(request)
        if is_right:
            response = htmx.redirect(request, request.path)
            response.set_signed_cookie(
                COOKIE, str(link.pk), salt=SEAL, max_age=DIGITS_LAST, path=link_path(purpose=link.purpose, token=token), httponly=True, samesite="Lax",
                secure=request.is_secure(),
            )  # fmt: skip
            return response
        form.wrong()
    return render(request, "portal/digits.html", {"form": form}, status=422 if form.is_bound else 200)
