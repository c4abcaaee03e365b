"""Calls for help that nobody has settled."""

from datetime import datetime, timedelta

from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.reception.models import HelpCall

ANSWERED_SHOWN = timedelta(minutes=10)
FORGOTTEN = timedelta(hours=12)


def help_calls(clinic: Clinic, at: datetime) -> list[HelpCall]:
    """Return the calls for help that stand: nobody answered, or somebody did just now; unanswered ones first."""
    rows = HelpCall.objects.filter(clinic=clinic, ended_at=None, at__gt=at - FORGOTTEN)
    rows = rows.select_related("chair", "visit__patient", "by", "answered_by").order_by("at", "pk")
    shown = [row for row in rows if row.answered_at is None or row.answered_at > at - ANSWERED_SHOWN]
    return sorted(shown, key=lambda row: (row.answered_at is not None, row.kind != "emergency"))


def help_call(clinic: Clinic, call_id: object) -> HelpCall:
    """Return one call for help of the clinic. Raises NotFound."""
    key = as_uuid(call_id)
    rows = HelpCall.objects.filter(clinic=clinic, pk=key).select_related("clinic", "chair", "answered_by")
    found = rows.first() if key else None
    if found is None:
        raise NotFound()
    return found
