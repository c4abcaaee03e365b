"""People at work for tests: on duty Monday to Friday 09:00-17:00 from 2026-01-01."""

from datetime import date, time

from incisor.staff.models import Placement, RosterRule, StaffMember


def make_staff(
    *, clinic, name="丹娜", number="D1", kind="dentist", specialties=("general",), user=None, chair=None, **over
):
    values = {"licence_number": "110", "licence_expires_on": date(2030, 12, 31)} if kind == "dentist" else {}
    staff = StaffMember.objects.create(
        name=name, number=number, kind=kind, specialties=list(specialties), user=user, **{**values, **over}
    )
    Placement.objects.create(staff=staff, clinic=clinic, chair=chair)
    return staff


def make_roster(
    *, staff, clinic, weekdays=range(5), starts=time(9), ends=time(17), valid_from=date(2026, 1, 1), **over
):
    return RosterRule.objects.bulk_create(
        RosterRule(staff=staff, clinic=clinic, weekday=day, starts=starts, ends=ends, valid_from=valid_from, **over)
        for day in weekdays
    )
