"""What every change of an appointment leaves behind: its history, the audit line, the sign for open screens."""

from datetime import datetime
from typing import Any

from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import live
from incisor.kernel.db.writing import insert
from incisor.scheduling.enums import ChangeKind
from incisor.scheduling.models import Appointment, AppointmentChange


def facts_of(appointment: Appointment) -> dict[str, Any]:
    """Return what the history keeps of an appointment, as plain values. Ids for the machine, names for the reader."""
    return {
        "dentist_id": str(appointment.dentist_id),
        "dentist": appointment.dentist.name,
        "chair_id": str(appointment.chair_id),
        "chair": appointment.chair.name,
        **({"assistant": appointment.assistant.name} if appointment.assistant else {}),
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        **({"busy": appointment.busy} if appointment.busy else {}),
    }


def note_change(
    appointment: Appointment,
    what: str,
    *,
    kind: ChangeKind,
    by: User,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    from_status: str = "",
    reason: str = "",
) -> AppointmentChange:
    """Write one change into the history and the audit, and tell the open screens."""
    change = AppointmentChange(
        appointment=appointment,
        kind=kind,
        from_status=from_status,
        to_status=appointment.status,
        before=before or {},
        after=after or {},
        reason=reason[:200],
        by=by,
        at=at,
    )
    insert(change)
    status = {"status": appointment.status, **({"reason": reason} if reason else {})}
    record(
        what,
        subject=appointment,
        patient_id=appointment.patient_id,
        before={**(before or {}), **({"status": from_status} if from_status else {})},
        after={**(after or {}), **status},
    )
    live.touch(appointment.clinic_id, "day")
    return change
