"""Who reads which part of a record in a clinic."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import may
from incisor.accounts.enums import Permission
from incisor.accounts.models import Grant, Role, User
from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.kernel.fields import as_uuid
from incisor.visits.models import RecordReading
from incisor.visits.rules.reading import ALL_FIELDS, fields_of_person, in_order, usual_fields

NOTE_SEE, NOTE_WRITE, RECEPTION_WORK = Permission.NOTE_SEE, Permission.NOTE_WRITE, Permission.RECEPTION_WORK
FOLLOW_UP_CALL = Permission.FOLLOW_UP_CALL


def _usual(permissions: list[str]) -> frozenset[str]:
    return usual_fields(
        reads_notes=NOTE_SEE in permissions,
        works_at_desk=RECEPTION_WORK in permissions,
        calls_patients=FOLLOW_UP_CALL in permissions,
    )


def fields_for(clinic: Clinic, user: User) -> frozenset[str]:
    """Return which parts of a record the person reads in this clinic. Asked of the database once per user object."""
    if user.is_system or may(user, NOTE_WRITE, clinic.pk):
        return ALL_FIELDS
    known: dict[Any, frozenset[str]] = user.__dict__.setdefault("_record_fields", {})
    if clinic.pk not in known:
        known[clinic.pk] = _fields_for(clinic, user)
    return known[clinic.pk]


def _fields_for(clinic: Clinic, user: User) -> frozenset[str]:
    held = Grant.objects.filter(user=user, clinic_id=None) | Grant.objects.filter(user=user, clinic_id=clinic.pk)
    roles = dict(held.values_list("role_id", "role__permissions"))
    chosen = dict(RecordReading.objects.filter(clinic=clinic, role__in=roles).values_list("role_id", "fields"))
    reads = [chosen[role] if role in chosen else _usual(permissions) for role, permissions in roles.items()]
    return fields_of_person(writes_notes=False, roles=reads)


def require_fields(clinic: Clinic, user: User) -> frozenset[str]:
    """Return which parts of a record the person reads here. Raises NotAllowed when it is none."""
    fields = fields_for(clinic, user)
    if not fields:
        raise NotAllowed(
            _("Your role reads nothing of the records here. Who may read what is decided under Settings, Records.")
        )
    return fields


def reads_field(clinic: Clinic, user: User, field: str) -> bool:
    """Tell whether the person reads that part of a record here."""
    return field in fields_for(clinic, user)


def require_field(clinic: Clinic, user: User, field: str) -> None:
    """Raise NotAllowed unless the person reads that part of a record here."""
    if not reads_field(clinic, user, field):
        raise NotAllowed(
            _("Your role does not read this part of the records. Who may read what is decided under Settings, Records.")
        )


@dataclass(frozen=True)
class RoleReading:
    """What a role reads here. is_chosen: the clinic decided; else the role's permissions do. version: 0 without a row."""

    role: Role
    fields: tuple[str, ...]
    is_chosen: bool
    is_writer: bool
    version: int


def reading_table(clinic: Clinic) -> list[RoleReading]:
    """Return every role with what it reads here, those that read something first."""
    chosen = {row.role_id: row for row in RecordReading.objects.filter(clinic=clinic)}
    found = []
    for role in Role.objects.order_by("name_en", "pk"):
        row, is_writer = chosen.get(role.pk), NOTE_WRITE in role.permissions
        fields = ALL_FIELDS if is_writer else frozenset(row.fields) if row else _usual(role.permissions)
        found.append(RoleReading(role, tuple(in_order(fields)), row is not None, is_writer, row.version if row else 0))
    return sorted(found, key=lambda one: (not one.is_writer, -len(one.fields)))


def role_reading(clinic: Clinic, role_id: Any) -> RoleReading:
    """Return what one role reads here. Raises NotFound."""
    key = as_uuid(role_id)
    for one in reading_table(clinic):
        if one.role.pk == key:
            return one
    raise NotFound()
