"""Membership, points, tags, restrictions."""

from datetime import date, timedelta

import pytest

from incisor.audit.models import Entry
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound
from incisor.patients import queries, services
from incisor.patients.models import Membership, MembershipLevel, PointEntry, Restriction, Tag
from tests.factories.patients import make_patient

DAY = date(2026, 3, 2)


@pytest.fixture
def gold(clinic):
    return MembershipLevel.objects.create(clinic=clinic, name="金卡", colour="warning")


def level_of(patient):
    found = queries.memberships_of(patient.clinic, [patient], day=DAY).get(patient.pk)
    return found.level.name if found else ""


def test_membership_replaces_the_one_before_and_can_be_taken_back(clinic, mona, pia, gold, at):
    silver = MembershipLevel.objects.create(clinic=clinic, name="银卡")

    services.set_membership(by=mona, patient=pia, level=silver, at=at)
    later = at + timedelta(minutes=1)
    services.set_membership(by=mona, patient=pia, level=gold, last_on=DAY, reason="消费满", at=later)
    assert level_of(pia) == "金卡"
    assert queries.memberships_of(clinic, [pia], day=DAY + timedelta(days=1)) == {}

    services.undo_membership(by=mona, patient=pia, at=later + timedelta(minutes=1))
    assert level_of(pia) == "银卡"
    assert Membership.objects.count() == 2


def test_end_of_a_membership_can_be_taken_back(mona, pia, gold, at):
    services.undo_membership(by=mona, patient=pia, at=at)
    services.set_membership(by=mona, patient=pia, level=gold, at=at)
    services.set_membership(by=mona, patient=pia, level=gold, at=at)
    assert services.set_membership(by=mona, patient=pia, level=None, at=at + timedelta(minutes=1)) is None
    assert level_of(pia) == ""

    services.undo_membership(by=mona, patient=pia, at=at + timedelta(minutes=2))

    assert level_of(pia) == "金卡"
    assert Membership.objects.count() == 1


def test_first_membership_can_be_taken_back(mona, pia, gold, at):
    services.set_membership(by=mona, patient=pia, level=gold, at=at)

    services.undo_membership(by=mona, patient=pia, at=at)

    assert level_of(pia) == ""


def test_level_of_another_clinic_cannot_be_given(other_clinic, mona, pia, at):
    foreign = MembershipLevel.objects.create(clinic=other_clinic, name="金卡")

    with pytest.raises(NotFound):
        services.set_membership(by=mona, patient=pia, level=foreign, at=at)


def test_points_are_a_ledger(mona, pia, at):
    given = services.add_points(by=mona, patient=pia, points=100, reason="推荐 朋友", at=at)
    services.add_points(by=mona, patient=pia, points=-30, reason="兑换", at=at)
    assert queries.points_of(pia.clinic, [pia]) == {pia.pk: 70}

    with pytest.raises(services.NotEnoughPoints) as refusal:
        services.reverse_points(by=mona, entry=given, at=at)
    assert refusal.value.details["have"] == 70
    services.add_points(by=mona, patient=pia, points=30, reason="补", at=at)
    services.reverse_points(by=mona, entry=given, at=at)

    assert queries.points_of(pia.clinic, [pia.pk]) == {pia.pk: 0}
    with pytest.raises(services.AlreadyReversed):
        services.reverse_points(by=mona, entry=given, at=at)
    with pytest.raises(services.AlreadyReversed):
        services.reverse_points(by=mona, entry=PointEntry.objects.get(reverses=given), at=at)
    assert [entry.points for entry in queries.point_entries(pia)] == [-100, 30, -30, 100]


@pytest.mark.parametrize(("points", "reason"), [(0, "x"), (10, " "), (10, "长" * 121), (2_000_000, "x")])
def test_wrong_points_are_refused(mona, pia, points, reason, at):
    with pytest.raises(services.WrongValue):
        services.add_points(by=mona, patient=pia, points=points, reason=reason, at=at)


def test_points_below_zero_are_refused(mona, pia, at):
    with pytest.raises(services.NotEnoughPoints):
        services.add_points(by=mona, patient=pia, points=-1, reason="x", at=at)


