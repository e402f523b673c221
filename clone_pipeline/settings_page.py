"""docs/settings.md, written from the settings models: `python -m clone_pipeline.settings_page`."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clone_pipeline.project import Project

MANY = 6  # a list of more entries stands below its table

HEAD = """# clone.yaml, key by key

<!-- Written by `python -m clone_pipeline.settings_page > docs/settings.md`: change the models instead. -->

The one settings file of a project. Every key has a default unless it says "required", so an empty file is valid.
A key that is not listed here is refused, with the key that was probably meant. `clone-pipeline check` shows all faults at once.
Times are seconds, lengths of text are characters unless tokens are named.

"""  # noqa: E501

Schema = Mapping[str, Any]


def page() -> str:
    """The whole page, Markdown."""
    schema = Project.model_json_schema()
    known = schema["$defs"]
    parts = [(name, field) for name, field in _fields(schema) if _is_part(field)]
    alone = [row for row, _ in _rows({**schema, "properties": _rest(schema, parts)}, "", known)]
    sections = [_section(name, field, known) for name, field in parts]
    return HEAD + "\n".join([_table(alone), *sections])


def _is_part(field: Schema) -> bool:
    return "$ref" in field or field.get("type") == "object"


def _rest(schema: Schema, parts: list[tuple[str, Schema]]) -> dict[str, Any]:
    named = dict(parts)
    return {name: field for name, field in _fields(schema) if name not in named}


def _section(name: str, field: Schema, known: Schema) -> str:
    """A key of the top level: what it is, then a table of the keys below it."""
    model, path = _model(field, known), name
    if model is None:
        model, path = _model(_values(field), known), f"{name}.<key>"
    assert model is not None
    rows = list(_rows(model, path, known))
    lists = "".join(f"\n{long}\n" for _, long in rows if long)
    return f"## {name}\n\n{_said(model)}\n\n{_table(row for row, _ in rows)}{lists}"


def _table(rows: Iterable[tuple[str, str, str, str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in [_HEADS, _RULES, *rows])


_HEADS = ("key", "default", "takes", "meaning")
_RULES = ("---", "---", "---", "---")
Row = tuple[tuple[str, str, str, str], str]


def _rows(model: Schema, path: str, known: Schema) -> Iterator[Row]:
    """A row for each key and, where its default is long, the paragraph that lists it."""
    required = model.get("required", ())
    fields, like = _new_fields(model, known)
    for name, field in fields:
        key = f"{path}.{name}" if path else name
        if below := _model(field, known):
            if _is_optional(field):
                shown = _cell(field.get("description", ""))
                yield (f"`{key}`", "left out", "keys", shown), ""
            if key.endswith(tuple(_AS)):
                yield (f"`{key}`", "", "keys", _as(_AS["." + key.rpartition(".")[2]])), ""
            else:
                yield from _rows(below, key, known)
            continue
        if choices := field.get("discriminator", {}).get("mapping"):
            for choice, place in choices.items():
                yield from _choice(key, choice, known[place.rpartition("/")[2]], field, known)
            continue
        if entry := _entry(field, known):
            shown = _cell(field.get("description", ""))
            yield (f"`{key}`", "`{}`", "keys of yours, each with what follows", shown), ""
            yield from _rows(entry, f"{key}.<name>", known)
            continue
        if each := _model(field.get("items", {}), known):
            shown = _cell(field.get("description", ""))
            yield (f"`{key}`", "`[]`", "list of keys, each with what follows", shown), ""
            yield from _rows(each, f"{key}[]", known)
            continue
        default, long = _default(key, field, required=name in required)
        meaning = field.get("description", "")
        yield (f"`{key}`", default, _takes(field, known), _cell(meaning)), long
    if like:
        yield (f"`{path}`", "", "keys", _as(like)), ""


# Models that others extend, or that stand in several places, and where they are described.
_LIKE = {"RuleSettings": "bots.<key>.rules"}
_AS = {".post_model": "bots.<key>.brain.model"}


def _as(place: str) -> str:
    return f"and all keys of `{_cell(place)}`"


def _new_fields(model: Schema, known: Schema) -> tuple[list[tuple[str, Schema]], str]:
    """The fields that no model of `_LIKE` has, and where those of that model are described."""
    fields = _fields(model)
    for name, place in _LIKE.items():
        base = known.get(name, {}).get("properties", {})
        if model is not known.get(name) and base and base.keys() <= dict(fields).keys():
            return [(key, field) for key, field in fields if key not in base], place
    return fields, ""


def _is_optional(field: Schema) -> bool:
    return any(each.get("type") == "null" for each in field.get("anyOf", ()))


def _choice(key: str, choice: str, model: Schema, field: Schema, known: Schema) -> Iterator[Row]:
    """The keys that one value of `<key>.name` brings with it."""
    usual = field.get("default", {}).get("name") == choice
    yield (
        (f"`{key}.name: {choice}`", "the default" if usual else "", "", _cell(_said(model))),
        "",
    )
    for row, long in _rows(model, key, known):
        if row[0] != f"`{key}.name`":
            yield (row[0], row[1], row[2], f"{choice}: {row[3]}"), long


def _fields(model: Schema) -> list[tuple[str, Schema]]:
    return list(model.get("properties", {}).items())


def _model(field: Schema, known: Schema) -> Schema | None:
    """The model that `field` holds, None if it holds a plain value."""
    choices = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    name = (choices[0] if len(choices) == 1 else field).get("$ref", "").rpartition("/")[2]
    return known[name] if name and "properties" in known[name] else None


def _entry(field: Schema, known: Schema) -> Schema | None:
    """The model behind each key of a mapping whose keys are the user's own, if it is one."""
    return _model(_values(field), known) if field.get("type") == "object" else None


