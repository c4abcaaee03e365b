"""Deciding who reads what of a record."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import Role, User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.visits import queries
from incisor.visits.models import RecordReading
from incisor.visits.rules.reading import ALL_FIELDS, in_order


class ReadsAlways(Refused):
    """Who writes notes reads them whole."""

    code = "reads_always"


class ReadingChanged(ChangedMeanwhile):
    """Somebody else decided about this role first."""

    code = "reading_changed"


@action(Permission.RECORD_FIELDS)
def choose_fields(
    *, by: User, clinic: Clinic, role: Role, fields: Collection[str], version: int, at: datetime
) -> RecordReading:
    """Decide which parts of a record a role reads in this clinic. version: of the choice seen, 0 when there was none.

    Raises ReadsAlways, ReadingChanged.
    """
    if set(fields) - ALL_FIELDS:
        raise TypeError("a record has no such field")
    before = queries.role_reading(clinic, role.pk)
    if before.is_writer:
        raise ReadsAlways(_("Who writes notes reads them whole. Take the right to write from the role first."))
    values = {"fields": in_order(fields), "changed_by": by, "changed_at": at}
    if version == 0:
        try:
            with transaction.atomic():
                row = RecordReading.objects.create(clinic=clinic, role=role, **values)
        except IntegrityError as failure:
            raise _changed() from failure
    else:
        rows = RecordReading.objects.filter(clinic=clinic, role=role, version=version)
        if not rows.update(**values, version=F("version") + 1):
            raise _changed()
        row = RecordReading.objects.get(clinic=clinic, role=role)
    record(
        "visit.reading_chosen",
        subject=row,
        before={"role": role.key or role.name_en, "fields": list(before.fields)},
        after={"role": role.key or role.name_en, "fields": row.fields},
    )
    return row


@action(Permission.RECORD_FIELDS)
def forget_fields(*, by: User, clinic: Clinic, role: Role, at: datetime) -> None:
    """Let the role's permissions decide again. Twice changes nothing."""
    before = queries.role_reading(clinic, role.pk)
    if RecordReading.objects.filter(clinic=clinic, role=role).delete()[0]:
        record(
            "visit.reading_forgotten",
            subject=clinic,
            before={"role": role.key or role.name_en, "fields": list(before.fields)},
        )


def _changed() -> ReadingChanged:
    return ReadingChanged(_("Somebody else changed this role's reading first. Look at the list again."))
