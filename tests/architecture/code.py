"""The product's modules as text and syntax tree, for the rules that are checked by reading."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "incisor"

# Top to bottom: an app imports only apps of the lines below its own. The same list stands in pyproject.toml.
HOUSE = (
    {"cli", "__main__"},
    {"config"},
    {"portal", "api", "insights", "performance"},
    {"outreach", "quality", "desk"},
    {"reception", "enquiries"},
    {"billing"},
    {"visits"},
    {"scheduling"},
    {"forms"},
    {"messaging"},
    {"patients"},
    {"staff"},
    {"clinics"},
    {"accounts"},
    {"audit"},
    {"kernel"},
)
FLOOR = {app: number for number, apps in enumerate(HOUSE) for app in apps}

FRONT_DOOR = {"services", "queries", "models", "rules", "events", "enums", "hooks"}
ROOMS = FRONT_DOOR | {
    *("urls", "views", "forms", "reactions", "jobs", "adapters"),
    *("apps", "migrations", "management", "templatetags", "templates", "static", "locale", "data"),
    *("middleware", "context", "setup"),
}


@dataclass(frozen=True)
class Module:
    """A Python file of the product. name: its path below the package, "patients/services/merge.py"."""

    name: str
    text: str

    @property
    def app(self) -> str:
        return self.name.partition("/")[0].removesuffix(".py")

    @property
    def room(self) -> str:
        """The room of its app: services for patients/services/merge.py; empty for the app's own __init__."""
        _app, _, rest = self.name.partition("/")
        room = rest.partition("/")[0].removesuffix(".py")
        return "" if room == "__init__" else room

    @property
    def is_migration(self) -> bool:
        return self.room == "migrations"

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield line and full name of everything imported, "django.utils.timezone.now"."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def texts(self) -> Iterator[tuple[int, str]]:
        """Yield line and value of every string that is not documentation."""
        documentation = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
                first = node.body[0]
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    documentation.add(first.value)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documentation:
                yield node.lineno, node.value


def modules(package: Path = PACKAGE) -> list[Module]:
    """Return all Python files of the product."""
    return [
        Module(path.relative_to(package).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(package.rglob("*.py"))
    ]


def dotted(node: ast.expr) -> str:
    """Return "a.b.c" for such an expression, an empty text for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def assert_none(found: Iterable[str]) -> None:
    """Fail with every line that was found."""
    lines = list(found)
    assert not lines, "\n" + "\n".join(lines)
