"""Find the Chromium that drives the browser journeys: `chromium.py` prints its path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
PACKAGES = ("chromium", "fonts-noto-cjk")


class NoChromium(Exception):
    """There is no browser; the message says what to do."""


def find() -> str | None:
    """Return the path of a Chromium: $INCISOR_CHROMIUM, else one on the PATH, else one in its usual place."""
    given = os.environ.get("INCISOR_CHROMIUM")
    if given:
        if not Path(given).exists():
            raise NoChromium(f"INCISOR_CHROMIUM names {given}, which does not exist.")
        return given
    on_path = (shutil.which(name) for name in NAMES)
    in_place = (place for place in PLACES if Path(place).exists())
    return next((path for path in (*on_path, *in_place) if path), None)


def ensure() -> str:
    """Return the path of a Chromium; root on Debian gets one installed. Raises NoChromium."""
    found = find()
    if found and has_chinese_font():
        return found
    if can_install():
        print(f"Installing {' and '.join(PACKAGES)} for the browser journeys …", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
            subprocess.run(["apt-get", *words], env=environment, check=False, stdout=subprocess.DEVNULL)
        found = find()
    if not found:
        raise NoChromium(
            "The browser journeys need Chromium or Chrome, which was not found. Install it (Debian: sudo apt-get "
            f"install {' '.join(PACKAGES)}), or say where it is: INCISOR_CHROMIUM=/path/to/chromium"
        )
    if not has_chinese_font():
        print("This machine has no Chinese font: screenshots will show boxes (Debian: fonts-noto-cjk).", flush=True)
    return found


def can_install() -> bool:
    return os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def has_chinese_font() -> bool:
    """Return whether there is a Chinese font; only Linux may be without."""
    lister = shutil.which("fc-list")
    if sys.platform != "linux":
        return True
    if lister is None:
        return False
    return bool(subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip())


if __name__ == "__main__":
    try:
        print(ensure())
    except NoChromium as problem:
        sys.exit(str(problem))
