"""The doctor's page: what is well with this installation, what is not, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from incisor.accounts import queries
from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel.checks import run_checks
from incisor.kernel.clock import now
from incisor.kernel.htmx import render


@page(Permission.SYSTEM_CARE)
@require_GET
def system(request: HttpRequest) -> HttpResponse:
    """Show the result of every check, and the last run of every job."""
    results = run_checks(at=now(), is_thorough=False)
    worst = next((status for status in ("bad", "warn") if any(one.status == status for one in results)), "ok")
    context = {"results": results, "worst": worst, "jobs": queries.last_runs()}
    return render(request, "accounts/system.html", context)
