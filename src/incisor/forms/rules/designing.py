"""What can be done to a draft: each step takes a content and returns a new one; the old one stays as it was."""

import copy
import re
from typing import Any

from incisor.forms.enums import WITH_OPTIONS, FieldKind, Only, Signer
from incisor.forms.rules.content import BLANK, LONGEST_LABEL, LONGEST_TEXT, MOST_OPTIONS, SOURCES_OF, Content, Field

FIELD_NAMES = frozenset(BLANK) - {"key", "kind"}


class NoSuchPart(ValueError):
    """The content has no section or field of that key."""


def free_key(content: Content, letter: str) -> str:
    """Return the first key of that letter that no part of the form has had: f7."""
    keys = {one["key"] for one in content["sections"]} | {
        field["key"] for section in content["sections"] for field in section["fields"]
    }
    number = 1
    while f"{letter}{number}" in keys:
        number += 1
    return f"{letter}{number}"


def _place(content: Content, key: str) -> tuple[int, int]:
    for row, section in enumerate(content["sections"]):
        for column, field in enumerate(section["fields"]):
            if field["key"] == key:
                return row, column
    raise NoSuchPart(key)


def _row(content: Content, key: str) -> int:
    for row, section in enumerate(content["sections"]):
        if section["key"] == key:
            return row
    raise NoSuchPart(key)


def field_of(content: Content, key: str) -> Field:
    """Return the field of that key. Raises NoSuchPart."""
    row, column = _place(content, key)
    field: Field = content["sections"][row]["fields"][column]
    return field


def add_section(content: Content, *, title_zh: str = "", title_en: str = "") -> Content:
    """Return the content with an empty section at the end."""
    fresh = copy.deepcopy(content)
    fresh["sections"].append(
        {"key": free_key(content, "s"), "title_zh": title_zh.strip(), "title_en": title_en.strip(), "fields": []}
    )
    return fresh


def rename_section(content: Content, *, key: str, title_zh: str, title_en: str) -> Content:
    """Return the content with new headings of a section. Raises NoSuchPart."""
    fresh = copy.deepcopy(content)
    fresh["sections"][_row(content, key)].update(
        title_zh=title_zh.strip()[:LONGEST_LABEL], title_en=title_en.strip()[:LONGEST_LABEL]
    )
    return fresh


def remove_section(content: Content, *, key: str) -> Content:
    """Return the content without the section and all that stands in it; the last one is emptied. Raises NoSuchPart."""
    fresh = copy.deepcopy(content)
    row = _row(content, key)
    if len(fresh["sections"]) == 1:
        fresh["sections"][0]["fields"] = []
    else:
        del fresh["sections"][row]
    return fresh


def move_section(content: Content, *, key: str, to: int) -> Content:
    """Return the content with the section at place `to`, counted from 0 and held within the form. Raises NoSuchPart."""
    fresh = copy.deepcopy(content)
    section = fresh["sections"].pop(_row(content, key))
    fresh["sections"].insert(max(0, min(to, len(fresh["sections"]))), section)
    return fresh


def add_field(content: Content, *, section: str, kind: str, at: int | None = None) -> Content:
    """Return the content with a blank field of that kind at a place of a section, else at its end. Raises NoSuchPart."""
    fresh = copy.deepcopy(content)
    fields = fresh["sections"][_row(content, section)]["fields"]
    field = {**copy.deepcopy(BLANK), "key": free_key(content, "f"), "kind": FieldKind(kind).value}
    if kind == FieldKind.SIGNATURE:
        field.update(signer=Signer.PATIENT.value, is_required=True)
    if kind == FieldKind.CONSENT:
        field["is_required"] = True
    fields.insert(len(fields) if at is None else max(0, min(at, len(fields))), field)
    return fresh


def copy_field(content: Content, *, key: str) -> Content:
    """Return the content with a second field like that one right after it. Raises NoSuchPart."""
    row, column = _place(content, key)
    fresh = copy.deepcopy(content)
    twin = {**copy.deepcopy(field_of(content, key)), "key": free_key(content, "f"), "source": ""}
    fresh["sections"][row]["fields"].insert(column + 1, twin)
    return fresh


def remove_field(content: Content, *, key: str) -> Content:
    """Return the content without the field. Raises NoSuchPart."""
    row, column = _place(content, key)
    fresh = copy.deepcopy(content)
    del fresh["sections"][row]["fields"][column]
    return fresh


