"""A clinic's figures for booking, and how many treatments of a kind a day takes at most."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.edits import change, locked
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.scheduling.models import BookingRules, DailyLimit
from incisor.staff.models import StaffMember


class LimitImpossible(Refused):
    """The limit counts nothing."""

    code = "limit_impossible"


class LimitWords(NamedTuple):
    """A daily limit as people edit it. kinds: "specialty:implants", "procedure:<code>"."""

    name: str
    most: int
    kinds: Sequence[str]
    dentist: StaffMember | None = None
    is_each_dentist: bool = False


def _checked(words: LimitWords) -> dict[str, Any]:
    if not words.kinds:
        raise LimitImpossible(_("Choose the treatments that count."), field="kinds")
    return {
        "name": words.name[:60],
        "most": words.most,
        "kinds": sorted(set(words.kinds)),
        "dentist": words.dentist,
        "is_each_dentist": words.is_each_dentist and words.dentist is None,
    }


def _facts(row: DailyLimit) -> dict[str, Any]:
    whose = row.dentist.name if row.dentist else "each" if row.is_each_dentist else ""
    return {"name": row.name, "most": row.most, "kinds": row.kinds, "dentist": whose}


@action(Permission.CLINIC_EDIT)
def add_daily_limit(*, by: User, clinic: Clinic, words: LimitWords, at: datetime) -> DailyLimit:
    """Limit how many of some treatments a day takes. Raises LimitImpossible."""
    row = DailyLimit.objects.create(clinic=clinic, **_checked(words))
    record("daily_limit.added", subject=row, after=_facts(row))
    live.touch(clinic.pk, "day")
    return row


@action(Permission.CLINIC_EDIT)
def change_daily_limit(*, by: User, limit: DailyLimit, version: int, words: LimitWords, at: datetime) -> DailyLimit:
    """Change a daily limit. What is booked already stays. Raises LimitImpossible, ChangedMeanwhile."""
    row = locked(limit, version=version)
    before = _facts(row)
    change(row, _checked(words))
    record("daily_limit.changed", subject=row, before=before, after=_facts(row))
    live.touch(row.clinic_id, "day")
    return row


@action(Permission.CLINIC_EDIT)
def end_daily_limit(*, by: User, limit: DailyLimit, at: datetime) -> None:
    """Take a daily limit away."""
    if DailyLimit.objects.filter(pk=limit.pk, is_active=True).update(is_active=False):
        record("daily_limit.removed", subject=limit, before=_facts(limit), after={})
        live.touch(limit.clinic_id, "day")


@action(Permission.CLINIC_EDIT)
def restore_daily_limit(*, by: User, limit: DailyLimit, at: datetime) -> None:
    """Let a daily limit hold again that was taken away."""
    if DailyLimit.objects.filter(pk=limit.pk, is_active=False).update(is_active=True):
        record("daily_limit.restored", subject=limit, before={}, after=_facts(limit))
        live.touch(limit.clinic_id, "day")


@action(Permission.CLINIC_EDIT)
def change_booking_rules(
    *, by: User, clinic: Clinic, version: int, hold_minutes: int, reserve_opens_minutes: int, at: datetime
) -> BookingRules:
    """Change the clinic's figures for booking. Raises ChangedMeanwhile."""
    values = {"hold_minutes": hold_minutes, "reserve_opens_minutes": reserve_opens_minutes}
    row = BookingRules.objects.select_for_update(of=("self",)).filter(clinic=clinic).first()
    before = {} if row is None else {name: getattr(row, name) for name in values}
    if row is None:
        row = BookingRules.objects.create(clinic=clinic, **values)
    elif row.version != version:
        raise ChangedMeanwhile(_("Somebody else has just changed these figures. Look at them again, then decide."))
    else:
        change(row, values)
    record("booking_rules.changed", subject=row, before=before, after=values)
    live.touch(clinic.pk, "day")
    return row
