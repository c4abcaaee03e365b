"""Ready text for notes, written by the clinic."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.ids import uuid7
from incisor.visits import queries
from incisor.visits.models import NoteTemplate

MOST_SENTENCES, LONGEST_SENTENCE = 30, 400
FIELDS = frozenset({"name_zh", "name_en", "procedures", "diagnoses", "sentences"})


class TemplateWrong(Refused):
    """A template lacks a name, or holds too much. details: field."""

    code = "template_wrong"


class TemplateChanged(ChangedMeanwhile):
    """Somebody else changed the template first."""

    code = "template_changed"


@action(Permission.CLINIC_EDIT, or_else=(Permission.NOTE_WRITE,))
def write_template(
    *, by: User, clinic: Clinic, key: str, values: Mapping[str, Any], version: int, at: datetime
) -> NoteTemplate:
    """Write a template; a shipped one becomes the clinic's own. key: empty for a new one; version: 0 as shipped or new.

    values: all of FIELDS. Raises TemplateWrong, TemplateChanged.
    """
    if set(values) != FIELDS:
        raise TypeError("a template has exactly these fields")
    _check(values)
    return _write(by, clinic, key, dict(values), version, at)


def _check(values: Mapping[str, Any]) -> None:
    if not values["name_zh"].strip():
        raise TemplateWrong(_("Give the template a name."), field="name_zh")
    for section, rows in values["sentences"].items():
        if len(rows) > MOST_SENTENCES:
            raise TemplateWrong(_("At most 30 sentences in one part."), field=section)
        if any(len(words) > LONGEST_SENTENCE for row in rows for words in (row.get("zh", ""), row.get("en", ""))):
            raise TemplateWrong(_("A sentence has at most 400 letters. Part it in two."), field=section)


@action(Permission.CLINIC_EDIT, or_else=(Permission.NOTE_WRITE,))
def set_template_in_use(
    *, by: User, clinic: Clinic, key: str, is_active: bool, version: int, at: datetime
) -> NoteTemplate:
    """Put a template away, or take it into use again. Raises TemplateChanged, NotFound."""
    return _write(by, clinic, key, {"is_active": is_active}, version, at)


@action(Permission.CLINIC_EDIT, or_else=(Permission.NOTE_WRITE,))
def return_to_shipped(*, by: User, clinic: Clinic, key: str, version: int, at: datetime) -> NoteTemplate:
    """Take the shipped text of a template again. Raises TemplateWrong, TemplateChanged, NotFound."""
    shipped = queries.shipped_template(key)
    if shipped is None:
        raise TemplateWrong(_("This template is the clinic's own: there is no shipped text to return to."))
    return _write(by, clinic, key, _values_of(shipped), version, at)


@action(Permission.CLINIC_EDIT, or_else=(Permission.NOTE_WRITE,))
def undo_template(*, by: User, clinic: Clinic, key: str, version: int, at: datetime) -> NoteTemplate:
    """Take the last change of a template back. Raises TemplateChanged."""
    row = NoteTemplate.objects.filter(clinic=clinic, key=key, version=version).first()
    if row is None:
        raise _changed()
    return _write(by, clinic, key, row.earlier or {"is_active": False}, version, at)


def _values_of(one: Any) -> dict[str, Any]:
    """Return a template's own text as plain values."""
    return {
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "procedures": list(one.procedures),
        "diagnoses": list(one.diagnoses),
        "sentences": {section: list(rows) for section, rows in one.sentences.items()},
        "is_active": one.is_active,
    }


def _write(by: User, clinic: Clinic, key: str, values: dict[str, Any], version: int, at: datetime) -> NoteTemplate:
    written = {**values, "changed_by": by, "changed_at": at}
    if version == 0:
        start = _values_of(queries.template(clinic, key)) if key else {}
        name = key or f"own_{uuid7().hex[-12:]}"
        try:
            with transaction.atomic():
                row = NoteTemplate.objects.create(clinic=clinic, key=name, earlier=start, **{**start, **written})
        except IntegrityError as failure:
            raise _changed() from failure
    else:
        before = NoteTemplate.objects.filter(clinic=clinic, key=key, version=version).first()
        rows = NoteTemplate.objects.filter(clinic=clinic, key=key, version=version)
        if before is None or not rows.update(**written, earlier=_values_of(before), version=F("version") + 1):
            raise _changed()
        row = NoteTemplate.objects.get(clinic=clinic, key=key)
    record(
        "visit.template_written",
        subject=row,
        after={"key": row.key, "name": row.name_zh, "in_use": row.is_active, "fields": sorted(values)},
    )
    return row


def _changed() -> TemplateChanged:
    return TemplateChanged(_("Somebody else changed this template first. Look at it again."))
