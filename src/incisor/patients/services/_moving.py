"""Moving rows from one file to another and back, whatever table they stand in.

A bulk update by key first; when a constraint refuses it, row by row, and what is refused stays with the merged file. That
way a new table needs no code, and nothing is ever deleted to make two files fit.
"""

import json
import uuid
from typing import Any

from django.core import serializers
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey

from incisor.patients.hooks import Ledger
from incisor.patients.models import FamilyLink, Patient, PatientAlert
from incisor.patients.queries.attached import STAYS, key_of, part_of, patient_keys

FAMILY = ("patients.FamilyLink.patient", "patients.FamilyLink.relative")


def own_keys() -> list[ForeignKey[Any, Any]]:
    """Return the foreign keys whose rows move one by one: no part moves them in its own way, and they do not stay."""
    found = []
    for field in patient_keys():
        key = key_of(field)
        part = part_of(key)
        if key not in STAYS and (part is None or part.move is None):
            found.append(field)
    return found


def move_rows(field: ForeignKey[Any, Any], lesser: Patient, kept: Patient) -> Ledger:
    """Let the lesser file's rows point at the kept one. Returns what moved, what stayed, and what was there already."""
    rows = field.model._base_manager
    mine = sorted(rows.filter(**{field.attname: lesser.pk}).values_list("pk", flat=True))
    had = sorted(rows.filter(**{field.attname: kept.pk}).values_list("pk", flat=True))
    left_out = _known_alerts(lesser, kept) if field.model is PatientAlert else set()
    moved = put(field, [pk for pk in mine if pk not in left_out], to=kept.pk)
    stayed = [pk for pk in mine if pk not in set(moved)]
    return {"moved": _texts(moved), "stayed": _texts(stayed), "had": _texts(had)}


def _known_alerts(lesser: Patient, kept: Patient) -> set[uuid.UUID]:
    """Return the lesser file's open alerts that the kept one names word for word: they would only stand there twice."""
    there = {
        (alert.kind, alert.code or alert.text.casefold())
        for alert in PatientAlert.objects.filter(patient=kept, ended_at=None)
    }
    own = PatientAlert.objects.filter(patient=lesser, ended_at=None)
    return {alert.pk for alert in own if (alert.kind, alert.code or alert.text.casefold()) in there}


def put(field: ForeignKey[Any, Any], ids: list[Any], *, to: uuid.UUID) -> list[Any]:
    """Let the rows of these keys point at that file; returns those that the constraints allowed."""
    rows = field.model._base_manager
    if not ids:
        return []
    try:
        with transaction.atomic():
            rows.filter(pk__in=ids).update(**{field.attname: to})
        return ids
    except IntegrityError:
        pass  # one of them collides: find out which
    done = []
    for pk in ids:
        try:
            with transaction.atomic():
                rows.filter(pk=pk).update(**{field.attname: to})
            done.append(pk)
        except IntegrityError:
            continue
    return done


def _texts(ids: Any) -> list[str]:
    return [str(pk) for pk in ids]


# ---- family ----------------------------------------------------------------------------------------------------------


def move_family(lesser: Patient, kept: Patient) -> Ledger:
    """Let relatives be linked with the kept file; links that it has already, or to itself, are set aside in the ledger."""
    moved: list[dict[str, str]] = []
    aside: list[FamilyLink] = []
    links = FamilyLink.objects.filter(patient=lesser) | FamilyLink.objects.filter(relative=lesser)
    for link in links.order_by("pk"):
        side = "patient" if link.patient_id == lesser.pk else "relative"
        ends = {"patient": link.patient_id, "relative": link.relative_id, side: kept.pk}
        is_self = ends["patient"] == ends["relative"]
        if is_self or FamilyLink.objects.filter(patient_id=ends["patient"], relative_id=ends["relative"]).exists():
            aside.append(link)
            FamilyLink.objects.filter(pk=link.pk).delete()
        else:
            FamilyLink.objects.filter(pk=link.pk).update(**{f"{side}_id": kept.pk})
            moved.append({"id": str(link.pk), "side": side})
    return {"moved": moved, "aside": json.loads(serializers.serialize("json", aside))}


def return_family(ledger: Ledger, lesser: Patient, kept: Patient) -> None:
    """Put the links back that are still there, and those that were set aside."""
    for one in ledger["moved"]:
        side = one["side"]
        FamilyLink.objects.filter(pk=one["id"], **{f"{side}_id": kept.pk}).update(**{f"{side}_id": lesser.pk})
    for row in serializers.deserialize("json", json.dumps(ledger["aside"])):
        link: Any = row.object
        taken = FamilyLink.objects.filter(patient_id=link.patient_id, relative_id=link.relative_id)
        if not taken.exists():
            row.save()
