"""The record of who did and saw what. The pages stand here because the guard stands above the audit."""

import uuid
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts import queries, services
from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.accounts.forms import TrailForm
from incisor.audit import hooks
from incisor.audit import queries as audit
from incisor.audit.models import ORGANISATION_CHAIN
from incisor.kernel import exports
from incisor.kernel.clock import day_bounds, now
from incisor.kernel.errors import NotFound
from incisor.kernel.htmx import render

EXPORT_LIMIT = 50_000


def _sees_organisation(request: HttpRequest) -> bool:
    return may(request.user, Permission.AUDIT_SEE, None)  # type: ignore[arg-type]


def _chain(request: HttpRequest) -> uuid.UUID:
    """Return the chain asked for: the clinic's, or the organisation's for whoever may see the record everywhere."""
    is_wanted = request.GET.get("chain", request.POST.get("chain")) == "organisation"
    return ORGANISATION_CHAIN if is_wanted and _sees_organisation(request) else request.clinic.pk  # type: ignore[attr-defined,no-any-return]


def _search(request: HttpRequest, form: forms.Form, chain: uuid.UUID) -> audit.Search:
    wanted, zone = form.cleaned_data, request.clinic.zone  # type: ignore[attr-defined]
    users = patients = None
    if wanted["person"]:
        users = tuple(queries.users_meant(wanted["person"]))
    if wanted["patient"]:
        patients = () if chain == ORGANISATION_CHAIN else tuple(hooks.patients_meant(chain, wanted["patient"]))
    return audit.Search(
        since=_begin(wanted["since"], zone),
        until=_end(wanted["until"], zone),
        user_ids=users,
        patient_ids=patients,
        what=wanted["what"],
        kind=wanted["kind"],
    )


def _begin(day: date | None, zone: str) -> datetime | None:
    return None if day is None else day_bounds(day, zone)[0]


def _end(day: date | None, zone: str) -> datetime | None:
    return None if day is None else day_bounds(day, zone)[1]


@page(Permission.AUDIT_SEE)
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Show the record of the clinic, or of the organisation, as far as it was looked for."""
    chain, form = _chain(request), TrailForm(request.GET)
    found = audit.Page([], "")
    if form.is_valid():
        found = audit.newest_page(chain, _search(request, form, chain), before=request.GET.get("before", ""))
    query = {name: value for name, value in request.GET.items() if value and name != "before"}
    context = {
        "form": form,
        "page": found,
        "older": urlencode({**query, "before": found.before}) if found.before else "",
        "newest": urlencode(query) if request.GET.get("before") else None,
        "query": query,
        "proof": audit.last_proof(),
        "tabs": _tabs(request, chain),
        "chain": "organisation" if chain == ORGANISATION_CHAIN else "",
    }
    return render(request, "accounts/trail.html", context, partial="lines", status=200 if form.is_valid() else 422)


def _tabs(request: HttpRequest, chain: uuid.UUID) -> list[dict[str, Any]]:
    if not _sees_organisation(request):
        return []
    here, is_all = reverse("accounts:audit"), chain == ORGANISATION_CHAIN
    return [
        {"url": here, "label": str(request.clinic), "active": not is_all},  # type: ignore[attr-defined]
        {
            "url": f"{here}?chain=organisation",
            "label": _("Whole organisation: sign-ins, accounts, roles"),
            "active": is_all,
        },
    ]


@page(Permission.AUDIT_SEE)
@require_POST
def trail_export(request: HttpRequest) -> HttpResponseBase:
    """Hand out what was found as a file for a spreadsheet; that it was handed out is recorded."""
    chain, form, at = _chain(request), TrailForm(request.POST), now()
    if not form.is_valid():
        raise NotFound()
    lines = list(audit.all_lines(chain, _search(request, form, chain), limit=EXPORT_LIMIT))
    wanted = {name: str(value) for name, value in form.cleaned_data.items() if value}
    services.note_export(by=request.user, clinic=request.clinic, wanted=wanted, count=len(lines), at=at)  # type: ignore[attr-defined]
    file_format = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    file, _count = exports.write_file("audit", list(COLUMNS), lines, file_format)
    return exports.send(file, "audit", file_format)


def _changes(line: audit.Line) -> str:
    return "; ".join(f"{one.field}: {one.before} → {one.after}" for one in line.changes)


COLUMNS = (
    exports.Column(gettext_lazy("Time"), lambda line: line.entry.at),
    exports.Column(gettext_lazy("Number"), lambda line: line.entry.number),
    exports.Column(gettext_lazy("By whom"), lambda line: line.entry.user_name),
    exports.Column(gettext_lazy("From where"), lambda line: line.entry.origin),
    exports.Column(gettext_lazy("What"), lambda line: line.what),
    exports.Column(gettext_lazy("About what"), lambda line: line.subject),
    exports.Column(gettext_lazy("Patient"), lambda line: line.patient),
    exports.Column(gettext_lazy("Changes"), _changes),
    exports.Column(gettext_lazy("Hash"), lambda line: line.entry.hash),
)


@page(Permission.AUDIT_SEE)
@require_GET
def patient_trail(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show who looked at a patient's file and what was changed, as a panel of the patient's page."""
    chain = request.clinic.pk  # type: ignore[attr-defined]
    if patient_id not in hooks.names_of(hooks.PATIENT, chain, [patient_id]):
        raise NotFound()
    search = audit.Search(patient_ids=hooks.files_of_person(chain, patient_id))
    context = {"page": audit.newest_page(chain, search, size=20), "patient_id": patient_id}
    return render(request, "accounts/patient_trail.html", context, partial="panel")
