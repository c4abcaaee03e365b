"""What those who wait are told, and what the clinic learns from how long treatments took."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel.errors import Refused
from incisor.patients.queries import shown_name
from incisor.reception import queries
from incisor.reception.enums import WaitWord
from incisor.reception.models import TypicalLength, WaitTold
from incisor.reception.rules.waiting import minutes_between, waits_since
from incisor.reception.rules.waits import lengths_of
from incisor.visits import services as visits
from incisor.visits.enums import QUEUED
from incisor.visits.models import Visit


class NotWaiting(Refused):
    """Only somebody who waits can be told how long."""

    code = "not_waiting"


class NotSaid(Refused):
    """It was taken back already."""

    code = "not_said"


@action(Permission.RECEPTION_WORK)
def promise_wait(*, by: User, visit: Visit, at: datetime) -> None:
    """Reckon how long somebody who has just come will wait, and keep it as what was promised."""
    wait = queries.expected_wait(visit.clinic, visit, at)
    if wait is not None:
        visits.promise_wait(by=by, visit=visit, low=wait.low, high=wait.high, at=at)


@action(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def tell_waiting(*, by: User, visit: Visit, word: str, at: datetime, note: str = "") -> WaitTold:
    """Note that the wait was explained, that something was offered, or what else was said (REC-4). Raises NotWaiting."""
    if visit.status not in QUEUED:
        raise NotWaiting(_("%(patient)s is not waiting any more.") % {"patient": shown_name(visit.patient)})
    since = waits_since(arrived_at=visit.arrived_at, due_at=visit.due_at)
    told = WaitTold(
        clinic=visit.clinic,
        visit=visit,
        word=WaitWord(word),
        note=note.strip()[:120],
        waited_minutes=minutes_between(since, at),
        by=by,
        at=at,
    )
    told.save(force_insert=True)
    visits.note_told(by=by, visit=visit, told_at=at, at=at)
    return told


@action(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def untell_waiting(*, by: User, told: WaitTold, at: datetime) -> None:
    """Take back that something was said: the prompt stands as it stood before. Raises NotSaid."""
    if not WaitTold.objects.filter(pk=told.pk, undone_at=None).update(undone_at=at):
        raise NotSaid(_("This was undone already."))
    last = WaitTold.objects.filter(visit=told.visit, undone_at=None).order_by("-at", "-pk").first()
    visits.note_told(by=by, visit=told.visit, told_at=last.at if last else None, at=at)


@action(Permission.SYSTEM_CARE)
def learn_lengths(*, by: User, clinic: Clinic, ratios: Mapping[str, Sequence[float]], at: datetime) -> int:
    """Keep how long treatments of each kind really took, as a share of the minutes booked. Return how many kinds."""
    learned = lengths_of(ratios)
    TypicalLength.objects.filter(clinic=clinic).delete()
    TypicalLength.objects.bulk_create(
        TypicalLength(
            clinic=clinic,
            kind=kind,
            mean_percent=round(100 * length.mean),
            spread_percent=round(100 * length.spread),
            visit_count=length.count,
            reckoned_at=at,
        )
        for kind, length in sorted(learned.items())
    )
    record("typical_lengths.reckoned", subject=clinic, after={"kinds": len(learned), "visits": learned[""].count})
    return len(learned)
