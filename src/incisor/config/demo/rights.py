"""The demo's privacy and doubles: a few people with two files, consents, a request that waits, looks to review."""

from datetime import date, datetime, timedelta
from typing import Any

from incisor.accounts.models import User
from incisor.config.demo.material import Dice
from incisor.config.demo.population import Person
from incisor.config.demo.team import Place
from incisor.kernel.fields import index_of
from incisor.kernel.models import NumberSeries
from incisor.patients.enums import ConsentPurpose, LookUp
from incisor.patients.models import Consent, ConsentText, DataRequest, FileLook, Patient, PatientAlert, SearchKey
from incisor.patients.queries import shipped_texts
from incisor.patients.queries.finding import file_number, search_keys_of
from incisor.patients.rules import phone_key, pinyin_of

# how the second file of a person differs from the first: as a tired desk types
SLIPS: tuple[dict[str, Any], ...] = (
    {"born_on": None, "sex": "unknown"},
    {"phone": "other"},
    {"tags": ["老客户"]},
)


def make_rights(dice: Dice, place: Place, people: list[Person], *, at: datetime, system: User) -> None:
    """Write what this module is for, into one clinic."""
    if len(people) < 12:
        return
    adults = [person for person in people if (at.date() - person.born_on).days > 20 * 365]
    _doubles(dice, place, adults, at)
    _consents(dice, place, people, at, system)
    _requests(dice, place, adults[-2:], at)
    _looks(dice, place, people[3:9], at)


def _doubles(dice: Dice, place: Place, people: list[Person], at: datetime) -> None:
    series = NumberSeries.objects.get(clinic_id=place.clinic.pk, series="file", period="")
    for slip, person in zip(SLIPS, people[2::3], strict=False):
        first, moment = person.row, at - timedelta(days=dice.between(3, 40))
        series.last += 1
        phone = first.phone[:-2] + first.phone[-1] + first.phone[-2] if slip.get("phone") else first.phone
        row = Patient(
            id=dice.key(moment), clinic=place.clinic, file_number=file_number(place.clinic, series.last),
            name=first.name, sex=slip.get("sex", first.sex), born_on=slip.get("born_on", first.born_on), phone=phone,
            tags=slip.get("tags", []), source="phone", created_at=moment, created_by=dice.one(place.desk),
        )  # fmt: skip
        row.pinyin = pinyin_of(row.name)
        row.phone_index = index_of(phone_key(row.phone), context=LookUp.PHONE)
        row.save(force_insert=True)
        SearchKey.objects.bulk_create(search_keys_of(row))
        PatientAlert.objects.create(
            clinic=place.clinic, patient=row, kind="allergy", code="latex", text="乳胶", recorded_by=row.created_by,
            recorded_at=moment,
        )  # fmt: skip
    series.save()


def _consents(dice: Dice, place: Place, people: list[Person], at: datetime, system: User) -> None:
    shares = (
        (ConsentPurpose.PRIVACY_NOTICE, 0.7),
        (ConsentPurpose.MARKETING_WECHAT, 0.3),
        (ConsentPurpose.PHOTO_RECORD, 0.4),
    )
    rows = []
    for purpose, share in shares:
        words = shipped_texts()[purpose]
        text = ConsentText.objects.create(
            clinic=place.clinic, purpose=purpose, version=1, text_zh=words["zh"], text_en=words["en"], created_by=system,
            created_at=at - timedelta(days=500),
        )  # fmt: skip
        rows += [
            Consent(
                clinic=place.clinic, patient=person.row, purpose=purpose, state="given", text=text,
                way=dice.one(["paper", "screen"]), by=person.row.created_by, at=person.row.created_at,
            )
            for person in people
            if dice.chance(share)
        ]  # fmt: skip
    Consent.objects.bulk_create(rows, batch_size=500)


def _requests(dice: Dice, place: Place, people: list[Person], at: datetime) -> None:
    wishes = (("copy", "想要一份全部病历，转到外地治疗。"), ("erasure", "以后不再来了，请删除我的资料。"))
    for (kind, wish), person in zip(wishes, people, strict=False):
        moment = at - timedelta(days=dice.between(2, 12))
        DataRequest.objects.create(
            clinic=place.clinic, patient=person.row, kind=kind, wish=wish, identity_seen="看过身份证",
            due_on=moment.date() + timedelta(days=30), recorded_by=dice.one(place.desk), recorded_at=moment,
        )  # fmt: skip


def _looks(dice: Dice, place: Place, people: list[Person], at: datetime) -> None:
    day: date = at.date() - timedelta(days=1)
    for person in people:
        is_number = dice.chance(0.6)
        FileLook.objects.create(
            clinic=place.clinic, patient=person.row, user=dice.one(place.desk), day=day,
            kind="revealed" if is_number else "opened", fields=["phone"] if is_number else [],
            reason=dice.one(["call", "booking", "follow_up", "other"]) if is_number else "",
            at=at - timedelta(days=1, minutes=dice.between(5, 300)),
        )  # fmt: skip
