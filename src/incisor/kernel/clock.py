"""The only place that reads the clock, and the only one that says what the business date is."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

GRID_MINUTES = 5


def now() -> datetime:
    """Return the present moment, aware, in UTC. Called by views, jobs and commands only."""
    return datetime.now(UTC)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return the time zone of that IANA name. Raises ZoneInfoNotFoundError."""
    return ZoneInfo(name)


def local(at: datetime, zone_name: str) -> datetime:
    """Return the clinic's wall-clock time of a moment."""
    return at.astimezone(zone(zone_name))


def business_date(at: datetime, zone_name: str, *, day_starts_at: time = time(0)) -> date:
    """Return the business date of a moment: the local date, counted from the hour at which the clinic's day starts.

    A clinic open past midnight sets day_starts_at to 04:00, say, and 01:30 still belongs to the day before.
    """
    wall = local(at, zone_name)
    return wall.date() - timedelta(days=1) if wall.time() < day_starts_at else wall.date()


def moment(day: date, wall: time, zone_name: str) -> datetime:
    """Return the moment (UTC) at which the clinic's clock shows that time on that day.

    In the hour that a clock change repeats, the first one is meant; in the hour that it skips, the time after it.
    """
    return datetime.combine(day, wall, tzinfo=zone(zone_name)).astimezone(UTC)


def day_bounds(day: date, zone_name: str, *, days: int = 1) -> tuple[datetime, datetime]:
    """Return the first moment of a local day and the first moment after `days` days, in UTC."""
    return moment(day, time(0), zone_name), moment(day + timedelta(days=days), time(0), zone_name)
