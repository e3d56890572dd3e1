"""The values of a table of settings, from TOML or the environment: checked, with the right type."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

from partyline.errors import SettingsError
from partyline.settings.model import (
    Build,
    Checks,
    Dumps,
    History,
    Knowledge,
    Limits,
    Reasoning,
    Remote,
    Server,
    Site,
)

_Table = TypeVar(
    "_Table", Knowledge, Checks, Reasoning, Build, Dumps, Limits, Server, Site, History, Remote
)


def refuse_unknown(table: Mapping[str, Any], known: set[str], path: Path, where: str) -> None:
    """Raise SettingsError for a key of *table* that is not *known*; *where* comes before it."""
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
            raise SettingsError(f"{path}: unknown setting {where}{key}; {hint}")


def table_of(kind: type[_Table], table: Any, path: Path, name: str) -> _Table:
    """Return the table *name* as a value of *kind*. Raises SettingsError, naming the key."""
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: {name} must be a table, written [{name}]")
    hints = get_type_hints(kind)
    refuse_unknown(table, set(hints), path, f"{name}.")
    for needed in fields(kind):
        required = needed.default is MISSING and needed.default_factory is MISSING
        if required and needed.name not in table:
            raise SettingsError(f"{path}: {name}.{needed.name} is missing")
    ranges = {row.name: row.metadata for row in fields(kind)}
    values = {
        key: value_of(hints[key], value, path, f"{path}: {name}.{key}", ranges[key])
        for key, value in table.items()
    }
    return kind(**values)


def value_of(
    hint: Any, value: Any, path: Path, where: str, bounds: Mapping[str, Any] = MappingProxyType({})
) -> Any:
    """Return *value* as the type that the field wants. Raises SettingsError.

    *bounds* may name the choices, or the least and the most that is allowed.
    """
    if value not in bounds.get("choices", (value,)):
        choices = " or ".join(f'"{choice}"' for choice in bounds["choices"])
        raise SettingsError(f"{where} is {value!r}; it must be {choices}")
    if hint == Path | None and value is None:
        return None
    for text in filter(is_text, value if isinstance(value, list) else [value]):
        check_text(text, bounds, where)
    if hint in (Path, Path | None) and isinstance(value, str):
        return (path.parent / value).resolve()
    if hint == tuple[str, ...] and isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return tuple(value)
    elif hint == tuple[Path, ...] and isinstance(value, str | list):
        items = [value] if isinstance(value, str) else value
        if all(isinstance(item, str) for item in items):
            return tuple((path.parent / item).resolve() for item in items)
    elif hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(_within(value, bounds, where))
    elif hint is int and isinstance(value, int) and not isinstance(value, bool):
        return _within(value, bounds, where)
    elif (hint is bool and isinstance(value, bool)) or (hint is str and isinstance(value, str)):
        return value
    wanted = {Path: "a path", Path | None: "a path", float: "a number", int: "a whole number"}
    wanted[bool] = "true or false"
    raise SettingsError(f"{where} is {value!r}; it must be {wanted.get(hint, 'text or a list')}")


def is_text(value: object) -> bool:
    """Tell whether *value* is a text."""
    return isinstance(value, str)


def check_text(value: str, bounds: Mapping[str, Any], where: str) -> None:
    """Raise SettingsError for a text that is not of the form that *bounds* has.

    A file of another kind than *bounds* has is refused, too.
    """
    pattern, form = bounds.get("form", ("", ""))
    if pattern and not re.fullmatch(pattern, value):
        raise SettingsError(f"{where} is {value!r}; it must be {form}")
    if "suffixes" in bounds and Path(value).suffix.lower() not in bounds["suffixes"]:
        raise SettingsError(
            f"{where} is {value!r}; it must end in one of {', '.join(bounds['suffixes'])}"
        )


def _within(value: int | float, bounds: Mapping[str, Any], where: str) -> int | float:
    """Return *value* if it lies within *bounds*, by default above 0."""
    if "most" in bounds:
        if not bounds["least"] <= value <= bounds["most"]:
            allowed = f"from {bounds['least']} to {bounds['most']}"
            raise SettingsError(f"{where} is {value}; it must be {allowed}")
    elif not (value > 0 and isfinite(value)):
        raise SettingsError(f"{where} is {value}; it must be above 0")
    return value


def overridden(
    table: dict[str, Any], tables: Mapping[str, type], environ: Mapping[str, str]
) -> dict[str, Any]:
    """Return *table* with what the environment says instead."""
    short = {"PARTYLINE_HOST": "PARTYLINE_SERVER_HOST", "PARTYLINE_PORT": "PARTYLINE_SERVER_PORT"}
    renamed = {short[name]: value for name, value in environ.items() if name in short}
    values = {**renamed, **environ}
    for name, kind in tables.items():
        hints = get_type_hints(kind)
        for key in (row.name for row in fields(kind)):
            variable = f"PARTYLINE_{name}_{key}".upper()
            inner = table.get(name, {})
            if variable in values and isinstance(inner, dict):
                value = _from_text(hints[key], values[variable], variable)
                table = {**table, name: {**inner, key: value}}
    return table


def without_prefixes(
    table: dict[str, Any], tables: Mapping[str, type], prefixes: Mapping[str, str]
) -> dict[str, Any]:
    """Return *table* with the IRIs of prefixed names in the lists that *tables* allow them in."""
    for name, kind in tables.items():
        inner = table.get(name)
        for row in fields(kind):
            if not row.metadata.get("prefixed") or not isinstance(inner, dict):
                continue
            items = inner.get(row.name)
            if isinstance(items, list):
                inner = {**inner, row.name: [_expanded(item, prefixes) for item in items]}
                table = {**table, name: inner}
    return table


def _expanded(item: Any, prefixes: Mapping[str, str]) -> Any:
    prefix, colon, local = item.partition(":") if is_text(item) else ("", "", "")
    is_prefixed = colon and prefix in prefixes and not local.startswith("//")
    return prefixes[prefix] + local if is_prefixed else item


def _from_text(hint: Any, text: str, variable: str) -> Any:
    """Return what TOML would have given; paths are relative to where the command is run.

    An empty text is a value like any other: no items, or no folder where one is optional.
    """
    if hint == Path | None and not text:
        return None
    if hint in (Path, Path | None):
        if not text:
            raise SettingsError(f"{variable} is empty; it must be a path, or unset")
        return str(Path(text).resolve())
    if hint in (tuple[str, ...], tuple[Path, ...]):
        return [item.strip() for item in text.split(",") if item.strip()]
    if hint is bool:
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    try:
        return {int: int, float: float}.get(hint, str)(text)
    except ValueError as error:
        wanted = "a whole number" if hint is int else "a number"
        unset = "" if text else ", or unset"
        raise SettingsError(f"{variable} is {text!r}; it must be {wanted}{unset}") from error
