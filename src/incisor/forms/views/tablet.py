"""The clinic's tablet in the patient's hand: the forms given, nothing else.

When the forms were handed over the staff's session was locked: whatever else is opened on this screen asks for the password
first. These pages open by the token of the handout and reach its forms only.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts import queries as accounts
from incisor.accounts.access import public
from incisor.forms import queries, services
from incisor.forms.enums import FilledStatus
from incisor.forms.models import FilledForm, Handout
from incisor.forms.rules import read_answers, read_signatures
from incisor.forms.views.filling import revision_of
from incisor.forms.views.frame import named
from incisor.kernel import clock
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import redirect

View = Callable[..., HttpResponse]


def by_token(view: View) -> View:
    """Open a page by the token of a handout, in the language that was chosen for it."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            handout = queries.open_handout(token, at=clock.now())
        except NotFound:
            return _closed(request, render_page(request, "forms/tablet_closed.html", {}, status=404))
        with translation.override(handout.language):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            return _closed(request, view(request, handout, token, *args, **kwargs))

    return public(guarded)


def _closed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _context(request: HttpRequest, handout: Handout, token: str, **more: Any) -> dict[str, Any]:
    back = reverse("patients:patient", args=[handout.patient_id])
    return {
        "handout": handout,
        "token": token,
        "forms": queries.forms_of(handout),
        "unlock_url": f"{reverse('accounts:unlock')}?next={back}",
        **more,
    }


def _is_done(filled: FilledForm) -> bool:
    return filled.status in (FilledStatus.SIGNED, FilledStatus.WAITING)


@require_GET
@by_token
def tablet(request: HttpRequest, handout: Handout, token: str) -> HttpResponse:
    """Show the next form that is not signed, or thank and let the staff in again."""
    left = next((one for one in queries.forms_of(handout) if not _is_done(one)), None)
    if left is None:
        return render_page(request, "forms/tablet_done.html", _context(request, handout, token))
    return redirect(request, reverse("forms:tablet-form", args=[token, left.pk]))


@require_GET
@by_token
def tablet_form(request: HttpRequest, handout: Handout, token: str, given_id: Any) -> HttpResponse:
    """Show one of the forms."""
    filled = queries.form_of(handout, given_id)
    if filled.status != FilledStatus.OPEN:
        return redirect(request, reverse("forms:tablet", args=[token]))
    return _show(request, handout, token, filled)


def _show(
    request: HttpRequest, handout: Handout, token: str, filled: FilledForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    forms = queries.forms_of(handout)
    context = _context(
        request,
        handout,
        token,
        filled=filled,
        sheet=queries.sheet(filled, language=handout.language, at=clock.now(), **more),
        number=1 + next((place for place, one in enumerate(forms) if one.pk == filled.pk), 0),
        save_url=reverse("forms:tablet-save", args=[token, filled.pk]),
        sign_url=reverse("forms:tablet-sign", args=[token, filled.pk]),
    )
    return render_page(request, "forms/tablet.html", context, status=status)


@require_POST
@by_token
def tablet_save(request: HttpRequest, handout: Handout, token: str, given_id: Any) -> HttpResponse:
    """Keep what was typed so far."""
    filled = queries.form_of(handout, given_id)
    answers = read_answers(filled.form_version.content, named(request.POST))
    try:
        revision = services.save_answers(
            by=handout.by, filled=filled, answers=answers, revision=revision_of(request), at=clock.now()
        )
    except Refused as refusal:
        return JsonResponse({"text": str(refusal)}, status=refusal.status)
    return JsonResponse({"revision": revision})


@require_POST
@by_token
def tablet_sign(request: HttpRequest, handout: Handout, token: str, given_id: Any) -> HttpResponse:
    """Take the patient's signature and go on to the next form."""
    filled, at = queries.form_of(handout, given_id), clock.now()
    posted = named(request.POST)
    try:
        signed = services.sign_form(
            by=handout.by,
            filled=filled,
            answers=read_answers(filled.form_version.content, posted),
            revision=revision_of(request),
            signatures=read_signatures(queries.signature_keys(filled), posted),
            language=handout.language,
            place=_("%(clinic)s, on the tablet") % {"clinic": handout.clinic.name},
            at=at,
        )
    except services.NotComplete as refusal:
        return _show(request, handout, token, filled, posted=posted, faults=refusal.faults, status=422)
    except services.FormIsSigned:
        return redirect(request, reverse("forms:tablet", args=[token]))
    if signed.status == FilledStatus.SIGNED:
        services.make_copy(by=accounts.system_user(), filled=signed, at=at)
    return redirect(request, reverse("forms:tablet", args=[token]))


@require_POST
@by_token
def tablet_language(request: HttpRequest, handout: Handout, token: str) -> HttpResponse:
    """Go on in the other language; what was typed stays."""
    services.speak(by=handout.by, handout=handout, language=request.POST.get("language", ""), at=clock.now())
    return redirect(request, reverse("forms:tablet", args=[token]))


@require_POST
@by_token
def tablet_end(request: HttpRequest, handout: Handout, token: str) -> HttpResponse:
    """Give the tablet back: the forms close, and the staff's screen asks for the password."""
    services.end_handout(by=handout.by, handout=handout, at=clock.now())
    return redirect(request, str(_context(request, handout, token)["unlock_url"]))
