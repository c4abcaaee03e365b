"""The designer: steps on a draft, one request each, with undo."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.forms import queries, services
from incisor.forms.enums import FieldKind, Only, Signer, Source, VersionState
from incisor.forms.forms import FieldForm, SectionForm, TitleForm
from incisor.forms.models import FormVersion
from incisor.forms.rules import designing, faults_of
from incisor.forms.views.frame import language_of
from incisor.kernel import clock
from incisor.kernel.editing import refuse, typed
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import redirect, render, toast, trigger, wants_fragment

TITLE = "title"


@require_GET
@page(Permission.FORM_EDIT)
def designer(request: HttpRequest, design_id: uuid.UUID) -> HttpResponse:
    """Show the draft of a form; without one, its published words and the way to a new draft."""
    design = queries.design(request.clinic, design_id)  # type: ignore[attr-defined]
    draft = queries.draft_of(design)
    if draft is None:
        return redirect(request, reverse("forms:design", args=[design.pk]))
    return _show(request, draft)


def _show(request: HttpRequest, draft: FormVersion, *, status: int = 200) -> HttpResponse:
    faults: dict[str, list[str]] = {}
    for fault in faults_of(draft.content):
        faults.setdefault(fault.key, []).append(fault.text)
    context = {
        "version": draft,
        "design": draft.design,
        "sections": _sections(draft, faults),
        "whole_faults": faults.get("", []),
        "fault_count": sum(map(len, faults.values())),
        "kinds": FieldKind.choices,
        "can_undo": queries.last_step(draft) is not None,
        "has_published": queries.published_of(draft.design) is not None,
        "language": language_of(request),
    }
    return render(request, "forms/designer.html", context, partial="design", status=status)


def _sections(draft: FormVersion, faults: dict[str, list[str]]) -> list[dict[str, Any]]:
    found, sections = [], draft.content["sections"]
    for row, section in enumerate(sections):
        fields = []
        for column, field in enumerate(section["fields"]):
            marks = [
                Only(field["only"]).label if field["only"] else "",
                Source(field["source"]).label if field["source"] else "",
            ]
            fields.append(
                {
                    **field,
                    "kind_label": Signer(field["signer"]).label if field["signer"] else FieldKind(field["kind"]).label,
                    "marks": [one for one in marks if one],
                    "faults": faults.get(field["key"], []),
                    "is_first": row == 0 and column == 0,
                    "is_last": row == len(sections) - 1 and column == len(section["fields"]) - 1,
                }
            )
        found.append(
            {
                **section,
                "fields": fields,
                "faults": faults.get(section["key"], []),
                "row": row,
                "is_last": row == len(sections) - 1,
            }
        )
    return found


@require_POST
@page(Permission.FORM_EDIT)
def draft_begin(request: HttpRequest, design_id: uuid.UUID) -> HttpResponse:
    """Begin a draft, or go on with the one there is."""
    design = queries.design(request.clinic, design_id)  # type: ignore[attr-defined]
    services.begin_draft(by=request.user, design=design, at=clock.now())
    return redirect(request, reverse("forms:designer", args=[design.pk]))


@require_POST
@page(Permission.FORM_EDIT)
def draft_step(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """Do one step: add, copy, move, remove."""
    version = queries.version(request.clinic, version_id)  # type: ignore[attr-defined]
    what, values = _step_of(request)
    changed = services.edit_draft(
        by=request.user, version=version, what=what, seen=_number(request, "seen"), values=values, at=clock.now()
    )
    response = _answer(request, changed)
    if what == "add_field":
        before = {field["key"] for section in version.content["sections"] for field in section["fields"]}
        fresh = [field["key"] for section in changed.content["sections"] for field in section["fields"]]
        key = next((one for one in fresh if one not in before), "")
        if key and wants_fragment(request):
            trigger(response, "panel-open", {"url": reverse("forms:draft-field", args=[changed.pk, key])})
    if what in ("remove_field", "remove_section"):
        toast(response, _("Removed."), undo_url=reverse("forms:draft-undo", args=[changed.pk]))
    return response


def _step_of(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """Return the step and its values; a step that is none is as good as an address that is none."""
    what, key, section = (request.POST.get(name, "") for name in ("what", "key", "section"))
    if what == "add_section":
        return what, {}
    if what == "add_field":
        kind = request.POST.get("kind", "")
        if kind not in FieldKind.values:
            raise NotFound()
        return what, {"section": section, "kind": kind}
    if what in ("copy_field", "remove_field", "remove_section"):
        return what, {"key": key}
    if what == "step_field":
        return what, {"key": key, "by": -1 if request.POST.get("by") == "-1" else 1}
    if what == "move_field":
        return what, {"key": key, "section": section, "to": _number(request, "to")}
    if what == "move_section":
        return what, {"key": key, "to": _number(request, "to")}
    raise NotFound()


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.lstrip("-").isdigit() and len(text) < 9 else -1


def _answer(request: HttpRequest, version: FormVersion) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(request, reverse("forms:designer", args=[version.design_id]))
    return _show(request, version)


@require_POST
@page(Permission.FORM_EDIT)
def draft_undo(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """Take back the last step."""
    version = queries.version(request.clinic, version_id)  # type: ignore[attr-defined]
    changed = services.undo_step(by=request.user, version=version, at=clock.now())
    if request.headers.get("HX-Target") == "design" or not wants_fragment(request):
        return _answer(request, changed)
    return trigger(HttpResponse(status=204), "design-changed")


@require_http_methods(["GET", "POST"])
@page(Permission.FORM_EDIT)
def draft_field(request: HttpRequest, version_id: uuid.UUID, field_key: str) -> HttpResponse:
    """Change one field in the side panel."""
    version = queries.version(request.clinic, version_id)  # type: ignore[attr-defined]
    field = _field(version, field_key)
    form = FieldForm(typed(request), field=field)
    if request.method == "POST" and form.is_valid() and _is_done(request, version, form, "change_field", field_key):
        return _closed(request, version)
    heading = FieldKind(field["kind"]).label
    return _panel(request, version, form, heading)


@require_http_methods(["GET", "POST"])
@page(Permission.FORM_EDIT)
def draft_section(request: HttpRequest, version_id: uuid.UUID, section_key: str) -> HttpResponse:
    """Change the headings of a section."""
    version = queries.version(request.clinic, version_id)  # type: ignore[attr-defined]
    section = next((one for one in version.content["sections"] if one["key"] == section_key), None)
    if section is None:
        raise NotFound()
    form = SectionForm(typed(request), initial=section)
    if request.method == "POST" and form.is_valid() and _is_done(request, version, form, "rename_section", section_key):
        return _closed(request, version)
    return _panel(request, version, form, _("Heading"))


@require_http_methods(["GET", "POST"])
@page(Permission.FORM_EDIT)
def draft_title(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """Change the titles of a draft."""
    version = queries.version(request.clinic, version_id)  # type: ignore[attr-defined]
    form = TitleForm(typed(request), initial={"title_zh": version.title_zh, "title_en": version.title_en})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_draft(by=request.user, version=version, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return redirect(request, reverse("forms:designer", args=[version.design_id]))
    return _panel(request, version, form, pgettext("form", "Title"))


def _field(version: FormVersion, key: str) -> dict[str, Any]:
    try:
        return designing.field_of(version.content, key)
    except designing.NoSuchPart as failure:
        raise NotFound() from failure


def _is_done(request: HttpRequest, version: FormVersion, form: Any, what: str, key: str) -> bool:
    values = {"values": form.cleaned_data} if what == "change_field" else dict(form.cleaned_data)
    seen = _number(request, "seen")
    try:
        services.edit_draft(
            by=request.user, version=version, what=what, seen=seen, values={"key": key, **values}, at=clock.now()
        )
    except Refused as refusal:
        refuse(form, refusal)
        return False
    return True


def _panel(request: HttpRequest, version: FormVersion, form: Any, heading: Any) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "version": version,
        "is_part": wants_fragment(request),
        "seen": request.POST.get("seen", version.step_count),
        "back": reverse("forms:designer", args=[version.design_id]),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "forms/draft_part.html", context, partial="form", status=status)


def _closed(request: HttpRequest, version: FormVersion) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(request, reverse("forms:designer", args=[version.design_id]))
    return trigger(trigger(HttpResponse(status=204), "panel-close"), "design-changed")


@require_POST
@page(Permission.FORM_EDIT)
def draft_publish(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """Let the draft be the form from now on."""
    version = queries.version(request.clinic, version_id)  # type: ignore[attr-defined]
    try:
        services.publish(by=request.user, version=version, at=clock.now())
    except services.NotPublishable as refusal:
        if version.state == VersionState.DRAFT and wants_fragment(request):
            return toast(_show(request, version, status=422), str(refusal), "danger")
        messages.error(request, str(refusal))
        return redirect(request, reverse("forms:designer", args=[version.design_id]))
    messages.success(request, _("Published. What was signed before keeps its own words."))
    return redirect(request, reverse("forms:design", args=[version.design_id]))


@require_POST
@page(Permission.FORM_EDIT)
def draft_discard(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """Throw the draft away; the published version stays."""
    version = queries.version(request.clinic, version_id)  # type: ignore[attr-defined]
    services.discard_draft(by=request.user, version=version, at=clock.now())
    messages.info(request, _("The draft is thrown away; the published form stays as it was."))
    return redirect(request, reverse("forms:design", args=[version.design_id]))
