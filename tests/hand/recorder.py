"""From a journey in the browser to the seconds of the keystroke-level model.

    hand = Hand(page)
    hand.begin()
    …ordinary keys and mouse…
    run = hand.end()

Rules (docs/develop/hand.md): M at the start, at each choice among data, and at a new command after a finished unit;
V in place of M where a board or calendar must be searched; H at each change between mouse and keys.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.hand.keystrokes import SECONDS, Effort, effort_of

PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
DEVICES = {"click": "mouse", "drag": "mouse"}


@dataclass(frozen=True)
class Run:
    """One measured way through a task."""

    tokens: str
    effort: Effort
    silent: int  # values that arrived without a hand: 0 in an honest run
    exposed_ms: int  # waiting that neither thinking nor the way of the hand covers


class Hand:
    """Records what the hand does on one page. Make it before the page is first opened."""

    def __init__(self, page: Page) -> None:
        self._seen: list[dict] = []
        self._began = 0.0
        page.expose_binding("__hand", lambda _source, told: self._seen.append(json.loads(told)))
        page.add_init_script(PROBE)
        self._page = page

    def begin(self) -> None:
        self._seen.clear()
        self._began = time.time() * 1000

    def think(self) -> None:
        """Note a decision that no rule can see."""
        self._seen.append({"kind": "think"})

    def look(self) -> None:
        """Note that a board or calendar is searched before the next act."""
        self._seen.append({"kind": "look"})

    def end(self) -> Run:
        self._page.evaluate("0")  # what the page told before this has arrived after it
        tokens: list[str] = []
        exposed = 0.0
        last_at, device, after = self._began, "", ""
        must_think = must_look = False
        for act in self._seen:
            kind = act["kind"]
            must_think |= kind == "think"
            must_look |= kind == "look"
            if kind in {"think", "look", "silent"}:
                continue
            uses = DEVICES.get(kind, "keys")
            changes = bool(device) and device != uses
            if changes:
                tokens.append("H")
            is_new_command = kind == "key" and after == "done"
            thinks = not tokens or must_think or (not must_look and (act.get("isChoice") or is_new_command))
            covered = 1000 * (SECONDS["M"] * thinks + SECONDS["V"] * must_look + SECONDS["H"] * changes)
            exposed += max(0.0, act["since"] - last_at - covered)
            tokens += ["M"] * thinks + ["V"] * must_look
            must_think = must_look = False
            _write(tokens, act)
            after = "done" if act.get("key") == "Enter" and not act.get("isChoice") else kind
            device, last_at = uses, act["at"]
        way = " ".join(tokens)
        silent = sum(act["kind"] == "silent" for act in self._seen)
        return Run(tokens=way, effort=effort_of(way), silent=silent, exposed_ms=round(exposed))


def _write(tokens: list[str], act: dict) -> None:
    """Add the token of one act; letters that follow each other are one piece of typing."""
    if act["kind"] == "letter":
        letter = "X" if act["isCode"] else "T"
        before = tokens[-1] if tokens else ""
        if before[:1] == letter and before[1:].isdigit():
            tokens[-1] = f"{letter}{int(before[1:]) + 1}"
        else:
            tokens.append(f"{letter}1")
    elif act["kind"] == "key":
        tokens.append(f"K{1 + act['held'] if act['held'] else ''}")
    else:
        tokens.append({"click": "C", "drag": "D", "tab": "TAB"}[act["kind"]])
