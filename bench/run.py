"""`make bench`: load clinics of 10 000, 100 000 and 1 000 000 patients, measure through HTTP and beside it as raw SQL.

    python bench/run.py [--sizes 10000 100000 1000000] [--databases sqlite postgresql] [--count 200] [--out FILE]
    python bench/run.py --report FILE…          write docs/develop/benchmarks.md from results

Server times as the client sees them on the loopback, one client, then 20 people who click without pause. A budget that is
missed is printed as missed.
"""

import argparse
import json
import platform
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "scripts")]

from bench import floor, report, site, watching

PASSWORD = "bench-of-the-desk"
PEOPLE, PEOPLE_SECONDS = 20, 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--count", type=int, default=200, help="how often each operation is timed")
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench.jsonl")
    parser.add_argument("--report", type=Path, nargs="+")
    chosen = parser.parse_args()
    if chosen.report:
        report.write(chosen.report, ROOT / "docs" / "develop" / "benchmarks.md")
        return 0
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    for database in chosen.databases:
        for size in chosen.sizes:
            result = one(database, size, count=chosen.count, port=chosen.port)
            with chosen.out.open("a", encoding="utf-8") as out:
                out.write(json.dumps(result) + "\n")
            print(report.table([result]), flush=True)
    return 0


def one(database: str, size: int, *, count: int, port: int) -> dict[str, Any]:
    """Measure one database at one size in a place that is removed afterwards."""
    if database == "sqlite":
        with tempfile.TemporaryDirectory(prefix="incisor-bench-") as folder:
            return measured(site.Site(Path(folder) / "home", "", port), database, size, count)
    import postgres  # noqa: PLC0415 -- scripts/postgres.py, only here

    with postgres.cluster(durable=True) as dsn, tempfile.TemporaryDirectory(prefix="incisor-bench-") as folder:
        url = urlunsplit(urlsplit(dsn))
        glue = "&" if "?" in url else "?"
        return measured(site.Site(Path(folder) / "home", f"{url}{glue}schema=desk", port), database, size, count)


def measured(place: site.Site, database: str, size: int, count: int) -> dict[str, Any]:
    print(f"{database}, {size} patients: loading …", flush=True)
    place.run("-m", "incisor", "init", "--clinic", "测速诊所")
    loaded = json.loads(place.run("-m", "bench.load", str(size)))
    facts = site.facts(place)
    place.serve()
    try:
        browser = site.Browser(place, "bench", PASSWORD)
        operations = http_operations(browser, facts, size)
        result: dict[str, Any] = {
            "database": database, "patients": facts["counts"][0], "appointments": facts["counts"][1], "loaded_s": loaded,  # type: ignore[index]
            "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {cores()} cores",
            "date": datetime.now(UTC).date().isoformat(), "count": count, "first_page_bytes": site.static_bytes(browser), "operations": {},
        }  # fmt: skip
        for name, work in operations.items():
            sizes: list[int] = []
            paces, before = [floor.pace()], place.cpu_seconds()
            times = floor.timed(lambda n, work=work, sizes=sizes: sizes.append(work(n)), count=count)
            cpu = (place.cpu_seconds() - before) * 1000 / (count + 5)
            paces.append(floor.pace())
            result["operations"][name] = {
                **spread(times),
                "pace_ms": round(statistics.mean(paces), 1),
                "cpu_ms": round(cpu, 2),
                "bytes": round(statistics.median(sizes)),
            }
        for name, found in watching.single(place, count=count).items():
            result["operations"][name] = {**spread(found.pop("times")), **found}
        result["crowd"] = crowd(place, facts, size)
        result["booking"] = bookings(place, facts)
        seen = watching.watched(place, lambda: site.Browser(place, "bench", PASSWORD), facts["patients"][1900:])
        for name in ("question", "board", "chair", "lag"):
            seen[name] = spread(seen[name]) if seen[name] else {}
        result["watching"] = seen
    finally:
        place.stop()
    raw = floor.Floor(place.url, str(place.home / "incisor.sqlite3"), facts)
    for name, times in floor.measure(raw, searches(size, raw=True, place=place), count=count).items():
        if name in result["operations"]:
            result["operations"][name]["raw"] = spread(times)
    raw.connection.close()
    return result


