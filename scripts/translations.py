"""Keep the Chinese catalogues: `update [app…]`, `check [app…]`, `compile`.

The source strings are English and stand in the code and the templates. Each app has one catalogue,
src/incisor/<app>/locale/zh_Hans/LC_MESSAGES/django.po, sorted and without line numbers so that its
changes are easy to read. The .mo files are built from them and are not kept in git.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "incisor"
CATALOGUE = Path("locale") / "zh_Hans" / "LC_MESSAGES" / "django.po"
TEMPLATE_SUFFIXES = {".html", ".txt", ".svg"}
HEADER = {
    "Project-Id-Version": "Incisor",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}

# name of the function: positions of context, text and plural among its arguments
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
Key = tuple[str | None, str]


@dataclass
class Message:
    """A text of an app and the files that use it."""

    context: str | None
    text: str
    plural: str | None = None
    files: set[str] = field(default_factory=set)


@dataclass
class Found:
    """What an app holds: its messages, and calls that cannot be translated."""

    messages: dict[Key, Message] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, file: str, context: str | None, text: str, plural: str | None) -> None:
        if not text:
            self.wrong.append(f"{file}: an empty text cannot be translated")
            return
        message = self.messages.setdefault((context, text), Message(context, text))
        message.files.add(file)
        if plural is not None and message.plural not in {None, plural}:
            self.wrong.append(f"{file}: {text!r} has two plurals: {message.plural!r} and {plural!r}")
        message.plural = message.plural or plural


def apps() -> list[str]:
    """Return the names of all app packages, `config` among them."""
    return sorted(folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file())


def catalogue_of(app: str) -> Path:
    return PACKAGE / app / CATALOGUE


def extract(app: str) -> Found:
    """Return all texts of an app. Modules that stand beside the apps (cli.py) belong to `config`."""
    found = Found()
    files = [path for path in (PACKAGE / app).rglob("*") if path.is_file() and "static" not in path.parts]
    if app == "config":
        files += PACKAGE.glob("*.py")
    for path in sorted(files):
        name = path.relative_to(PACKAGE).as_posix()
        if path.suffix == ".py" and "/migrations/" not in name:
            extract_python(path.read_text(encoding="utf-8"), name, found)
        elif path.suffix in TEMPLATE_SUFFIXES and "templates" in path.parts:
            extract_template(path.read_text(encoding="utf-8"), name, found)
    return found


def extract_python(source: str, name: str, found: Found) -> None:
    for node in ast.walk(ast.parse(source, name)):
        if not isinstance(node, ast.Call):
            continue
        function = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        if function not in CALLS:
            continue
        values: list[str | None] = []
        for argument in node.args:
            if isinstance(argument, ast.JoinedStr):
                found.wrong.append(f"{name}:{node.lineno}: {function} of an f-string cannot be translated")
            is_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            values.append(argument.value if is_text else None)  # type: ignore[attr-defined]
        add_call(function, values, name, found)


def add_call(function: str, values: list[str | None], name: str, found: Found) -> None:
    """Add the message of a call; a call with a variable instead of a text is translated where the text stands."""
    at_context, at_text, at_plural = CALLS[function]
    wanted = [position for position in (at_context, at_text, at_plural) if position is not None]
    if max(wanted) >= len(values) or any(values[position] is None for position in wanted):
        return
    context = None if at_context is None else values[at_context]
    plural = None if at_plural is None else values[at_plural]
    found.add(name, context, values[at_text] or "", plural)


LITERAL = r"""u?r?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"(?<![\w.])(n?p?gettext|_)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)


def extract_template(source: str, name: str, found: Found) -> None:
    """Add the texts of a template, by the same translation into calls that Django's makemessages uses."""
    for call in TEMPLATE_CALL.finditer(templatized(source, name)):
        values: list[str | None] = [ast.literal_eval(text.lstrip("u")) for text in re.findall(LITERAL, call[2])]
        add_call(call[1], values, name, found)


def templatized(source: str, name: str) -> str:
    from django.conf import settings  # noqa: PLC0415 -- only update and check need Django
    from django.utils.translation.template import templatize  # noqa: PLC0415 -- same

    if not settings.configured:
        settings.configure()
    return templatize(source, origin=name)


def update(names: list[str]) -> int:
    for app in names:
        found = extract(app)
        path = catalogue_of(app)
        if not found.messages and not path.exists():
            continue
        old = {(entry.msgctxt, entry.msgid): entry for entry in (polib.pofile(path) if path.exists() else [])}
        new = polib.POFile(wrapwidth=10_000)
        new.metadata = dict(HEADER)
        for key in sorted(found.messages, key=lambda key: (key[1], key[0] or "")):
            new.append(entry_for(found.messages[key], old.pop(key, None)))
        path.parent.mkdir(parents=True, exist_ok=True)
        new.save(str(path))
        untranslated = sum(not is_translated(entry) for entry in new)
        print(f"{app}: {len(new)} texts, {untranslated} to translate")
        for entry in old.values():
            print(f"  no longer used: {entry.msgid!r} → {text_of(entry)!r}")
        for line in found.wrong:
            print(f"  {line}")
    return 0


