"""The tools as functions of one release: arguments in, a table for JSON out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from partyline.errors import BadQuery
from partyline.publishing.agents.conflicts import Conflicts
from partyline.publishing.agents.records import passage_record, standing_of, term_record
from partyline.publishing.as_of import AsOf, Lifetimes
from partyline.publishing.citable import Ask, Inquiry, inquiry_of_question
from partyline.publishing.documents.description import Description, named_node
from partyline.publishing.pages.resource_page import kinds
from partyline.publishing.pages.search_page import search_page
from partyline.publishing.proofs import ProofService
from partyline.publishing.publication import Publication
from partyline.publishing.statements import Statement
from partyline.rdf.statement_text import read_statement
from partyline.releases import read_questions
from partyline.sparql import query_form, read_results
from partyline.sparql.canonical_results import JSON, N_TRIPLES, check_citable
from partyline.vocabulary import VIEW

Table = dict[str, Any]

#: What one answer holds at most; each says how much more there is, and where.
_ROWS, _STATEMENTS, _INCOMING, _PASSAGES, _CONFLICTS, _RESULTS = 1000, 200, 50, 50, 25, 20
#: Characters of a graph.
_GRAPH = 50_000


@dataclass(frozen=True)
class Toolbox:
    """Answers the tools from one release. Every answer names it, and how to cite the answer."""

    publication: Publication
    proofs: ProofService
    #: Evaluates queries, within the limits of all.
    query: Ask
    lifetimes: Lifetimes
    #: The public address of the path ``/``, with a slash.
    root: str

    @property
    def _release(self) -> str:
        return self.publication.release.manifest.identifier

    @cached_property
    def _conflicts(self) -> Conflicts:
        return Conflicts(self.publication)

    def search(self, query: str, kind: str = "") -> Table:
        """Find resources by name."""
        if kind:
            named_node(kind)
        page = search_page(self.publication, query, kind)
        rows = [
            {
                "iri": row.link.iri,
                "name": row.link.name.text,
                "kinds": [kind.name.text for kind in row.kinds],
                "dates": row.link.note,
                "found_by": row.found_by.text if row.found_by else row.link.name.text,
                "standing": standing_of(self.publication, NamedNode(row.link.iri)),
            }
            for row in page.results[:_RESULTS]
        ]
        cite = f"search?{urlencode({'q': query})}"
        return self._answered(cite, results=rows, more=page.total - len(rows))

    def describe(self, iri: str) -> Table:
        """Return what is stated of a resource, with every side of what is disputed about it."""
        description = self._described(iri)
        return self._description(description, self.publication.document(description.subject.value))

    def as_of(self, iri: str, day: str) -> Table:
        """Return the same as of *day*, written YYYY-MM-DD. Raises BadQuery for another form."""
        try:
            chosen = date.fromisoformat(day)
        except ValueError as error:
            raise BadQuery(f"The day is “{day}”: write one such as 1990-01-01.") from error
        whole = self._described(iri)
        page = AsOf(chosen, self.publication.reader, self.lifetimes).of(whole)
        path = self.publication.document(whole.subject.value)
        cite = f"{path}{'&' if '?' in path else '?'}asOf={day}"
        held = page.held
        found = self._description(page.description, cite)
        return {**found, "day": day, "held": held.value if held else None}

    def ask(self, question: str = "", parameters: Mapping[str, str] | None = None) -> Table:
        """Answer a named question, or list the questions."""
        if not question:
            return self._answered("sparql", questions=self._questions())
        inquiry = inquiry_of_question(self.publication, question, parameters or {})
        return {"title": inquiry.title, **self._asked(inquiry)}

    def sparql(self, query: str) -> Table:
        """Answer a query."""
        return self._asked(Inquiry(query))

    def why(self, subject: str, predicate: str, object: str) -> Table:
        """Explain a statement. Raises BadQuery for terms that cannot be read."""
        terms = (subject, predicate, object)
        try:
            triple = read_statement(terms, self.publication.prefixes)
        except ValueError as error:
            raise BadQuery(str(error)) from error
        found = self.proofs.explain(triple).to_json()
        names = ("subject", "predicate", "object")
        cite = f"why?{urlencode(dict(zip(names, terms, strict=True)))}"
        ends = [row for row in (triple.subject, triple.object) if isinstance(row, NamedNode)]
        return self._answered(cite, explanation=found, standing=found["standing"], about=ends)

    def sources_of(self, iri: str) -> Table:
        """Return the passages that support a resource, what is claimed of it, and what links it.

        Each says which of these it supports.
        """
        description, reader = self._described(iri), self.publication.reader
        number = reader.walks.number(description.subject)
        if number is None:
            return self._answered(self.publication.document(iri), passages=[], more=0)
        incoming = description.source.table.columns["subject"][description.incoming_rows].tolist()
        holders = dict.fromkeys([number, *reader.with_role(number, VIEW.matter), *incoming])
        passages: dict[int, list[str]] = {}
        for node in holders:
            holder = reader.walks.term(node)
            for passage in reader.role(node, VIEW.evidence):
                passages.setdefault(passage, []).append(getattr(holder, "value", ""))
        shown = [
            {**passage_record(self.publication, passage), "supports": supported}
            for passage, supported in [*passages.items()][:_PASSAGES]
        ]
        return self._answered(
            self.publication.document(description.subject.value),
            iri=description.subject.value,
            standing=standing_of(self.publication, description.subject),
            passages=shown,
            more=len(passages) - len(shown),
            about=[description.subject],
        )

    def _questions(self) -> list[Table]:
        return [
            {
                "question": row.name,
                "title": row.title,
                "parameters": {
                    parameter.name: f"{parameter.description}; default: {parameter.default}"
                    for parameter in row.parameters
                },
            }
            for row in read_questions(self.publication.release.questions)
        ]

    def _described(self, iri: str) -> Description:
        return self.publication.describe(self._expanded(iri))

    def _expanded(self, iri: str) -> str:
        """Return *iri*, of which a prefix may stand for the beginning."""
        prefix, colon, local = iri.partition(":")
        namespace = self.publication.prefixes.get(prefix)
        is_short = colon and namespace and not local.startswith("//")
        return f"{namespace}{local}" if is_short else iri.strip("<>")

    def _description(self, description: Description, path: str) -> Table:
        publication, subject = self.publication, description.subject
        about, incoming = description.about, description.incoming
        number = publication.reader.walks.number(subject)
        passages = [] if number is None else publication.reader.role(number, VIEW.evidence)
        return self._answered(
            path,
            **term_record(publication, subject),
            kinds=[term_record(publication, row) for row in kinds(publication.presenter, subject)],
            standing=standing_of(publication, subject),
            statements=[self._statement(row) for row in about[:_STATEMENTS]],
            more_statements=max(0, len(about) - _STATEMENTS),
            incoming=[self._incoming(row) for row in incoming[:_INCOMING]],
            more_incoming=max(0, len(incoming) - _INCOMING),
            passages=[passage_record(publication, row) for row in passages[:_PASSAGES]],
            about=[subject, *self._linked(description)],
        )

    def _linked(self, description: Description) -> Iterable[NamedNode]:
        """Yield the resources about which the description says something: their disputes count."""
        for row in description.about:
            if isinstance(row.triple.object, NamedNode):
                yield row.triple.object
        for row in description.incoming:
            if isinstance(row.triple.subject, NamedNode):
                yield row.triple.subject

    def _statement(self, row: Statement) -> Table:
        return {
            "property": term_record(self.publication, row.triple.predicate),
            "value": term_record(self.publication, row.triple.object),
            "standing": row.standing.value,
        }

    def _incoming(self, row: Statement) -> Table:
        return {
            "subject": term_record(self.publication, row.triple.subject),
            "property": term_record(self.publication, row.triple.predicate),
            "standing": row.standing.value,
        }

    def _asked(self, inquiry: Inquiry) -> Table:
        form = query_form(inquiry.query)
        is_graph = form in ("CONSTRUCT", "DESCRIBE")
        chunks = self.query(inquiry.query, N_TRIPLES if is_graph else JSON)
        try:
            content = b"".join(chunks)
        finally:
            if close := getattr(chunks, "close", None):
                close()
        cite = self._cite(inquiry)
        if is_graph:
            text = content.decode()
            more = max(0, len(text) - _GRAPH)
            return self._answered(cite, graph=text[:_GRAPH], more_characters=more)
        found = read_results(content)
        if isinstance(found, bool):
            return self._answered(cite, boolean=found)
        shown = found.rows[:_ROWS]
        nodes = dict.fromkeys(
            term for row in shown for term in row.values() if isinstance(term, NamedNode)
        )
        return self._answered(
            cite,
            variables=list(found.variables),
            rows=[
                {name: term_record(self.publication, term) for name, term in row.items()}
                for row in shown
            ],
            total=len(found),
            more=len(found) - len(shown),
            standings={
                node.value: standing
                for node in nodes
                if (standing := standing_of(self.publication, node))
            },
            about=list(nodes),
        )

    def _cite(self, inquiry: Inquiry) -> str:
        try:
            check_citable(inquiry.query)
        except BadQuery:
            return f"sparql?{urlencode({'query': inquiry.query})}"
        asked = [("query", inquiry.query)]
        if inquiry.question:
            asked = [("question", inquiry.question), *sorted(inquiry.arguments.items())]
        return f"answer?{urlencode([('release', self._release), *asked])}"

    def _answered(self, path: str, about: Sequence[NamedNode] = (), **found: Any) -> Table:  # noqa: ANN401
        """Return *found* with the release, the disputes *about* resources, and how to cite it."""
        conflicts = self._conflicts.about(about)
        first = [write() for write in conflicts[:_CONFLICTS]]
        of_answer = path.startswith("answer?")
        return {
            "release": self._release,
            "cite": self.root
            + ("" if of_answer else f"releases/{self._release}/")
            + path.lstrip("/"),
            **found,
            "conflicts": first,
            "more_conflicts": len(conflicts) - len(first),
        }


def as_text(table: Table) -> str:
    """Return *table* as the text that stands beside it."""
    return json.dumps(table, ensure_ascii=False)
