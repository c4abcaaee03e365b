"""Between apps only the front door is used, and rooms keep their order across apps too.

The order of apps and of rooms inside an app are contracts of import-linter (.importlinter); here is what it cannot say.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.architecture.code import FLOOR, FRONT_DOOR, HOUSE, PACKAGE, ROOT, Module, assert_none, modules

# What an app may use of another: its front door, and the guard.
GUARD = ("accounts", "access")
# config is where the parts are joined: it may also name pages, clockwork and what stands in front of a request.
JOINTS = FRONT_DOOR | {"access", "urls", "jobs", "adapters", "setup"}
# A room uses rooms of other apps on its own floor or below.
FLOOR_OF_ROOM = {
    **dict.fromkeys(("urls", "apps", "management"), 8),
    **dict.fromkeys(("views", "templatetags", "middleware", "context"), 7),
    "forms": 6,
    **dict.fromkeys(("jobs", "reactions", "adapters"), 5),
    "services": 4,
    **dict.fromkeys(("queries", "setup"), 3),
    **dict.fromkeys(("models", "hooks"), 2),
    "rules": 1,
    **dict.fromkeys(("events", "enums"), 0),
}


def imported_rooms(module: Module) -> Iterator[tuple[int, str, str, str]]:
    """Yield line, app, room and full name of what the module imports from other apps."""
    for line, name in module.imports():
        parts = name.split(".")
        if parts[0] == "incisor" and len(parts) > 2 and parts[1] != module.app:
            yield line, parts[1], parts[2], name


def past_the_front_door(module: Module) -> Iterator[str]:
    for line, app, room, name in imported_rooms(module):
        if app == "kernel" or module.app in {"cli", "__main__"}:
            continue
        allowed = JOINTS if module.app == "config" else FRONT_DOOR
        if module.room == "setup":  # what an app brings into a new installation builds on what lower apps brought
            allowed = allowed | {"setup"}
        if room not in allowed and (app, room) != GUARD:
            yield f"{module.name}:{line}: {name} is not at the front door of {app}"
        if any(part.startswith("_") for part in name.split(".")):
            yield f"{module.name}:{line}: {name} is private to {app}"


def up_the_rooms(module: Module) -> Iterator[str]:
    own = FLOOR_OF_ROOM.get(module.room)
    for line, app, room, name in imported_rooms(module):
        other = FLOOR_OF_ROOM.get(room)
        if app != "kernel" and own is not None and other is not None and other > own:
            yield f"{module.name}:{line}: {module.room} must not use {name}"


def insights_changes_nothing(module: Module) -> Iterator[str]:
    if module.app == "insights":
        for line, app, room, name in imported_rooms(module):
            if room == "services" and app != "audit":
                yield f"{module.name}:{line}: {name}; insights reads and changes nothing"


WALLS = (past_the_front_door, up_the_rooms, insights_changes_nothing)


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: wall.__name__)
def test_wall_stands(wall: Any) -> None:
    assert_none(line for module in modules() for line in wall(module))


@pytest.mark.parametrize(
    ("wall", "name", "text"),
    [
        (past_the_front_door, "visits/services.py", "from incisor.patients.views import patient_page"),
        (past_the_front_door, "visits/services.py", "from incisor.patients import forms"),
        (past_the_front_door, "visits/services.py", "import incisor.patients.jobs"),
        (past_the_front_door, "visits/services.py", "from incisor.patients.services import _merge"),
        (past_the_front_door, "visits/services.py", "from incisor.patients.services._steps import merge"),
        (past_the_front_door, "visits/reactions.py", "from incisor.accounts import middleware"),
        (past_the_front_door, "config/urls.py", "from incisor.patients.views import patient_page"),
        (up_the_rooms, "visits/queries.py", "from incisor.patients.services import merge"),
        (up_the_rooms, "visits/rules/teeth.py", "from incisor.patients.queries import patient_of"),
        (up_the_rooms, "visits/models.py", "from incisor.patients import queries"),
        (insights_changes_nothing, "insights/queries.py", "from incisor.visits import services"),
    ],
)
def test_wall_reports_what_breaks_it(wall: Any, name: str, text: str) -> None:
    assert list(wall(Module(name, text))) != []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("visits/services.py", "from incisor.patients.services import register_patient"),
        ("visits/views.py", "from incisor.accounts.access import page"),
        ("visits/views.py", "from incisor.kernel.htmx import render"),
        ("visits/views.py", "from incisor.visits.forms import NoteForm"),
        ("config/urls.py", "from incisor.patients import urls"),
    ],
)
def test_walls_let_pass_what_is_right(name: str, text: str) -> None:
    assert [line for wall in WALLS for line in wall(Module(name, text))] == []


def test_every_app_has_its_floor() -> None:
    apps = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file()}

    assert apps - set(FLOOR) == set()


def test_contract_of_import_linter_says_the_same() -> None:
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    lines = text.partition("layers =\n")[2].partition("\n\n")[0].splitlines()

    floors = [{name.strip(" ()") for name in line.split("|")} for line in lines]

    assert floors == [{"__main__"}, {"cli"}, *HOUSE[1:]]


def test_contract_names_every_app_with_rooms() -> None:
    text = (ROOT / ".importlinter").read_text(encoding="utf-8").partition("contract:rooms]")[2]
    named = {line.strip() for line in text.partition("layers =")[0].splitlines() if line.startswith("    incisor.")}
    apps = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file()}

    assert named == {f"incisor.{app}" for app in apps - {"config", "kernel"}}
