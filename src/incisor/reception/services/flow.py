"""The clinic's own rules for the flow of the day."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile
from incisor.reception.models import FlowRules


@action(Permission.CLINIC_EDIT)
def change_flow_rules(*, by: User, clinic: Clinic, version: int, values: Mapping[str, Any], at: datetime) -> FlowRules:
    """Change how the clinic wants the day to flow. values: fields of FlowRules by name. Raises ChangedMeanwhile."""
    row = FlowRules.objects.select_for_update(of=("self",)).filter(clinic=clinic).first()
    before: dict[str, Any] = {}
    if row is None:
        row = FlowRules.objects.create(clinic=clinic, **values)
    else:
        before = {name: getattr(row, name) for name in values}
        written = FlowRules.objects.filter(pk=row.pk, version=version).update(**values, version=F("version") + 1)
        if not written:
            raise ChangedMeanwhile(_("Somebody else has just changed these figures. Look at them again, then decide."))
        row.refresh_from_db()
    record("flow_rules.changed", subject=row, before=before, after=dict(values))
    live.touch(clinic.pk, "day")
    return row
