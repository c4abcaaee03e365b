"""A clinic's own figures for booking, its weekly blocks and daily limits, for the pages that change them."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from incisor.clinics.enums import Specialty
from incisor.clinics.models import Clinic
from incisor.clinics.queries import procedures
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.scheduling.models import BlockRule, BookingRules, DailyLimit, Hold


def booking_rules(clinic: Clinic) -> BookingRules:
    """Return the clinic's figures for booking; the defaults, unsaved, while nobody has changed them."""
    found = _rules(clinic.pk)
    return found[0] if found else BookingRules(clinic=clinic)


@prepared
def _rules(clinic_id: uuid.UUID) -> QuerySet[BookingRules]:
    return BookingRules.objects.filter(clinic_id=clinic_id)


def kind_words(keys: Iterable[str]) -> list[str]:
    """Return what specialties and treatments of a block or limit are called, in the reader's language."""
    is_chinese = (get_language() or "").startswith("zh")
    names = {f"specialty:{value}": str(label) for value, label in Specialty.choices}
    wanted = [key for key in keys if key not in names]
    if wanted:
        names |= {
            f"procedure:{row.code}": (row.short_zh or row.name_zh) if is_chinese else row.name_en
            for row in procedures(active_only=False)
        }
    return [names.get(key, key.partition(":")[2]) for key in keys]


def hold(clinic: Clinic, hold_id: Any) -> Hold:
    """Return a hold of the clinic, ended or not. Raises NotFound."""
    key = as_uuid(hold_id)
    if key is None:
        raise NotFound()
    found = Hold.objects.filter(clinic=clinic, pk=key).select_related("dentist", "chair", "patient").first()
    if found is None:
        raise NotFound()
    return found


def open_holds(clinic: Clinic, starts_at: datetime, ends_at: datetime, *, at: datetime) -> list[Hold]:
    """Return the clinic's holds that touch the time and have not ended, with who holds them, by time."""
    found = Hold.objects.filter(
        clinic=clinic, ended_at=None, expires_at__gt=at, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    return list(found.select_related("patient", "dentist", "chair", "created_by").order_by("starts_at", "pk"))


def block_rules(clinic: Clinic) -> list[BlockRule]:
    """Return the clinic's weekly blocks, by time of day."""
    found = BlockRule.objects.filter(clinic=clinic, removed_at=None).select_related("dentist", "chair")
    return list(found.order_by("starts", "ends", "pk"))


def block_rule(clinic: Clinic, rule_id: Any) -> BlockRule:
    """Return a weekly block of the clinic. Raises NotFound."""
    found = BlockRule.objects.filter(clinic=clinic, pk=as_uuid(rule_id)).select_related("dentist", "chair").first()
    if found is None:
        raise NotFound()
    return found


def daily_limits(clinic: Clinic) -> list[DailyLimit]:
    """Return the clinic's daily limits, by name."""
    return list(
        DailyLimit.objects.filter(clinic=clinic, is_active=True).select_related("dentist").order_by("name", "pk")
    )


def daily_limit(clinic: Clinic, limit_id: Any) -> DailyLimit:
    """Return a daily limit of the clinic. Raises NotFound."""
    found = DailyLimit.objects.filter(clinic=clinic, pk=as_uuid(limit_id)).first()
    if found is None:
        raise NotFound()
    return found
