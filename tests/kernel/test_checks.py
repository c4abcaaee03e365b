"""Checks of the installation."""

import pytest

from incisor.kernel import checks, crypto
from incisor.kernel.checks import Check, Finding, run_checks
from incisor.kernel.hooks import Place
from incisor.kernel.models import Installation, JobRun


@pytest.fixture
def own_place(monkeypatch):
    place = Place("checks")
    monkeypatch.setattr(checks, "checks", place)
    return place


def test_check_that_breaks_is_a_bad_result_and_stops_no_other(own_place, at):
    def broken(_at, _is_thorough):
        raise OSError("disk on fire")

    own_place.add(Check(key="a", label="A", order=1, run=broken))
    own_place.add(Check(key="b", label="B", order=2, run=lambda _at, _thorough: Finding("ok", "fine")))

    first, second = run_checks(at=at)

    assert (first.status, "disk on fire" in first.sentence) == ("bad", True)
    assert (second.key, second.status, second.sentence) == ("b", "ok", "fine")


def test_wrong_keys_are_told(db, at):
    assert checks.keys(at, False).status == "ok"
    Installation.objects.create(key_fingerprint="other", created_at=at, version="1")
    assert checks.keys(at, False).status == "bad"
    Installation.objects.update(key_fingerprint=crypto.ring().fingerprint())
    assert checks.keys(at, False).status == "ok"


def test_readable_keys_file_is_told(db, at, settings, tmp_path):
    path = tmp_path / "keys.json"
    crypto.write_ring(crypto.ring(), path)
    path.chmod(0o644)
    settings.INCISOR_KEYS = path

    assert checks.keys(at, False).status == "warn"


@pytest.mark.parametrize(("free", "status"), [(100, "bad"), (1000, "warn"), (5000, "ok")])
def test_little_space_is_told(at, monkeypatch, free, status):
    import shutil
    from collections import namedtuple

    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(free * 1024 * 1024))

    assert checks.space(at, False).status == status


def test_worker_that_is_silent_or_fails_is_told(db, at):
    assert checks.worker(at, False).status == "warn"
    JobRun.objects.create(name="a.b", slot="1", started_at=at, finished_at=at)
    assert checks.worker(at, False).status == "ok"
    JobRun.objects.create(name="a.c", slot="1", started_at=at, finished_at=at, is_failed=True)
    found = checks.worker(at, False)
    assert found.status == "bad"
    assert "a.c" in found.sentence


def test_schema_is_of_this_version(db, at):
    assert checks.schema(at, False).status == "ok"
