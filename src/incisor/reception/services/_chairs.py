"""Writing the state of a chair: compare-and-set, with its audit line."""

from collections.abc import Collection
from datetime import datetime

from incisor.audit.services import record
from incisor.clinics.models import Chair
from incisor.kernel import live


def put_chair(chair: Chair, *, to: str, since: datetime | None, only_from: Collection[str] | None = None) -> bool:
    """Write the state if the chair still has the one that was read (or one of only_from). Tell whether it was written."""
    rows = Chair.objects.filter(pk=chair.pk, state__in=only_from if only_from is not None else [chair.state])
    before = chair.state
    if not rows.update(state=to, state_since=since):
        return False
    chair.state, chair.state_since = to, since
    record("chair.state_set", subject=chair, before={"state": before}, after={"state": to})
    live.touch(chair.clinic_id, "day")
    return True
