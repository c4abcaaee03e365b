"""Today's board, and the dentist's own day."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel.clock import now
from incisor.kernel.htmx import render
from incisor.reception import queries
from incisor.reception.enums import HelpKind
from incisor.visits.enums import VisitStage

MAY = {
    "may_receive": Permission.RECEPTION_WORK,
    "may_chair": Permission.CHAIR_WORK,
    "may_note": Permission.NOTE_SEE,
    "may_pay": Permission.MONEY_TAKE,
    "may_see_patients": Permission.PATIENT_SEE,
}


def permissions(request: HttpRequest) -> dict[str, bool]:
    """Return what the person may do on the board, for the buttons."""
    held = {name: may(request.user, permission, request.clinic.pk) for name, permission in MAY.items()}
    return {**held, "may_step": held["may_receive"] or held["may_chair"]}


def board_context(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """Return what today's board shows."""
    whole = request.GET.get("done") == "all"
    return {
        "board": queries.mark_rows(request.clinic, queries.board(request.clinic, at, whole=whole), at),
        "whole": whole,
        **permissions(request),
    }


def chairside_context(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """Return what the dentist's day shows: own patients, or everybody's for a nurse."""
    dentist = queries.staff_of(request.clinic, request.user)
    shown = queries.my_day(request.clinic, dentist, at) if dentist else queries.board(request.clinic, at, whole=True)
    queries.mark_rows(request.clinic, shown, at)
    unsigned = queries.unsigned_notes(request.clinic, dentist) if dentist else []
    delays = queries.delays_of(request.clinic, shown.day)
    return {
        "board": shown,
        "dentist": dentist,
        "unsigned": unsigned,
        "late_minutes": delays.get(dentist.pk, 0) if dentist else 0,
        "late_count": len(delays),
        "stages": VisitStage.choices,
        "help_kinds": HelpKind.choices,
        "wanted": queries.next_wanted(request.clinic, shown),
        **permissions(request),
    }


@require_GET
@page(Permission.DESK_USE)
def today(request: HttpRequest) -> HttpResponse:
    """Show who is expected, waiting, in a chair, to pay and done."""
    return render(request, "reception/today.html", board_context(request, now()), partial="board")
