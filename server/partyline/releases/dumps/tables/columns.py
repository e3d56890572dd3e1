"""The columns of the table of a class: names, types, and the text of every cell."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from partyline.rdf.curies import PrefixMap
from partyline.releases.dumps.tables.cells import ClassCells, Key, Statements

#: What may stand between the values of one cell: the first that occurs in none of them.
_SEPARATORS = ("|", ";", "¦", "‖", "\u241f", "\u241e")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]+")


class Kind(StrEnum):
    """What the values of a column are."""

    ID = "id"
    RESOURCE = "resource"
    LABEL = "label"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; a cell is empty where the member has no value."""

    name: str
    kind: Kind
    cells: Sequence[str]
    #: The property, or the path of two whose middle is a blank node; empty for the member itself.
    path: tuple[str, ...] = ()
    #: The label of the property.
    title: str = ""
    language: str = ""
    #: IRI of the datatype that all values have, or the empty string.
    datatype: str = ""
    #: What stands between the values of a cell; empty where no member has two.
    separator: str = ""

    @property
    def is_required(self) -> bool:
        """Tell whether every member has a value."""
        return all(self.cells)


@dataclass(frozen=True, slots=True)
class ClassTable:
    """The table of a class."""

    #: Name of the file without its extension.
    name: str
    iri: str
    title: str
    columns: tuple[Column, ...]

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows, the head not among them."""
        yield from zip(*(column.cells for column in self.columns), strict=True)

    @property
    def size(self) -> int:
        """Return the number of rows."""
        return len(self.columns[0].cells)


class TableMaker:
    """Makes tables of cells, with the names that they have in a release."""

    def __init__(self, statements: Statements, prefixes: Mapping[str, str]) -> None:
        self._values, self._labels = statements.values, statements.labels
        self._prefixes = PrefixMap.of(prefixes)
        self._names: set[str] = set()

    def table(self, cells: ClassCells) -> ClassTable:
        """Return the table of *cells*."""
        iri = self._text(cells.class_)
        columns = [
            Column("id", Kind.ID, [self._text(row) for row in cells.members]),
            Column("label", Kind.LABEL, [self._label(row) for row in cells.members]),
        ]
        names = {"id", "label"}
        for key in sorted(cells.values, key=self._order):
            columns += self._columns(cells, key, names)
        name = _unused(self._local(iri), self._names, self._prefixed(iri))
        return ClassTable(name, iri, self._label(cells.class_), tuple(columns))

    def _text(self, number: int) -> str:
        return self._values[number].text

    def _label(self, number: int) -> str:
        return self._labels.get(number, "")

    def _order(self, key: Key) -> tuple[tuple[str, ...], bool, str]:
        return tuple(map(self._text, key.path)), not key.is_resource, key.language

    def _columns(self, cells: ClassCells, key: Key, names: set[str]) -> Iterator[Column]:
        """Yield the column of *key*, and that of the labels of its values."""
        values, size = cells.values[key], len(cells.members)
        path = tuple(map(self._text, key.path))
        title = ": ".join(self._label(row) or self._local(self._text(row)) for row in key.path)
        name = "_".join(map(self._local, path))
        other = "_".join(map(self._prefixed, path))
        if not key.is_resource and key.language:
            ending = _NOT_IN_NAMES.sub("_", key.language)
            name, other = f"{name}_{ending}", f"{other}_{ending}"
        elif not key.is_resource and Key(key.path, is_resource=True, language="") in cells.values:
            name, other = f"{name}_value", f"{other}_value"
        name = _unused(name, names, other)
        kind = Kind.RESOURCE if key.is_resource else Kind.LITERAL
        texts, separator = _texts(values, size, self._text)
        datatypes = {self._values[row].datatype for found in values.values() for row in found}
        datatype = datatypes.pop() if len(datatypes) == 1 else ""
        yield Column(name, kind, texts, path, title, key.language, datatype, separator)
        if key.is_resource and any(self._label(row) for found in values.values() for row in found):
            labels, between = _texts(values, size, self._label)
            named = _unused(f"{name}_label", names, f"{other}_label")
            yield Column(named, Kind.LABEL, labels, path, title, separator=between)

    def _local(self, iri: str) -> str:
        split = self._prefixes.split(iri)
        name = split[2] if split else re.split(r"[/#:]", iri.rstrip("/#"))[-1]
        return _NOT_IN_NAMES.sub("_", name).strip("_") or "value"

    def _prefixed(self, iri: str) -> str:
        split = self._prefixes.split(iri)
        name = f"{split[0]}_{split[2]}" if split else re.sub(r"^\w+://", "", iri)
        return _NOT_IN_NAMES.sub("_", name).strip("_") or "value"


def _texts(
    values: Mapping[int, Sequence[int]], size: int, text: Callable[[int], str]
) -> tuple[list[str], str]:
    """Return the text of each cell, and what stands between the values of one."""
    texts, separator = [""] * size, ""
    if any(len(rows) > 1 for rows in values.values()):
        separator = _separator({text(row) for rows in values.values() for row in rows})
    for place, rows in values.items():
        texts[place] = text(rows[0]) if len(rows) == 1 else separator.join(map(text, rows))
    return texts, separator


def _separator(values: Iterable[str]) -> str:
    """Return what occurs in none of *values*."""
    content = "".join(values)
    free = (sign for sign in _SEPARATORS if sign not in content)
    # There is always one among the characters for private use.
    more = (sign for sign in map(chr, range(0xE000, 0xF8FF)) if sign not in content)
    return next(free, "") or next(more)


def _unused(name: str, used: set[str], other: str) -> str:
    """Return *name*, or *other*, or that with a number; no file system takes it for one *used*."""
    chosen, number = name, 1
    while chosen.lower() in used:
        chosen, number = (other, 1) if chosen == name else (f"{other}_{number + 1}", number + 1)
    used.add(chosen.lower())
    return chosen
