"""The same work as raw SQL, on the same rows, in the same run: what no framework can beat on this machine."""

import sqlite3
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

PATIENT = "p.id, p.name, p.sex, p.born_on, p.file_number, p.phone, p.last_seen_on"


class Floor:
    """One connection and the five operations. mark: the parameter sign of the driver."""

    def __init__(self, url: str, path: str, facts: dict[str, Any]) -> None:
        self.facts, self.is_postgresql = facts, bool(url)
        if url:
            import psycopg  # noqa: PLC0415 -- only for PostgreSQL

            self.connection: Any = psycopg.connect(url.split("?")[0], autocommit=True)
            self.connection.execute("SET search_path TO desk, public")
        else:
            self.connection = sqlite3.connect(path, isolation_level=None, timeout=60)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "foreign_keys=ON"):
                self.connection.execute(f"PRAGMA {pragma}")

    def ask(self, sql: str, *values: Any) -> list[Any]:
        cursor = self.connection.execute(sql if self.is_postgresql else sql.replace("%s", "?"), values)
        return cursor.fetchall() if cursor.description else []

    def key(self, text: str) -> Any:
        return uuid.UUID(text) if self.is_postgresql else uuid.UUID(text).hex

    def moment(self, at: datetime) -> Any:
        return at if self.is_postgresql else at.replace(tzinfo=None).isoformat(" ")

    def prefix(self, text: str) -> list[Any]:
        return self.ask(
            f"SELECT {PATIENT} FROM patients_searchkey k JOIN patients_patient p ON p.id = k.patient_id "
            "WHERE k.clinic_id = %s AND k.key >= %s AND k.key < %s ORDER BY k.key LIMIT 20",
            self.key(self.facts["clinic"]), text, text + "\U0010ffff",
        )  # fmt: skip

    def whole(self, key: str) -> list[Any]:
        return self.ask(
            f"SELECT {PATIENT} FROM patients_searchkey k JOIN patients_patient p ON p.id = k.patient_id "
            "WHERE k.clinic_id = %s AND k.key = %s LIMIT 20",
            self.key(self.facts["clinic"]), key,
        )  # fmt: skip

    def day(self, begins: datetime, days: int = 1) -> list[Any]:
        return self.ask(
            "SELECT a.id, a.dentist_id, a.chair_id, a.starts_at, a.ends_at, a.status, p.name, p.born_on FROM "
            "scheduling_appointment a JOIN patients_patient p ON p.id = a.patient_id WHERE a.clinic_id = %s "
            "AND a.starts_at >= %s AND a.starts_at < %s ORDER BY a.dentist_id, a.starts_at",
            self.key(self.facts["clinic"]), self.moment(begins), self.moment(begins + timedelta(days=days)),
        )  # fmt: skip

    def version(self) -> list[Any]:
        return self.ask(
            "SELECT version FROM kernel_liveversion WHERE clinic_id = %s AND topic = 'day'",
            self.key(self.facts["clinic"]),
        )

    def book(self, patient: str, dentist: int, starts_at: datetime) -> None:
        """Lock, check, insert, commit: one row, as a bare program would write it. Taken away again by clean()."""
        ends_at, who = starts_at + timedelta(minutes=30), self.key(self.facts["dentists"][dentist])
        self.connection.execute("BEGIN" if self.is_postgresql else "BEGIN IMMEDIATE")
        if self.is_postgresql:
            self.ask("SELECT 1 FROM staff_staffmember WHERE id = %s FOR UPDATE", who)
        taken = self.ask(
            "SELECT 1 FROM scheduling_appointment WHERE dentist_id = %s AND starts_at < %s AND starts_at >= %s "
            "AND blocked_until > %s LIMIT 1",
            who, self.moment(ends_at), self.moment(starts_at - timedelta(hours=8)), self.moment(starts_at),
        )  # fmt: skip
        if not taken:
            source = self.ask("SELECT id FROM scheduling_appointment WHERE dentist_id = %s LIMIT 1", who)[0][0]
            columns = [column for column in self._columns() if column not in SET]
            listed = ", ".join(columns)
            self.ask(
                f"INSERT INTO scheduling_appointment ({', '.join(SET)}, {listed}) "
                f"SELECT %s, %s, %s, %s, %s, %s, %s, 'confirmed', 'bench', {listed} FROM scheduling_appointment WHERE id = %s",
                self.key(str(uuid.uuid4())), self.key(patient), self.moment(starts_at), self.moment(ends_at),
                self.moment(ends_at), self.moment(starts_at),
                f"{{[{int(starts_at.timestamp()) // 60},{int(ends_at.timestamp()) // 60})}}", source,
            )  # fmt: skip
        self.connection.execute("COMMIT")

    def _columns(self) -> list[str]:
        if not hasattr(self, "_names"):
            cursor = self.connection.execute("SELECT * FROM scheduling_appointment LIMIT 0")
            self._names = [column[0] for column in cursor.description]
        return self._names

    def clean(self) -> None:
        self.ask("DELETE FROM scheduling_appointment WHERE need = 'bench'")


SET = [
    "id", "patient_id", "starts_at", "ends_at", "blocked_until", "blocked_from", "dentist_spans", "status", "need",
]  # fmt: skip


def pace() -> float:
    """Return how many milliseconds a fixed piece of work takes now: on a shared machine that changes within seconds."""
    began, sum_ = time.perf_counter(), 0
    for number in range(200_000):
        sum_ += number
    return (time.perf_counter() - began) * 1000


def timed(work: Callable[[int], Any], *, count: int) -> list[float]:
    """Return the milliseconds of each of so many calls, after five that do not count."""
    for number in range(5):
        work(-1 - number)
    taken = []
    for number in range(count):
        began = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def measure(floor: Floor, searches: dict[str, list[str]], *, count: int) -> dict[str, list[float]]:
    """Return the milliseconds of each operation."""
    facts = floor.facts
    today = datetime.fromisoformat(facts["today"]).replace(tzinfo=UTC) - timedelta(hours=8)
    found = {
        name: timed(lambda n, texts=texts: floor.prefix(texts[n % len(texts)]), count=count)
        for name, texts in searches.items()
        if name != "search phone"
    }
    found["search phone"] = timed(lambda n: floor.whole(searches["search phone"][n % 50]), count=count)
    found["free times, 7 dentists, 14 days"] = timed(lambda _n: floor.day(today + timedelta(days=1), 14), count=count)
    found["day calendar"] = timed(lambda n: floor.day(today - timedelta(days=n % 20 + 1)), count=count)
    found["month view"] = timed(lambda n: floor.day(today - timedelta(days=n % 20 + 30), 31), count=count)
    found["agenda of a day"] = timed(lambda n: floor.day(today - timedelta(days=n % 20 + 1)), count=count)
    found["today's board"] = timed(lambda _n: floor.day(today), count=count)
    found["check for changes"] = timed(lambda _n: floor.version(), count=count)
    far = today + timedelta(days=400)
    found["booking"] = timed(
        lambda n: floor.book(facts["patients"][n % 2000], n % 7, far + timedelta(days=(n + 9) // 7, hours=2)),
        count=count,
    )
    floor.clean()
    return found
