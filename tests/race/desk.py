"""The two ends of the wire: a real server of an installation, and a clerk's browser as the server sees it."""

import http.client
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import psutil

from scripts.postgres import free_port

START_SECONDS = 90
ANSWER_SECONDS = 90
IDLE_SECONDS = 5
PAUSE = threading.Event()  # never set: waiting for it is a pause between two looks


def until(look, *, seconds, what):
    """Return the first true value that `look` gives; fail after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        PAUSE.wait(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


class Server:
    """`incisor serve` of an installation, in processes of its own, on a free port that it keeps when started again."""

    def __init__(self, site, *, with_worker=False):
        self.site, self.port, self.with_worker = site, free_port(), with_worker
        self.process = None
        self.log = site.home.parent / f"server-{self.port}.log"

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    def start(self):
        words = ["serve", "--port", str(self.port), *([] if self.with_worker else ["--no-worker"])]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "incisor", *words], env=self.site.environment(INCISOR_POOL="8"),
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        until(self._answers, seconds=START_SECONDS, what=f"the server answers\n{self.said()}")
        return self

    def _answers(self):
        assert self.process.poll() is None, self.said()
        wire = http.client.HTTPConnection(*self.address, timeout=5)
        try:
            wire.request("GET", "/healthz/")
            return wire.getresponse().status == 200
        except OSError:
            return False
        finally:
            wire.close()

    def said(self):
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def family(self):
        """Return our own processes: the server first, then web processes and worker."""
        mother = psutil.Process(self.process.pid)
        return [mother, *mother.children(recursive=True)]

    def worker(self):
        return next((one for one in self.family()[1:] if "work" in one.cmdline()), None)

    def kill(self, *, only_mother=False):
        """Kill -9 the whole family at once, or the first process only: then the others must go by themselves."""
        family = self.family()
        for one in family[:1] if only_mother else family:
            one.send_signal(signal.SIGKILL)
        self.process.wait(30)
        _gone, alive = psutil.wait_procs(family[1:], timeout=30)
        assert not alive, f"outlived the server: {[one.cmdline() for one in alive]}"

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        family = self.family()
        self.process.terminate()
        _gone, alive = psutil.wait_procs(family, timeout=30)
        for one in alive:
            one.kill()
        self.process.wait(30)


@dataclass
class Answer:
    status: int
    text: str
    headers: dict

    @property
    def is_clean(self):
        """Tell whether it is an ordinary answer: nothing broken, no stack trace."""
        return self.status < 500 and "Traceback" not in self.text


@dataclass
class Browser:
    """One clerk's browser: keeps its connection, its cookies and the times that it waited."""

    address: tuple
    cookies: dict = field(default_factory=dict)
    waits: list = field(default_factory=list)
    wire: http.client.HTTPConnection | None = None
    used_at: float = 0.0

    def sign_in(self, username, password):
        self.get("/sign-in/")
        answer = self.post("/sign-in/", {"username": username, "password": password}, is_part=False)
        assert answer.status in (302, 303), f"{username}: {answer.status}"
        self.waits.clear()
        return self

    def get(self, path):
        return self._ask("GET", path, None, {})

    def post(self, path, values, *, is_part=True):
        """Send a form as a page's part (HTMX) does, or as a plain form."""
        more = {"HX-Request": "true", "HX-Current-URL": f"http://{self.address[0]}/calendar/"} if is_part else {}
        more["Content-Type"] = "application/x-www-form-urlencoded"
        more["X-CSRFToken"] = self.cookies.get("csrftoken", "")
        return self._ask("POST", path, urlencode(values, doseq=True), more)

    def _ask(self, method, path, body, more):
        """Ask once. Raises OSError, HTTPException when the answer is lost."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": jar, "Host": f"127.0.0.1:{self.address[1]}", "Accept-Encoding": "identity", **more}
        began = time.monotonic()
        if began - self.used_at > IDLE_SECONDS:
            self.hang_up()  # the server may have closed it in the meantime
        self.used_at = began
        if self.wire is None:
            self.wire = http.client.HTTPConnection(*self.address, timeout=ANSWER_SECONDS)
        try:
            self.wire.request(method, path, body, headers)
            response = self.wire.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise
        self.waits.append(time.monotonic() - began)
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self.cookies.update({key: morsel.value for key, morsel in SimpleCookie(value).items()})
        if response.will_close:
            self.hang_up()
        return Answer(response.status, text, {name.lower(): value for name, value in response.getheaders()})

    def hang_up(self):
        if self.wire is not None:
            self.wire.close()
            self.wire = None


class Crowd:
    """Clerks who act together: each has a thread and a browser."""

    def __init__(self, server, stage, count=20, *, by_form=False):
        """by_form: everybody fills in the sign-in form; else each has a session as the form leaves it."""
        csrf = "c" * 32
        self.browsers = [
            Browser(server.address, {} if by_form else {"sessionid": key, "csrftoken": csrf})
            for key in stage["sessions"][:count]
        ]
        if by_form:
            names, password = stage["clerks"], stage["password"]
            self.together(lambda number, browser: browser.sign_in(names[number], password))

    def together(self, act):
        """Let every clerk do act(number, browser) in the same moment; return what came of each, in order."""
        count = len(self.browsers)
        outcomes, gate = [None] * count, threading.Barrier(count)

        def one(number):
            try:
                gate.wait(60)
                outcomes[number] = act(number, self.browsers[number])
            except BaseException as failure:
                outcomes[number] = failure

        threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(180)
        broken = [one for one in outcomes if isinstance(one, BaseException)]
        assert not broken, broken
        return outcomes

    def hang_up(self):
        for browser in self.browsers:
            browser.hang_up()

    def waits(self):
        """Return p50, p95 and the longest wait for an answer, in milliseconds."""
        every = sorted(wait for browser in self.browsers for wait in browser.waits)
        return {
            name: round(every[min(len(every) - 1, int(len(every) * part))] * 1000)
            for name, part in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))
        }


OFFERED = re.compile(r'<button[^>]*role="option"[^>]*name="slot" value="([^"]+)"')


def offered_slots(text):
    """Return the slots whose buttons stand in a panel as choices (not the one that may be booked anyway)."""
    return OFFERED.findall(text)
