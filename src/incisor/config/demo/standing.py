"""The demo's agreements with patients: tags and levels of the clinic, members, points, restrictions, readings, guardians."""

from datetime import date, datetime, time, timedelta

from incisor.config.demo.material import Dice, load
from incisor.config.demo.population import Person
from incisor.config.demo.team import ZONE, Place
from incisor.kernel import clock
from incisor.patients.models import (
    FamilyLink,
    HealthDenial,
    HealthReading,
    Membership,
    MembershipLevel,
    PointEntry,
    Restriction,
    Tag,
)

LEVELS = (
    ("金卡会员", "洁牙 8 折；种植、正畸 9.5 折；专线预约", "warning", 1, 0.03),
    ("银卡会员", "洁牙 9 折；免费口腔检查每年两次", "neutral", 2, 0.08),
    ("家庭会员", "全家共享积分；儿童涂氟 7 折", "info", 3, 0.05),
)
MEANINGS = {
    "VIP": "到店先请进接待室，由主管接待", "怕疼": "预约时多留 10 分钟，提前告知医生做表面麻醉", "怕打针": "先和医生沟通，安排舒适化治疗",
    "听力不便": "当面叫号，不用广播", "行动不便": "安排一楼诊室", "轮椅": "安排一楼诊室，留出通道", "只约周末": "不约工作日",
    "只约上午": "不约下午和晚上", "常迟到": "提前半小时再提醒一次", "不接电话请短信": "只发短信，不打电话", "指定医生": "换医生前先征求意见",
    "咽反射强": "拍片、取模前告知医生",
}  # fmt: skip
COLOURS = ("violet", "info", "accent", "warning", "bad", "good", "neutral")
POINTS = (("就诊积分", 60, 400), ("推荐朋友", 200, 200), ("生日礼遇", 100, 100))
REASONS = (("prepay", "半年内爽约两次"), ("prepay", "种植手术占用整个下午"), ("double_confirm", "常常当天才改时间"))
SHARE_RESTRICTED, SHARE_POINTS = 0.008, 0.2


def make_standing(dice: Dice, people: list[Person], places: list[Place], *, at: datetime, today: date) -> None:
    """Write lists and agreements of all clinics."""
    for place in places:
        mine = [person for person in people if person.place is place]
        levels = _lists(place)
        _members(dice, place, mine, levels, at=at)
        _readings(dice, place, mine, at=at, today=today)
    _guardians(today)


def _lists(place: Place) -> list[MembershipLevel]:
    Tag.objects.bulk_create(
        Tag(
            clinic=place.clinic,
            name=one["name_zh"],
            meaning=MEANINGS.get(one["name_zh"], ""),
            colour=COLOURS[number % len(COLOURS)],
            position=number + 1,
        )
        for number, one in enumerate(load("places")["tags"])
    )
    return MembershipLevel.objects.bulk_create(
        MembershipLevel(clinic=place.clinic, name=name, rules=rules, colour=colour, position=position)
        for name, rules, colour, position, _share in LEVELS
    )


def _members(dice: Dice, place: Place, people: list[Person], levels: list[MembershipLevel], *, at: datetime) -> None:
    members, points, restrictions = [], [], []
    for person in people:
        since = clock.moment(person.joined_on, time(15), ZONE)
        for level, (*_level, share) in zip(levels, LEVELS, strict=True):
            if dice.chance(share):
                members.append(
                    Membership(
                        clinic=place.clinic, patient=person.row, level=level, reason="办卡", given_by=dice.one(place.desk),
                        given_at=since,
                    )
                )  # fmt: skip
                break
        if dice.chance(SHARE_POINTS):
            for reason, low, high in POINTS[: dice.between(1, len(POINTS))]:
                points.append(
                    PointEntry(
                        clinic=place.clinic, patient=person.row, points=dice.between(low, high), reason=reason,
                        by=dice.one(place.desk), at=since + timedelta(days=dice.between(0, 20)),
                    )
                )  # fmt: skip
        if dice.chance(SHARE_RESTRICTED):
            kind, reason = dice.one(list(REASONS))
            restrictions.append(
                Restriction(
                    clinic=place.clinic, patient=person.row, kind=kind, reason=reason, set_by=dice.one(place.desk),
                    set_at=at - timedelta(days=dice.between(1, 60)),
                )
            )  # fmt: skip
    Membership.objects.bulk_create(members, batch_size=500)
    PointEntry.objects.bulk_create([entry for entry in points if entry.at <= at], batch_size=500)
    Restriction.objects.bulk_create(restrictions, batch_size=500)


def _readings(dice: Dice, place: Place, people: list[Person], *, at: datetime, today: date) -> None:
    readings, denials = [], []
    for person in people:
        age = (today - person.born_on).days // 365
        since = min(clock.moment(person.joined_on, time(10), ZONE), at)
        if dice.chance(0.4):
            denials.append(
                HealthDenial(
                    clinic=place.clinic, patient=person.row, kind="medication" if age < 45 else "dental", said_at=since,
                    recorded_by=dice.one(place.desk),
                )
            )  # fmt: skip
        if age < 55 or not dice.chance(0.5):
            continue
        upper = dice.between(112, 168) if dice.chance(0.95) else dice.between(180, 196)
        readings.append(
            HealthReading(
                clinic=place.clinic, patient=person.row, kind="blood_pressure", value=upper,
                second=upper - dice.between(42, 68), measured_at=since, recorded_by=dice.one(place.desk), recorded_at=since,
            )
        )  # fmt: skip
        if dice.chance(0.3):
            readings.append(
                HealthReading(
                    clinic=place.clinic, patient=person.row, kind="glucose", value=dice.between(48, 104), moment="fasting",
                    is_told=True, measured_at=since, recorded_by=dice.one(place.desk), recorded_at=since,
                )
            )  # fmt: skip
    HealthReading.objects.bulk_create(readings, batch_size=500)
    HealthDenial.objects.bulk_create(denials, batch_size=500)


def _guardians(today: date) -> None:
    """Parents of those under age decide for them."""
    grown_on = today.replace(year=today.year - 18, day=min(today.day, 28))
    FamilyLink.objects.filter(relation="parent", patient__born_on__gt=grown_on).update(is_guardian=True)
