"""`incisor demo`: a whole clinic group with a past, a day in full swing and work in every list. Seeded, repeatable.

It writes only into a database that it made itself.
"""

import shutil
import time as stopwatch
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from incisor.billing.models import Price
from incisor.clinics.models import Procedure
from incisor.config import readiness, setup
from incisor.config.demo import (
    arriving,
    asking,
    calls,
    extras,
    history,
    narrow,
    papers,
    placing,
    planned,
    population,
    programs,
    reminding,
    screens,
    series,
    standing,
    team,
    waiting,
)
from incisor.config.demo.material import Dice, load
from incisor.kernel import clock
from incisor.kernel.errors import NotReady
from incisor.kernel.models import Installation
from incisor.kernel.organisation import current
from incisor.reception.jobs import learn as learn_lengths

Say = Callable[[str], object]
PAST_DAYS, COMING_DAYS = 548, 45


def make_demo(*, patient_count: int, seed: int, again: bool, say: Say) -> None:
    """Make the demo's data unless it is there. Raises NotReady for a database that the demo did not make."""
    readiness.require_folder()
    if _is_there(again=again, say=say):
        return
    began = stopwatch.monotonic()
    at = clock.now()
    today = clock.local(at, team.ZONE).date()
    say("门牙 Incisor：正在准备演示诊所，约一分钟… (making the demo clinic, about a minute)")
    setup.make_keys()
    setup.migrate(say=lambda _line: None)
    dice = Dice(seed)
    with transaction.atomic():
        setup.note_installation(at=at, is_demo=True)
        system = setup.load_basics(at=at - timedelta(days=PAST_DAYS))
        first_day = today - timedelta(days=PAST_DAYS)
        places = team.make_team(dice, at=at, first_day=first_day, today=today, system=system)
        team.open_today(places, at=at)
        say(f"  诊所、员工、排班 (clinics and staff)   {stopwatch.monotonic() - began:.0f} s")
        people = population.make_population(dice, places, count=patient_count, first_day=first_day, today=today)
        standing.make_standing(dice, people, places, at=at, today=today)
        say(f"  {len(people)} 位患者 (patients)   {stopwatch.monotonic() - began:.0f} s")
        procedures = {one.code: one for one in Procedure.objects.all()}
        placed = placing.place_all(dice, people, procedures, today=today, horizon=COMING_DAYS)
        say(f"  {len(placed)} 个预约 (appointments)   {stopwatch.monotonic() - began:.0f} s")
        prices = {(row.clinic_id, row.procedure_id): row.amount_minor for row in Price.objects.filter(valid_until=None)}
        seen = history.make_history(dice, placed, at=at, prices=prices)
        calls.make_calls(dice, seen, at=at)
        papers.make_papers(dice, people, places, at=at)
        waiting.make_waiting(dice, places, at=at, system=system)
        series.make_series(places, at=at, system=system)
        asking.make_asking(dice, people, places, at=at, system=system)
        narrow.make_narrow(places, at=at, system=system, first_day=first_day, today=today)
        extras.finish(dice, people, places, at=at, system=system)
        planned.make_plans(dice, people, places, at=at)
        programs.make_programs(places, at=at, system=system)
        reminding.remind(dice, places, at=at, system=system)
        screens.make_screens(places, at=at)
        arriving.make_arriving(places, at=at, system=system)
        learn_lengths(at)
    say(
        f"  {len(seen)} 次就诊、病历、收费、回访 (visits, notes, payments, follow-up)   {stopwatch.monotonic() - began:.0f} s"
    )


def _is_there(*, again: bool, say: Say) -> bool:
    """Tell whether the demo is made already; throw it away first when asked to. Raises NotReady for foreign data."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        if not path.exists():
            if any((path.parent / name).exists() for name in ("keys.json",)):
                say(f"The keys file in {path.parent} is used again.")
            return False
    tables = set(connection.introspection.table_names())
    if not tables:
        return False
    row = Installation.objects.first() if "kernel_installation" in tables else None
    if row is None or not row.is_demo:
        raise NotReady(
            f"The database in {settings.INCISOR_HOME} was not made by the demo, so the demo does not touch it. "
            "Name an empty folder with --home."
        )
    if not again:
        made_on = clock.local(row.created_at, team.ZONE).date()
        if made_on != clock.local(clock.now(), team.ZONE).date():
            say(f"The demo was made on {made_on}. For a fresh day: incisor demo --again (throws away what you typed).")
        try:
            readiness.require_ready()
        except NotReady as problem:
            raise NotReady(
                f"{problem} This is a demo: “incisor demo --again” makes it new (throws away what you typed)."
            ) from problem
        return True
    _throw_away()
    return False


def _throw_away() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{current()}" CASCADE')
        return
    path = str(connection.settings_dict["NAME"])
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(path + suffix).unlink(missing_ok=True)
    for folder in (settings.INCISOR_ATTACHMENTS, settings.INCISOR_OUTBOX):
        shutil.rmtree(folder, ignore_errors=True)


def sign_ins(address: str) -> list[str]:
    """Return what to tell a stranger: the address and the log-ins of the demo."""
    people = load("people")
    wanted = [
        ("receptionist", "前台 receptionist"), ("dentist", "医生 dentist"), ("manager", "店长 manager"),
        ("cashier", "收银 cashier"), ("follow_up_agent", "回访 follow-up"), ("administrator", "管理员 administrator"),
    ]  # fmt: skip
    lines = ["", f"  {address}", ""]
    for role, label in wanted:
        if role == "dentist":
            username = people["dentists"][0]["username"]
        else:
            username = next(one["username"] for one in people["staff"] if one["role"] == role)
        lines.append(f"  {label:<24} {username:<16} {team.PASSWORD}")
    lines.append(f"  {'候诊大屏 screen':<24} {address.rstrip('/')}/screen/{screens.TOKEN}/")
    lines.append(f"  {'自助签到 kiosk':<24} {address.rstrip('/')}/kiosk/{arriving.TOKEN}/")
    return [*lines, "", "  Ctrl+C 停止 (stops)", ""]
