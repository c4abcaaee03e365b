"""Today's board, and the dentist's own day."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.hooks import due_work
from incisor.kernel.htmx import render
from incisor.reception import queries
from incisor.reception.enums import HelpKind
from incisor.reception.rules.next_action import RULES, Rule, is_not_coming, wants_to_pay
from incisor.visits.enums import VisitStage

MAY = {
    "may_receive": Permission.RECEPTION_WORK,
    "may_chair": Permission.CHAIR_WORK,
    "may_note": Permission.NOTE_SEE,
    "may_pay": Permission.MONEY_TAKE,
    "may_see_patients": Permission.PATIENT_SEE,
    "may_see_health": Permission.PATIENT_HEALTH,
}


def permissions(request: HttpRequest) -> dict[str, bool]:
    """Return what the person may do on the board, for the buttons."""
    held = {name: may(request.user, permission, request.clinic.pk) for name, permission in MAY.items()}
    return {**held, "may_step": held["may_receive"] or held["may_chair"]}


def board_context(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """Return what today's board shows."""
    whole, held = request.GET.get("done") == "all", permissions(request)
    shown = queries.mark_rows(request.clinic, queries.board(request.clinic, at, whole=whole), at)
    queries.mark_leaving(shown, request.clinic, at)
    found = queries.suggested(shown, rules=rules_for(**held))
    next_guest = shown.expected[0] if found is None and shown.expected else None
    return {"board": shown, "whole": whole, "suggestion": found, "next_guest": next_guest, **held}


def rules_for(*, may_receive: bool, may_pay: bool, may_step: bool, **_others: bool) -> tuple[Rule, ...]:
    """Return the rules whose acts the person may do."""
    if not may_step:
        return ()
    held = {wants_to_pay: may_pay, is_not_coming: may_receive}
    return tuple(rule for rule in RULES if held.get(rule, True))


def chairside_context(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """Return what the dentist's day shows: own patients, or everybody's for a nurse."""
    dentist = queries.staff_of(request.clinic, request.user)
    shown = queries.my_day(request.clinic, dentist, at) if dentist else queries.board(request.clinic, at, whole=True)
    queries.mark_rows(request.clinic, shown, at)
    unsigned = queries.unsigned_notes(request.clinic, dentist) if dentist else []
    delays = shown.flow.late
    return {
        "board": shown,
        "dentist": dentist,
        "unsigned": unsigned,
        "late_minutes": delays.get(dentist.pk, 0) if dentist else 0,
        "late_count": len(delays),
        "stages": VisitStage.choices,
        "help_kinds": HelpKind.choices,
        **permissions(request),
    }


@require_GET
@page(Permission.DESK_USE)
def today(request: HttpRequest) -> HttpResponse:
    """Show who is expected, waiting, in a chair, to pay and done."""
    return render(request, "reception/today.html", board_context(request, now()), partial="board")


@require_GET
@page(Permission.RECEPTION_WORK)
def due(request: HttpRequest) -> HttpResponse:
    """Show what else is due today: visits to book again, promises to callers, follow-up calls."""
    at, clinic = now(), request.clinic
    works = []
    for work in due_work:
        if work.permission is not None and not may(request.user, work.permission, clinic.pk):
            continue
        count, rows = work.find(clinic, request.user, at)
        if count:
            works.append({"work": work, "count": count, "rows": rows})
    return render(request, "reception/_due.html", {"works": works})
