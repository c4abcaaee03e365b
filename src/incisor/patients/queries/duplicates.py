"""Who may have two files: asked while somebody types, and by the nightly search (PAT-7).

Nobody is compared with everybody. A file is compared with those that share a block with it: the phone, the ID number, the
birth date, or the last four digits of the phone; each is one look-up in an index. A block larger than BLOCK_AT_MOST (the
phone of a school, 1 January 1900) says nothing about persons and is left out.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Count, Q, QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid, index_of
from incisor.patients.enums import KeyKind, LookUp, PairStatus
from incisor.patients.models import DuplicatePair, DuplicateScan, Patient, PatientChange, SearchKey
from incisor.patients.queries.files import with_badge
from incisor.patients.rules import (
    LIKELY,
    WORKLIST,
    Likeness,
    Person,
    id_key,
    in_words,
    is_near,
    likeness,
    name_key,
    phone_key,
    readings,
)

LOOK_ALIKES_READ = 50
BLOCK_AT_MOST = 60
BIRTHS_AT_MOST = 400  # a day of birth in a clinic of a million files has about 40
LOOK_UP = 400
COMPARED_FIELDS = ("name", "pinyin", "phone", "id_number", "born_on", "sex")


@dataclass(frozen=True)
class LookAlike:
    """A file that may be of the same person, and why."""

    patient: Patient
    likeness: Likeness


def look_alikes(
    clinic: Clinic,
    *,
    name: str = "",
    phone: str = "",
    born_on: date | None = None,
    id_number: str = "",
    sex: str = "unknown",
    but: uuid.UUID | None = None,
) -> list[LookAlike]:
    """Return files that may be of the person described, likeliest first. Candidates: same ID, same phone, a name that
    can be read the same with the same birth date or the same last four digits, nearly the same name on the same day."""
    ways = _ways(name)
    wanted = Person(
        name=name_key(name),
        reading=ways[0] if ways else "",
        readings=frozenset(ways[1:]),
        phone=phone_key(phone),
        born_on=born_on,
        id_number=id_key(id_number),
        sex=sex,
    )
    ids = _kept(clinic, _candidates(clinic, ways, wanted))
    ids.discard(but)
    found = []
    for other in with_badge(Patient.objects.filter(clinic=clinic, pk__in=ids, is_active=True)):
        alike = likeness(wanted, person_of(other))
        if alike.score >= LIKELY:
            found.append(LookAlike(patient=other, likeness=alike))
    return sorted(found, key=lambda one: (-one.likeness.score, one.patient.name, str(one.patient.pk)))


def _ways(name: str) -> list[str]:
    return ["".join(reading) for reading in readings(name)] if name_key(name) else []


def _candidates(clinic: Clinic, ways: list[str], wanted: Person) -> set[uuid.UUID]:
    numbers = Q()
    if wanted.phone:
        numbers |= Q(phone_index=index_of(wanted.phone, context=LookUp.PHONE))
    if wanted.id_number:
        numbers |= Q(id_index=index_of(wanted.id_number, context=LookUp.ID_NUMBER))
    ids: set[uuid.UUID] = set()
    if numbers:
        ids |= set(Patient.objects.filter(numbers, clinic=clinic).values_list("pk", flat=True)[:LOOK_ALIKES_READ])
    sounding = SearchKey.objects.filter(clinic=clinic, kind=KeyKind.PINYIN, key__in=ways)
    if ways and wanted.born_on:
        ids |= _born_alike(clinic, ways, wanted)
    if ways and len(wanted.phone) >= 8:
        digits = SearchKey.objects.filter(clinic=clinic, key=last_four_key(wanted.phone)).values("patient_id")
        ids |= set(sounding.filter(patient__in=digits).values_list("patient_id", flat=True)[:LOOK_ALIKES_READ])
    return ids


def _born_alike(clinic: Clinic, ways: list[str], wanted: Person) -> set[uuid.UUID]:
    """Return those born on that day whose name is nearly the same, or can be read the same."""
    born = Patient.objects.filter(clinic=clinic, born_on=wanted.born_on).order_by("born_on", "pk")
    return {
        pk
        for pk, name, pinyin in born.values_list("pk", "name", "pinyin")[:BIRTHS_AT_MOST]
        if may_be(wanted.name, ways, name_key(name), pinyin.replace(" ", ""))
    }


def may_be(name: str, ways: Iterable[str], other_name: str, other_reading: str) -> bool:
    """Tell whether two names are worth a closer look: cheap, and never too strict."""
    if any(other_reading == way or is_near(other_reading, way) for way in ways):
        return True
    shared = len(set(name) & set(other_name))
    return shared > 0 and shared >= min(len(set(name)), len(set(other_name))) - 1


def last_four_key(phone: str) -> str:
    """Return the search key under which the last four digits of a phone are found."""
    return "=" + index_of(phone[-4:], context=LookUp.LAST_FOUR)


def _kept(clinic: Clinic, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return the files with those of merged ones replaced by where they were merged to."""
    found = set(ids)
    while found:
        merged = dict(
            Patient.objects.filter(clinic=clinic, pk__in=found, merged_into__isnull=False).values_list(
                "pk", "merged_into_id"
            )
        )
        if not merged:
            break
        found = {merged.get(one, one) for one in found}
    return found


