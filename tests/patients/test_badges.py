"""Badges of the apps above: each asked once for a whole list, and only when the reader may know."""

import pytest

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import Place
from incisor.patients import queries
from incisor.patients.hooks import Badge, BadgeSource
from incisor.patients.queries import badges
from tests.factories.patients import make_patient


@pytest.fixture
def own_place(monkeypatch):
    place = Place("patient_badges")
    monkeypatch.setattr(badges, "patient_badges", place)
    return place


def test_badges_come_in_the_order_of_the_place_and_each_source_is_asked_once(own_place, clinic, rosa, at):
    one, other = make_patient(clinic=clinic), make_patient(clinic=clinic, name="李红", file_number="A000002")
    asked = []

    def owing(clinic, patients, at):
        asked.append(len(patients))
        return {one.pk: [("warning", "owes 20", "/bill/")]}

    own_place.add(BadgeSource(key="later", label="Later", order=20, find=lambda *_: {one.pk: [Badge("info", "VIP")]}))
    own_place.add(BadgeSource(key="owing", label="Owing", order=10, find=owing))

    found = queries.badges_of(clinic, [one, other], by=rosa, at=at)

    assert found == {one.pk: [Badge("warning", "owes 20", "/bill/"), Badge("info", "VIP", "")], other.pk: []}
    assert asked == [2]


def test_whoever_may_not_know_is_told_nothing_and_nothing_is_asked(own_place, clinic, dana_user, at):
    patient = make_patient(clinic=clinic)

    def secret(*_given):
        pytest.fail("asked")

    own_place.add(BadgeSource(key="money", label="Money", order=1, permission=Permission.MONEY_SEE, find=secret))

    assert queries.badges_of(clinic, [patient], by=dana_user, at=at) == {patient.pk: []}


def test_nobody_has_no_badges(own_place, clinic, rosa, at):
    assert queries.badges_of(clinic, [], by=rosa, at=at) == {}
