"""Alerts and family links."""

import pytest

from incisor.audit.models import Entry
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.patients import queries, services
from incisor.patients.models import FamilyLink, PatientAlert
from incisor.patients.services.family import CannotLink
from tests.factories.patients import make_alert, make_patient


def add(by, patient, at, **over):
    return services.add_alert(by=by, patient=patient, at=at, **{"kind": "allergy", "text": "花粉", **over})


def test_alert_in_own_words_and_from_the_list(pia, rosa, at):
    own = add(rosa, pia, at)
    listed = add(rosa, pia, at, text="青霉素过敏")

    assert (own.code, own.text, own.label) == ("", "花粉", "花粉")
    assert (listed.code, listed.label) == ("penicillin", "青霉素类")
    assert "花粉" not in "".join(Entry.objects.values_list("detail", flat=True))
    assert [alert.pk for alert in queries.patient(pia.clinic, pia.pk).allergies] == [own.pk, listed.pk]


def test_same_alert_is_not_noted_twice(pia, rosa, at):
    assert add(rosa, pia, at).pk == add(rosa, pia, at, text=" 花粉 ").pk
    assert add(rosa, pia, at, code="latex", text="").pk == add(rosa, pia, at, code="latex", text="手套").pk
    assert PatientAlert.objects.count() == 2


@pytest.mark.parametrize(
    "over",
    [
        {"text": ""},
        {"kind": "mood"},
        {"code": "moon"},
        {"text": "长" * 201},
        {"kind": "condition", "code": "penicillin"},
    ],
)
def test_alert_that_cannot_be_is_refused(pia, rosa, at, over):
    with pytest.raises(services.WrongValue):
        add(rosa, pia, at, **over)

    assert PatientAlert.objects.count() == 0


def test_alert_is_ended_and_resumed_once(pia, rosa, at):
    alert = add(rosa, pia, at)

    for step in (services.resume_alert, services.end_alert, services.end_alert, services.resume_alert):
        step(by=rosa, alert=alert, at=at)

    assert [entry.what for entry in Entry.objects.order_by("number")] == [
        "patient.alert_added", "patient.alert_ended", "patient.alert_resumed",
    ]  # fmt: skip
    assert PatientAlert.objects.get().ended_at is None


def test_badge_without_prefetch_still_shows_allergies(pia):
    make_alert(patient=pia)
    make_alert(patient=pia, kind="warning", code="", text="会晕针")

    assert [alert.code for alert in pia.allergies] == ["penicillin"]
    assert [alert.label for alert in pia.warnings] == ["会晕针"]


def test_alerts_need_their_permission(client, pia, omar, at):
    with pytest.raises(NotAllowed):
        add(omar, pia, at)


@pytest.mark.parametrize(
    ("relation", "back"),
    [
        ("parent", "child"),
        ("child", "parent"),
        ("grandparent", "grandchild"),
        ("spouse", "spouse"),
        ("companion", "companion"),
    ],
)
def test_family_is_kept_in_both_files(pia, clinic, rosa, at, relation, back):
    other = make_patient(clinic=clinic, name="皮大", file_number="A000002")

    services.link_family(by=rosa, patient=pia, relative=other, relation=relation, at=at)

    assert [(link.relative, link.relation) for link in queries.family_of(pia)] == [(other, relation)]
    assert [(link.relative, link.relation) for link in queries.family_of(other)] == [(pia, back)]


def test_family_link_is_changed_not_doubled_and_unlinked_once(pia, clinic, rosa, at):
    other = make_patient(clinic=clinic, name="皮大", file_number="A000002")
    for relation in ("sibling", "spouse"):
        services.link_family(by=rosa, patient=pia, relative=other, relation=relation, at=at)
    assert FamilyLink.objects.count() == 2

    for _ in range(2):
        services.unlink_family(by=rosa, patient=other, relative=pia, at=at)

    assert FamilyLink.objects.count() == 0
    assert Entry.objects.filter(what="patient.family_unlinked").count() == 1


def test_family_links_that_cannot_be(pia, other_clinic, rosa, at):
    foreign = make_patient(clinic=other_clinic, file_number="B000001")

    with pytest.raises(NotFound):
        services.link_family(by=rosa, patient=pia, relative=foreign, relation="child", at=at)
    with pytest.raises(CannotLink):
        services.link_family(by=rosa, patient=pia, relative=pia, relation="child", at=at)
    with pytest.raises(CannotLink):
        services.link_family(by=rosa, patient=pia, relative=foreign, relation="robot", at=at)
