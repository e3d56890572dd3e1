"""Checks that SHACL cannot express: valid dates, valid resource IRIs, exact quotations."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.dataset.graph_names import is_taken
from partyline.edtf import bounds
from partyline.findings import Finding, Severity
from partyline.settings import Checks, Knowledge
from partyline.sources import Origin, Sources, SourceStatement, Statements
from partyline.sources.computed_bounds import COMPUTED
from partyline.vocabulary import EDTF, OA, OWL, PL, RDF

_NO_STYLE = Checks()
#: The path of a resource below ``{base}id/``: a kind and a slug that need no escaping anywhere.
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*\Z")

#: The predicates of passages that `_quotations` reads.
_QUOTATION = (OA.hasSelector, OA.exact, OA.start, OA.end)


def check_sources(
    sources: Sources,
    knowledge: Knowledge,
    checks: Checks = _NO_STYLE,
    of_documents: Iterable[Iterable[Finding]] | None = None,
) -> list[Finding]:
    """Return what is wrong with the files themselves, in the order of files and lines.

    *checks* are the rules of style that apply. *of_documents* spares to check the statements of
    each document: what `check_statements` has found there.
    """
    if of_documents is None:
        of_documents = (
            check_statements(document.statements, knowledge, checks)
            for document in sources.documents
        )
    findings = [*sources.findings, *chain.from_iterable(of_documents)]
    if checks.split:
        findings += _split_subjects(sources)
    findings += _shortcuts(sources)
    findings += _taken_graphs(sources, knowledge.base)
    return sorted(findings, key=lambda finding: (finding.path, finding.line, finding.code))


def check_ontology_iri(sources: Sources, knowledge: Knowledge, settings: str) -> Iterator[Finding]:
    """Yield a warning where the file *settings* names the ontology with the # of its terms.

    Some ontologies have such an IRI; then a source says so.
    """
    iri = knowledge.ontology_iri
    if not iri.endswith("#"):
        return
    header = Triple(NamedNode(iri), RDF.type, OWL.Ontology)
    if header in sources.ontology_triples or header in sources.kb_triples:
        return
    yield Finding(
        *(settings, 0, "ontology-iri"),
        f"knowledge.ontology_iri is {iri}, and no source says that this is an owl:Ontology;"
        " the # belongs to its terms",
        f"write {iri[:-1]}, or the IRI that the ontology has",
        Severity.WARNING,
    )


def check_statements(
    statements: Statements, knowledge: Knowledge, checks: Checks = _NO_STYLE
) -> Iterator[Finding]:
    """Yield the findings of one document: dates, computed bounds, sameAs, IRIs, quotations."""
    for statement in statements.with_objects(_is_date):
        yield from _date(statement)
    for statement in statements.of_predicates(COMPUTED):
        yield _bound(statement)
    for statement in statements.of_predicates((OWL.sameAs,)):
        if isinstance(statement.triple.object, Literal):
            yield _same_as_literal(statement)
    if checks.iri:
        for statement in statements.with_nodes(lambda term: not _is_in_style(term, knowledge)):
            yield from _resource_iri(statement, knowledge)
    yield from _quotations(statements.of_predicates(_QUOTATION))


def _is_date(term: object) -> bool:
    return isinstance(term, Literal) and term.datatype == EDTF


def _taken_graphs(sources: Sources, base: str) -> Iterator[Finding]:
    """Yield a warning of each graph of the sources that has the name of a graph of the release."""
    for iri, statements in sources.named_graphs.items():
        if is_taken(iri, base):
            path, line = statements[0].path, statements[0][0].origin.line
            yield Finding(
                path,
                line,
                "named-graph",
                f"<{iri}> is the name of a graph that Partyline makes; the triples are published,"
                " and this name of their graph is not",
                "give the graph another IRI",
                Severity.WARNING,
            )


def _date(statement: SourceStatement) -> Iterator[Finding]:
    literal = statement.triple.object
    if not isinstance(literal, Literal):
        return
    try:
        bounds(literal.value)
    except ValueError as error:
        yield _finding(
            statement.origin,
            "date",
            str(error),
            "give the date as exactly as the source does",
        )


def _bound(statement: SourceStatement) -> Finding:
    name = statement.triple.predicate.value.rpartition("#")[2]
    return _finding(
        statement.origin,
        "computed-bound",
        f"pl:{name} is computed from pl:date and must not be asserted",
        "remove the line; write pl:date as an EDTF literal",
    )


def _same_as_literal(statement: SourceStatement) -> Finding:
    """Return the warning of a text where a second name is meant.

    It is RDF, but not OWL 2 DL, and all resources that are different values differ: their number
    of statements is a square (dt-diff; OWL 2 Profiles, section 4.3, table 8).
    """
    origin = statement.origin
    return Finding(
        *(origin.path, origin.line, "same-as-literal"),
        f"owl:sameAs has the literal {statement.triple.object}, which is not a resource;"
        " everything that is the same as another literal is inferred to be different",
        "write the IRI without quotation marks if it is one, or use another property",
        Severity.WARNING,
    )


def _resource_iri(statement: SourceStatement, knowledge: Knowledge) -> Iterator[Finding]:
    for term in (statement.triple.subject, statement.triple.object):
        if isinstance(term, NamedNode) and not _is_in_style(term, knowledge):
            yield _finding(
                statement.origin,
                "iri",
                f"<{term.value}> is not a valid resource IRI of the house style",
                f"write <{knowledge.things}KIND/SLUG>, both of a-z, 0-9 and single hyphens",
            )


def _is_in_style(term: object, knowledge: Knowledge) -> bool:
    """Tell whether *term* is not the IRI of a resource, or a valid one of the house style."""
    if not isinstance(term, NamedNode) or not term.value.startswith(knowledge.things):
        return True
    return _SLUG.match(term.value[len(knowledge.things) :]) is not None


def _quotations(statements: Statements) -> Iterator[Finding]:
    """Yield passages whose quotation is not as long as its position says (OA, section 4.2.5)."""
    selectors: dict[object, dict[NamedNode, list[SourceStatement]]] = defaultdict(dict)
    for statement in statements:
        triple = statement.triple
        selectors[triple.subject].setdefault(triple.predicate, []).append(statement)
    for properties in selectors.values():
        nodes = [row.triple.object for row in properties.get(OA.hasSelector, [])]
        merged: dict[NamedNode, SourceStatement] = {}
        for node in nodes:
            for predicate, rows in selectors.get(node, {}).items():
                merged.setdefault(predicate, rows[0])
        yield from _quotation(merged)


def _quotation(merged: dict[NamedNode, SourceStatement]) -> Iterator[Finding]:
    if not {OA.exact, OA.start, OA.end} <= merged.keys():
        return
    quote, start, end = (_text(merged[name]) for name in (OA.exact, OA.start, OA.end))
    if not (start.isdecimal() and end.isdecimal()):
        return  # SHACL says what the datatype is
    if int(end) - int(start) != len(quote):
        yield _finding(
            merged[OA.exact].origin,
            "quotation",
            f"the quotation has {len(quote)} characters, its position {start} to {end}"
            f" has {int(end) - int(start)}",
            "copy the quotation again from the source and count from 0, in code points",
        )


def _text(statement: SourceStatement) -> str:
    term = statement.triple.object
    return term.value if isinstance(term, Literal | NamedNode | BlankNode) else ""


def _split_subjects(sources: Sources) -> Iterator[Finding]:
    """Yield subjects of ``kb/`` that two files describe: a reader must find all in one place."""
    described: dict[object, set[str]] = defaultdict(set)
    first: dict[object, Origin] = {}
    for document in sources.kb:
        for statement in document.statements.of_predicates((RDF.type,)):
            triple = statement.triple
            if isinstance(triple.subject, NamedNode):
                described[triple.subject].add(document.path)
                first[triple.subject] = statement.origin
    for subject, paths in described.items():
        if len(paths) > 1:
            yield _finding(
                first[subject],
                "split",
                f"{subject} is described in {' and in '.join(sorted(paths))}",
                "move all its statements into one of the files",
            )


def _shortcuts(sources: Sources) -> Iterator[Finding]:
    """Yield statements that the ontology wants inferred, from events, and never written."""
    marked = sources.ontology_triples.of_predicates((PL.inferredFrom,))
    inferred = {row.subject for row in marked if isinstance(row.subject, NamedNode)}
    for document in sources.kb:
        for statement in document.statements.of_predicates(inferred):
            name = statement.triple.predicate.value.rpartition("#")[2]
            yield _finding(
                statement.origin,
                "shortcut",
                f"{name} is inferred from events and situations and must not be asserted",
                "write the event or the situation that it follows from, with its passage",
            )


def _finding(origin: Origin, code: str, message: str, remedy: str) -> Finding:
    return Finding(origin.path, origin.line, code, message, remedy)