def cores() -> int:
    import os  # noqa: PLC0415 -- only here

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    pick = lambda share: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)  # noqa: E731
    return {"p50": pick(0.5), "p95": pick(0.95), "p99": pick(0.99), "max": round(ordered[-1], 2)}


def searches(size: int, *, raw: bool, place: site.Site | None = None) -> dict[str, list[str]]:
    """Return what is typed; raw: as the keys that stand in the table."""
    from bench import names  # noqa: PLC0415 -- pure

    dice = random.Random(11)
    numbers = [dice.randrange(size) for _ in range(50)]
    typed = {
        "search name": [names.name_of(number)[:2] for number in numbers],
        "search pinyin": ["wangwei", "liming", "zhangna", "chenjie", "yangfang", "zhaolei"],
        "search phone": [names.phone_of(number) for number in numbers],
    }
    if raw and place is not None:
        typed["search phone"] = json.loads(place.run("-c", HASHES, json.dumps(typed["search phone"])))
    return typed


HASHES = (
    "import json, sys, django; django.setup()\n"
    "from incisor.kernel.fields import index_of\n"
    "from incisor.patients.enums import LookUp\n"
    "from incisor.patients.queries.finding import HASH_MARK\n"
    "from incisor.patients.rules import phone_key\n"
    "print(json.dumps([HASH_MARK + index_of(phone_key(p), context=LookUp.PHONE) for p in json.loads(sys.argv[1])]))"
)


