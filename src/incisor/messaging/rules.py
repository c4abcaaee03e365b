"""What a message says and when it may go out: pure decisions."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta

PLACEHOLDER = re.compile(r"\{(\w+)\}")
KNOWN = frozenset(
    {"patient", "clinic", "date", "day", "time", "dentist", "phone", "procedure", "visits", "link", "until"}
)
MAX_BODY = 500
MAX_ATTEMPTS = 5
# Links for a patient's phone: 128 random bits, and how often somebody may be wrong.
TOKEN_BYTES = 16
MAX_LINK_FAILURES = 5
LINK_FAILURES_PER_ORIGIN = 30
LINK_FAILURE_WINDOW = timedelta(minutes=15)


def unknown_placeholders(body: str) -> list[str]:
    """Return the placeholders of a template that nothing fills, in the order in which they stand."""
    return [name for name in PLACEHOLDER.findall(body) if name not in KNOWN]


def fill(body: str, values: Mapping[str, str]) -> str:
    """Return the text of a message; a placeholder without a value becomes nothing, never "{date}" on a patient's phone."""
    return PLACEHOLDER.sub(lambda match: values.get(match.group(1), ""), body).strip()


def next_allowed(wall: datetime, *, quiet_from: time, quiet_until: time) -> datetime:
    """Return the wall-clock moment itself, or the end of the quiet hours that it lies in (they may span midnight)."""
    now = wall.time()
    if quiet_from <= quiet_until:
        is_quiet, is_next_day = quiet_from <= now < quiet_until, False
    else:
        is_quiet, is_next_day = now >= quiet_from or now < quiet_until, now >= quiet_from
    if not is_quiet:
        return wall
    end = datetime.combine(wall.date(), quiet_until, tzinfo=wall.tzinfo)
    return end + timedelta(days=1) if is_next_day else end


def is_link_needed(body: str) -> bool:
    """Tell whether a text has a place for the patient's link."""
    return "{link}" in body


LINK_CLAUSE = re.compile(r"[^，。；！？,.;!?]*\{link\}[^，。；！？,.;!?]*[，。；！？,.;!?]?")


def without_link(body: str) -> str:
    """Return a text without the clause that would hold the link, for a clinic that patients cannot reach by a link."""
    kept = LINK_CLAUSE.sub("", body).rstrip(" ，；,;")
    return kept or body.replace("{link}", "").strip()


def wait_after(attempt_count: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 1, 4, 16, 64 minutes."""
    return timedelta(minutes=4 ** max(0, attempt_count - 1))


def link_path(*, purpose: str, token: str) -> str:
    """Return where a link leads, from the root of the clinic's public address: short, for it stands in a text message."""
    return f"/p/{purpose}/{token}/"


def last_digits(number: str, *, count: int = 4) -> str:
    """Return the last digits of a phone number, empty when it has fewer."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return digits[-count:] if len(digits) >= count else ""
