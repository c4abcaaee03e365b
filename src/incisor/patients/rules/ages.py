"""Ages."""

from dataclasses import dataclass
from datetime import date

ADULT_FROM = 18  # 民法典 (2021), article 17: until then a guardian decides
CHILD_BELOW = 14  # paediatric dentistry in China: 0 to 14 years
ELDERLY_FROM = 65
MONTHS_BELOW_YEARS = 3


@dataclass(frozen=True)
class Age:
    """Whole years, and whole months in all."""

    years: int
    months: int

    @property
    def is_child(self) -> bool:
        return self.years < CHILD_BELOW

    @property
    def is_elderly(self) -> bool:
        return self.years >= ELDERLY_FROM

    @property
    def is_told_in_months(self) -> bool:
        """Tell whether people give the age in months: below three years."""
        return self.years < MONTHS_BELOW_YEARS


def age_on(*, born_on: date | None, day: date) -> Age | None:
    """Return the age on that day, None when the birth date is unknown or lies ahead. Born on 29 February: on 1 March."""
    if born_on is None or born_on > day:
        return None
    months = (day.year - born_on.year) * 12 + day.month - born_on.month - (day.day < born_on.day)
    return Age(years=months // 12, months=months)