def person_of(patient: Patient) -> Person:
    """Return what a file says of its person, as it is compared."""
    own = patient.pinyin.replace(" ", "")
    return Person(
        name=name_key(patient.name),
        reading=own,
        readings=frozenset(_ways(patient.name)) - {own},
        phone=phone_key(patient.phone),
        born_on=patient.born_on,
        id_number=id_key(patient.id_number),
        sex=patient.sex,
    )


# ---- the nightly search ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """What of a file is read to find whom to compare it with; nothing sealed is opened for it."""

    pk: uuid.UUID
    name: str
    reading: str
    born_on: date | None
    phone_index: str
    id_index: str
    created_at: datetime


@dataclass(frozen=True)
class FoundPair:
    """Two files that look alike, the smaller key first."""

    one: uuid.UUID
    other: uuid.UUID
    likeness: Likeness


_FACTS = ("pk", "name", "pinyin", "born_on", "phone_index", "id_index", "created_at")


def _facts(rows: QuerySet[Patient]) -> list[Facts]:
    return [
        Facts(pk, name_key(name), pinyin.replace(" ", ""), born_on, phone, card, created_at)
        for pk, name, pinyin, born_on, phone, card, created_at in rows.values_list(*_FACTS)
    ]


def unchecked_files(clinic: Clinic, scan: DuplicateScan, *, limit: int) -> list[Facts]:
    """Return the next files that were opened since the search went by, oldest first."""
    files = _in_use(clinic)
    if scan.created_at is not None and scan.created_id is None:
        files = files.filter(created_at__gte=scan.created_at)
    elif scan.created_at is not None:
        files = files.filter(created_at__gte=scan.created_at).exclude(
            created_at=scan.created_at, pk__lte=scan.created_id
        )
    return _facts(files.order_by("created_at", "pk")[:limit])


def changed_files(clinic: Clinic, since: datetime, until: datetime, *, limit: int) -> tuple[list[Facts], datetime]:
    """Return files whose person was described anew since then, and the moment until which all such are among them."""
    changes = PatientChange.objects.filter(at__gt=since, at__lte=until, patient__clinic=clinic).order_by("at", "pk")
    rows = list(changes.filter(field__in=COMPARED_FIELDS).values_list("patient_id", "at")[:limit])
    done = until
    if len(rows) == limit:
        last = rows[-1][1]
        # the last moment may go on in the next portion, unless the whole portion is one moment (an import)
        done = last if rows[0][1] == last else max(at for _pk, at in rows if at < last)
        if rows[0][1] == last:
            rows = list(changes.filter(field__in=COMPARED_FIELDS, at=last).values_list("patient_id", "at"))
    ids = {pk for pk, at in rows if at <= done}
    found: list[Facts] = []
    for some in _portions(ids):
        found += _facts(_in_use(clinic).filter(pk__in=some).order_by("pk"))
    return found, done


def _in_use(clinic: Clinic) -> QuerySet[Patient]:
    return Patient.objects.filter(clinic=clinic, merged_into=None, erased_at=None)


def _portions(values: Iterable[Any]) -> Iterable[list[Any]]:
    rest = iter(sorted(set(values)))
    while some := list(islice(rest, LOOK_UP)):
        yield some


def likely_pairs(clinic: Clinic, files: list[Facts]) -> list[FoundPair]:
    """Return the pairs of these files with any other that the worklist should show, likeliest first."""
    wanted: set[tuple[uuid.UUID, uuid.UUID]] = set()
    for block in (_by_number(clinic, files, "phone_index"), _by_number(clinic, files, "id_index")):
        wanted |= block
    wanted |= _by_birth(clinic, files)
    wanted |= _by_last_four(clinic, files)
    return _judged(clinic, wanted)


