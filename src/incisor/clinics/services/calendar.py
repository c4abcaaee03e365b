"""Public holidays and make-up workdays: of the whole organisation; each clinic says whether it follows them."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic, Holiday
from incisor.clinics.rules import HolidayLine, holiday_lines
from incisor.clinics.setup import Loaded, load_holidays
from incisor.kernel import live
from incisor.kernel.edits import change, locked, refusing
from incisor.kernel.errors import Refused


class DayTaken(Refused):
    """The calendar has an entry for that day already."""

    code = "day_taken"


class BadHolidayLine(Refused):
    """Pasted lines that cannot be read. Nothing was taken over."""

    code = "bad_holiday_line"


def _taken(day: date) -> DayTaken:
    return DayTaken(_("The calendar already has an entry for %(day)s. Change that one.") % {"day": day}, field="day")


def _touch_clinics() -> None:
    for clinic_id in Clinic.objects.filter(is_active=True, follows_public_holidays=True).values_list("pk", flat=True):
        live.touch(clinic_id, "day")


def _values(row: Holiday) -> dict[str, str]:
    return {
        "day": row.day.isoformat(),
        "kind": str(row.kind),
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "source": row.source,
    }


@action(Permission.CLINIC_EDIT)
def follow_public_holidays(*, by: User, clinic: Clinic, follows: bool, at: datetime) -> Clinic:
    """Say whether the clinic closes on public holidays and works on make-up days."""
    row = locked(clinic)
    before, after = change(row, {"follows_public_holidays": follows})
    if before != after:
        record("clinic.changed", subject=row, before=before, after=after)
        live.touch(row.pk, "day")
    return row


@action(Permission.CLINIC_EDIT)
def add_holiday(
    *, by: User, clinic: Clinic, day: date, kind: str, name_zh: str, name_en: str, source: str, at: datetime
) -> Holiday:
    """Add a public holiday or make-up workday. Raises DayTaken."""
    with refusing({"holiday_day_is_unique": _taken(day)}):
        row = Holiday.objects.create(day=day, kind=kind, name_zh=name_zh, name_en=name_en, source=source)
    record("holiday.added", subject=row, after=_values(row))
    _touch_clinics()
    return row


@action(Permission.CLINIC_EDIT)
def change_holiday(
    *,
    by: User,
    clinic: Clinic,
    holiday: Holiday,
    version: int,
    day: date,
    kind: str,
    name_zh: str,
    name_en: str,
    source: str,
    at: datetime,
) -> Holiday:
    """Change an entry of the calendar. Raises DayTaken, ChangedMeanwhile."""
    row = locked(holiday, version=version)
    values = {"day": day, "kind": kind, "name_zh": name_zh, "name_en": name_en, "source": source}
    with refusing({"holiday_day_is_unique": _taken(day)}):
        before, after = change(row, values)
    if before != after:
        record("holiday.changed", subject=row, before=before, after=after)
        _touch_clinics()
    return row


@action(Permission.CLINIC_EDIT)
def remove_holiday(*, by: User, clinic: Clinic, holiday: Holiday, at: datetime) -> None:
    """Take an entry out of the calendar."""
    row = locked(holiday)
    record("holiday.removed", subject=row, before=_values(row))
    row.delete()
    _touch_clinics()


@action(Permission.CLINIC_EDIT)
def load_shipped_holidays(*, by: User, clinic: Clinic, year: int, at: datetime) -> Loaded:
    """Add what the shipped list knows of a year; what is in the calendar already stays as it is."""
    loaded = load_holidays(year=year)
    if loaded.added:
        record("holiday.list_loaded", after={"year": year, "added": loaded.added, "kept": loaded.kept})
        _touch_clinics()
    return loaded


@action(Permission.CLINIC_EDIT)
def import_holidays(*, by: User, clinic: Clinic, text: str, source: str, at: datetime) -> Loaded:
    """Take over pasted lines “2027-01-01 元旦 休”; a day that is there already gets the pasted words.

    Raises BadHolidayLine naming each line that cannot be read; then nothing is taken over.
    """
    lines, wrong = holiday_lines(text)
    if wrong:
        numbers = ", ".join(str(number) for number in wrong)
        raise BadHolidayLine(
            ngettext(
                "Line %(numbers)s cannot be read. Write: day, name, 休 or 班. For example: 2027-01-01 元旦 休",
                "Lines %(numbers)s cannot be read. Write: day, name, 休 or 班. For example: 2027-01-01 元旦 休",
                len(wrong),
            )
            % {"numbers": numbers},
            field="text",
            lines=wrong,
        )
    present = {row.day: row for row in Holiday.objects.select_for_update().filter(day__in=[line.day for line in lines])}
    added = sum(_take_over(line, present.get(line.day), source) for line in lines)
    _touch_clinics()
    return Loaded(added=added, kept=len(lines) - added)


def _take_over(line: HolidayLine, row: Holiday | None, source: str) -> bool:
    """Write one line; tell whether it is new."""
    values = {"kind": line.kind, "name_zh": line.name, "source": source}
    if row is None:
        row = Holiday.objects.create(day=line.day, name_en=line.name_en or line.name, **values)
        record("holiday.added", subject=row, after=_values(row))
        return True
    before, after = change(row, values | ({"name_en": line.name_en} if line.name_en else {}))
    if before != after:
        record("holiday.changed", subject=row, before=before, after=after)
    return False
