"""The rules of ARCHITECTURE.md and CONTRIBUTING.md that a program can check by reading the source."""

import ast
import re
from collections.abc import Callable, Iterator

from tests.architecture.code import ROOMS, Module, dotted

Wall = Callable[[Module], Iterator[str]]
LINES_OF_A_MODULE = 400


def at_most_400_lines(module: Module) -> Iterator[str]:
    lines = module.text.count("\n")
    if lines > LINES_OF_A_MODULE and not module.is_migration:
        yield f"{module.name}: {lines} lines; cut it by topic"


BAD_NAMES = re.compile(r"(^|[/_])(utils?|helpers?|common|managers?|misc|base_?classes)(\.py|/|$)")


def no_empty_names(module: Module) -> Iterator[str]:
    if BAD_NAMES.search(module.name):
        yield f"{module.name}: name it after what it holds"


CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.date.today",
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
    "time.time",
}


def is_told(call: ast.Call) -> bool:
    """Return whether localtime and localdate are given the time that they convert."""
    return bool(call.args) and dotted(call.func) in {"timezone.localtime", "timezone.localdate"}


def clock_read_in_one_place(module: Module) -> Iterator[str]:
    if module.name == "kernel/clock.py":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and dotted(node.func) in CLOCKS and not is_told(node):
            yield f"{module.name}:{node.lineno}: {dotted(node.func)}(); take `at`, or ask kernel.clock"
        if isinstance(node, ast.Call) and dotted(node.func).endswith("functions.Now"):
            yield f"{module.name}:{node.lineno}: the database's clock; pass `at`"
    for line, name in module.imports():
        if name in {"django.utils.timezone.now", "django.db.models.functions.Now"}:
            yield f"{module.name}:{line}: {name}; take `at`, or ask kernel.clock"


TIMELESS_ROOMS = {"services", "rules", "queries", "models", "reactions", "events", "enums", "hooks"}


def time_is_passed_in(module: Module) -> Iterator[str]:
    """Only views, jobs and commands ask kernel.clock what time it is; everything else is told."""
    if module.room not in TIMELESS_ROOMS:
        return
    for line, name in module.imports():
        if name == "incisor.kernel.clock.now":
            yield f"{module.name}:{line}: reads the clock; take `at`"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and dotted(node.func) in {"clock.now", "kernel.clock.now"}:
            yield f"{module.name}:{node.lineno}: reads the clock; take `at`"


PURE_DJANGO = ("django.utils.translation",)
IMPURE_KERNEL = ("incisor.kernel.models", "incisor.kernel.live", "incisor.kernel.htmx", "incisor.kernel.fields")


def rules_are_pure(module: Module) -> Iterator[str]:
    if module.room != "rules":
        return
    for line, name in module.imports():
        is_django = name.startswith(("django.", "django_")) and not name.startswith(PURE_DJANGO)
        if is_django or name == "django" or name.startswith(IMPURE_KERNEL):
            yield f"{module.name}:{line}: rules are pure, without {name}"


def no_signals(module: Module) -> Iterator[str]:
    for line, name in module.imports():
        if name.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals")):
            yield f"{module.name}:{line}: {name}; publish an event (kernel.events)"


def no_generic_relations(module: Module) -> Iterator[str]:
    for line, name in module.imports():
        if name.startswith("django.contrib.contenttypes"):
            yield f"{module.name}:{line}: {name}; a foreign key says what it means"


def models_have_no_verbs(module: Module) -> Iterator[str]:
    """No save() or delete() of our own, no ordering that every query would pay for."""
    if module.room != "models":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete", "full_clean"}:
            yield f"{module.name}:{node.lineno}: {node.name}(); that belongs into a service"
        if isinstance(node, ast.ClassDef) and node.name == "Meta":
            for statement in node.body:
                if isinstance(statement, ast.Assign) and "ordering" in map(dotted, statement.targets):
                    yield f"{module.name}:{statement.lineno}: Meta.ordering; order_by where it matters"


