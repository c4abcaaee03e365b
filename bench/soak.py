"""Eight hours of clinic traffic, compressed: does the server's memory stay flat?

    python bench/soak.py [--database sqlite|postgresql] [--patients 10000] [--days 1] [--polls 60000] [--out FILE]

A day is 80 visits from the queue to the door, each with search, file page, board, calendar and free times around it; between
them open pages and screens ask whether anything changed, as often as --polls says (20 screens ask 288 000 times in eight
hours). Memory is that of all processes of the server, after a first tenth for warming up and at every tenth from then on.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "scripts")]

from bench import names, site, watching
from bench.run import PASSWORD

VISITS_A_DAY = 80
FRAGMENT = {"HX-Request": "true"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--polls", type=int, default=60_000)
    parser.add_argument("--port", type=int, default=8791)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "soak.jsonl")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="incisor-soak-") as folder:
        home = Path(folder) / "home"
        if chosen.database == "sqlite":
            return soaked(site.Site(home, "", chosen.port), chosen)
        import postgres  # noqa: PLC0415 -- scripts/postgres.py, only here

        with postgres.cluster() as dsn:
            url = urlunsplit(urlsplit(dsn))
            glue = "&" if "?" in url else "?"
            return soaked(site.Site(home, f"{url}{glue}schema=desk", chosen.port), chosen)


def soaked(place: site.Site, chosen: argparse.Namespace) -> int:
    place.run("-m", "incisor", "init", "--clinic", "浸泡诊所")
    place.run("-m", "bench.load", str(chosen.patients))
    facts = site.facts(place)
    place.run("-c", watching.DEVICE, watching.TOKEN)
    place.serve()
    try:
        desk, screen = site.Browser(place, "bench", PASSWORD), watching.Screen(place.port)
        screen.ask()
        visits = VISITS_A_DAY * chosen.days
        polls, tenth = chosen.polls // visits, max(visits // 10, 1)
        began, memory = time.monotonic(), [("start", megabytes(place))]
        for number in range(visits):
            visit(desk, facts, number)
            version = known_version(desk)
            for turn in range(polls):
                if turn % 2:
                    screen.ask()
                else:
                    desk.get(f"/live/day/?since={version}")
            if (number + 1) % tenth == 0:
                memory.append((f"{number + 1} visits", megabytes(place)))
        seconds = time.monotonic() - began
    finally:
        place.stop()
    warm, end = memory[1][1], memory[-1][1]
    for label, size in memory:
        print(f"{label:>12}  {size:7.1f} MB")
    growth = end / warm - 1
    print(
        f"{visits} visits and {polls * visits} questions in {seconds:.0f} s; after warming up memory grew by {growth:.1%}"
    )
    result = {
        "soak": {
            "database": chosen.database, "patients": chosen.patients, "visits": visits, "questions": polls * visits,
            "seconds": round(seconds), "memory": memory, "growth": growth, "date": datetime.now(UTC).date().isoformat(),
        }
    }  # fmt: skip
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    with chosen.out.open("a", encoding="utf-8") as out:
        out.write(json.dumps(result) + "\n")
    return 0 if growth < 0.1 else 1


def visit(desk: site.Browser, facts: dict[str, object], number: int) -> None:
    """Let one walk-in come, be treated and leave, with what a desk looks at meanwhile."""
    patient = facts["patients"][number]  # type: ignore[index]
    ok(desk.fragment(f"/search/?q={quote(names.name_of(number)[:2])}"))
    ok(desk.get(f"/patients/{patient}/"))
    ok(desk.post(f"/walk-in/{patient}/", {"signs": "checkup"}, **FRAGMENT))
    for act in ("call", "seat", "end", "close"):
        board = ok(desk.get("/")).decode()
        found = re.search(rf"/visits/([0-9a-f-]+)/{'desk' if act == 'close' else act}/", waiting_for(board, act))
        if found is None:
            raise RuntimeError(f"nobody to {act}")
        ok(desk.post(f"/visits/{found[1]}/{act}/", {"reason": "soak"}, **FRAGMENT))
    for chair in re.findall(r"/chairs/([0-9a-f-]+)/state/", ok(desk.get("/")).decode()):
        desk.post(f"/chairs/{chair}/state/", {"state": "free"}, **FRAGMENT)
    ok(desk.get("/calendar/"))
    ok(desk.fragment(f"/book/{patient}/?procedures={facts['procedure']}", **{"HX-Target": "book-slots"}))


def waiting_for(board: str, act: str) -> str:
    """Return the part of the board in which the act is offered."""
    return board[board.index('id="rows-pay"') :] if act == "close" else board[board.index('id="rows-waiting"') :]


def ok(answer: tuple[int, bytes]) -> bytes:
    if answer[0] not in (200, 204):
        raise RuntimeError(f"answered {answer[0]}: {answer[1][:300]!r}")
    return answer[1]


def known_version(desk: site.Browser) -> str:
    found = re.search(rb'data-live-version="(\d+)"', desk.get("/")[1])
    return found[1].decode() if found else "0"


def megabytes(place: site.Site) -> float:
    """Return the resident memory of the server and its children."""
    parents, total = {str(place.server.pid)} if place.server else set(), 0
    for _round in range(3):
        for entry in Path("/proc").glob("[0-9]*/stat"):
            fields = entry.read_text().rsplit(")", 1)[1].split()
            if fields[1] in parents:
                parents.add(entry.parent.name)
    for pid in parents:
        status = (Path("/proc") / pid / "status").read_text()
        total += int(re.search(r"VmRSS:\s+(\d+)", status)[1])  # type: ignore[index]
    return total / 1024


if __name__ == "__main__":
    raise SystemExit(main())
