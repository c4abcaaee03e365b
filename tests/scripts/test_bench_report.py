"""The page of benchmarks is made from results, whole."""

import json

from bench import report


def result(patients: int, milliseconds: float) -> dict:
    found = {"p50": milliseconds, "p95": 9.0, "p99": 9.5, "max": 9.9, "pace_ms": 7.0, "cpu_ms": 4.0, "bytes": 100}
    return {
        "database": "sqlite", "patients": patients, "appointments": patients * 5, "loaded_s": {"all": 3.0}, "machine": "a machine",
        "date": "2026-11-22", "count": 10, "first_page_bytes": 2048, "operations": {"booking": found},
        "crowd": {"per_second": 50, "failures": []},
    }  # fmt: skip


def test_growth_and_memory_stand_on_the_page(tmp_path):
    file, page = tmp_path / "results.jsonl", tmp_path / "benchmarks.md"
    day = {
        "database": "sqlite", "patients": 10_000, "visits": 80, "questions": 500, "seconds": 300, "date": "2026-11-22",
        "memory": [["start", 279], ["end", 366]], "growth": 0.022,
    }  # fmt: skip
    rows = [result(10_000, 5.0), result(1_000_000, 6.0), {"soak": day}]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    report.write([file], page)

    words = page.read_text(encoding="utf-8")
    assert "| sqlite | booking | 5.0 | 6.0 | 1.20 | kept |" in words
    assert "279 → 366; +2.2%" in words
    assert "{" not in words
