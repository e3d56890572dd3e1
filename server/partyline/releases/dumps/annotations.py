"""What is said of the statements of a release: which event each stands for, and its rule."""

from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QuerySolution,
    QuerySolutions,
    Store,
    Triple,
)

from partyline.dataset import Table
from partyline.errors import SourceError
from partyline.releases.dumps.annotated import Annotations
from partyline.releases.provenance import ProofSource

#: The variables of the query that names reifiers, in the words of RDF.
_VARIABLES = ("reifier", "subject", "predicate", "object")
_INFERRED = "inferred"


def annotations_of(
    table: Table, store: Path, reifiers: Path | None, source: ProofSource, base: str
) -> Annotations:
    """Return the annotations of the statements of *table*.

    Args:
        table: the statements of the release.
        store: the folder of its store, which the query is asked.
        reifiers: the file of a query that names what reifies which statement, or None.
        source: what proofs are made of.
        base: the IRI below which the rules are described.

    Raises SourceError where the query cannot be used.

    """
    found: dict[int, list[int]] = {}
    others: list[tuple[int, Triple]] = []
    for node, triple in _reified(table, store, reifiers) if reifiers else ():
        row = table.row(triple)
        if row is None:
            others.append((node, triple))
        else:
            found.setdefault(row, []).append(node)
    sorted_nodes = {row: sorted(set(nodes)) for row, nodes in found.items()}
    return Annotations(sorted_nodes, _rules(table, source, base), sorted(others, key=str))


def read_reifiers(file: Path) -> str:
    """Return the query in *file*. Raises SourceError."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{file}: cannot be read: {error}") from error


def _reified(table: Table, store: Path, file: Path) -> list[tuple[int, Triple]]:
    """Return the number of each reifier, and the statement. Raises SourceError."""
    try:
        answers = Store.read_only(str(store)).query(read_reifiers(file))
    except (SyntaxError, ValueError) as error:
        raise SourceError(f"{file}: cannot be asked: {error}") from error
    names = (
        {row.value for row in answers.variables} if isinstance(answers, QuerySolutions) else set()
    )
    if not isinstance(answers, QuerySolutions) or not names >= set(_VARIABLES):
        wanted = ", ".join(f"?{name}" for name in _VARIABLES)
        raise SourceError(f"{file}: must be a SELECT query with the variables {wanted}")
    return [_statement(table, answer, file) for answer in answers]


def _names_all(answers: QuerySolutions) -> bool:
    return {row.value for row in answers.variables} >= set(_VARIABLES)


def _statement(table: Table, answer: QuerySolution, file: Path) -> tuple[int, Triple]:
    """Return the number of the reifier of *answer*, and the statement. Raises SourceError."""
    reifier, subject, predicate, object_ = (answer[name] for name in _VARIABLES)
    if (
        isinstance(reifier, NamedNode | BlankNode)
        and isinstance(subject, NamedNode | BlankNode)
        and isinstance(predicate, NamedNode)
        and isinstance(object_, NamedNode | BlankNode | Literal)
    ):
        number = table.number(reifier)
        if number is not None:
            return number, Triple(subject, predicate, object_)
    raise SourceError(f"{file}: an answer is not a statement with a reifier of the data: {answer}")


def _rules(table: Table, source: ProofSource, base: str) -> Mapping[int, str]:
    """Return the IRI of a rule that concludes each inferred statement, by its row.

    What is computed and not entailed, such as the bounds of a date, has none.
    """
    prover = source.prover().prover
    found: dict[int, str] = {}
    if _INFERRED not in table.present_graphs:
        return found
    for row in table.rows(graphs=(_INFERRED,)).tolist():
        subject, predicate, object_ = map(table.terms.term, table.numbers(row))
        step = next(iter(prover.applications((subject, predicate, object_))), None)
        if step is not None:
            found[row] = f"{base}rules/{step.rule.name}"
    return found
