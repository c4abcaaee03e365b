"""The one search: name, pinyin, initials, mixed, phone, last four digits, file number, ID number, birth date (PAT-6).

How it stays fast with a million files: every text is one range of one index of keys; at most READ hits are read from it
in the index's own order and ranked here, with what other apps know about now. When a short text has more hits than that,
those whom the apps above expect now are looked up among all.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from incisor.clinics.models import Clinic
from incisor.kernel.db.prepared import prepared
from incisor.kernel.fields import index_of, prefix_range
from incisor.kernel.ids import made_at
from incisor.patients.enums import KeyKind, LookUp
from incisor.patients.hooks import Scores, search_ranking
from incisor.patients.models import Patient, SearchKey
from incisor.patients.queries.files import is_covered, patients
from incisor.patients.rules import (
    Typed,
    id_key,
    initials_of_typed,
    name_key,
    phone_key,
    pinyin_of,
    reading_keys,
    readings,
    sounds_like,
    typed,
)

READ = 120
NEW_FOR = timedelta(hours=12)
NAMED = 40  # hits up to which the apps above are asked by name; beyond, everybody of today is the shorter question
TAG_MARK = "#"
HASH_MARK = "="  # before keyed hashes: no typed text begins with it


@dataclass(frozen=True)
class Hit:
    """A patient found. note: what an upper app says about now ("today 10:30"). is_exact: the whole text matched."""

    patient: Patient
    score: int
    note: str
    is_exact: bool


@dataclass
class _Found:
    """What is known of a hit before its file is read."""

    patient_id: uuid.UUID
    last_seen_on: date | None
    is_exact: bool


@dataclass
class _Wanted:
    """What to look for: the beginning of a key, whole keys, a birth date; and letters that must sound like the name."""

    prefix: str = ""
    whole: list[str] = field(default_factory=list)
    born_on: date | None = None
    initials: str = ""
    letters: str = ""
    han: str = ""
    digits: list[str] = field(default_factory=list)


def find(clinic: Clinic, text: str, *, at: datetime, limit: int = 8) -> list[Hit]:
    """Return the patients that the typed text may mean, who is due or here first, then new files; for an empty text those of now."""
    parts = typed(text)
    wanted = _wanted(clinic, parts)
    if wanted is None:
        return _of_now(clinic, at, limit)
    found = _read(clinic, wanted)
    if not found and parts.paper:
        found = _read(clinic, _Wanted(whole=[_hash(parts.paper, LookUp.ID_NUMBER)]))
    scores: Scores = {}
    if len(found) >= READ:
        scores = _scores(clinic, None, at)
        missing = [patient_id for patient_id in scores if patient_id not in found]
        found.update(_read(clinic, wanted, among=missing) if missing else {})
    elif found:
        scores = _scores(clinic, list(found) if len(found) <= NAMED else None, at)
    if len(found) < limit and wanted.initials and not any(one.is_exact for one in found.values()):
        found.update(_read_by_sound(clinic, wanted, found))
    best = sorted(found.values(), key=lambda one: _rank(one, scores, at))[:limit]
    files = patients(clinic, [one.patient_id for one in best])
    return [
        Hit(files[one.patient_id], *scores.get(one.patient_id, (0, "")), one.is_exact)
        for one in best
        if one.patient_id in files and files[one.patient_id].is_active and not is_covered(files[one.patient_id])
    ]


def _rank(one: _Found, scores: Scores, at: datetime) -> tuple[int, bool, int, str]:
    score = scores.get(one.patient_id, (0, ""))[0]
    if one.last_seen_on is None and at - NEW_FOR <= made_at(one.patient_id) <= at:
        seen = date.max.toordinal()  # somebody has just made this file: they come back to it
    else:
        seen = one.last_seen_on.toordinal() if one.last_seen_on else 0
    return -score, not one.is_exact, -seen, str(one.patient_id)


def _wanted(clinic: Clinic, text: Typed) -> _Wanted | None:
    """Return what to look for; None when nothing was typed."""
    if not text.text:
        return None
    digits = _digit_keys(clinic, text)
    if text.id_number:
        return _Wanted(whole=[_hash(id_key(text.id_number), LookUp.ID_NUMBER)])
    if text.text.startswith(TAG_MARK):
        return _Wanted(whole=[tag_key(text.text[1:])])
    if text.number and not text.number.isalpha() and not text.name:
        return _Wanted(whole=digits, born_on=text.born_on)
    code = clinic.code.lower()
    is_own = text.letters == code
    if (
        text.digits
        and text.number.startswith(text.letters)
        and (is_own or (0 < len(text.letters) <= 3 and " " not in text.text))
    ):
        own = [file_number(clinic, int(text.digits)).lower()] if is_own and len(text.digits) <= 6 else []
        return _Wanted(prefix=text.number, whole=own)
    if text.has_han:
        key = name_key(text.name)
        if key.isascii() or any(character.isascii() for character in key):
            sound = pinyin_of(text.name).replace(" ", "")
            return _Wanted(prefix=sound, initials=initials_of_typed(sound), letters=sound, han=key, digits=digits)
        return _Wanted(prefix=key, digits=digits)
    letters = text.letters
    if letters:
        return _Wanted(prefix=letters, initials=initials_of_typed(letters), letters=letters, digits=digits)
    key = name_key(text.name)
    return _Wanted(prefix=key) if key else _Wanted(whole=digits or ["-"], born_on=text.born_on)


def _digit_keys(clinic: Clinic, text: Typed) -> list[str]:
    """Return the keys that the digits can be: whole phone, last four, file number with or without the clinic's letter."""
    keys = []
    if text.phone:
        keys.append(_hash(phone_key(text.phone), LookUp.PHONE))
    if text.last_four:
        keys.append(_hash(text.last_four, LookUp.LAST_FOUR))
    if text.digits and not text.name and len(text.digits) <= 20:
        keys.append(text.digits)
        if len(text.digits) <= 6:
            keys.append(file_number(clinic, int(text.digits)).lower())
    return keys


