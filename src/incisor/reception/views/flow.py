"""How the day flows: the clinic's rules for it, and whether the promised waits were kept."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.hooks import settings_tabs_of
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import render
from incisor.reception import queries, services
from incisor.reception.forms import FlowRulesForm
from incisor.reception.queries.promises import Promised

PERIODS = (7, 28, 84)
WIDTH, HEIGHT, LEFT, FOOT = 720, 240, 36, 24


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def flow_settings(request: HttpRequest) -> HttpResponse:
    """Change how the clinic wants the day to flow."""
    rules = queries.flow_rules(request.clinic)
    form = FlowRulesForm(typed(request), initial={name: getattr(rules, name) for name in FlowRulesForm.base_fields})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version") or rules.version
        try:
            services.change_flow_rules(by=request.user, clinic=request.clinic, version=version, values=values, at=now())
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return saved(request, "reception:flow", _("The rules are saved."))
    return edit_page(
        request,
        form,
        heading=_("Flow of the day"),
        back=reverse("clinics:settings"),
        template="reception/flow_settings.html",
        tabs=settings_tabs_of(request, "reception:flow"),
    )


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One column of the chart, in its own units: the promised range as a band, the real wait as a point."""

    told: Promised
    x: float
    middle: float
    width: float
    top: float
    height: float
    real: float


@require_GET
@page(Permission.RECEPTION_WORK, or_else=(Permission.CLINIC_EDIT,))
def waits(request: HttpRequest) -> HttpResponse:
    """Show promised against real waits of the last weeks."""
    wanted = request.GET.get("days", "")
    days = int(wanted) if wanted.isdecimal() and int(wanted) in PERIODS else PERIODS[1]
    last = queries.day_of(request.clinic, now())
    first = last - timedelta(days=days - 1)
    found = queries.promises(request.clinic, first=first, last=last)
    most = max([5, *(max(one.high, one.real) for one in found.hours)])
    context = {
        "found": found,
        "bars": _bars(found.hours, most),
        "lines": [(minutes, _height(minutes, most)) for minutes in _steps(most)],
        "chart": {"width": WIDTH, "height": HEIGHT, "left": LEFT, "foot": HEIGHT - FOOT},
        "days": days,
        "periods": PERIODS,
        "first": first,
        "last": last,
    }
    return render(request, "reception/waits.html", context)


def _height(minutes: float, most: int) -> float:
    return round((HEIGHT - FOOT) * (1 - minutes / (most * 1.1)), 1)


def _steps(most: int) -> list[int]:
    step = next(one for one in (5, 10, 15, 30, 60) if most / one <= 6 or one == 60)
    return list(range(0, most + 1, step))


def _bars(hours: list[Promised], most: int) -> list[Bar]:
    if not hours:
        return []
    slot = (WIDTH - LEFT) / len(hours)
    wide = min(36.0, slot * 0.6)
    return [
        Bar(
            told=one,
            x=round(LEFT + slot * n + (slot - wide) / 2, 1),
            middle=round(LEFT + slot * (n + 0.5), 1),
            width=round(wide, 1),
            top=_height(one.high, most),
            height=round(_height(one.low, most) - _height(one.high, most), 1),
            real=_height(one.real, most),
        )
        for n, one in enumerate(hours)
    ]
