"""Rows of any table, made by looking at its columns: for tests that must hold for tables nobody has thought of yet."""

import random
import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction

from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField, KeyTextField
from incisor.patients.models import Patient

BEGIN = datetime(2026, 1, 5, 1, tzinfo=UTC)
TRIES = 25


def make_any(model: Any, *, dice: random.Random, depth: int = 0, **given: Any) -> Any:
    """Return a new row with the given values and fitting ones for the rest; None when its constraints refuse them all."""
    for _try in range(TRIES):
        values = {
            field.name: _value(field, dice, depth, given)
            for field in model._meta.concrete_fields
            if not field.primary_key and field.name not in given
        }
        if any(value is ... for value in values.values()):
            return None
        try:
            with transaction.atomic():
                return model._base_manager.create(**given, **values)
        except IntegrityError:
            continue
    return None


def _value(field: Any, dice: random.Random, depth: int, given: dict[str, Any]) -> Any:
    if isinstance(field, models.ForeignKey):
        return _row(field, dice, depth, given)
    if field.null and dice.random() < 0.4:
        return None
    if field.choices:
        values = [value for value, _label in field.flatchoices]
        return dice.choice([*values, ""] if field.blank else values)
    return _plain(field, dice)


def _plain(field: Any, dice: random.Random) -> Any:
    days = dice.randrange(300)
    if type(field).__module__ == "incisor.kernel.fields" and not isinstance(field, EncryptedTextField | KeyTextField):
        return field.get_default() if field.has_default() else f"{dice.getrandbits(128):032x}"
    if isinstance(field, models.UUIDField):
        return uuid.UUID(int=dice.getrandbits(128))
    if isinstance(field, models.BooleanField):
        return dice.random() < 0.5
    if isinstance(field, models.DateTimeField):
        return BEGIN + timedelta(days=days, hours=dice.randrange(8))
    if isinstance(field, models.DateField):
        return date(2026, 1, 5) + timedelta(days=days)
    if isinstance(field, models.TimeField):
        return time(dice.randrange(8, 18))
    if isinstance(field, models.JSONField):
        return field.get_default() if field.has_default() else []
    if isinstance(field, models.IntegerField):
        return dice.choice([0, 1, 7, 100, 500])
    if field.blank and dice.random() < 0.5:
        return ""
    return f"t{dice.getrandbits(40):x}"[: getattr(field, "max_length", None) or 20]


def _row(field: Any, dice: random.Random, depth: int, given: dict[str, Any]) -> Any:
    model = field.related_model
    if model is Clinic and "clinic" in given:
        return given["clinic"]
    if field.null and (model in (Patient, field.model) or dice.random() < 0.5):
        return None
    found = model._base_manager.order_by("?").first() if model is not Patient else None
    if found is not None and not field.unique:
        return found
    if model is Patient:
        return given.get("patient", ...)
    if depth > 2:
        return None if field.null else ...
    made = make_any(model, dice=dice, depth=depth + 1, **_shared(model, given))
    return ... if made is None else made


def _shared(model: Any, given: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in model._meta.concrete_fields}
    return {name: value for name, value in given.items() if name in names and name in ("clinic", "patient")}
