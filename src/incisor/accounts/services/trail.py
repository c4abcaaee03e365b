"""Taking the record out of the house is itself recorded."""

from datetime import datetime
from typing import Any

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record


@action(Permission.AUDIT_SEE)
def note_export(*, by: User, clinic: Any, wanted: dict[str, Any], count: int, at: datetime) -> None:
    """Record that a part of the clinic's record was exported. wanted: the search; count: entries."""
    record("audit.exported", subject=clinic, after={**wanted, "count": count})


@action(Permission.PATIENT_EXPORT)
def note_list_export(*, by: User, clinic: Any, name: str, wanted: dict[str, Any], count: int, at: datetime) -> None:
    """Record that a list was taken along. name: of the list; wanted: its filter; count: rows."""
    record("list.exported", subject=clinic, after={"list": name, **wanted, "count": count})
