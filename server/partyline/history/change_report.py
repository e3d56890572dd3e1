"""Changes for people, as text, and for programs, as a table for JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from partyline.dataset import Numbers
from partyline.dataset.graph_names import is_of_sources
from partyline.history.changes import Changes
from partyline.history.labelled_table import LabelledTable
from partyline.rdf.curies import PrefixMap

#: The graph of what follows; all others are asserted.
INFERRED = "inferred"


@dataclass(slots=True)
class SubjectChanges:
    """The statements about one subject that were removed and added, in N-Triples."""

    subject: str
    removed: list[tuple[str, str, str]] = field(default_factory=list)
    added: list[tuple[str, str, str]] = field(default_factory=list)


def by_subject(changes: Changes, most: int | None = None) -> list[SubjectChanges]:
    """Return the changes of each subject, in order; of at most *most* statements.

    Each statement is its graph, its predicate and its object.
    """
    found: dict[str, SubjectChanges] = {}
    if changes.older is not None:
        for subject, row in _rows(changes.older, changes.removed, most):
            found.setdefault(subject, SubjectChanges(subject)).removed.append(row)
    for subject, row in _rows(changes.newer, changes.added, most):
        found.setdefault(subject, SubjectChanges(subject)).added.append(row)
    return [found[subject] for subject in sorted(found)]


def _rows(
    labelled: LabelledTable, graphs: Mapping[str, Numbers], most: int | None
) -> Iterator[tuple[str, tuple[str, str, str]]]:
    # Asserted graphs first: what is inferred follows from them.
    for name in sorted(graphs, key=lambda name: (name == INFERRED, name)):
        for row in graphs[name][:most].tolist():
            subject, predicate, object_ = map(labelled.text, labelled.table.numbers(row))
            yield subject, (name, predicate, object_)


def totals(changes: Changes) -> dict[str, dict[str, int]]:
    """Return how many statements each graph gains and loses."""
    found = {}
    for name in changes.graphs:
        added, removed = changes.count(name)
        found[name] = {"added": added, "removed": removed}
    return found


def as_text(changes: Changes, names: PrefixMap) -> Iterator[str]:
    """Yield the lines of a report, without line feeds: totals, then each subject.

    A line of a statement begins with ``+`` or ``-``, and ends with its graph.
    """
    if not changes:
        yield "no statement differs"
        return
    for name, row in totals(changes).items():
        yield f"{_graph(name, names)}: {row['added']} added, {row['removed']} removed"
    for subject in by_subject(changes):
        yield ""
        yield _short(subject.subject, names)
        for mark, rows in (("-", subject.removed), ("+", subject.added)):
            for name, predicate, object_ in rows:
                statement = f"{_short(predicate, names)} {_short(object_, names)}"
                yield f"  {mark} {statement} [{_graph(name, names)}]"


def as_json(changes: Changes) -> dict[str, object]:
    """Return the totals and the statements of each subject; terms are in N-Triples."""
    return {
        "graphs": totals(changes),
        "subjects": [
            {
                "subject": row.subject,
                "removed": list(map(_statement, row.removed)),
                "added": list(map(_statement, row.added)),
            }
            for row in by_subject(changes)
        ],
    }


def _statement(row: tuple[str, str, str]) -> dict[str, str]:
    graph, predicate, object_ = row
    return {"graph": graph, "predicate": predicate, "object": object_}


def _graph(name: str, names: PrefixMap) -> str:
    return _short(name, names) if is_of_sources(name) else name


def _short(term: str, names: PrefixMap) -> str:
    if not term.startswith("<"):
        return term
    return names.prefixed_name(term[1:-1]) or term