def file_number(clinic: Clinic, number: int) -> str:
    """Return the file number of that count in the clinic: A000123."""
    return f"{clinic.code}{number:06d}"


def _hash(text: str, context: LookUp) -> str:
    return HASH_MARK + index_of(text, context=context)


def _read(clinic: Clinic, wanted: _Wanted, *, among: Collection[uuid.UUID] | None = None) -> dict[uuid.UUID, _Found]:
    """Return hits by id. The order by key makes both databases walk the index instead of sorting all that match."""
    keys = SearchKey.objects.filter(clinic=clinic)
    if among is not None:
        keys = keys.filter(patient_id__in=among)
    found: dict[uuid.UUID, _Found] = {}
    rows: list[tuple[uuid.UUID, str, date | None]] = []
    if wanted.prefix and among is None:
        rows += _beginning_with(clinic.pk, *prefix_range("key", wanted.prefix).values())
    elif wanted.prefix:
        rows += _walked(keys.filter(**prefix_range("key", wanted.prefix)))
    if wanted.whole and among is None:
        rows += _with_keys(clinic.pk, tuple(wanted.whole))
    elif wanted.whole:
        rows += _walked(keys.filter(key__in=wanted.whole))
    if wanted.born_on is not None and among is None:
        born = Patient.objects.filter(clinic=clinic, born_on=wanted.born_on).order_by("born_on", "pk")
        rows += [(pk, wanted.prefix, seen) for pk, seen in born.values_list("pk", "last_seen_on")[:READ]]
    for patient_id, key, seen in rows:
        is_exact = key == wanted.prefix or key in wanted.whole
        if patient_id not in found or is_exact:
            found[patient_id] = _Found(patient_id, seen, is_exact)
    if found and (wanted.digits or wanted.han):
        return _narrowed(clinic, wanted, found)
    return found


def _walked(keys: QuerySet[SearchKey]) -> QuerySet[Any, Any]:
    return keys.order_by("key", "patient_id").values_list("patient_id", "key", "patient__last_seen_on")[:READ]


@prepared
def _beginning_with(clinic_id: uuid.UUID, first: str, end: str) -> QuerySet[Any, Any]:
    return _walked(SearchKey.objects.filter(clinic_id=clinic_id, key__gte=first, key__lt=end))


@prepared
def _with_keys(clinic_id: uuid.UUID, wanted: tuple[str, ...]) -> QuerySet[Any, Any]:
    return _walked(SearchKey.objects.filter(clinic_id=clinic_id, key__in=wanted))


@prepared
def _initials_beginning_with(clinic_id: uuid.UUID, first: str, end: str) -> QuerySet[Any, Any]:
    found = SearchKey.objects.filter(kind=KeyKind.INITIALS, clinic_id=clinic_id, key__gte=first, key__lt=end)
    return found.order_by("key", "patient_id").values_list(
        "patient_id", "patient__pinyin", "patient__last_seen_on", "patient__name"
    )[: READ + 30]