def entry_for(message: Message, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context)
    entry.occurrences = [(file, "") for file in sorted(message.files)]
    entry.tcomment = old.tcomment if old else ""
    translation = text_of(old) if old and "fuzzy" not in old.flags else ""
    if message.plural is None:
        entry.msgstr = translation
    else:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = {0: translation}
    return entry


def text_of(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "")) if entry.msgid_plural else str(entry.msgstr)


def is_translated(entry: polib.POEntry) -> bool:
    return bool(text_of(entry)) and "fuzzy" not in entry.flags


PERCENT = re.compile(r"%(?:\((\w+)\))?[-#0 +]*(?:\d+|\*)?(?:\.\d+)?([diouxXeEfFgGcrsa%])")
BRACE = re.compile(r"\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")


def placeholders(text: str) -> list[str]:
    """Return the places of a text that the program fills in, sorted; %% is none."""
    percent = [f"%({match[1]}){match[2]}" if match[1] else f"%{match[2]}" for match in PERCENT.finditer(text)]
    braces = [f"{{{match[1]}}}" for match in BRACE.finditer(text)]
    return sorted([place for place in percent if place != "%%"] + braces)


def check(names: list[str]) -> int:
    problems: list[str] = []
    for app in names:
        problems += problems_of(app)
    problems += contradictions(apps())
    for line in problems:
        print(line)
    print(f"translations: {len(problems)} problems" if problems else "translations: complete")
    return 1 if problems else 0


def problems_of(app: str) -> Iterator[str]:
    found = extract(app)
    path = catalogue_of(app)
    yield from found.wrong
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
    entries = list(polib.pofile(path)) if path.exists() else []
    by_key = {(entry.msgctxt, entry.msgid): entry for entry in entries}
    if len(by_key) != len(entries):
        yield f"{shown}: a text stands there twice"
    for key, message in sorted(found.messages.items(), key=lambda item: item[0][1]):
        entry = by_key.pop(key, None)
        if entry is None:
            yield f"{shown}: missing {message.text!r} (used in {', '.join(sorted(message.files))}); run update {app}"
        elif entry.obsolete:
            yield f"{shown}: obsolete {message.text!r}, though it is used; run update {app}"
        elif "fuzzy" in entry.flags:
            yield f"{shown}: fuzzy {message.text!r}"
        elif not text_of(entry):
            yield f"{shown}: not translated {message.text!r}"
        elif (message.plural or "") != (entry.msgid_plural or ""):
            yield f"{shown}: another plural of {message.text!r}; run update {app}"
        else:
            yield from differing_placeholders(shown, entry)
    for entry in by_key.values():
        word = "obsolete" if entry.obsolete else "no longer used:"
        yield f"{shown}: {word} {entry.msgid!r}; run update {app}"


def differing_placeholders(shown: str, entry: polib.POEntry) -> Iterator[str]:
    """A translation has the same places; of a plural text those of the plural, the singular may leave the number out."""
    wanted = placeholders(entry.msgid_plural or entry.msgid)
    given = placeholders(text_of(entry))
    if wanted != given:
        yield f"{shown}: places differ in {entry.msgid!r}: {wanted} became {given} in {text_of(entry)!r}"


def contradictions(names: list[str]) -> Iterator[str]:
    """All catalogues become one at run time: the same text must not be translated in two ways without a context."""
    seen: dict[Key, tuple[str, str]] = {}
    for app in names:
        path = catalogue_of(app)
        for entry in polib.pofile(path) if path.exists() else []:
            text = text_of(entry)
            first_app, first = seen.setdefault((entry.msgctxt, entry.msgid), (app, text))
            if text and first and text != first:
                yield (
                    f"{entry.msgid!r} is {first!r} in {first_app} and {text!r} in {app}: "
                    "make them the same, or give one a context (pgettext, {% translate … context … %})"
                )


def compile_all() -> int:
    """Build what Django reads, where the catalogue is newer."""
    built = []
    for app in apps():
        path = catalogue_of(app)
        target = path.with_suffix(".mo")
        if path.exists() and (not target.exists() or target.stat().st_mtime_ns <= path.stat().st_mtime_ns):
            polib.pofile(path).save_as_mofile(str(target))
            built.append(app)
    if built:
        print(f"translations: built {', '.join(built)}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("update", "check"):
        commands.add_parser(command).add_argument("apps", nargs="*", metavar="app", help="default: all")
    commands.add_parser("compile")
    given = parser.parse_args(arguments)
    if given.command == "compile":
        return compile_all()
    unknown = sorted(set(given.apps) - set(apps()))
    if unknown:
        parser.error(f"no such app: {', '.join(unknown)}")
    return {"update": update, "check": check}[given.command](given.apps or apps())


if __name__ == "__main__":
    sys.exit(main())
