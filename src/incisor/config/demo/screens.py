"""The demo's television in the waiting room, with an address that a visitor can type, and its notices."""

from datetime import datetime, time, timedelta

from incisor.clinics.models import Device
from incisor.clinics.rules import device_hash
from incisor.config.demo.team import ZONE, Place
from incisor.kernel import clock
from incisor.reception.models import ScreenNotice

TOKEN = "demo"  # of the first clinic of a demo, which holds nobody's data: everywhere else tokens are long and random


def make_screens(places: list[Place], *, at: datetime) -> None:
    """Write one screen for each clinic and what stands on them today."""
    today = clock.local(at, ZONE).date()
    for number, place in enumerate(places):
        token = TOKEN if number == 0 else f"{TOKEN}-{number + 1}"
        Device.objects.create(
            clinic=place.clinic,
            kind="screen",
            name="候诊大屏",
            token_hash=device_hash(token),
            added_at=at - timedelta(days=90),
        )
        by = place.desk[0]
        notices = [
            ("洗牙后两小时内请勿饮用咖啡、浓茶。", "After cleaning: no coffee or strong tea for two hours.", False, 30, None),
            ("今天 18:00 至 18:30 大楼停水，请谅解。", "No water in the building from 18:00 to 18:30 today.", True, 0, time(23, 55)),
        ]  # fmt: skip
        ScreenNotice.objects.bulk_create(
            ScreenNotice(
                clinic=place.clinic, text_zh=chinese, text_en=english, is_urgent=is_urgent, added_by=by,
                starts_at=clock.moment(today - timedelta(days=days), time(0), ZONE), added_at=at,
                ends_at=clock.moment(today, until, ZONE) if until else None,
            )
            for chinese, english, is_urgent, days, until in notices
        )  # fmt: skip