def views_do_not_query(module: Module) -> Iterator[str]:
    if module.app == "kernel" or module.room not in {"views", "forms", "urls", "templatetags"}:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_base_manager", "_default_manager"}:
            yield f"{module.name}:{node.lineno}: .{node.attr}; ask queries, or do it in a service"
    for line, name in module.imports():
        if name.startswith(("django.db.transaction", "django.db.connection")):
            yield f"{module.name}:{line}: {name}; the service holds the transaction"


FORBIDDEN_WORDS = re.compile(
    r"pg_(?:try_)?advisory|\bLISTEN\b|\bNOTIFY\b|\bpg_notify\b|SERIALIZABLE|(?i:row[ _]level[ _]security)"
    r"|options=-c|(?i:\bcreate\s+sequence\b|\bnextval\b)|(?i:generated\s+\w+(\s+\w+)?\s+as\s+identity)"
    r"|INITIALLY\s+DEFERRED"
)
FORBIDDEN_NAMES = {"GenericForeignKey", "GenericRelation", "ServerSideCursor", "SearchVector"}


def growth_stays_possible(module: Module) -> Iterator[str]:
    """What does not survive a pool, a shard or a move to another server (ARCHITECTURE.md, Growing)."""
    for line, text in module.texts():
        found = FORBIDDEN_WORDS.search(text)
        if found:
            yield f"{module.name}:{line}: {found[0]}"
    for line, name in module.imports():
        if name.rpartition(".")[2] in FORBIDDEN_NAMES:
            yield f"{module.name}:{line}: {name}"


def rooms_are_known(module: Module) -> Iterator[str]:
    """An app has the rooms of every app. kernel and config have none, accounts.access is the guard."""
    if module.app in {"kernel", "config"} or "/" not in module.name or module.room == "":
        return
    if module.room not in ROOMS and module.name not in OTHER_ROOMS:
        yield f"{module.name}: no such room; which of {', '.join(sorted(ROOMS))} is it?"


# Rooms that only one app has, each with its reason.
OTHER_ROOMS = {
    "accounts/access.py",  # the guard that every app above uses
    "accounts/gatekeeping.py",  # what the guard asks before a page
    "accounts/setup.py",  # what an installation starts with, before there is anybody to guard against
}

CODE_WALLS: tuple[Wall, ...] = (
    at_most_400_lines,
    no_empty_names,
    clock_read_in_one_place,
    time_is_passed_in,
    rules_are_pure,
    no_signals,
    no_generic_relations,
    models_have_no_verbs,
    views_do_not_query,
    growth_stays_possible,
    rooms_are_known,
)


# ---- templates -----------------------------------------------------------------------------------------------------

COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
QUERY = "query in a template"
TEMPLATE_WALLS: dict[str, re.Pattern[str]] = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE),
    "inline style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "evaluated htmx attribute": re.compile(r"\shx-on\b|hx-(vals|headers)\s*=\s*['\"]js:", re.IGNORECASE),
    "address of another server": re.compile(r"(?:src|href)\s*=\s*['\"](?:https?:)?//", re.IGNORECASE),
    QUERY: re.compile(r"\.(?:objects|filter|exclude|order_by)\b(?!\w)"),
}


def blank(found: re.Match[str]) -> str:
    """Return as many spaces, and the same line ends."""
    return re.sub(r"[^\n]", " ", found[0])


def wrong_in_template(name: str, text: str) -> Iterator[str]:
    """Yield what the strict content-security policy would block, and reads that belong into queries."""
    plain = COMMENT.sub(blank, text)
    markup = TAG.sub(blank, plain)
    for what, pattern in TEMPLATE_WALLS.items():
        for found in pattern.finditer(plain if what == QUERY else markup):
            line = plain.count("\n", 0, found.start()) + 1
            yield f"{name}:{line}: {what}: {found[0].strip()[:60]}"
