"""An installation for the bench: made, loaded and served by the product's own commands, used by a signed-in browser."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPRESSED = {"Accept-Encoding": "br, gzip"}


@dataclass
class Site:
    """One installation. url: its PostgreSQL database, empty for SQLite."""

    home: Path
    url: str
    port: int
    server: "subprocess.Popen[bytes] | None" = None

    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("INCISOR_", "DATABASE_URL"))}
        more = {"DATABASE_URL": self.url} if self.url else {}
        return {
            **clean, **more, "INCISOR_HOME": str(self.home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "incisor.config.settings",
        }  # fmt: skip

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], env=self.environment(), cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def serve(self) -> None:
        """Start the server without the worker and wait until it answers."""
        self.server = subprocess.Popen(
            [sys.executable, "-m", "incisor", "serve", "--port", str(self.port), "--no-worker"],
            env=self.environment(), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/healthz/")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("the server did not come up")

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            try:
                self.server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
            self.server = None

    def cpu_seconds(self) -> float:
        """Return the processor time that the server and its children have used (Linux)."""
        total, tick = 0, os.sysconf("SC_CLK_TCK")
        parents = {str(self.server.pid)} if self.server else set()
        for _round in range(3):
            for entry in Path("/proc").glob("[0-9]*/stat"):
                try:
                    fields = entry.read_text().rsplit(")", 1)[1].split()
                except OSError:
                    continue
                if fields[1] in parents:
                    parents.add(entry.parent.name)
        for pid in parents:
            try:
                fields = (Path("/proc") / pid / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            total += int(fields[11]) + int(fields[12])
        return total / tick


class Browser:
    """A signed-in person with one connection that stays open."""

    def __init__(self, site: Site, username: str, password: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.get("/sign-in/")
        status, _body = self.post("/sign-in/", {"username": username, "password": password})
        if status not in (302, 303):
            raise RuntimeError(f"sign-in answered {status}")

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, values: dict[str, str], **headers: str) -> tuple[int, bytes]:
        body = urllib.parse.urlencode(values)
        more = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.cookies.get("csrftoken", "")}
        return self._ask("POST", path, body, {**more, **headers})

    def fragment(self, path: str, **headers: str) -> tuple[int, bytes]:
        return self.get(path, **{"HX-Request": "true", **headers})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        host = {"Cookie": cookies, "Referer": f"http://127.0.0.1:{self.connection.port}/"}
        self.connection.request(method, path, body, {**host, **headers})
        answer = self.connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content


def facts(site: Site) -> dict[str, object]:
    """Return ids of the loaded clinic that the measurement needs."""
    code = (
        "import json, django; django.setup()\n"
        "from django.conf import settings\n"
        "from incisor.kernel.organisation import organisation\n"
        "from incisor.kernel import clock\n"
        "with organisation(settings.INCISOR_ORGANISATION):\n"
        "    from incisor.clinics.models import Clinic, Chair, Procedure\n"
        "    from incisor.staff.models import StaffMember\n"
        "    from incisor.patients.models import Patient\n"
        "    from incisor.scheduling.models import Appointment\n"
        "    clinic = Clinic.objects.get()\n"
        "    dentists = list(StaffMember.objects.filter(number__startswith='D').order_by('number').values_list('pk', flat=True))\n"
        "    chairs = list(Chair.objects.order_by('position').values_list('pk', flat=True))\n"
        "    patients = list(Patient.objects.order_by('pk')[:2000].values_list('pk', flat=True))\n"
        "    print(json.dumps({'clinic': str(clinic.pk), 'zone': clinic.zone, 'dentists': [str(one) for one in dentists],\n"
        "        'chairs': [str(one) for one in chairs], 'patients': [str(one) for one in patients],\n"
        "        'procedure': str(Procedure.objects.get(code='cleaning_ultrasonic').pk),\n"
        "        'several': [str(key) for key in Procedure.objects.filter(specialty='general', is_active=True).order_by('code').values_list('pk', flat=True)[:3]],\n"
        "        'today': clock.business_date(clock.now(), clinic.zone).isoformat(),\n"
        "        'counts': [Patient.objects.count(), Appointment.objects.count()]}))\n"
    )
    return json.loads(site.run("-c", code))  # type: ignore[no-any-return]


def static_bytes(browser: Browser) -> int:
    """Return the bytes over the wire of a first page: itself and what it names, compressed."""
    status, page = browser.get("/patients/", **COMPRESSED)
    assert status == 200, status
    total = len(page)
    _status, plain = browser.get("/patients/")
    for path in set(re.findall(r'(?:src|href)="(/static/[^"#]+)', plain.decode())):
        status, content = browser.get(path, **COMPRESSED)
        total += len(content) if status == 200 else 0
    return total
