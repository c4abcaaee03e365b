"""After the visit, on the patient's phone: the aftercare sheets, and the one question how it was."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incisor.accounts.queries import system_user
from incisor.kernel import clock, htmx
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.models import Link
from incisor.portal.views.door import by_link
from incisor.reception import queries, services
from incisor.visits.queries import visit as visit_by_id


# POST too: the digits are sent to the page that asks for them
@require_http_methods(["GET", "POST"])
@by_link(LinkPurpose.SHEETS, asks_digits=True)
def sheets(request: HttpRequest, link: Link) -> HttpResponse:
    """Show the aftercare sheets of the visit."""
    visit = visit_by_id(link.clinic, link.subject_id)
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    context = {"link": link, "visit": visit, "sheets": queries.sheets_of_visit(visit, language=language)}
    return render(request, "portal/sheets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(LinkPurpose.SURVEY)
def survey(request: HttpRequest, link: Link, **_path: Any) -> HttpResponse:
    """Ask how the visit was and take the answer: one touch, nothing of the visit is shown."""
    found = queries.survey_by_id(link.clinic, link.subject_id)
    score = request.POST.get("score", "") if request.method == "POST" else ""
    if score in {"1", "2", "3", "4"}:
        services.answer_survey(
            by=system_user(),
            link=link,
            score=int(score),
            words=request.POST.get("words", ""),
            at=clock.now(),
        )
        token = request.resolver_match.kwargs["token"]  # type: ignore[union-attr]
        return htmx.redirect(request, f"{reverse('portal:survey', args=[token])}?done=1")
    scores = [(4, _("Very satisfied")), (3, _("Satisfied")), (2, _("Fair")), (1, _("Dissatisfied"))]
    context = {
        "link": link,
        "survey": found,
        "scores": scores,
        "chosen": dict(scores).get(found.score or 0, ""),
        "is_done": request.GET.get("done") == "1",
    }
    return render(request, "portal/survey.html", context)