def move_field(content: Content, *, key: str, section: str, to: int) -> Content:
    """Return the content with the field at place `to` of a section. Raises NoSuchPart."""
    row, column = _place(content, key)
    target = _row(content, section)
    fresh = copy.deepcopy(content)
    field = fresh["sections"][row]["fields"].pop(column)
    fields = fresh["sections"][target]["fields"]
    fields.insert(max(0, min(to, len(fields))), field)
    return fresh


def step_field(content: Content, *, key: str, by: int) -> Content:
    """Return the content with the field one place up (-1) or down (1), over the edge of its section too."""
    row, column = _place(content, key)
    sections = content["sections"]
    to = column + by
    if 0 <= to < len(sections[row]["fields"]):
        return move_field(content, key=key, section=sections[row]["key"], to=to)
    if not 0 <= row + by < len(sections):
        return content
    neighbour = sections[row + by]
    return move_field(content, key=key, section=neighbour["key"], to=0 if by > 0 else len(neighbour["fields"]))


def change_field(content: Content, *, key: str, values: dict[str, Any]) -> Content:
    """Return the content with new values of a field, brought into the shape that its kind allows. Raises NoSuchPart."""
    row, column = _place(content, key)
    fresh = copy.deepcopy(content)
    field = fresh["sections"][row]["fields"][column]
    field.update({name: value for name, value in values.items() if name in FIELD_NAMES})
    fresh["sections"][row]["fields"][column] = in_shape(field)
    return fresh


def in_shape(field: Field) -> Field:
    """Return a field with all names, texts cut to size, and nothing that its kind has no use for."""
    shaped = {**copy.deepcopy(BLANK), **{name: value for name, value in field.items() if name in BLANK}}
    kind = shaped["kind"] = FieldKind(shaped["kind"]).value
    longest = LONGEST_TEXT if kind in (FieldKind.NOTE, FieldKind.CONSENT) else LONGEST_LABEL
    for name in ("label_zh", "label_en", "help_zh", "help_en", "unit_zh", "unit_en"):
        shaped[name] = str(shaped[name] or "").replace("\r\n", "\n").strip()[:longest]
    shaped["options"] = _options(shaped["options"]) if kind in WITH_OPTIONS else []
    if kind != FieldKind.NUMBER:
        shaped.update(unit_zh="", unit_en="", minimum=None, maximum=None)
    if kind != FieldKind.YES_NO:
        shaped["asks_detail"] = False
    if kind != FieldKind.SIGNATURE:
        shaped["signer"] = ""
    elif shaped["signer"] not in Signer.values:
        shaped["signer"] = Signer.PATIENT.value
    if kind == FieldKind.NOTE:
        shaped["is_required"] = False
    if shaped["only"] not in Only.values:
        shaped["only"] = Only.EVERYBODY.value
    if shaped["source"] not in SOURCES_OF.get(kind, frozenset()):
        shaped["source"] = ""
    return shaped


def _options(given: Any) -> list[dict[str, str]]:
    fresh: list[dict[str, str]] = []
    for one in list(given)[:MOST_OPTIONS]:
        key = str(one.get("key") or "")
        taken = {other["key"] for other in fresh}
        if not re.fullmatch(r"[a-z0-9_]{1,40}", key) or key in taken:
            number = 1
            while f"o{number}" in taken:
                number += 1
            key = f"o{number}"
        texts = {name: str(one.get(name) or "").strip()[:LONGEST_LABEL] for name in ("label_zh", "label_en")}
        fresh.append({"key": key, **texts})
    return fresh


def options_from_lines(text: str, *, before: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the choices typed one a line, "糖尿病 | Diabetes"; a line that stood there before keeps its key."""
    known = {one["label_zh"]: one["key"] for one in before} | {one["label_en"]: one["key"] for one in before}
    found = []
    for line in text.splitlines():
        first, _bar, second = (part.strip() for part in line.replace("｜", "|").partition("|"))
        if first or second:
            key = known.get(first) or known.get(second) or ""
            found.append({"key": key, "label_zh": first or second, "label_en": second or first})
    return _free_of_doubles(found)


def _free_of_doubles(options: list[dict[str, str]]) -> list[dict[str, str]]:
    kept = [one["key"] for one in options if one["key"]]
    number = 1
    for one in options:
        if not one["key"]:
            while f"o{number}" in kept:
                number += 1
            one["key"] = f"o{number}"
            kept.append(one["key"])
    return options


def lines_of_options(options: list[dict[str, str]]) -> str:
    """Return choices as they are typed."""
    return "\n".join(f"{one['label_zh']} | {one['label_en']}" for one in options)
