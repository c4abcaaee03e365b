"""Devices that nobody signs in at: their token is the key."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.clinics import queries, services
from incisor.clinics.models import Device
from incisor.clinics.rules import device_hash
from incisor.clinics.services import DeviceRefused
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound
from tests.factories.clinics import make_device


def test_a_device_is_known_by_its_token_of_its_kind_only(mona, clinic, at):
    device, token = services.add_device(by=mona, clinic=clinic, kind="screen", name=" 候诊大屏 ", at=at)

    assert queries.device_of_token(token, "screen") == device
    assert (device.name, device.token_hash) == ("候诊大屏", device_hash(token))
    assert token not in str(list(Entry.objects.values()))
    for wrong, kind in [(token, "kiosk"), (token + "x", "screen"), ("", "screen"), ("x" * 5000, "screen")]:
        with pytest.raises(NotFound):
            queries.device_of_token(wrong, kind)


def test_new_token_ends_the_old_and_an_ended_device_is_nobody(mona, clinic, at):
    device, first = services.add_device(by=mona, clinic=clinic, kind="kiosk", name="门口", at=at)
    second = services.renew_device(by=mona, device=device, at=at)

    with pytest.raises(NotFound):
        queries.device_of_token(first, "kiosk")
    known = queries.device_of_token(second, "kiosk")
    services.end_device(by=mona, device=known, at=at)
    with pytest.raises(NotFound):
        queries.device_of_token(second, "kiosk")
    ended = queries.device(clinic, device.pk)
    third = services.renew_device(by=mona, device=ended, at=at)
    assert queries.device_of_token(third, "kiosk").pk == device.pk


def test_device_of_a_closed_clinic_is_nobody(clinic):
    _device, token = make_device(clinic=clinic)
    clinic.is_active = False
    clinic.save()

    with pytest.raises(NotFound):
        queries.device_of_token(token, "screen")


def test_refusals_of_devices(mona, rosa, clinic, at):
    with pytest.raises(DeviceRefused):
        services.add_device(by=mona, clinic=clinic, kind="toaster", name="x", at=at)
    with pytest.raises(NotAllowed):
        services.add_device(by=rosa, clinic=clinic, kind="screen", name="x", at=at)
    device, _token = make_device(clinic=clinic)
    services.change_device(by=mona, device=device, version=1, name="大屏", options={"voice": True}, at=at)
    with pytest.raises(ChangedMeanwhile):
        services.change_device(by=mona, device=device, version=1, name="x", options={}, at=at)
    device.refresh_from_db()
    assert (device.name, device.options) == ("大屏", {"voice": True})


def test_seen_is_kept_to_the_minute(clinic, at):
    device, _token = make_device(clinic=clinic)
    for later, kept in [(0, 0), (30, 0), (60, 60), (200, 200)]:
        services.note_device_seen(device, at=at + timedelta(seconds=later))
        device.refresh_from_db()
        assert device.seen_at == at + timedelta(seconds=kept)


def test_pages_of_devices(as_mona, rosa, clinic, other_clinic):
    added = as_mona.post(reverse("clinics:device-new"), {"kind": "screen", "name": "二楼"})
    device = Device.objects.get()

    assert added.context["shown"]["token"] in added.content.decode()
    assert queries.device_of_token(added.context["shown"]["token"], "screen") == device
    assert "二楼" in as_mona.get(reverse("clinics:devices")).content.decode()
    assert as_mona.post(reverse("clinics:device-new"), {"kind": "screen"}).status_code == 422
    assert as_mona.post(reverse("clinics:device-renew", args=[device.pk])).context["shown"]["name"] == "二楼"
    assert as_mona.post(reverse("clinics:device-end", args=[device.pk])).status_code == 303
    foreign, _token = make_device(clinic=other_clinic, token="another")
    assert as_mona.post(reverse("clinics:device-end", args=[foreign.pk])).status_code == 404
    as_mona.force_login(rosa)
    assert as_mona.get(reverse("clinics:devices")).status_code == 403
