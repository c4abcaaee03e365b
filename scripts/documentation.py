"""Keep the tables of the documentation that the code itself can tell: `documentation.py write|check`.

docs/develop/permissions.md, urls.md, events.md, appointments.md, states.md, openapi.json; docs/run/commands.md, settings.md.
"""

import argparse
import ast
import dataclasses
import difflib
import itertools
import os
import re
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "incisor"
NOTE = "<!-- Written by `make docs` from the code. Do not edit. -->"
YES, NO = "✓", "·"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=["write", "check"])
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="incisor-docs-") as home:
        set_up(home)
        pages = {name: f"{NOTE}\n\n{page().strip()}\n" for name, page in PAGES.items()}
        pages |= {name: text() for name, text in TEXTS.items()}
    stale = [name for name, text in pages.items() if text != written(name)]
    if chosen.verb == "write":
        for name in stale:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(pages[name], encoding="utf-8")
            print(f"wrote {name}")
        return 0
    for name in stale:
        print(f"{name} does not say what the code says; run `make docs`")
        lines = difflib.unified_diff(
            written(name).splitlines(), pages[name].splitlines(), "written", "code", n=0, lineterm=""
        )
        print("\n".join(list(lines)[:12]))
    return 1 if stale else 0


def set_up(home: str) -> None:
    os.environ |= {"INCISOR_HOME": home, "INCISOR_CHECK": "1", "DJANGO_SETTINGS_MODULE": "incisor.config.settings"}
    os.environ.pop("DATABASE_URL", None)
    sys.path[:0] = [str(ROOT / "src")]
    import django  # noqa: PLC0415 -- after the environment
    from django.utils import translation  # noqa: PLC0415 -- same

    django.setup()
    translation.activate("en")


def written(name: str) -> str:
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def permissions() -> str:
    """Return permission × shipped role."""
    from incisor.accounts.enums import SHIPPED, Permission, RoleKey  # noqa: PLC0415 -- after django.setup()

    rows = [
        [f"`{one.value}`", str(one.label), *(YES if one in SHIPPED[role] else NO for role in RoleKey)]
        for one in Permission
    ]
    return "\n\n".join(
        (
            "# Permissions and roles",
            "What each role may do as shipped. An administrator can change it for the organisation.",
            table(["permission", "what", *(str(role.label) for role in RoleKey)], rows),
        )
    )


def urls() -> str:
    """Return URL × shipped role."""
    from incisor.accounts.enums import SHIPPED, Permission, RoleKey  # noqa: PLC0415 -- after django.setup()

    rows = []
    for route, name, view in sorted(every_url(), key=lambda url: url[0]):
        guard = getattr(view, "__guard__", "")
        if isinstance(guard, Permission):
            enough = {guard, *getattr(view, "__or_else__", ())}
            allowed = [YES if enough & SHIPPED[role] else NO for role in RoleKey]
        else:
            allowed = [YES] * len(RoleKey)
        shown = f"`{guard.value}`" if isinstance(guard, Permission) else str(guard).replace("_", " ")
        shown += "".join(f" or `{other.value}`" for other in getattr(view, "__or_else__", ()))
        if getattr(view, "__organisation__", False):
            shown += " everywhere"
        rows.append([f"`/{route}`", f"`{name}`", shown, *allowed])
    return "\n\n".join(
        (
            "# Every address and who may open it",
            (
                f"{YES} allowed, {NO} refused (403), for the roles as shipped. “public” needs no account, “signed in” any. "
                "“everywhere”: only with the role given for the whole organisation. Each line is tried by "
                "`tests/architecture/test_urls.py`; what a page does is guarded once more by the services that it calls."
            ),
            table(["address", "name", "guard", *(str(role.label) for role in RoleKey)], rows),
        )
    )


def every_url(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Callable[..., Any]]]:
    from django.urls import URLResolver, get_resolver  # noqa: PLC0415 -- after django.setup()

    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from every_url(entry, route, f"{entry.namespace}:" if entry.namespace else space)
        else:
            yield route, f"{space}{entry.name}", entry.callback


def events() -> str:
    """Return what is told and who answers."""
    from incisor.kernel.events import Event, reactions_to  # noqa: PLC0415 -- after django.setup()

    publishers = places_of_publishing()
    rows = []
    for event in sorted(Event.__subclasses__(), key=lambda event: (event.__module__, event.__name__)):
        fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(event))
        answers = sorted(
            f"`{where.__module__.removeprefix('incisor.')}.{where.__name__}`" for where in reactions_to(event)
        )
        said = ", ".join(f"`{place}`" for place in sorted(publishers.get(event.__name__, ())))
        rows.append(
            [f"`{event.__module__.split('.')[1]}.{event.__name__}`", fields, said or "–", ", ".join(answers) or "–"]
        )
    return "\n\n".join(
        (
            "# Events",
            "Facts that apps tell each other, inside the transaction in which they become true.",
            table(["event", "it carries", "told by", "answered by"], rows),
        )
    )


