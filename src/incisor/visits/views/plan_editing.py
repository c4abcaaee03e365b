"""Changing a draft of a plan: one thing at a time, each with Undo."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_page
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.queries import procedure
from incisor.kernel import clock
from incisor.kernel.errors import NotAllowed, NotFound, Refused
from incisor.kernel.fields import as_uuid
from incisor.visits import queries, services
from incisor.visits.forms import OptionForm, PlanForm, PlanItemForm, StageForm
from incisor.visits.rules.teeth import NoSuchTooth, parse_teeth
from incisor.visits.views.plans import answer, show


def _do(
    request: HttpRequest,
    plan_id: Any,
    part: Any,
    do: Callable[[], Any],
    said: str = "",
    *,
    form: Form | None = None,
    open_stage: str = "",
) -> HttpResponse:
    """Do one thing to a plan and show it again; refused: with the reason at that part of it.

    open_stage: in which another procedure may be added at once.
    """
    problem = ""
    if form is not None and not form.is_valid():
        problem = " ".join(str(message) for errors in form.errors.values() for message in errors)
    else:
        try:
            do()
        except (NotAllowed, NotFound):
            raise
        except Refused as refusal:
            problem = str(refusal)
    if problem:
        found = queries.plan(request.clinic, plan_id)
        return show(request, found, status=422, refused_at=str(part), refusal=problem)
    return answer(request, plan_id, said, undo=bool(said), open_stage=open_stage)


def _teeth(text: str) -> list[int]:
    try:
        return parse_teeth(text)
    except NoSuchTooth as wrong:
        raise services.PlanWrong(
            _("%(tooth)s is no tooth. Adult teeth are 11 to 48, milk teeth 51 to 85.") % {"tooth": wrong}
        ) from wrong


@require_POST
@page(Permission.PLAN_EDIT)
def plan_about(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Change what the plan is about."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    form = PlanForm(request.POST, clinic=request.clinic, of=found)
    return _do(
        request, plan_id, "about",
        lambda: services.change_plan(by=request.user, plan=found, at=at, **form.values()), form=form,
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def plan_undo(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Take back the last change."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    return _do(request, plan_id, "plan", lambda: services.undo_plan_edit(by=request.user, plan=found, at=at))


@require_POST
@page(Permission.PLAN_EDIT)
def option_add(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Add an alternative, empty or as another one."""
    found, at = queries.plan(request.clinic, plan_id), clock.now()
    key = as_uuid(request.POST.get("like", ""))
    like = queries.plan_option(request.clinic, key) if key else None
    return _do(
        request, plan_id, "plan", lambda: services.add_option(by=request.user, plan=found, like=like, at=at),
        _("Alternative added."),
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def option_change(request: HttpRequest, option_id: UUID) -> HttpResponse:
    """Name and explain an alternative, or take it out."""
    option, at = queries.plan_option(request.clinic, option_id), clock.now()
    if request.POST.get("remove"):
        return _do(
            request, option.plan_id, "plan", lambda: services.remove_option(by=request.user, option=option, at=at),
            _("Alternative taken out."),
        )  # fmt: skip
    form = OptionForm(request.POST)
    return _do(
        request, option.plan_id, option.pk,
        lambda: services.change_option(by=request.user, option=option, at=at, **form.cleaned_data), form=form,
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def stage_add(request: HttpRequest, option_id: UUID) -> HttpResponse:
    """Add a stage to an alternative."""
    option, at = queries.plan_option(request.clinic, option_id), clock.now()
    return _do(
        request, option.plan_id, option.pk, lambda: services.add_stage(by=request.user, option=option, at=at),
        _("Stage added."),
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def stage_change(request: HttpRequest, stage_id: UUID) -> HttpResponse:
    """Name a stage and say when it comes, or take it out."""
    stage, at = queries.plan_stage(request.clinic, stage_id), clock.now()
    plan_id = stage.option.plan_id
    if request.POST.get("remove"):
        return _do(
            request, plan_id, "plan", lambda: services.remove_stage(by=request.user, stage=stage, at=at),
            _("Stage taken out."),
        )  # fmt: skip
    form = StageForm(request.POST)
    return _do(
        request, plan_id, stage.pk,
        lambda: services.change_stage(
            by=request.user, stage=stage, at=at, title=form.cleaned_data["title"],
            after_days=form.cleaned_data["after_days"] or 0,
        ), form=form,
    )  # fmt: skip


@require_POST
@page(Permission.PLAN_EDIT)
def plan_item_add(request: HttpRequest, stage_id: UUID) -> HttpResponse:
    """Plan a procedure in a stage."""
    stage, at = queries.plan_stage(request.clinic, stage_id), clock.now()
    form = PlanItemForm(request.POST)

    def do() -> None:
        given = form.cleaned_data
        if given["procedure"] is None:
            raise services.PlanWrong(_("Choose a procedure."))
        chosen, teeth = procedure(given["procedure"]), _teeth(given["teeth"])
        services.add_plan_item(
            by=request.user, stage=stage, procedure=chosen, teeth=teeth, quantity=given["quantity"] or 1,
            note=given["note"], at=at,
        )  # fmt: skip

    return _do(request, stage.option.plan_id, stage.pk, do, form=form, open_stage=str(stage.pk))


@require_POST
@page(Permission.PLAN_EDIT)
def plan_item_change(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Change a planned procedure, move it to another stage, or take it out."""
    item, at = queries.plan_item(request.clinic, item_id), clock.now()
    plan_id = item.stage.option.plan_id
    if request.POST.get("remove"):
        said = _("Taken out: %(what)s.") % {"what": queries.procedure_name(item.procedure)}
        return _do(request, plan_id, "plan", lambda: services.remove_plan_item(by=request.user, item=item, at=at), said)
    form = PlanItemForm(request.POST)

    def do() -> None:
        given = form.cleaned_data
        services.change_plan_item(
            by=request.user, item=item, teeth=_teeth(given["teeth"]), quantity=given["quantity"] or 1,
            note=given["note"], unit_minor=given["unit_minor"], at=at,
        )  # fmt: skip
        if given["stage"] is not None and given["stage"] != item.stage_id:
            to = queries.plan_stage(request.clinic, given["stage"])
            services.move_plan_item(by=request.user, item=item, to=to, at=at)

    return _do(request, plan_id, item.pk, do, form=form)


@require_GET
@page(Permission.PLAN_EDIT)
def plan_procedures(request: HttpRequest, stage_id: UUID) -> HttpResponse:
    """Return procedures by name, code or initials."""
    queries.plan_stage(request.clinic, stage_id)
    found = queries.find_procedures(request.GET.get("q", "")[:40])
    return render_page(request, "visits/_procedures.html", {"proposals": found})
