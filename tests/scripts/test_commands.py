"""The commands of the house say plainly what is missing, and never call a half run a whole one."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import chromium, documentation, postgres, setup, suite, wheel
from scripts.suite import Outcome

REPORT = """<?xml version="1.0"?><testsuites>
<testsuite tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"/></testsuites>"""


def report(path: Path, **numbers: int) -> Path:
    path.write_text(REPORT.format(**{"tests": 0, "failures": 0, "errors": 0, "skipped": 0} | numbers))
    return path


def test_counts_of_a_report(tmp_path: Path) -> None:
    counts = suite.counts_of(report(tmp_path / "a.xml", tests=10, failures=1, errors=2, skipped=3))

    assert counts == {"passed": 4, "failed": 3, "skipped": 3}


def test_counts_of_no_report(tmp_path: Path) -> None:
    assert suite.counts_of(tmp_path / "none.xml") is None


def test_a_part_without_tests_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "REPORTS", tmp_path)

    outcome = suite.pytest("empty", ["--collect-only", "-n0", "-p", "no:cacheprovider", str(tmp_path)], {})

    assert not outcome.is_good


def test_a_part_that_cannot_start_fails_the_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "REPORTS", tmp_path)
    monkeypatch.setenv("INCISOR_CHROMIUM", str(tmp_path / "none"))

    code = suite.main(["journeys"])

    assert code == 1
    assert f"FAILED journeys: could not start: INCISOR_CHROMIUM names {tmp_path}/none" in capsys.readouterr().out


@pytest.mark.parametrize(("percent", "is_good"), [(100.0, True), (99.9, False)])
def test_rules_not_wholly_tried_fail_the_suite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], percent: float, is_good: bool
) -> None:
    file = {"missing_lines": [] if is_good else [7], "missing_branches": [] if is_good else [[8, 9]]}
    text = json.dumps({"files": {"a/rules.py": file}, "totals": {"percent_covered": percent}})
    (tmp_path / "rules.json").write_text(text)

    outcome = suite.rules_tried(tmp_path / "rules.json")

    assert outcome.is_good is is_good
    assert ("not tried in a/rules.py: 7, 8→9" in capsys.readouterr().out) is not is_good


def test_every_part_gets_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "REPORTS", tmp_path)
    monkeypatch.setattr(suite, "outcome_of", lambda part, further: Outcome(part, part != "postgresql", "some words"))

    code = suite.main([])

    assert code == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        "ok     sqlite: some words",
        "FAILED postgresql: some words",
        "ok     journeys: some words",
        "FAILED rules: not measured",
    ]


def test_chromium_that_is_nowhere_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INCISOR_CHROMIUM", raising=False)
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    monkeypatch.setattr(chromium, "PLACES", ())

    with pytest.raises(chromium.NoChromium, match="apt-get install chromium"):
        chromium.ensure()


def test_postgres_that_is_nowhere_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres.Path, "glob", lambda self, pattern: [])
    monkeypatch.setattr(postgres.shutil, "which", lambda name: None)
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(postgres.NoPostgres, match="TEST_PG_DSN"):
        postgres.find_programs()


def test_postgres_given_from_outside_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PG_DSN", "postgresql://elsewhere/x")

    with postgres.cluster() as dsn:
        assert dsn == "postgresql://elsewhere/x"


def test_the_exit_code_of_the_command_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PG_DSN", "postgresql://elsewhere/x")
    program = "import os, sys; sys.exit(7 if os.environ['INCISOR_TEST_DATABASE'] == 'postgresql' else 1)"

    assert postgres.main(["run", "--", sys.executable, "-c", program]) == 7


def test_python_too_old_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "PYTHON_NEEDED", (9, 0))

    with pytest.raises(setup.Missing, match=r"needs Python 9\.0"):
        setup.environment("run")


def test_venv_without_pip_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(setup, "works", lambda words: False)

    with pytest.raises(setup.Missing, match="apt-get install python3-venv"):
        setup.pip_of_venv()


def test_missing_node_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)

    with pytest.raises(setup.Missing, match="apt-get install nodejs npm"):
        setup.find_npm()


def test_a_changed_source_is_built_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    source = tmp_path / "a.ts"
    source.write_text("1")
    before = setup.fingerprint([source])

    source.write_text("2")

    assert setup.fingerprint([source]) != before


@pytest.mark.parametrize(
    "missing", ["incisor/kernel/static/incisor/x.js", "incisor/kernel/fonts/x.ttf", "incisor/a/x.mo"]
)
def test_wheel_without_a_part_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str) -> None:
    names = [
        "incisor/kernel/static/incisor/x.js",
        "incisor/kernel/static/incisor/x.css",
        "incisor/kernel/fonts/x.ttf",
        "incisor/a/x.mo",
        "incisor/kernel/templates/x.html",
    ]
    with zipfile.ZipFile(tmp_path / "incisor-1-py3-none-any.whl", "w") as archive:
        for name in names:
            archive.writestr(name, "")
    assert wheel.main(str(tmp_path)) == 0

    with zipfile.ZipFile(tmp_path / "incisor-1-py3-none-any.whl", "w") as archive:
        for name in set(names) - {missing}:
            archive.writestr(name, "")

    assert wheel.main(str(tmp_path)) == 1
    assert "is not whole" in capsys.readouterr().err


def test_table_of_the_documentation_is_markdown() -> None:
    assert documentation.table(["a", "b"], [["1", "x|y"]]) == "| a | b |\n| --- | --- |\n| 1 | x\\|y |"