def places_of_publishing() -> dict[str, set[str]]:
    """Return module and function that publish each kind of event."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and last_name(node.func) == "publish" and node.args:
                    event = node.args[0]
                    if isinstance(event, ast.Call):
                        found.setdefault(last_name(event.func), set()).add(f"{module}.{function.name}")
    return found


def last_name(node: ast.expr) -> str:
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def commands() -> str:
    """Return every command with its words."""
    from incisor import cli  # noqa: PLC0415 -- after django.setup()

    parser = cli._parser()
    parts = ["# Commands", "`incisor COMMAND --help` says the same."]
    chosen = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    shared = [action for action in parser._actions if action.option_strings and action.dest not in {"help", "version"}]
    parts.append(
        "For every command: " + "; ".join(f"`{action.option_strings[-1]}` {action.help}" for action in shared) + "."
    )
    for name, one in chosen.choices.items():
        parts.append(f"## incisor {name}\n\n{one.description}")
        rows = [
            [f"`{', '.join(action.option_strings) or action.dest}`", shown_help(action)]
            for action in one._actions
            if action.dest != "help" and action.help != argparse.SUPPRESS
        ]
        if rows:
            parts.append(table(["word", "what"], rows))
    return "\n\n".join(parts)


def shown_help(action: argparse.Action) -> str:
    words = [action.help or ""]
    if action.choices:
        words.append(f"one of {', '.join(map(str, action.choices))}")
    if action.default not in {None, False, argparse.SUPPRESS, ""} and "default" not in (action.help or ""):
        words.append(f"default {action.default}")
    return "; ".join(filter(None, words))


def settings() -> str:
    """Return the environment variables, from the docstring of the settings."""
    import incisor.config.settings as module  # noqa: PLC0415 -- after the environment

    text = module.__doc__ or ""
    rows = [[f"`{name}`", what] for name, what in re.findall(r"^([A-Z][A-Z_]+) {1,}(\S.*)$", text, re.MULTILINE)]
    described = {row[0].strip("`") for row in rows}
    read = set(
        re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", Path(module.__file__ or "").read_text(encoding="utf-8"))
    )
    unsaid = sorted(read - described)
    if unsaid:
        raise SystemExit(f"config/settings.py reads {', '.join(unsaid)} and does not say so in its first lines")
    return "\n\n".join(
        (
            "# Settings",
            "Read from the environment when the program starts. None is needed: without any, everything lies in one folder.",
            table(["variable", "what"], rows),
        )
    )


def openapi() -> str:
    """Return the description of the interface for other programs."""
    from incisor.api.views.rest.document import document_text  # noqa: PLC0415 -- after django.setup()

    return document_text()


def appointments() -> str:
    """Return the life of an appointment: a diagram and the table of its steps."""
    from incisor.scheduling.enums import OCCUPYING, AppointmentStatus  # noqa: PLC0415 -- after django.setup()
    from incisor.scheduling.rules import MOVABLE, STEPS  # noqa: PLC0415 -- same

    diagram = ["stateDiagram-v2", "    [*] --> requested", "    [*] --> confirmed"]
    diagram += [f"    {one.before.value} --> {one.after.value}" for one in STEPS if not one.is_back]
    statuses = [
        [f"`{one.value}`", str(one.label), YES if one in OCCUPYING else NO, YES if one in MOVABLE else NO]
        for one in AppointmentStatus
    ]
    steps = [
        [
            f"`{one.before.value}`", f"`{one.after.value}`", one.means, YES if one.is_back else NO,
            "takes it again, through the gate" if one.passes_gate else "gives it back" if one.frees_time else NO,
        ]
        for one in STEPS
    ]  # fmt: skip
    return "\n\n".join(
        (
            "# The life of an appointment",
            (
                "From `scheduling/rules/statuses.py`. Every step is compare-and-set on the version that the person saw, and "
                "leaves a line with author, time and reason. Any other step is refused (`wrong_status`)."
            ),
            "```mermaid\n" + "\n".join(diagram) + "\n```",
            table(["status", "what", "takes up time", "can be moved"], statuses),
            table(["from", "to", "means", "takes a step back", "time"], steps),
        )
    )


def states() -> str:
    """Return every state machine of the product: a diagram and the table that the code obeys."""
    from incisor.clinics.enums import ChairState  # noqa: PLC0415 -- after django.setup()
    from incisor.enquiries.enums import LeadStage  # noqa: PLC0415 -- same
    from incisor.enquiries.rules.leads import NEXT as LEADS  # noqa: PLC0415 -- same
    from incisor.patients.enums import NEXT_REQUEST, RequestStatus  # noqa: PLC0415 -- same
    from incisor.reception.rules.chairs import BY_HAND  # noqa: PLC0415 -- same
    from incisor.visits.enums import PlanStatus, StepVerb, VisitStage, VisitStatus  # noqa: PLC0415 -- same
    from incisor.visits.rules import plans, statuses  # noqa: PLC0415 -- same

    means = {(step.before, step.after): step.means for step in statuses.STEPS}
    in_place = [
        [f"`{verb.value}`", ", ".join(f"`{one.value}`" for one in VisitStatus if one in where), what]
        for verb, (where, what) in statuses.IN_PLACE.items()
    ]
    usual = ["stateDiagram-v2", "    [*] --> seated"]
    names = [one.value for one in VisitStage]
    usual += [f"    {before} --> {after}" for before, after in itertools.pairwise(names)]
    usual += [f"    seated --> {VisitStage.TREATING.value}", f"    {names[-1]} --> [*]"]
    return "\n\n".join(
        (
            "# Every state machine",
            (
                "Made from the tables that the code itself obeys: a step that is not here is refused. Each step is compare-and-set "
                "on the status that the person saw; of two people at once one takes it, the other is told who was faster. "
                "The life of an appointment has [a page of its own](appointments.md)."
            ),
            "## A visit (`visits/rules/statuses.py`)",
            (
                "Steps back are no lines of the table: every step can be undone while nothing followed it, and restores exactly "
                "what was before. A check-in that was a mistake becomes `withdrawn`; its number is not given again."
            ),
            machine(statuses.NEXT, VisitStatus, begin=[VisitStatus.WAITING], means=means),
            f"Steps that leave the status as it is, and in which status they may be taken; `{StepVerb.PARK.value}` marks the way from `called` back to `waiting` of somebody who was not there:",
            table(["step", "while", "means"], in_place),
            "## The stage of a treatment (`visits.VisitStage`)",
            (
                "Only while the visit is `in_chair`, which begins `seated`; empty outside the chair. The usual way; chair side may "
                "choose any stage at any time, for treatments go as they go. Treatment starts with `anaesthesia` or `treating`: "
                "before that a missing consent stops it (`visits.hooks.before_treatment`)."
            ),
            "```mermaid\n" + "\n".join(usual) + "\n```",
            table(["stage", "what"], [[f"`{one.value}`", str(one.label)] for one in VisitStage]),
            "## A treatment plan (`visits/rules/plans.py`)",
            machine(plans.NEXT, PlanStatus, begin=[PlanStatus.DRAFT]),
            "## A chair, as set by hand (`reception/rules/chairs.py`)",
            "`occupied` comes and goes with the patient; afterwards the chair is `cleaning`.",
            machine(BY_HAND, ChairState, begin=[ChairState.FREE]),
            "## An enquiry (`enquiries/rules/leads.py`)",
            machine(LEADS, LeadStage, begin=[LeadStage.NEW]),
            "## A request about one's own data (`patients.RequestStatus`)",
            machine(NEXT_REQUEST, RequestStatus, begin=[RequestStatus.OPEN]),
        )
    )


def machine(
    following: Mapping[Any, Collection[Any]],
    states: Any,
    *,
    begin: Sequence[Any],
    means: Mapping[tuple[Any, Any], str] | None = None,
) -> str:
    """Return diagram and table of a state machine. following: from a state to those that may follow."""
    steps = [
        (before, after)
        for before in states
        for after in states
        if after in following.get(before, ()) and after != before
    ]
    drawn = ["stateDiagram-v2", *(f"    [*] --> {one.value}" for one in begin)]
    drawn += [f"    {before.value} --> {after.value}" for before, after in steps]
    touched = {one for step in steps for one in step} | set(begin)
    drawn += [f"    {one.value} --> [*]" for one in states if one in touched and not following.get(one)]
    head, rows = ["from", "to"], [[f"`{before.value}`", f"`{after.value}`"] for before, after in steps]
    if means is not None:
        head.append("means")
        rows = [[*row, means[step]] for row, step in zip(rows, steps, strict=True)]
    words = [[f"`{one.value}`", str(one.label)] for one in states]
    return "\n\n".join(
        ("```mermaid\n" + "\n".join(drawn) + "\n```", table(["state", "what"], words), table(head, rows))
    )


PAGES: dict[str, Callable[[], str]] = {
    "docs/develop/permissions.md": permissions,
    "docs/develop/urls.md": urls,
    "docs/develop/events.md": events,
    "docs/develop/appointments.md": appointments,
    "docs/develop/states.md": states,
    "docs/run/commands.md": commands,
    "docs/run/settings.md": settings,
}

# Not Markdown: written as they are.
TEXTS: dict[str, Callable[[], str]] = {"docs/develop/openapi.json": openapi}


if __name__ == "__main__":
    sys.exit(main())
