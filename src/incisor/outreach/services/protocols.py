"""Follow-up plans: which one a clinic follows, and its steps, in versions."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission, RoleKey
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.ids import uuid7
from incisor.outreach.enums import StepContact
from incisor.outreach.models import Protocol, ProtocolStep


class ProtocolRefused(Refused):
    """The protocol cannot be changed like this."""

    code = "protocol_refused"
    status = 422


@action(Permission.PROTOCOL_EDIT)
def activate_protocol(*, by: User, protocol: Protocol, at: datetime) -> None:
    """Follow this protocol from now on; tasks that exist already stay as they are."""
    before = Protocol.objects.select_for_update().filter(clinic_id=protocol.clinic_id, is_active=True).first()
    Protocol.objects.filter(clinic_id=protocol.clinic_id, is_active=True).update(is_active=False)
    Protocol.objects.filter(pk=protocol.pk).update(is_active=True)
    record(
        "protocol.activated",
        subject=protocol,
        before={"protocol": f"{before.key} v{before.version}" if before else ""},
        after={"protocol": f"{protocol.key} v{protocol.version}"},
    )
    live.touch(protocol.clinic_id, "tasks")


@action(Permission.PROTOCOL_EDIT)
def change_step(*, by: User, clinic: Clinic, step: ProtocolStep, values: dict[str, Any], at: datetime) -> Protocol:
    """Change one step. The protocol gets a new version with it; the old one stays, since calls refer to it.

    values: role, contact, after_days, after_months, after_years (exactly one of the three) and the texts.
    Raises ProtocolRefused, ChangedMeanwhile.
    """
    lengths = [values.get(name) for name in ("after_days", "after_months", "after_years")]
    if sum(length is not None for length in lengths) != 1:
        raise ProtocolRefused(_("Say after how long: in days, months or years, one of the three."))
    if values["role"] not in RoleKey.values or values["contact"] not in StepContact.values:
        raise ProtocolRefused(_("Choose who should call, and how."))
    old = Protocol.objects.select_for_update().get(pk=step.protocol_id)
    if Protocol.objects.filter(clinic_id=old.clinic_id, key=old.key, version__gt=old.version).exists():
        raise ChangedMeanwhile(_("There is a newer version of this protocol. Change that one."))
    was_active = old.is_active
    Protocol.objects.filter(pk=old.pk).update(is_active=False)
    fresh = Protocol.objects.create(
        clinic_id=old.clinic_id,
        key=old.key,
        name_zh=old.name_zh,
        name_en=old.name_en,
        version=old.version + 1,
        is_active=was_active,
        created_at=at,
    )
    rows = list(ProtocolStep.objects.filter(protocol=old).order_by("position", "pk"))
    before = {name: getattr(step, name) for name in values}
    for one in rows:
        if one.pk == step.pk:
            for name, value in values.items():
                setattr(one, name, value)
        one.pk = uuid7()
        one.protocol = fresh
    ProtocolStep.objects.bulk_create(rows)
    record("protocol.changed", subject=fresh, before=before, after=values)
    return fresh
