"""The notices on the screens of the waiting room."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.edits import change, locked, plain
from incisor.kernel.errors import Refused
from incisor.reception.models import ScreenNotice

OR_MANAGER = (Permission.CLINIC_EDIT,)


class NoticeRefused(Refused):
    """The notice cannot stand on a screen like this."""

    code = "notice_refused"
    status = 422


@action(Permission.RECEPTION_WORK, or_else=OR_MANAGER)
def add_notice(
    *,
    by: User,
    clinic: Clinic,
    text_zh: str,
    text_en: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    is_urgent: bool,
    at: datetime,
) -> ScreenNotice:
    """Put a notice on the clinic's screens. starts_at: None for at once. Raises NoticeRefused."""
    values = _checked(
        {
            "text_zh": text_zh,
            "text_en": text_en,
            "starts_at": starts_at or at,
            "ends_at": ends_at,
            "is_urgent": is_urgent,
        }
    )
    made = ScreenNotice.objects.create(clinic=clinic, added_by=by, added_at=at, **values)
    record("screen_notice.added", subject=made, after={name: plain(value) for name, value in values.items()})
    live.touch(clinic.pk, "day")
    return made


@action(Permission.RECEPTION_WORK, or_else=OR_MANAGER)
def change_notice(
    *,
    by: User,
    notice: ScreenNotice,
    version: int,
    text_zh: str,
    text_en: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    is_urgent: bool,
    at: datetime,
) -> None:
    """Change a notice. Raises NoticeRefused, ChangedMeanwhile."""
    row = locked(notice, version=version)
    values = _checked(
        {
            "text_zh": text_zh, "text_en": text_en, "starts_at": starts_at or row.starts_at, "ends_at": ends_at,
            "is_urgent": is_urgent,
        }
    )  # fmt: skip
    before, after = change(row, values)
    if before != after:
        record("screen_notice.changed", subject=row, before=before, after=after)
        live.touch(row.clinic_id, "day")


@action(Permission.RECEPTION_WORK, or_else=OR_MANAGER)
def remove_notice(*, by: User, notice: ScreenNotice, at: datetime) -> None:
    """Take a notice off the screens. Once more does no harm."""
    row = locked(notice)
    if row.removed_at is None:
        change(row, {"removed_at": at})
        record("screen_notice.removed", subject=row)
        live.touch(row.clinic_id, "day")


@action(Permission.RECEPTION_WORK, or_else=OR_MANAGER)
def restore_notice(*, by: User, notice: ScreenNotice, at: datetime) -> None:
    """Bring back a notice that was taken away. Once more does no harm."""
    row = locked(notice)
    if row.removed_at is not None:
        change(row, {"removed_at": None})
        record("screen_notice.restored", subject=row)
        live.touch(row.clinic_id, "day")


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    values |= {name: " ".join(values[name].split()) for name in ("text_zh", "text_en")}
    if not values["text_zh"] and not values["text_en"]:
        raise NoticeRefused(_("Write what the screen should say, in one language at least."), field="text_zh")
    if values["ends_at"] is not None and values["ends_at"] <= values["starts_at"]:
        raise NoticeRefused(_("The notice must end after it begins."), field="ends_at")
    return values
