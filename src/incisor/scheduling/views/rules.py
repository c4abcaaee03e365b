"""Settings of booking: blocks of every week, daily limits, the clinic's figures."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.hooks import settings_tabs_of
from incisor.kernel.clock import now
from incisor.kernel.editing import edit_page, refuse, saved, typed
from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render
from incisor.scheduling import queries, services
from incisor.scheduling.forms.blocks import (
    BlockRuleForm,
    BookingRulesForm,
    LimitForm,
    initial_of_limit,
    initial_of_rule,
    initial_rule,
    weekday_words,
)

HERE = "scheduling:booking-settings"
EDIT = "scheduling/settings_edit.html"


@page(Permission.CLINIC_EDIT)
@require_GET
def booking_settings(request: HttpRequest) -> HttpResponse:
    """Show weekly blocks, daily limits and figures of the clinic."""
    context = {
        "tabs": settings_tabs_of(request, HERE),
        "rules": [
            {"row": row, "weekdays": weekday_words(row.weekdays), "only": queries.kind_words(row.only)}
            for row in queries.block_rules(request.clinic)
        ],
        "limits": [
            {"row": row, "kinds": queries.kind_words(row.kinds)} for row in queries.daily_limits(request.clinic)
        ],
        "figures": queries.booking_rules(request.clinic),
    }
    return render(request, "scheduling/settings.html", context)


def _page(request: HttpRequest, form: Any, heading: Any, **context: Any) -> HttpResponse:
    return edit_page(
        request,
        form,
        heading=heading,
        back=reverse(HERE),
        template=EDIT,
        tabs=settings_tabs_of(request, HERE),
        **context,
    )


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def block_rule_new(request: HttpRequest) -> HttpResponse:
    """Enter a block of every week."""
    form = _rule_form(request, initial_rule(queries.day_of(request.clinic, now())))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_block_rule(
                by=request.user, clinic=request.clinic, words=form.words(), at=now(), **form.times()
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            return _saved_with_check(request, _("The weekly block is entered."))
    return _page(request, form, _("A block of every week"))


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def block_rule_edit(request: HttpRequest, weekly_id: str) -> HttpResponse:
    """Change a block of every week."""
    rule = queries.block_rule(request.clinic, weekly_id)
    form = _rule_form(request, initial_of_rule(rule))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_block_rule(
                by=request.user, rule=rule, version=form.cleaned_data["version"] or rule.version, words=form.words(),
                at=now(), **form.times(),
            )  # fmt: skip
        except Refused as refused:
            refuse(form, refused)
        else:
            return _saved_with_check(request, _("The weekly block is saved."))
    return _page(request, form, _("A block of every week"))


def _rule_form(request: HttpRequest, initial: dict[str, Any]) -> BlockRuleForm:
    usual = queries.booking_rules(request.clinic).reserve_opens_minutes
    return BlockRuleForm(typed(request), clinic=request.clinic, initial=initial, opens_minutes=usual)


def _saved_with_check(request: HttpRequest, text: str) -> HttpResponse:
    """Go on to the list, or to the appointments that no longer fit when there are any."""
    hit = len(queries.affected_reasons(request.clinic, now()))
    if not hit:
        return saved(request, HERE, text)
    words = ngettext("%(count)s appointment no longer fits.", "%(count)s appointments no longer fit.", hit)
    return saved(request, "scheduling:affected", f"{text} {words % {'count': hit}}", level=messages.WARNING)


@page(Permission.CLINIC_EDIT)
@require_POST
def block_rule_end(request: HttpRequest, weekly_id: str) -> HttpResponse:
    """Take a weekly block away, or let it stand again when it was taken away."""
    rule = queries.block_rule(request.clinic, weekly_id)
    if rule.removed_at is None:
        services.end_block_rule(by=request.user, rule=rule, at=now())
        return _undoable(
            request, _("The weekly block is removed."), reverse("scheduling:block-rule-end", args=[rule.pk])
        )
    services.restore_block_rule(by=request.user, rule=rule, at=now())
    return saved(request, HERE, _("The weekly block stands again."))


def _undoable(request: HttpRequest, text: str, undo_url: str) -> HttpResponse:
    messages.success(request, text, extra_tags=undo_url)
    return redirect(request, reverse(HERE))


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def limit_new(request: HttpRequest) -> HttpResponse:
    """Enter a daily limit."""
    form = LimitForm(typed(request), clinic=request.clinic, initial={"most": 2})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_daily_limit(by=request.user, clinic=request.clinic, words=form.words(), at=now())
        except Refused as refused:
            refuse(form, refused)
        else:
            return saved(request, HERE, _("The daily limit is entered."))
    return _page(request, form, _("A daily limit"))


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def limit_edit(request: HttpRequest, limit_id: str) -> HttpResponse:
    """Change a daily limit."""
    limit = queries.daily_limit(request.clinic, limit_id)
    form = LimitForm(typed(request), clinic=request.clinic, initial=initial_of_limit(limit))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_daily_limit(
                by=request.user, limit=limit, version=form.cleaned_data["version"] or limit.version, words=form.words(),
                at=now(),
            )  # fmt: skip
        except Refused as refused:
            refuse(form, refused)
        else:
            return saved(request, HERE, _("The daily limit is saved."))
    return _page(request, form, _("A daily limit"))


@page(Permission.CLINIC_EDIT)
@require_POST
def limit_end(request: HttpRequest, limit_id: str) -> HttpResponse:
    """Take a daily limit away, or let it hold again when it was taken away."""
    limit = queries.daily_limit(request.clinic, limit_id)
    if limit.is_active:
        services.end_daily_limit(by=request.user, limit=limit, at=now())
        return _undoable(request, _("The daily limit is removed."), reverse("scheduling:limit-end", args=[limit.pk]))
    services.restore_daily_limit(by=request.user, limit=limit, at=now())
    return saved(request, HERE, _("The daily limit holds again."))


@page(Permission.CLINIC_EDIT)
@require_http_methods(["GET", "POST"])
def figures_edit(request: HttpRequest) -> HttpResponse:
    """Change the clinic's figures for booking."""
    figures = queries.booking_rules(request.clinic)
    names = ("version", "hold_minutes", "reserve_opens_minutes")
    form = BookingRulesForm(typed(request), initial={name: getattr(figures, name) for name in names})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_booking_rules(
                by=request.user, clinic=request.clinic, version=data["version"] or figures.version,
                hold_minutes=data["hold_minutes"], reserve_opens_minutes=data["reserve_opens_minutes"], at=now(),
            )  # fmt: skip
        except Refused as refused:
            refuse(form, refused)
        else:
            return saved(request, HERE, _("The figures are saved."))
    return _page(request, form, _("Figures for booking"))