def _narrowed(clinic: Clinic, wanted: _Wanted, found: dict[uuid.UUID, _Found]) -> dict[uuid.UUID, _Found]:
    """Return the hits whose number also fits (王小明 1234), and whose name begins with the typed characters (王xm)."""
    ids = set(found)
    if wanted.digits:
        digits = SearchKey.objects.filter(clinic=clinic, key__in=wanted.digits, patient_id__in=ids)
        ids &= set(digits.values_list("patient_id", flat=True))
    if wanted.han and ids:
        han = "".join(character for character in wanted.han if not character.isascii())
        names = Patient.objects.filter(pk__in=ids).values_list("pk", "name")
        ids = {patient_id for patient_id, name in names if _han_of(name).startswith(han)}
    return {patient_id: one for patient_id, one in found.items() if patient_id in ids}


def _read_by_sound(clinic: Clinic, wanted: _Wanted, known: Collection[uuid.UUID]) -> dict[uuid.UUID, _Found]:
    """Return further hits for letters that begin several syllables: wxiaom, wangxiaom."""
    if len(wanted.initials) < 2 or wanted.initials == wanted.letters:
        return {}
    rows = [
        row
        for row in _initials_beginning_with(clinic.pk, *prefix_range("key", wanted.initials).values())
        if row[0] not in known
    ]  # known are a few only: else nobody would look further
    han = "".join(character for character in wanted.han if not character.isascii())
    return {
        patient_id: _Found(patient_id, seen, False)
        for patient_id, pinyin, seen, name in rows[:READ]
        if sounds_like(typed=wanted.letters, syllables=pinyin.split()) and _han_of(name).startswith(han)
    }


def _han_of(name: str) -> str:
    """Return the Chinese characters of a name, for Maria 王 as for 王小明."""
    return "".join(character for character in name_key(name) if not character.isascii())


def _scores(clinic: Clinic, ids: Collection[uuid.UUID] | None, at: datetime) -> Scores:
    """Return what the apps above know about now; of several the highest."""
    scores: Scores = {}
    for ranking in search_ranking:
        for patient_id, (score, note) in ranking.rank(clinic, ids, at).items():
            if score > scores.get(patient_id, (0, ""))[0]:
                scores[patient_id] = (score, note)
    return scores


def _of_now(clinic: Clinic, at: datetime, limit: int) -> list[Hit]:
    scores = _scores(clinic, None, at)
    best = sorted(scores, key=lambda one: (-scores[one][0], str(one)))[:limit]
    files = patients(clinic, best)
    return [
        Hit(files[one], *scores[one], False)
        for one in best
        if one in files and files[one].is_active and not is_covered(files[one])
    ]


def search_keys_of(patient: Patient) -> list[SearchKey]:
    """Return the keys by which the file is found, not yet saved. Registering, changing and bulk loading write these."""
    keys: dict[str, KeyKind] = {}
    name = name_key(patient.name)
    if name:
        keys[name[:130]] = KeyKind.NAME
    own = patient.pinyin.split()
    for reading in [own, *readings(patient.name)] if own else readings(patient.name):
        whole = "".join(reading)
        initials = "".join(syllable[0] for syllable in reading)
        for key in reading_keys(reading):
            keys.setdefault(key[:130], KeyKind.INITIALS if key == initials and key != whole else KeyKind.PINYIN)
    keys.setdefault(_file_key(patient.file_number), KeyKind.FILE)
    phone = phone_key(patient.phone)
    if phone:
        keys[_hash(phone, LookUp.PHONE)] = KeyKind.PHONE
        keys[_hash(phone[-4:], LookUp.LAST_FOUR)] = KeyKind.LAST_FOUR
    if patient.id_number:
        keys[_hash(id_key(patient.id_number), LookUp.ID_NUMBER)] = KeyKind.ID_NUMBER
    for tag in patient.tags:
        keys.setdefault(tag_key(tag), KeyKind.TAG)
    return [
        SearchKey(clinic_id=patient.clinic_id, patient_id=patient.pk, kind=kind, key=key)
        for key, kind in keys.items()
        if key
    ]


def tag_key(tag: str) -> str:
    """Return the key of a tag: #vip. Nobody's name begins with the mark."""
    return TAG_MARK + "".join(tag.casefold().split())[:40]


def _file_key(number: str) -> str:
    return "".join(character for character in number.lower() if character.isalnum())
