"""The clock's work: each slot once, and again soon after a crash or a clock that was set back."""

from datetime import UTC, datetime, timedelta

import pytest

from incisor.kernel.jobs import LATEST, Job, run_once
from incisor.kernel.models import JobRun

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def ran():
    return []


@pytest.fixture
def often(ran):
    return Job(name="test.often", run=lambda at: ran.append(at) or "done", every=timedelta(seconds=5))


def run_at(job, **later):
    return run_once(job, slot=LATEST, at=AT + timedelta(**later))


def test_short_job_runs_once_in_its_interval(often, ran):
    assert [run_at(often), run_at(often, seconds=4), run_at(often, seconds=5)] == [True, False, True]
    assert len(ran) == 2


@pytest.mark.parametrize(("seconds", "runs_again"), [(60, False), (119, False), (121, True)])
def test_short_job_of_a_killed_worker_runs_again_after_two_minutes(often, seconds, runs_again):
    JobRun.objects.create(name="test.often", slot=LATEST, started_at=AT)

    assert run_at(often, seconds=seconds) is runs_again


def test_clock_set_back_an_hour_does_not_stop_the_work(often):
    assert run_at(often)

    assert run_at(often, hours=-1)
    assert not run_at(often, hours=-1, seconds=4)
    assert run_at(often, hours=-1, seconds=5)


def test_small_step_back_of_the_clock_waits(often):
    assert run_at(often)

    assert not run_at(often, seconds=-30)
