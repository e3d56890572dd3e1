"""Explanations of statements, and the rules that entail them."""

import json
from functools import lru_cache, partial

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Triple

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing import (
    ProofService,
    Publication,
    StatementExplanation,
    proof_page,
    rule_triples,
)
from partyline.rdf.statement_text import read_statement
from partyline.reasoning import DESCRIPTIONS, SPECIFICATION
from partyline.web.documents import (
    Alternate,
    NegotiableDocument,
    Representation,
    alternates,
    graph_writer,
    respond,
)
from partyline.web.negotiation import HTML, Offer, negotiate, with_aliases
from partyline.web.public_address import here

_JSON, _TURTLE = "application/json", "text/turtle"
_MEDIA_TYPES = {"ttl": _TURTLE, "json": _JSON, "html": HTML}
_NAMES = {"ttl": "Turtle", "json": "JSON"}
_TERMS = ("subject", "predicate", "object")
#: Instances of one rule that its page lists; an ontology may have thousands of subclasses.
_MAX_INSTANCES = 500
#: Explanations that are remembered.
_REMEMBERED = 4


def blueprint(publication: Publication, proofs: ProofService) -> Blueprint:
    """Build the views of explanations and rules."""
    views = Blueprint("why", __name__)
    # Whoever reads the page may ask for the same as data.
    explain = lru_cache(_REMEMBERED)(proofs.explain)

    @views.get("/why")
    @views.get("/why.<extension>")
    def why(extension: str = "") -> Response:
        """Explain a statement as a page, as JSON, or as PROV-O in Turtle."""
        triple = _statement(publication)
        if extension and extension not in _MEDIA_TYPES:
            endings = ", ".join(f".{ending}" for ending in _MEDIA_TYPES)
            raise UnknownResource(f"No explanation ends in .{extension}; it may be {endings}.")
        offers = [Offer(kind, ending, here(_path(ending))) for ending, kind in _MEDIA_TYPES.items()]
        chosen = extension or negotiate(request.headers.get("Accept"), with_aliases(offers)).format
        explanation = explain(triple)
        written = Representation(
            _MEDIA_TYPES[chosen], chosen, partial(_write, publication, proofs, explanation, chosen)
        )
        location = "" if extension else _path(chosen)
        return respond(written, location=location, parameters=_TERMS)

    @views.get("/rules/")
    def rules() -> Response:
        """List the rules that were compiled from the ontology."""

        def write() -> str:
            counts = {name: len(found) for name, found in proofs.rules().items()}
            return render_template(
                "rules.html", counts=counts, descriptions=DESCRIPTIONS, see=SPECIFICATION
            )

        return respond(Representation(HTML, "html", write))

    @views.get("/rules/<name>")
    @views.get("/rules/<name>.<extension>")
    def rule(name: str, extension: str = "") -> Response:
        """Describe one rule of OWL 2 RL, with what it makes of the axioms of the ontology."""
        if name not in DESCRIPTIONS:
            raise UnknownResource(f"No rule is named {name}. The list is at {here('/rules/')}.")
        return _rule_document(publication, proofs, name).respond(extension)

    return views


def _statement(publication: Publication) -> Triple:
    """Read the statement of the request. Raises BadQuery."""
    missing = [name for name in _TERMS if not request.args.get(name, "").strip()]
    if missing:
        raise BadQuery(
            f"Missing: {', '.join(missing)}. Write /why?subject=…&predicate=…&object=…, each a "
            "prefixed name, an IRI, or a term as in Turtle."
        )
    subject, predicate, object_ = (request.args[name] for name in _TERMS)
    try:
        return read_statement((subject, predicate, object_), publication.prefixes)
    except ValueError as error:
        raise BadQuery(str(error)) from error


def _path(extension: str) -> str:
    query = request.query_string.decode("ascii", "replace")
    return f"/why.{extension}?{query}"


def _write(
    publication: Publication,
    proofs: ProofService,
    explanation: StatementExplanation,
    extension: str,
) -> str:
    if extension == "ttl":
        return proofs.turtle(explanation)
    if extension == "json":
        table = {"release": publication.release.manifest.identifier, **explanation.to_json()}
        return json.dumps(table, ensure_ascii=False, indent=1) + "\n"
    links = [Alternate(name, _MEDIA_TYPES[end], here(_path(end))) for end, name in _NAMES.items()]
    page = proof_page(publication.presenter, explanation)
    return render_template("why.html", page=page, alternates=links, descriptions=DESCRIPTIONS)


def _rule_document(publication: Publication, proofs: ProofService, name: str) -> NegotiableDocument:
    def address(extension: str = "") -> str:
        return f"/rules/{name}.{extension}" if extension else f"/rules/{name}"

    def page() -> str:
        found, names = proofs.rules().get(name, ()), proofs.grounds().names
        instances = [
            {
                "body": [names.statement(pattern) for pattern in row.body],
                "head": names.statement(row.head),
                "axioms": [names.statement(axiom) for axiom in row.axioms],
            }
            for row in found[:_MAX_INSTANCES]
        ]
        return render_template(
            "rule.html",
            name=name,
            iri=proofs.rule_iri(name).value,
            description=DESCRIPTIONS[name],
            see=SPECIFICATION,
            instances=sorted(instances, key=str),
            total=len(found),
            alternates=alternates(address),
        )

    described = partial(
        rule_triples, proofs.rule_iri(name), name, DESCRIPTIONS[name], SPECIFICATION
    )
    return NegotiableDocument(graph_writer(described, publication.prefixes), page, address)
