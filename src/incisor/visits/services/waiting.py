"""What somebody who waits was told."""

from datetime import datetime

from django.db.models import F

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import live
from incisor.visits.models import Visit


@action(Permission.RECEPTION_WORK)
def promise_wait(*, by: User, visit: Visit, low: int, high: int, at: datetime) -> None:
    """Keep the range of minutes that the patient was told on arrival: the first promise is the one that is measured."""
    written = Visit.objects.filter(pk=visit.pk, promised_at=None).update(
        promised_low=low, promised_high=high, promised_at=at
    )
    if written:
        visit.promised_low, visit.promised_high, visit.promised_at = low, high, at
        record(
            "visit.wait_promised",
            subject=visit,
            patient_id=visit.patient_id,
            after={"promised_low": low, "promised_high": high},
        )


@action(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def note_told(*, by: User, visit: Visit, told_at: datetime | None, at: datetime) -> None:
    """Keep when the wait was last explained to the patient; None: never, after all."""
    before = visit.told_at
    Visit.objects.filter(pk=visit.pk).update(told_at=told_at, version=F("version") + 1)
    visit.refresh_from_db(fields=["told_at", "version"])
    record(
        "visit.told",
        subject=visit,
        patient_id=visit.patient_id,
        before={"told_at": before.isoformat() if before else ""},
        after={"told_at": told_at.isoformat() if told_at else ""},
    )
    live.touch(visit.clinic_id, "day")
