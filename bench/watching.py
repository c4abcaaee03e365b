"""Twenty televisions that watch: what a question costs while nothing happens, and how quick the desk stays meanwhile."""

import http.client
import threading
import time
from collections.abc import Callable
from typing import Any

from bench import floor, site

SCREENS, SECONDS, EVERY = 20, 20, 2.0
TOKEN = "bench-of-the-waiting-room"
DEVICE = (
    "import sys, django; django.setup()\n"
    "from django.conf import settings\n"
    "from incisor.kernel.organisation import organisation\n"
    "from incisor.kernel import clock\n"
    "with organisation(settings.INCISOR_ORGANISATION):\n"
    "    from incisor.clinics.models import Clinic, Device\n"
    "    from incisor.clinics.rules import device_hash\n"
    "    Device.objects.get_or_create(token_hash=device_hash(sys.argv[1]), defaults={'clinic': Clinic.objects.get(),\n"
    "        'kind': 'screen', 'name': 'bench', 'added_at': clock.now()})\n"
)


class Screen:
    """One television: a connection that stays open, without a person."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.version = ""

    def ask(self) -> tuple[int, int]:
        """Ask once, with the version that is known; return status and bytes."""
        self.connection.request("GET", f"/screen/{TOKEN}/now/?since={self.version}")
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 204):
            raise RuntimeError(f"the screen was answered {answer.status}")
        self.version = answer.headers["X-Screen-Version"]
        return answer.status, len(content)

    def whole(self) -> int:
        self.version = ""
        return self.ask()[1]


def single(place: site.Site, *, count: int) -> dict[str, Any]:
    """Return what one question costs: nothing has changed, and everything anew."""
    place.run("-c", DEVICE, TOKEN)
    screen = Screen(place.port)
    screen.ask()
    found: dict[str, Any] = {}
    for name, work in (
        ("screen, nothing new", lambda _n: screen.ask()[1]),
        ("screen, whole", lambda _n: screen.whole()),
    ):
        before = place.cpu_seconds()
        sizes: list[int] = []
        times = floor.timed(lambda n, work=work, sizes=sizes: sizes.append(work(n)), count=count)
        cpu = (place.cpu_seconds() - before) * 1000 / (count + 5)
        found[name] = {"times": times, "cpu_ms": round(cpu, 2), "bytes": sorted(sizes)[len(sizes) // 2]}
    return found


def watched(place: site.Site, sign_in: Callable[[], site.Browser], patients: list[str]) -> dict[str, Any]:
    """Let 20 screens watch for a while: first nothing happens, then the desk works and each screen has to follow."""
    quiet = _while_watching(place, lambda _stop: time.sleep(SECONDS))
    board: list[float] = []
    chair: list[float] = []
    following, desk = _Follow(), sign_in()  # now: the server ends connections that are silent for long

    def work(stop: float) -> None:
        turn = 0
        while time.monotonic() < stop:
            walk_in = {"signs": "checkup"}
            status, _body = desk.post(f"/walk-in/{patients[turn]}/", walk_in, **{"HX-Request": "true"})
            if status not in (200, 204):
                raise RuntimeError(f"a walk-in was answered {status}")
            following.changed()
            for path, times in (("/", board), ("/chairside/", chair)):
                for _again in range(3):
                    began = time.perf_counter()
                    desk.fragment(path)
                    times.append((time.perf_counter() - began) * 1000)
            time.sleep(EVERY)
            turn += 1

    busy = _while_watching(place, work, following)
    return {
        "screens": SCREENS,
        "quiet_cpu_percent": quiet["cpu_percent"],
        "quiet_questions": quiet["questions"],
        "cpu_ms_a_question": quiet["cpu_ms"],
        "busy_questions": busy["questions"],
        "question": busy["times"],
        "board": board,
        "chair": chair,
        "lag": following.lags,
        "failures": quiet["failures"] + busy["failures"],
    }


class _Follow:
    """When something changed, and when each screen had it."""

    def __init__(self) -> None:
        self.lock, self.at, self.lags = threading.Lock(), 0.0, []  # type: ignore[var-annotated]

    def changed(self) -> None:
        with self.lock:
            self.at = time.perf_counter()

    def seen(self, since: float) -> None:
        """Note how long the newest change was under way; since: when this screen asked last."""
        with self.lock:
            if self.at > since:
                self.lags.append((time.perf_counter() - self.at) * 1000)


def _while_watching(place: site.Site, work: Any, following: _Follow | None = None) -> dict[str, Any]:
    stop = time.monotonic() + SECONDS
    times: list[float] = []
    failures: list[str] = []
    lock = threading.Lock()

    def watch(number: int) -> None:
        try:
            screen = Screen(place.port)
            screen.ask()
            time.sleep(EVERY * number / SCREENS)
            asked = time.perf_counter()
            while time.monotonic() < stop:
                began = time.perf_counter()
                status, _size = screen.ask()
                ended = time.perf_counter()
                if status == 200 and following is not None:
                    following.seen(asked)
                asked = began
                with lock:
                    times.append((ended - began) * 1000)
                time.sleep(max(0.0, EVERY - (ended - began)))
        except (RuntimeError, OSError, http.client.HTTPException) as failure:
            with lock:
                failures.append(str(failure)[:200])

    screens = [threading.Thread(target=watch, args=(number,)) for number in range(SCREENS)]
    before = place.cpu_seconds()
    for one in screens:
        one.start()
    work(stop)
    for one in screens:
        one.join()
    cpu = place.cpu_seconds() - before
    return {
        "times": times,
        "questions": len(times),
        "cpu_percent": round(cpu * 100 / SECONDS, 1),
        "cpu_ms": round(cpu * 1000 / max(1, len(times)), 2),
        "failures": failures,
    }


def table(found: dict[str, Any]) -> str:
    """Return what was measured in one sentence."""
    return (
        f"{found['screens']} televisions that watch: {found['quiet_cpu_percent']} % of one processor while nothing happens "
        f"({found['cpu_ms_a_question']} ms a question). While the desk takes in somebody every two seconds: a question p95 "
        f"{found['question']['p95']} ms, the board p95 {found['board']['p95']} ms (budget 40), the chair page p95 "
        f"{found['chair']['p95']} ms, the last screen shows a change after {found['lag'].get('max', '–')} ms at most, "
        f"{len(found['failures'])} failures."
    )
