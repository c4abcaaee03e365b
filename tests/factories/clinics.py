"""Places for tests: a clinic open Monday to Saturday 09:00-18:00 in Shanghai."""

from datetime import time

from incisor.clinics.models import Chair, Clinic, Device, OpeningHours, Organisation, Procedure, Room
from incisor.clinics.rules import device_hash
from incisor.kernel.clock import now


def make_organisation(**over):
    found = Organisation.objects.first()
    return found or Organisation.objects.create(**{"name": "门牙口腔集团", **over})


def make_clinic(*, code="A", name="晨光口腔", opens=time(9), closes=time(18), weekdays=range(6), **over):
    clinic = Clinic.objects.create(organisation=make_organisation(), code=code, name=name, **over)
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=day, opens=opens, closes=closes) for day in weekdays
    )
    return clinic


def make_chair(*, clinic, name="1号椅", capabilities=("basic", "xray"), **over):
    room, _ = Room.objects.get_or_create(clinic=clinic, name="诊室一")
    return Chair.objects.create(clinic=clinic, room=room, name=name, capabilities=list(capabilities), **over)


def make_procedure(*, code="CLEAN", name_zh="超声洁牙", name_en="Ultrasonic cleaning", **over):
    values = {
        "duration_minutes": 30,
        "specialty": "general",
        "chair_needs": ["basic"],
        "follow_up_key": "cleaning",
        "aftercare_key": "cleaning",
    }
    return Procedure.objects.create(code=code, name_zh=name_zh, name_en=name_en, **{**values, **over})


def make_device(*, clinic, kind="screen", name="候诊大屏", token="token-of-a-device", **over):
    """Return a device and its token."""
    values = {"token_hash": device_hash(token), "added_at": now(), **over}
    return Device.objects.create(clinic=clinic, kind=kind, name=name, **values), token