def _pair(one: uuid.UUID, other: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    return (one, other) if one < other else (other, one)


def _by_number(clinic: Clinic, files: list[Facts], field: str) -> set[tuple[uuid.UUID, uuid.UUID]]:
    blocks: dict[str, list[uuid.UUID]] = defaultdict(list)
    for some in _portions(getattr(one, field) for one in files if getattr(one, field)):
        for pk, key in _in_use(clinic).filter(**{f"{field}__in": some}).values_list("pk", field):
            blocks[key].append(pk)
    return {
        _pair(one.pk, other)
        for one in files
        for other in blocks.get(getattr(one, field), ())
        if other != one.pk and len(blocks[getattr(one, field)]) <= BLOCK_AT_MOST
    }


def _by_birth(clinic: Clinic, files: list[Facts]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    blocks: dict[date, list[tuple[uuid.UUID, str, str]]] = defaultdict(list)
    for some in _portions(one.born_on for one in files if one.born_on):
        rows = _in_use(clinic).filter(born_on__in=some).values_list("pk", "born_on", "name", "pinyin")
        for pk, born_on, name, pinyin in rows:
            blocks[born_on].append((pk, name_key(name), pinyin.replace(" ", "")))  # type: ignore[index]
    return {
        _pair(one.pk, pk)
        for one in files
        if one.born_on and len(blocks[one.born_on]) <= BIRTHS_AT_MOST
        for pk, name, reading in blocks[one.born_on]
        if pk != one.pk and may_be(one.name, (one.reading,), name, reading)
    }


def _by_last_four(clinic: Clinic, files: list[Facts]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return those whose name is written or read the same and whose phone ends the same."""
    mine = {one.pk: one for one in files}
    ends: dict[str, list[Facts]] = defaultdict(list)
    for some in _portions(mine):
        keys = SearchKey.objects.filter(patient__in=some, kind=KeyKind.LAST_FOUR)
        for pk, key in keys.values_list("patient_id", "key"):
            ends[key].append(mine[pk])
    found: set[tuple[uuid.UUID, uuid.UUID]] = set()
    for some in _portions(ends):
        rows = SearchKey.objects.filter(clinic=clinic, key__in=some, patient__merged_into=None)
        for key, pk, pinyin in rows.values_list("key", "patient_id", "patient__pinyin"):
            reading = pinyin.replace(" ", "")
            found |= {_pair(one.pk, pk) for one in ends[key] if one.pk != pk and one.reading == reading}
    return found


def _judged(clinic: Clinic, wanted: set[tuple[uuid.UUID, uuid.UUID]]) -> list[FoundPair]:
    people: dict[uuid.UUID, Person] = {}
    for some in _portions(pk for pair in wanted for pk in pair):
        for patient in _in_use(clinic).filter(pk__in=some):
            people[patient.pk] = person_of(patient)
    found = [
        FoundPair(one, other, likeness(people[one], people[other]))
        for one, other in sorted(wanted)
        if one in people and other in people
    ]
    return sorted(
        (pair for pair in found if pair.likeness.score >= WORKLIST), key=lambda pair: (-pair.likeness.score, pair.one)
    )


# ---- the worklist ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownPair:
    """A pair as the worklist shows it."""

    pair: DuplicatePair
    one: Patient
    other: Patient
    reasons: list[str]


def duplicate_pairs(clinic: Clinic, status: str) -> QuerySet[DuplicatePair]:
    """Return the clinic's pairs of that status, likeliest first; decided ones newest first."""
    pairs = DuplicatePair.objects.filter(clinic=clinic, status=status).select_related("decided_by")
    if status == PairStatus.OPEN:
        return pairs.order_by("-score", "id")
    return pairs.order_by("-decided_at", "pk")


def shown_pairs(clinic: Clinic, pairs: Collection[DuplicatePair]) -> list[ShownPair]:
    """Return the pairs with both files and the reasons in words."""
    ids = {pk for pair in pairs for pk in (pair.one_id, pair.other_id)}
    files = {one.pk: one for one in with_badge(Patient.objects.filter(clinic=clinic, pk__in=ids))}
    return [
        ShownPair(pair, files[pair.one_id], files[pair.other_id], in_words(pair.reasons))
        for pair in pairs
        if pair.one_id in files and pair.other_id in files
    ]


def pair_counts(clinic: Clinic) -> dict[str, int]:
    """Return how many pairs there are of each status."""
    return dict(DuplicatePair.objects.filter(clinic=clinic).values_list("status").annotate(count=Count("pk")))


def duplicate_pair(clinic: Clinic, pair_id: Any) -> DuplicatePair:
    """Return the clinic's pair. Raises NotFound."""
    found = DuplicatePair.objects.filter(clinic=clinic, pk=as_uuid(pair_id)).first()
    if found is None:
        raise NotFound()
    return found


def duplicate_scan(clinic: Clinic) -> DuplicateScan | None:
    """Return how far the nightly search has come."""
    return DuplicateScan.objects.filter(clinic=clinic).first()