def _values(field: Schema) -> Schema:
    """What stands behind each key of a mapping whose keys are the user's own."""
    found: Any
    (found,) = field.get("patternProperties", {"": field.get("additionalProperties")}).values()
    return found if isinstance(found, Mapping) else {}


def _default(key: str, field: Schema, *, required: bool) -> tuple[str, str]:
    if required:
        return "required", ""
    if "default" not in field:
        return ("`{}`" if field.get("type") == "object" else "left out"), ""
    value = field["default"]
    if value is None:
        return "left out", ""
    if isinstance(value, list) and len(value) > MANY:
        listed = ", ".join(f"`{entry}`" for entry in value)
        return f"{len(value)} entries", f"`{key}` by default: {listed}"
    return f"`{_cell(_plain(value))}`", ""


def _takes(field: Schema, known: Schema) -> str:
    """The type of a value and its limits, for a person."""
    if not field:
        return "anything"
    if "anyOf" in field:
        return " or ".join(
            _takes(each, known) for each in field["anyOf"] if each.get("type") != "null"
        )
    if "$ref" in field:
        return _takes(known[field["$ref"].rpartition("/")[2]], known)
    if "enum" in field or "const" in field:
        values = field.get("enum") or [field["const"]]
        return " or ".join(f"`{_plain(value).strip(chr(34))}`" for value in values)
    if field["type"] == "array":
        return f"list of {_takes(field['items'], known)}"
    if field["type"] == "object":
        return f"keys with {_takes(_values(field), known)}"
    if field.get("format") == "date":
        return "a day, as 2026-11-30"
    return _TYPES[field["type"]] + _limits(field)


_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}


def _limits(field: Schema) -> str:
    parts = [
        f"{word} {_number(field[name])}"
        for name, word in (
            ("minimum", "from"),
            ("exclusiveMinimum", "above"),
            ("maximum", "to"),
            ("exclusiveMaximum", "below"),
        )
        if name in field
    ]
    return f", {' '.join(parts)}" if parts else ""


def _number(value: float) -> str:
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.10g}"


def _plain(value: Any) -> str:
    """As it may be written in YAML; 1.0 as 1."""
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value, ensure_ascii=False)


def _said(model: Schema) -> str:
    return " ".join(model.get("description", "").split())


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


if __name__ == "__main__":
    sys.stdout.write(page())
