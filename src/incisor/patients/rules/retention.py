"""How long a file must be kept, and when a request must be answered."""

from datetime import date, timedelta

# REQUIREMENTS PAT-8: at least 30 years. 医疗机构病历管理规定 (2013) article 29 asks for 15 years after the last visit of an
# out-patient and 30 of an in-patient; a clinic may choose, never below 15.
RETENTION_YEARS = 30
LEAST_RETENTION_YEARS = 15
# GB/T 35273-2020, 8.7: a request is answered within thirty days.
ANSWER_DAYS = 30


def answer_due_on(*, asked_on: date, days: int) -> date:
    """Return the last day on which the request must be answered. days: calendar days."""
    return asked_on + timedelta(days=days)


def kept_until(*, last_on: date, years: int) -> date:
    """Return the first day on which a file may be erased: that many years after the last visit or note.

    29 February counts as 1 March in a year that has none."""
    try:
        return last_on.replace(year=last_on.year + years)
    except ValueError:
        return date(last_on.year + years, 3, 1)