def http_operations(browser: site.Browser, facts: dict[str, Any], size: int) -> dict[str, Any]:
    from bench import names  # noqa: PLC0415 -- pure

    today = datetime.fromisoformat(facts["today"])
    far = today.replace(tzinfo=UTC) + timedelta(days=60) - timedelta(hours=8)

    def expect(answer: tuple[int, bytes], *statuses: int) -> int:
        if answer[0] not in (statuses or (200,)):
            raise RuntimeError(f"answered {answer[0]}: {answer[1][:300]!r}")
        return len(answer[1])

    def search(text: str) -> int:
        return expect(browser.fragment(f"/search/?q={quote(text)}"))

    def book(number: int) -> int:
        number += 10
        day = far + timedelta(days=number // 14)
        while day.weekday() == 5:  # Sunday in Shanghai begins on Saturday in UTC
            day += timedelta(days=200)
        dentist = number % 7
        minute = int((day + timedelta(hours=9 + number // 7 % 2 * 2)).timestamp() // 60)
        slot = f"{facts['dentists'][dentist]}_{facts['chairs'][dentist]}_{minute}"
        patient = facts["patients"][number % len(facts["patients"])]  # nobody twice at one time
        values = {"slot": slot, "procedures": facts["procedure"], "minutes": "30", "channel": "phone"}
        return expect(browser.post(f"/book/{patient}/", values, **{"HX-Request": "true"}), 200, 204)

    version = re.search(rb'data-live-version="(\d+)"', browser.get("/")[1])
    since = version.group(1).decode() if version else "0"
    typed = searches(size, raw=False)
    days = [(today - timedelta(days=n)).date() for n in range(1, 30) if (today - timedelta(days=n)).weekday() != 6]

    def calendar(number: int) -> int:
        day = days[number % len(days)]
        return expect(
            browser.get(f"/calendar/events/?by=dentist&start={day}T00:00&end={day + timedelta(days=1)}T00:00")
        )

    free_url = f"/book/{facts['patients'][0]}/?procedures={facts['procedure']}"
    several_url = f"/book/{facts['patients'][0]}/?" + "&".join(f"procedures={one}" for one in facts["several"])
    typed_names = [names.name_of(number) for number in range(0, size, max(size // 50, 1))]
    return {
        "search name": lambda n: search(typed["search name"][n % 50]),
        "search pinyin": lambda n: search(typed["search pinyin"][n % 6]),
        "search phone": lambda n: search(typed["search phone"][n % 50]),
        "free times, 7 dentists, 14 days": lambda n: expect(browser.fragment(free_url, **{"HX-Target": "book-slots"})),
        "free times, 3 procedures": lambda n: expect(browser.fragment(several_url, **{"HX-Target": "book-slots"})),
        "to be booked again": lambda n: expect(browser.get("/to-place/")),
        "waitlist": lambda n: expect(browser.get("/waitlist/")),
        "follow-up list": lambda n: expect(browser.get("/follow-ups/")),
        "like-named patients": lambda n: expect(
            browser.post(
                "/patients/new/look-alikes/",
                {"name": typed_names[n % 50], "phone": typed["search phone"][n % 50]},
                **{"HX-Request": "true"},
            ),
            200,
            204,
            422,
        ),
        "day calendar": calendar,
        "month view": lambda n: expect(browser.get(f"/calendar/?view=month&day={days[n % len(days)]}")),
        "agenda of a day": lambda n: expect(browser.get(f"/calendar/?view=agenda&day={days[n % len(days)]}")),
        "today's board": lambda n: expect(browser.fragment("/")),
        "check for changes": lambda n: expect(browser.get(f"/live/day/?since={since}"), 200, 204),
        "booking": book,
    }


def crowd(place: site.Site, facts: dict[str, Any], size: int) -> dict[str, Any]:
    """Let 20 people click without pause: searches, calendars and boards mixed.

    They sign in one after another: attempts under way count as failures, and all of them use one name here.
    """
    times: list[float] = []
    failures: list[str] = []
    lock = threading.Lock()
    browsers = [site.Browser(place, "bench", PASSWORD) for _number in range(PEOPLE)]
    deadline = time.monotonic() + PEOPLE_SECONDS

    def person(number: int, browser: site.Browser) -> None:
        try:
            operations = http_operations(
                browser, {**facts, "patients": facts["patients"][number * 90 : number * 90 + 90]}, size
            )
            del operations["booking"]  # each person would book the same far slots; the race tests do that
            work, turn = list(operations.values()), number
            while time.monotonic() < deadline:
                began = time.perf_counter()
                work[turn % len(work)](turn)
                with lock:
                    times.append((time.perf_counter() - began) * 1000)
                turn += 1
        except (RuntimeError, OSError) as failure:
            with lock:
                failures.append(str(failure)[:200])

    people = [threading.Thread(target=person, args=pair) for pair in enumerate(browsers)]
    for one_of_them in people:
        one_of_them.start()
    for one_of_them in people:
        one_of_them.join()
    answer = spread(times) if times else {}
    return {**answer, "answers": len(times), "per_second": round(len(times) / PEOPLE_SECONDS), "failures": failures[:5]}


def bookings(place: site.Site, facts: dict[str, Any]) -> dict[str, Any]:
    """Let 20 people book without pause, each other times and other patients; then count what stands in the book."""
    browsers = [site.Browser(place, "bench", PASSWORD) for _number in range(PEOPLE)]
    first = datetime.fromisoformat(facts["today"]).replace(tzinfo=UTC) + timedelta(days=400) - timedelta(hours=8)
    times: list[float] = []
    answers: list[int] = []
    lock = threading.Lock()
    deadline = time.monotonic() + PEOPLE_SECONDS

    def person(number: int, browser: site.Browser) -> None:
        turn = 0
        while time.monotonic() < deadline:
            day = first + timedelta(days=7 * (number * 40 + turn // 63))  # a week each: nobody meets anybody
            while day.weekday() == 5:
                day += timedelta(days=1)
            seat, dentist = turn % 63 // 7, turn % 7
            minute = int((day + timedelta(hours=9 + seat)).timestamp() // 60)
            slot = f"{facts['dentists'][dentist]}_{facts['chairs'][dentist]}_{minute}"
            patient = facts["patients"][number * 90 + turn % 90]
            values = {"slot": slot, "procedures": facts["procedure"], "minutes": "30", "channel": "phone"}
            began = time.perf_counter()
            status, _body = browser.post(f"/book/{patient}/", values, **{"HX-Request": "true"})
            with lock:
                times.append((time.perf_counter() - began) * 1000)
                answers.append(status)
            turn += 1

    people = [threading.Thread(target=person, args=pair) for pair in enumerate(browsers)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    done = sum(status in (200, 204) for status in answers)
    return {**spread(times), "per_second": round(done / PEOPLE_SECONDS), "refused": len(answers) - done}


if __name__ == "__main__":
    raise SystemExit(main())
