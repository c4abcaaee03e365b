"""Results as tables: on the terminal, and as docs/develop/benchmarks.md."""

import json
from pathlib import Path
from typing import Any

from bench import watching

BUDGETS = {  # ARCHITECTURE.md, milliseconds p95, one client
    "search name": 12, "search pinyin": 12, "search phone": 12, "free times, 7 dentists, 14 days": 30, "day calendar": 30,
    "today's board": 40, "booking": 15, "check for changes": 2, "free times, 3 procedures": 30, "screen, nothing new": 2,
}  # fmt: skip
GROWTH_LIMIT = 1.33
HEAD = (
    "| operation | p50 | p95 | p99 | budget | | CPU ms | bytes | raw p50 | ratio p50 | pace |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def table(results: list[dict[str, Any]]) -> str:
    """Return one table for each result."""
    parts = []
    for one in results:
        title = f"{one['database']}, {one['patients']:,} patients, {one['appointments']:,} appointments".replace(
            ",", " ", 0
        )
        said = [one["note"], ""] if one.get("note") else []
        lines = [f"### {title}", "", *said, HEAD]
        for name, found in one["operations"].items():
            budget, raw = BUDGETS.get(name), found.get("raw", {})
            verdict = "" if budget is None else "kept" if found["p95"] <= budget else "**missed**"
            ratio = f"{found['p50'] / raw['p50']:.0f}" if raw.get("p50") else "–"
            lines.append(
                f"| {name} | {found['p50']} | {found['p95']} | {found['p99']} | {budget or '–'} | {verdict} "
                f"| {found['cpu_ms']} | {found['bytes']} | {raw.get('p50', '–')} | {ratio} | {found.get('pace_ms', '–')} |"
            )
        crowd = one["crowd"]
        lines += [
            "",
            (
                f"20 people without pause: {crowd.get('per_second')} answers a second, p50 {crowd.get('p50')}, p95 {crowd.get('p95')}, "
                f"p99 {crowd.get('p99')}, longest {crowd.get('max')} ms, {len(crowd['failures'])} failures. First page "
                f"{one['first_page_bytes'] // 1024} KB over the wire. Loaded in {one['loaded_s']['all']:.0f} s."
            ),
            *([_bookings(one["booking"])] if "booking" in one else []),
            *([watching.table(one["watching"])] if "watching" in one else []),
            "",
        ]
        parts.append("\n".join(lines))
    return "\n".join(parts)


def _bookings(found: dict[str, Any]) -> str:
    return (
        f"20 people who do nothing but book: {found['per_second']} bookings a second, p50 {found['p50']}, p95 {found['p95']}, "
        f"longest {found['max']} ms, {found['refused']} refused."
    )


def growth(results: list[dict[str, Any]]) -> str:
    """Return how much each operation slows down from the smallest to the largest clinic, at the same pace of the machine."""
    lines = [
        "| database | operation | p50 smallest | p50 largest | growth at one pace | |",
        "|---|---|---|---|---|---|",
    ]
    for database in sorted({one["database"] for one in results}):
        of_this_code = [one for one in results if one["database"] == database and not one.get("older")]
        mine = sorted(of_this_code, key=lambda one: one["patients"])
        if len(mine) < 2:
            continue
        for name, small in mine[0]["operations"].items():
            large = mine[-1]["operations"].get(name)
            if large is None:
                continue
            factor = _at_one_pace(large) / _at_one_pace(small) if small["p50"] else 0
            verdict = "kept" if factor <= GROWTH_LIMIT else "**missed**"
            lines.append(f"| {database} | {name} | {small['p50']} | {large['p50']} | {factor:.2f} | {verdict} |")
    return "\n".join(lines)


def _at_one_pace(found: dict[str, Any]) -> float:
    return float(found["p50"] / found.get("pace_ms", 1))


def memory(soaks: dict[str, dict[str, Any]]) -> str:
    """Return how the server's memory went in the compressed days of `make soak`."""
    if not soaks:
        return ""
    lines = [
        "",
        "## Memory over eight hours",
        "",
        "`make soak`: a day of visits, while open pages and screens ask on.",
        "",
    ]
    for _database, one in sorted(soaks.items()):
        sizes = " → ".join(f"{size:.0f}" for _label, size in one["memory"])
        lines.append(
            f"- {one['database']}, {one['patients']:,} patients: {one['visits']} visits, {one['questions']:,} questions in "
            f"{one['seconds'] // 60} minutes ({one['date']}); MB of all server processes at the start and after each tenth: {sizes}; "
            f"{one['growth']:+.1%} after warming up."
        )
    return "\n".join([*lines, ""])


def write(files: list[Path], target: Path) -> None:
    """Write the page from the newest result of each database and size. note, older: may be put into a result by hand."""
    newest: dict[tuple[str, int], dict[str, Any]] = {}
    soaks: dict[str, dict[str, Any]] = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            if "soak" in one:
                soaks[one["soak"]["database"]] = one["soak"]
            else:
                newest[one["database"], one["patients"]] = one
    results = [newest[key] for key in sorted(newest)]
    machines = "; ".join(sorted({f"{one['machine']}, {one['date']}" for one in results}))
    sizes = {one["patients"] for one in results}
    counts = "/".join(sorted({str(one["count"]) for one in results}))
    missing = [f"{size:,}" for size in (10_000, 100_000, 1_000_000) if size not in sizes]
    note = f"\n\nNot measured yet on this page: {', '.join(missing)} patients.\n" if missing else "\n"
    target.write_text(
        "# Benchmarks\n\n"
        f"Measured with `make bench` ({machines}). Milliseconds as the browser's end of the loopback sees them, one client, each operation "
        f"{counts} times; beside it the same work as raw SQL on the same rows in the same run. The product's figure includes signing-in check, permissions, "
        "decryption, audit and HTML; raw SQL does the reading or writing alone. Absolute times describe the machine, the ratio the product. Pace: the milliseconds that a fixed "
        "loop took before and after; on a shared machine it changes within seconds, and with it everything in the row.\n"
        f"{note}\n## Budgets\n\n{table(results)}\n## Growth\n\nNo operation may slow down by more than a third. "
        f"A small clinic has fewer patients of one name or sound to show: there the bytes grow with the time.\n\n{growth(results)}\n{memory(soaks)}",
        encoding="utf-8",
    )
