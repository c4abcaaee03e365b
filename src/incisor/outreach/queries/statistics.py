"""Figures about reminders (APT-14): what was sent, what failed, what patients answered. Every figure states its filter."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds
from incisor.messaging.enums import MessageStatus
from incisor.outreach.enums import CallOutcome, NoticeState, TaskKind, WhyMissed
from incisor.outreach.models import FollowUpCall, Notice
from incisor.outreach.queries.planning import language_of_page
from incisor.scheduling.enums import PatientAnswer
from incisor.scheduling.queries import Figures, rate


def reminders_sent(clinic: Clinic, *, first: date, last: date) -> Figures:
    """Return by rule how many appointments were told of, in which way, and what the patients said afterwards.

    An answer counts for the last message that the patient got before it.
    """
    begin, end = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    found = Notice.objects.filter(clinic=clinic, at__gte=begin, at__lt=end, withdrawn_at=None).exclude(
        state=NoticeState.DUE
    )
    rows = found.values_list(
        "rule__position", "rule__name_zh", "rule__name_en", "state", "message__status", "at", "appointment_id",
        "appointment__answer", "appointment__answered_at",
    )  # fmt: skip
    latest: dict[Any, Any] = {}
    counts: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    is_english = language_of_page() == "en"
    for position, zh, en, state, status, at, appointment_id, answer, answered_at in rows.order_by("at", "pk"):
        key = (position, en if is_english else zh)
        counts[key]["all"] += 1
        counts[key][_outcome(state, status)] += 1
        if answer and answered_at is not None and at <= answered_at:
            latest[appointment_id] = (key, answer)
    for key, answer in latest.values():
        counts[key][answer] += 1
    return Figures(
        name=_("Reminders"),
        stated=_("Written on %(first)s to %(last)s, one for each appointment told of; an answer counts for the last message before it.")
        % {"first": first.isoformat(), "last": last.isoformat()},
        columns=(
            _("Message"), pgettext("figures", "Appointments"), pgettext("figures", "Sent"), _("Failed or too late"), pgettext("figures", "Called"), pgettext("figures", "Not told"),
            pgettext("figures", "Will come"), _("Other time"), pgettext("figures", "Cancels"), _("Answered, %"),
        ),
        rows=[_row(key[1], counts[key]) for key in sorted(counts)],
    )  # fmt: skip


def _outcome(state: str, status: str | None) -> str:
    if state == NoticeState.CALL:
        return "called"
    if state != NoticeState.WRITTEN:
        return "untold"
    if status in {MessageStatus.SENT, MessageStatus.SENDING}:
        return "sent"
    return "waiting" if status == MessageStatus.WAITING else "failed"


def _row(name: str, counts: Counter[str]) -> tuple[Any, ...]:
    answers = [counts[one] for one in (PatientAnswer.CONFIRMED, PatientAnswer.OTHER_TIME, PatientAnswer.CANCEL)]
    return (
        name, counts["all"], counts["sent"], counts["failed"], counts["called"], counts["untold"], *answers,
        rate(sum(answers), counts["sent"] + counts["called"]),
    )  # fmt: skip


def missed_reasons(clinic: Clinic, *, first: date, last: date) -> Figures:
    """Return why patients did not come, as they said on the phone, and how many booked another time."""
    begin, end = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    calls = FollowUpCall.objects.filter(
        clinic=clinic, at__gte=begin, at__lt=end, undone_at=None, task__kind=TaskKind.MISSED
    ).values_list("why_missed", "outcome")
    counts: Counter[str] = Counter()
    rebooked: Counter[str] = Counter()
    for why, outcome in calls:
        counts[why] += 1
        rebooked[why] += outcome == CallOutcome.REBOOKED
    labels = dict(WhyMissed.choices)
    return Figures(
        name=_("Why patients did not come"),
        stated=_("Calls after missed appointments on %(first)s to %(last)s; those taken back left out.")
        % {"first": first.isoformat(), "last": last.isoformat()},
        columns=(pgettext("figures", "Reason"), _("Calls"), _("Booked another time")),
        rows=[
            (str(labels.get(why, _("Not asked"))), count, rebooked[why])
            for why, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        ],
    )
