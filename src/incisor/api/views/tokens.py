"""Keys of other programs: for whoever may change accounts everywhere."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.accounts.queries import roles
from incisor.api import queries, services
from incisor.api.enums import Scope
from incisor.api.forms import TokenForm
from incisor.api.rules import is_open
from incisor.kernel.clock import day_bounds, local, now
from incisor.kernel.editing import refuse
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render

administrators = page(Permission.USER_EDIT, organisation=True)
USUAL_DAYS = 365


@administrators
@require_GET
def token_list(request: HttpRequest) -> HttpResponse:
    """List the keys, when each was used last, and end one."""
    at, labels = now(), dict(Scope.choices)
    rows = [
        {
            "token": token,
            "rights": [labels.get(scope, scope) for scope in token.scopes],
            "is_open": is_open(expires_at=token.expires_at, ended_at=token.ended_at, at=at),
        }
        for token in queries.tokens()
    ]
    return render(request, "api/token_list.html", {"rows": rows})


@administrators
@require_http_methods(["GET", "POST"])
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a key; show it, once."""
    at, here = now(), request.clinic
    clinics = list(request.clinics)
    today = local(at, here.zone).date() if here else at.date()
    form = TokenForm(
        request.POST or None,
        roles=roles(), clinics=clinics, today=today,
        initial={
            "clinic": str(here.pk) if here else "",
            "scopes": [Scope.CLINIC_READ, Scope.APPOINTMENTS_READ],
            "expires_on": today + timedelta(days=USUAL_DAYS),
            "limit": 120,
        },
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            token, secret = services.make_token(
                by=request.user,
                clinic=chosen["clinic"],
                name=chosen["name"],
                role=chosen["role"],
                scopes=chosen["scopes"],
                expires_at=day_bounds(chosen["expires_on"], chosen["clinic"].zone)[1],
                limit=chosen["limit"],
                at=at,
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return render(
                request, "api/token_shown.html", {"token": token, "secret": secret, "last_day": chosen["expires_on"]}
            )
    return render(request, "api/token_new.html", {"form": form}, status=422 if form.errors else 200)


@administrators
@require_POST
def token_end(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """End a key."""
    token = queries.token(token_id)
    try:
        services.end_token(by=request.user, token=token, at=now())
    except services.TokenEnded as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("The key of “%(name)s” is ended.") % {"name": token.name})
    return redirect(request, reverse("api:tokens"))
