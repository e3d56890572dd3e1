"""The queries that a picture of lineage is drawn from: files beside the ontology, checked and kept.

Each file is a SELECT query, named after what its rows are. Only ``bars.rq`` is needed. A release
holds copies of the files. Relative IRIs in them lie below the base of the release, so that the same
queries find its named graphs (``<graph/accepted>``) wherever it is published.
docs/reference/lineage.md describes them.
"""

from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import Store

from partyline.errors import BadQuery, SourceError
from partyline.sources import read_text_file
from partyline.sparql import select_locally

#: The files, and the variables that every row of each binds.
LINEAGE_QUERIES: Mapping[str, tuple[str, ...]] = {
    "bars": ("bar",),
    "begins": ("bar", "date"),
    "ends": ("bar", "date"),
    "claims": ("event", "date"),
    "attested": ("bar", "date"),
    "joins": ("kind", "from", "to"),
    "marks": ("mark", "bar", "agent", "date"),
    "bands": ("band", "bar", "agent"),
}

#: A solution as text, by variable; what is unbound is missing.
Answers = Mapping[str, tuple[Mapping[str, str], ...]]


def read_lineage_queries(folder: Path | None) -> Mapping[str, str]:
    """Return the texts of the queries in *folder*, by name; none where *folder* is None.

    Raises SourceError where the folder or a file cannot be read, where a file is not one of
    `LINEAGE_QUERIES`, and where a query is not a SELECT query of the variables that it needs.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder; knowledge.lineage in the settings names it")
    queries = {path.stem: _read(path) for path in sorted(folder.glob("*.rq"))}
    if "bars" not in queries:
        raise SourceError(f"{folder / 'bars.rq'}: is missing; it selects what is drawn as a bar")
    return queries


def ask_lineage(store: Store, queries: Mapping[str, str], base: str) -> Answers:
    """Return the answers of *queries* over *store*; rows without a needed variable are left out.

    Relative IRIs of the queries are resolved against *base*.

    Raises BadQuery and QueryTimeout as `select_locally` does.
    """
    return {name: tuple(_rows(store, name, _based(text, base))) for name, text in queries.items()}


def _rows(store: Store, name: str, text: str) -> list[Mapping[str, str]]:
    found = select_locally(store, text)
    rows = [
        {
            variable: str(getattr(term, "value", term))
            for variable, term in zip(found.variables, row, strict=True)
            if term is not None
        }
        for row in found.rows
    ]
    return [row for row in rows if row.keys() >= set(LINEAGE_QUERIES[name])]


def _based(text: str, base: str) -> str:
    # On the first line, so that the lines of messages are those of the file.
    return f"BASE <{base}> {text}"


def _read(path: Path) -> str:
    if path.stem not in LINEAGE_QUERIES:
        known = ", ".join(f"{name}.rq" for name in LINEAGE_QUERIES)
        raise SourceError(f"{path}: is not the name of a lineage query; the names are {known}")
    text = read_text_file(path)
    try:
        variables = select_locally(Store(), _based(text, "urn:x:")).variables
    except BadQuery as error:
        raise SourceError(f"{path}: {error}") from error
    missing = [f"?{name}" for name in LINEAGE_QUERIES[path.stem] if name not in variables]
    if missing:
        raise SourceError(f"{path}: does not select {', '.join(missing)}; add them to SELECT")
    return text
