"""The words of the aftercare sheets, and the answers to the question after a visit."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from incisor.accounts.access import page
from incisor.accounts.enums import Permission
from incisor.clinics.enums import AftercareKey
from incisor.clinics.hooks import settings_tabs_of
from incisor.kernel.clock import now
from incisor.kernel.editing import refuse, saved
from incisor.kernel.errors import NotFound, Refused
from incisor.kernel.htmx import render
from incisor.reception import queries, services
from incisor.reception.forms.chairside import SheetWordsForm

DAYS = 30


@require_GET
@page(Permission.CLINIC_EDIT)
def sheet_words(request: HttpRequest) -> HttpResponse:
    """List the aftercare sheets in both languages."""
    context = {
        "kinds": queries.all_words(request.clinic),
        "tabs": settings_tabs_of(request, "reception:sheet-words"),
    }
    return render(request, "reception/sheet_words.html", context)


@require_http_methods(["GET", "POST"])
@page(Permission.CLINIC_EDIT)
def sheet_words_edit(request: HttpRequest, sheet: str, language: str) -> HttpResponse:
    """Change the words of a sheet in one language."""
    if sheet not in AftercareKey.values or language not in ("zh-hans", "en"):
        raise NotFound()
    clinic = request.clinic
    words = queries.words_of(clinic, [sheet], language)[sheet]
    version = words.own.version if words.own else 0
    form = SheetWordsForm(request.POST or None, initial={"title": words.title, "body": words.body, "version": version})
    if form.is_bound and form.is_valid():
        try:
            services.change_sheet_words(
                by=request.user, clinic=clinic, key=sheet, language=language, at=now(), **form.cleaned_data
            )
        except Refused as refusal:
            if refusal.status in {403, 404}:
                raise
            refuse(form, refusal)
        else:
            return saved(request, "reception:sheet-words", _("Saved."))
    shipped = queries.shipped_words(sheet, language)
    context = {"form": form, "kind": AftercareKey(sheet), "language": language, "words": words, "shipped": shipped}
    status = 422 if form.is_bound else 200
    return render(request, "reception/sheet_words_edit.html", context, partial="panel", status=status)


@require_GET
@page(Permission.FOLLOW_UP_SEE)
def surveys(request: HttpRequest) -> HttpResponse:
    """Show what patients answered in the last thirty days."""
    today = queries.day_of(request.clinic, now())
    rows, figures = queries.answers_between(request.clinic, today - timedelta(days=DAYS - 1), today)
    return render(request, "reception/surveys.html", {"rows": rows, "figures": figures, "days": DAYS})
