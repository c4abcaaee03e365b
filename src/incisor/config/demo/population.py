"""The demo's patients: names as people have them, families that share a phone, allergies, tags."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from incisor.accounts.models import User
from incisor.config.demo.material import Dice, load
from incisor.config.demo.team import ZONE, Place
from incisor.kernel import clock
from incisor.kernel.fields import index_of
from incisor.kernel.models import NumberSeries
from incisor.patients.enums import LookUp
from incisor.patients.models import FamilyLink, Patient, PatientAlert, SearchKey
from incisor.patients.queries.finding import file_number, search_keys_of
from incisor.patients.rules import clean_phone, phone_key, pinyin_of

BATCH = 500


@dataclass
class Person:
    """A patient with what the placing of visits needs."""

    row: Patient
    place: Place
    born_on: date
    joined_on: date


def make_population(dice: Dice, places: list[Place], *, count: int, first_day: date, today: date) -> list[Person]:
    """Write the patients of all clinics; returns them in the order in which they joined."""
    share = [0.72, 0.28]
    people: list[Person] = []
    used_phones: set[str] = set()
    for place, part in zip(places, share, strict=True):
        wanted = round(count * part)
        mine: list[Person] = []
        while len(mine) < wanted:
            mine.extend(_household(dice, place, wanted - len(mine), first_day, today, used_phones))
        mine.sort(key=lambda person: (person.joined_on, person.row.name))
        for number, person in enumerate(mine, start=1):
            person.row.file_number = file_number(place.clinic, number)
        people.extend(mine)
        NumberSeries.objects.create(clinic_id=place.clinic.pk, series="file", period="", last=wanted)
    _write(dice, people, today)
    return people


def _household(dice: Dice, place: Place, room: int, first_day: date, today: date, used: set[str]) -> list[Person]:
    size = min(room, dice.random.choices([1, 2, 3, 4], weights=[58, 20, 16, 6])[0])
    joined = first_day + timedelta(days=int(dice.random.triangular(0, (today - first_day).days, 60)))
    phone = _phone(dice, used)
    head_age = dice.between(24, 70)
    surname = dice.weighted(load("names")["surnames"])["surname"]
    home = _address(dice)
    ages = [head_age]
    if size > 1:
        ages.append(
            max(20, head_age + dice.between(-6, 6)) if dice.chance(0.5) else max(3, head_age - dice.between(24, 36))
        )
    ages += [max(3, head_age - dice.between(24, 38)) for _ in range(size - len(ages))]
    household = []
    way = _way(dice)
    for position, age in enumerate(ages):
        born = today - timedelta(days=age * 365 + dice.between(0, 364))
        name, sex, language = _name(dice, born, surname if position == 0 or age < 20 else "")
        own_phone = phone if position == 0 or age < 16 or dice.chance(0.25) else _phone(dice, used)
        at = clock.moment(joined + timedelta(days=position * dice.between(0, 40)), time(dice.between(9, 17)), ZONE)
        at = min(at, clock.moment(today, time(8), ZONE))
        channel = dice.weighted(load("places")["channels"])
        row = Patient(
            id=dice.key(at), clinic=place.clinic, name=name, sex=sex, born_on=born, phone=own_phone,
            phone_owner="本人" if own_phone != phone or position == 0 else "家长" if age < 16 else "家人",
            address=home, language=language, occupation=_occupation(dice, age), source=channel["source"],
            source_detail=channel["name_zh"], created_at=at, created_by=dice.one(place.desk),
            contact_channel=way if own_phone == phone else _way(dice),
            tags=_tags(dice),
        )  # fmt: skip
        household.append(Person(row, place, born, clock.local(at, ZONE).date()))
    return household


def _way(dice: Dice) -> str:
    return dice.random.choices(["phone", "wechat", "sms"], weights=[55, 35, 10])[0]


def _write(dice: Dice, people: list[Person], today: date) -> None:
    keys, rows = [], []
    for person in people:
        row = person.row
        row.phone = clean_phone(row.phone)
        row.pinyin = pinyin_of(row.name)
        row.phone_index = index_of(phone_key(row.phone), context=LookUp.PHONE)
        keys.extend(search_keys_of(row))
        rows.append(row)
    Patient.objects.bulk_create(rows, batch_size=BATCH)
    SearchKey.objects.bulk_create(keys, batch_size=2000)
    FamilyLink.objects.bulk_create(_family(people, today), batch_size=BATCH)
    PatientAlert.objects.bulk_create(_alerts(dice, people, today), batch_size=BATCH)


def _family(people: list[Person], today: date) -> list[FamilyLink]:
    by_phone: dict[tuple[Any, str], list[Person]] = defaultdict(list)
    for person in people:
        by_phone[person.place.clinic.pk, person.row.phone].append(person)
    links = []
    for household in by_phone.values():
        for one in household:
            for other in household:
                if one is other:
                    continue
                gap = (one.born_on - other.born_on).days / 365
                relation = (
                    "parent"
                    if gap > 16
                    else "child"
                    if gap < -16
                    else "spouse"
                    if gap and (today - one.born_on).days > 20 * 365
                    else "sibling"
                )
                links.append(FamilyLink(patient=one.row, relative=other.row, relation=relation))
    return links


def _alerts(dice: Dice, people: list[Person], today: date) -> list[PatientAlert]:
    allergies = load("allergies", "incisor.patients.data")
    conditions = load("conditions", "incisor.patients.data")
    made = []
    for person in people:
        age = (today - person.born_on).days // 365
        found: list[tuple[str, dict[str, Any]]] = []
        if dice.chance(0.06):
            found.append(("allergy", dice.one(allergies[:8])))
        if age > 45 and dice.chance(min(0.6, (age - 40) / 60)):
            found.append(("condition", dice.one(conditions[:12])))
        made += [
            PatientAlert(
                clinic=person.place.clinic, patient=person.row, kind=kind, code=one["key"], text=one["name_zh"],
                recorded_by=person.row.created_by, recorded_at=person.row.created_at,
            )
            for kind, one in found
        ]  # fmt: skip
    return made


def _name(dice: Dice, born: date, surname: str) -> tuple[str, str, str]:
    names = load("names")
    if not surname and dice.chance(0.008):
        foreign = dice.one(names["foreign"])
        return foreign["name"], foreign["sex"], "en"
    if not surname and dice.chance(0.01):
        special = dice.one(names["polyphonic"])
        return special["name"], special["sex"], "zh-hans"
    sex = dice.one(["male", "female"])
    group = next((one for one in names["given"] if one["born_from"] <= born.year <= one["born_to"]), names["given"][0])
    given = dice.one(group[sex])
    if dice.chance(0.02):
        given = dice.one([one["given"] for one in names["rare_given"] if one["sex"] == sex])
    return (surname or dice.weighted(names["surnames"])["surname"]) + given, sex, "zh-hans"


def _phone(dice: Dice, used: set[str]) -> str:
    """Return a number of a mobile prefix that no Chinese operator has given out."""
    while True:
        phone = load("places")["city"]["mobile_prefix"] + f"{dice.between(0, 99_999_999):08d}"
        if phone not in used:
            used.add(phone)
            return phone


def _address(dice: Dice) -> str:
    places = load("places")
    district = dice.weighted(places["districts"])
    estate = dice.one(places["estates"])
    return (
        f"{places['city']['name_zh']}{district['name_zh']}{dice.one(district['streets'])}{dice.between(1, 380)}号"
        f"{estate}{dice.between(1, 28)}栋{dice.between(1, 26)}{dice.between(1, 4):02d}室"
    )


def _occupation(dice: Dice, age: int) -> str:
    fitting = [one for one in load("places")["occupations"] if one["age_from"] <= age <= one["age_to"]]
    return dice.weighted(fitting)["name_zh"] if fitting else ""


def _tags(dice: Dice) -> list[str]:
    return [dice.one(load("places")["tags"])["name_zh"]] if dice.chance(0.12) else []


def created_by(person: Person) -> User:
    """Return who registered the patient."""
    return person.row.created_by
