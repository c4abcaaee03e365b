"""Pictures and papers of a visit: brought, shown, taken out, put back."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.kernel import clock, pictures, store
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import redirect, toast, trigger, wants_fragment
from incisor.visits import queries, services
from incisor.visits.adapters import brought
from incisor.visits.enums import AttachmentKind, RecordField
from incisor.visits.forms import AttachmentForm
from incisor.visits.models import Visit
from incisor.visits.rules.teeth import NoSuchSurface, NoSuchTooth, parse_places
from incisor.visits.views.beside import attachments_context

MOST_AT_ONCE = 12
SIZES = frozenset({"thumbnail", "shown", "original"})


@require_http_methods(["GET", "POST"])
@page(Permission.PATIENT_SEE)
def attachments(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the pictures and papers of a visit; on POST keep what was brought, each file for itself."""
    visit = queries.visit(request.clinic, visit_id)
    queries.require_field(request.clinic, request.user, RecordField.ATTACHMENTS)
    if request.method == "GET":
        return _card(request, visit)
    files = [one for one in request.FILES.getlist("files") if one.size is not None]
    problems, kept = _keep(request, visit, files)
    if not files:
        problems = [_("Choose a picture or a PDF first.")]
    if not wants_fragment(request) and not problems:
        return redirect(request, reverse("visits:note", args=[visit.pk]))
    answer = _card(request, visit, problems)
    return toast(answer, ngettext("%(n)s file kept.", "%(n)s files kept.", kept) % {"n": kept}) if kept else answer


def _keep(request: HttpRequest, visit: Visit, files: list[UploadedFile]) -> tuple[list[str], int]:
    """Keep the files; return what was refused, in words, and how many were kept."""
    form = AttachmentForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {}
    problems, kept = [], 0
    try:
        teeth = list(parse_places(given.get("teeth", "")))
    except (NoSuchTooth, NoSuchSurface):
        teeth = []
    if len(files) > MOST_AT_ONCE:
        problems.append(_("At most %(most)s files at once; the others were left out.") % {"most": MOST_AT_ONCE})
    for one in files[:MOST_AT_ONCE]:
        try:
            # made small before the transaction: it takes a moment, and nobody else should wait for it
            too_large = (one.size or 0) > brought.TAKEN_AT_MOST
            content = b"" if too_large else one.read()
            checked = brought.checked_file(name=one.name or "", content=content, size=one.size)
            services.attach(
                by=request.user, visit=visit, file=checked, kind=given.get("kind") or _kind(checked),
                title=given.get("title", ""), teeth=teeth, at=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            if refusal.status in {403, 404}:
                raise
            problems.append(str(refusal))
        else:
            kept += 1
    return problems, kept


def _kind(file: brought.Checked) -> str:
    """Return what a file is taken for when nobody said: a paper is a report, a picture a photo."""
    return AttachmentKind.REPORT if file.content == "pdf" else AttachmentKind.PHOTO


def _card(request: HttpRequest, visit: Visit, problems: list[str] | None = None) -> HttpResponse:
    context = {**attachments_context(request, visit), "problems": problems or []}
    template = "visits/_attachments.html" if wants_fragment(request) else "visits/attachments.html"
    context["patient"] = visit.patient
    return render(request, template, context, status=422 if problems else 200)


@require_GET
@page(Permission.PATIENT_SEE)
def attachment_file(request: HttpRequest, visit_id: UUID, attachment_id: UUID, size: str) -> HttpResponse:
    """Send the picture or paper. It is never kept by the browser: computers at a desk are shared."""
    if size not in SIZES:
        raise NotFound()
    found = queries.attachment(request.clinic, visit_id, attachment_id)
    queries.require_field(request.clinic, request.user, RecordField.ATTACHMENTS)
    small = size == "thumbnail" and found.thumbnail
    shown = size == "shown" and found.shown
    content = store.read(found.thumbnail if small else found.shown if shown else found.original)
    if not small:
        services.look_at_attachment(by=request.user, attachment=found, at=clock.now())
    kind = "jpeg" if small or shown else found.content
    response = HttpResponse(content, content_type=pictures.CONTENT_TYPES[kind])
    name = f"{found.kind}-{found.visit.business_date:%Y%m%d}-{str(found.pk)[-6:]}.{pictures.ENDINGS[kind]}"
    # a paper or an original is saved, never opened inside the product: it is not ours
    way = "inline" if small or shown else "attachment"
    response.headers["Content-Disposition"] = f'{way}; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@page(Permission.PATIENT_SEE)
def attachment_out(request: HttpRequest, visit_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Take out what was brought by mistake."""
    found = queries.attachment(request.clinic, visit_id, attachment_id)
    queries.require_field(request.clinic, request.user, RecordField.ATTACHMENTS)
    services.take_out_attachment(by=request.user, attachment=found, at=clock.now())
    undo_url = reverse("visits:attachment-back", args=[visit_id, found.pk])
    return toast(_changed(request, found.visit_id), _("Taken out. It stays in the archive."), undo_url=undo_url)


@require_POST
@page(Permission.PATIENT_SEE)
def attachment_back(request: HttpRequest, visit_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Put back what was taken out."""
    found = queries.attachment(request.clinic, visit_id, attachment_id)
    queries.require_field(request.clinic, request.user, RecordField.ATTACHMENTS)
    services.put_back_attachment(by=request.user, attachment=found, at=clock.now())
    return toast(_changed(request, found.visit_id), _("It is back."))


def _changed(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Answer with the card anew where the page asked for it, else with word to it."""
    if not wants_fragment(request):
        return redirect(request, reverse("visits:note", args=[visit_id]))
    if request.headers.get("HX-Target") == "attachments-card":
        return _card(request, queries.visit(request.clinic, visit_id))
    return trigger(HttpResponse(status=204), "attachments-changed")
