"""Consents of a visit: signed, missing, or treated without, for a dentist's reason."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import procedure
from incisor.forms.queries import usable
from incisor.kernel import clock
from incisor.kernel.errors import NotAllowed, NotFound, Refused
from incisor.kernel.fields import as_uuid
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment
from incisor.visits import queries, services
from incisor.visits.models import Visit


@require_GET
@page(Permission.FORM_SEE)
def consents(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show what has to be signed before the treatment of a visit starts."""
    return _show(request, queries.visit(request.clinic, visit_id))


def _show(request: HttpRequest, visit: Visit, *, status: int = 200, **more: Any) -> HttpResponse:
    at = clock.now()
    rows = queries.consents_of(visit, at)
    designs = usable(request.clinic) if any(one.is_missing for one in rows) else []
    language = get_language() or "zh-hans"
    by_procedure: dict[Any, list[tuple[str, str]]] = {}
    for design in designs:
        for held in design.held_procedures:  # type: ignore[attr-defined]  # prefetched by usable
            by_procedure.setdefault(held.procedure_id, []).append((str(design.pk), design.title(language)))
    context = {
        "visit": visit,
        "patient": visit.patient,
        "rows": [{"consent": one, "designs": by_procedure.get(one.procedure.pk, [])} for one in rows],
        "may_fill": may(request.user, Permission.FORM_FILL, request.clinic.pk),
        "may_overrule": may(request.user, Permission.NOTE_WRITE, request.clinic.pk),
        **more,
    }
    return render(request, "visits/consents.html", context, partial="panel", status=status)


@require_POST
@page(Permission.NOTE_WRITE)
def consent_overrule(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Let a treatment start without a signature, and say why."""
    visit, at = queries.visit(request.clinic, visit_id), clock.now()
    key = as_uuid(request.POST.get("procedure", ""))
    if key is None:
        return _show(request, visit, status=422)
    reason = request.POST.get("reason", "")
    try:
        made = services.overrule_consent(by=request.user, visit=visit, procedure=procedure(key), reason=reason, at=at)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return _show(request, visit, status=422, refused_at=str(key), refusal=str(refusal), typed=reason)
    undo_url = reverse("visits:consent-overrule-undo", args=[made.pk])
    return _answer(request, visit, _("Noted: it may start without a signature."), undo_url)


@require_POST
@page(Permission.NOTE_WRITE)
def consent_overrule_undo(request: HttpRequest, overrule_id: UUID) -> HttpResponse:
    """Take the reason back: the consent is missing again."""
    row, at = queries.overrule(request.clinic, overrule_id), clock.now()
    services.take_back_overrule(by=request.user, overrule=row, at=at)
    return _answer(request, queries.visit(request.clinic, row.visit_id), _("The consent is missing again."), None)


def _answer(request: HttpRequest, visit: Visit, said: str, undo_url: str | None) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(request, reverse("visits:consents", args=[visit.pk]))
    return toast(trigger(_show(request, visit), "live:day"), said, undo_url=undo_url)