def test_restriction_holds_until_its_day_or_until_it_is_lifted(clinic, mona, pia, at):
    other = make_patient(clinic=clinic, file_number="A000002", phone="13900002222")
    made = services.restrict(by=mona, patient=pia, kind="prepay", reason="爽约两次", last_on=DAY, at=at)
    services.restrict(by=mona, patient=pia, kind="double_confirm", reason="常改时间", at=at)

    found = queries.restrictions_of(clinic, [pia, other], day=DAY)
    assert {key: [one.kind for one in rows] for key, rows in found.items()} == {pia.pk: ["double_confirm", "prepay"]}
    tomorrow = queries.restrictions_of(clinic, [pia.pk], day=DAY + timedelta(days=1))
    assert [one.kind for one in tomorrow[pia.pk]] == ["double_confirm"]
    assert "爽约" not in "".join(Entry.objects.values_list("detail", flat=True))

    services.lift_restriction(by=mona, restriction=made, at=at)
    services.lift_restriction(by=mona, restriction=made, at=at)
    assert [one.kind for one in queries.restrictions_of(clinic, [pia], day=DAY)[pia.pk]] == ["double_confirm"]
    services.resume_restriction(by=mona, restriction=made, at=at)
    services.resume_restriction(by=mona, restriction=made, at=at)
    assert len(queries.restrictions_of(clinic, [pia], day=DAY)[pia.pk]) == 2


def test_one_restriction_of_a_kind_and_one_that_is_over_makes_room(mona, pia, at):
    first = services.restrict(by=mona, patient=pia, kind="prepay", reason="一", last_on=DAY, at=at)
    with pytest.raises(services.AlreadyRestricted):
        services.restrict(by=mona, patient=pia, kind="prepay", reason="二", at=at)

    services.restrict(by=mona, patient=pia, kind="prepay", reason="二", at=at + timedelta(days=2))

    with pytest.raises(services.AlreadyRestricted):
        services.resume_restriction(by=mona, restriction=first, at=at + timedelta(days=2))
    assert [row.reason for row in queries.past_standing(pia)] == ["一"]


@pytest.mark.parametrize("over", [{"kind": "ban"}, {"reason": " "}, {"last_on": DAY - timedelta(days=1)}])
def test_wrong_restrictions_are_refused(mona, pia, over, at):
    with pytest.raises(services.WrongValue):
        services.restrict(by=mona, patient=pia, at=at, **{"kind": "prepay", "reason": "爽约", **over})
    assert not Restriction.objects.exists()


def test_the_desk_sees_but_does_not_set(rosa, pia, at):
    with pytest.raises(NotAllowed):
        services.add_points(by=rosa, patient=pia, points=10, reason="x", at=at)


def test_lists_of_the_clinic(clinic, mona, rosa, at):
    values = {"name": "金卡", "rules": "9 折", "colour": "warning", "position": 1}
    level = services.add_level(by=mona, clinic=clinic, at=at, **values)
    with pytest.raises(services.NameInList):
        services.add_level(by=mona, clinic=clinic, at=at, **values)
    services.change_level(by=mona, level=level, version=1, is_active=False, at=at, **values)
    with pytest.raises(ChangedMeanwhile):
        services.change_level(by=mona, level=level, version=1, is_active=True, at=at, **values)

    assert queries.levels(clinic, is_active=True) == []
    assert [one.name for one in queries.levels(clinic)] == ["金卡"]
    with pytest.raises(NotAllowed):
        services.add_level(by=rosa, clinic=clinic, at=at, **values)


def test_tag_that_files_carry_keeps_its_name(clinic, mona, pia, at):
    values = {"name": "VIP", "meaning": "", "colour": "violet", "position": 1}
    tag = services.add_tag(by=mona, clinic=clinic, at=at, **values)
    with pytest.raises(services.NameInList):
        services.add_tag(by=mona, clinic=clinic, at=at, **values)
    renamed = services.change_tag(by=mona, tag=tag, version=1, is_active=True, at=at, **{**values, "name": "贵宾"})
    services.change_patient(by=mona, patient=pia, version=1, changes={"tags": ["贵宾"]}, at=at)

    with pytest.raises(services.TagInUse):
        services.change_tag(by=mona, tag=renamed, version=2, is_active=True, at=at, **values)
    services.change_tag(by=mona, tag=renamed, version=2, is_active=False, at=at, **{**values, "name": "贵宾"})

    assert Tag.objects.get().is_active is False


def test_badges_of_members_and_the_restricted(clinic, mona, rosa, pia, gold, at):
    services.set_membership(by=mona, patient=pia, level=gold, at=at)
    services.restrict(by=mona, patient=pia, kind="prepay", reason="爽约", at=at)

    badges = queries.badges_of(clinic, [pia], by=rosa, at=at)[pia.pk]

    assert [(badge.level, badge.text) for badge in badges if badge.text in ("金卡", "须预付")] == [
        ("warning", "须预付"),
        ("warning", "金卡"),
    ]
