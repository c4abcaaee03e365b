"""Forms on the patient's own phone: filled in, saved while one types, signed by finger."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incisor.accounts.queries import system_user
from incisor.forms import queries, services
from incisor.forms.enums import FilledStatus
from incisor.forms.models import FilledForm, Handout
from incisor.forms.rules import read_answers, read_signatures
from incisor.kernel import clock, htmx
from incisor.kernel.errors import Refused
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.models import Link
from incisor.portal.views.door import by_link


def _token(request: HttpRequest) -> str:
    return str(request.resolver_match.kwargs["token"])  # type: ignore[union-attr]


def _start(request: HttpRequest) -> str:
    return reverse("portal:forms", args=[_token(request)])


def _left(handout: Handout) -> list[FilledForm]:
    return [one for one in queries.forms_of(handout) if one.status == FilledStatus.OPEN]


# POST too: the digits are sent to the page that asks for them
@require_http_methods(["GET", "POST"])
@by_link(LinkPurpose.FORM, asks_digits=True)
def forms(request: HttpRequest, link: Link) -> HttpResponse:
    """Show what is to be filled in, or thank."""
    handout = queries.handout_by_id(link.subject_id, at=clock.now())
    context = {"link": link, "handout": handout, "forms": queries.forms_of(handout), "is_done": not _left(handout)}
    return render(request, "portal/forms.html", context)


@require_http_methods(["GET", "POST"])
@by_link(LinkPurpose.FORM, asks_digits=True)
def form(request: HttpRequest, link: Link, given_id: uuid.UUID) -> HttpResponse:
    """Show one form."""
    handout = queries.handout_by_id(link.subject_id, at=clock.now())
    filled = queries.form_of(handout, given_id)
    if filled.status != FilledStatus.OPEN:
        return htmx.redirect(request, _start(request))
    return _show(request, link, handout, filled)


def _show(
    request: HttpRequest, link: Link, handout: Handout, filled: FilledForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    given, token = queries.forms_of(handout), _token(request)
    language = get_language() or filled.language
    context = {
        "link": link,
        "handout": handout,
        "filled": filled,
        "sheet": queries.sheet(filled, language=language, at=clock.now(), **more),
        "number": 1 + next((place for place, one in enumerate(given) if one.pk == filled.pk), 0),
        "forms": given,
        "save_url": reverse("portal:form-save", args=[token, filled.pk]),
        "sign_url": reverse("portal:form-sign", args=[token, filled.pk]),
        "back_url": _start(request),
    }
    return render(request, "portal/form.html", context, status=status)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdigit() and len(text) < 9 else -1


def _posted(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(one) for one in values] for name, values in request.POST.lists()}


@require_POST
@by_link(LinkPurpose.FORM, asks_digits=True)
def form_save(request: HttpRequest, link: Link, given_id: uuid.UUID) -> HttpResponse:
    """Keep what was typed so far."""
    at = clock.now()
    filled = queries.form_of(queries.handout_by_id(link.subject_id, at=at), given_id)
    answers = read_answers(filled.form_version.content, _posted(request))
    try:
        revision = services.save_answers(
            by=system_user(), filled=filled, answers=answers, revision=_revision(request), at=at
        )
    except Refused as refusal:
        return JsonResponse({"text": str(refusal)}, status=refusal.status)
    return JsonResponse({"revision": revision})


@require_POST
@by_link(LinkPurpose.FORM, asks_digits=True)
def form_sign(request: HttpRequest, link: Link, given_id: uuid.UUID) -> HttpResponse:
    """Take the signature; go on to the next form, or thank and close the link."""
    at, by = clock.now(), system_user()
    handout = queries.handout_by_id(link.subject_id, at=at)
    filled, posted = queries.form_of(handout, given_id), _posted(request)
    try:
        signed = services.sign_form(
            by=by,
            filled=filled,
            answers=read_answers(filled.form_version.content, posted),
            revision=_revision(request),
            signatures=read_signatures(queries.signature_keys(filled), posted),
            language=get_language() or filled.language,
            place=_("by a link on the own phone, from %(origin)s") % {"origin": getattr(request, "origin", "")},
            at=at,
        )
    except services.NotComplete as refusal:
        return _show(request, link, handout, filled, posted=posted, faults=refusal.faults, status=422)
    except services.FormIsSigned:
        return htmx.redirect(request, _start(request))
    if signed.status == FilledStatus.SIGNED:
        services.make_copy(by=by, filled=signed, at=at)
    left = _left(handout)
    if left:
        return htmx.redirect(request, reverse("portal:form", args=[_token(request), left[0].pk]))
    services.end_handout(by=by, handout=handout, at=at)
    context = {"link": link, "handout": handout, "forms": queries.forms_of(handout), "is_done": True}
    return render(request, "portal/forms.html", context)
