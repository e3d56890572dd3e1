"""Why a statement holds: its proofs, to print, to show in a notebook, or to process."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import islice

from partyline.errors import SettingsError, UnknownStatement
from partyline.library.materialisation import Materialisation
from partyline.rdf.statement_text import TermText, read_statement
from partyline.reasoning import (
    Fact,
    Proof,
    ProvenanceResolver,
    Prover,
    as_json,
    as_prov,
    as_text,
    fact,
    shortened,
)
from partyline.releases import Release, ReleaseProver


@dataclass(frozen=True, slots=True)
class Explanation:
    """The proofs of one statement, the shortest first; ``str()`` gives the first as a tree."""

    proofs: tuple[Proof, ...]
    _provenance: ProvenanceResolver = field(repr=False)

    def __str__(self) -> str:
        return "\n".join(as_text(proof, self._provenance) for proof in self.proofs)

    def to_dict(self) -> dict[str, object]:
        """Return the proofs as values for JSON, with terms as in SPARQL results."""
        return {"proofs": [as_json(proof, self._provenance) for proof in self.proofs]}

    def to_turtle(self) -> str:
        """Return the proofs as PROV-O in Turtle."""
        return as_prov(self.proofs, self._provenance)

    def _repr_html_(self) -> str:
        """Return nested lists, for notebooks."""
        return "".join(
            f"<ul>{''.join(self._items(proof, set()))}</ul>"
            for proof in map(shortened, self.proofs)
        )

    def _items(self, proof: Proof, shown: set[Fact]) -> Iterator[str]:
        yield f"<li><code>{escape(self._provenance.names.statement(proof.conclusion))}</code>"
        if proof.rule is None:
            places = ", ".join(self._provenance.origins(proof.conclusion)) or "asserted"
            yield f" <small>{escape(places)}</small>"
            for passage in self._provenance.passages(proof.conclusion):
                for quotation in passage.quotations:
                    yield f"<br><q>{escape(quotation.value)}</q>"
        elif proof.omitted:
            yield f" <small>by {escape(proof.rule.name)}, steps left out: {proof.omitted}</small>"
        elif proof.conclusion in shown:
            yield f" <small>by {escape(proof.rule.name)}, see above</small>"
        else:
            shown.add(proof.conclusion)
            yield f" <small>by {escape(proof.rule.name)}</small><ul>"
            for premise in proof.premises:
                yield from self._items(premise, shown)
            yield "</ul>"
        yield "</li>"


def why(
    source: Release | Materialisation,
    subject: TermText,
    predicate: TermText,
    object: TermText,  # the name that RDF gives the position
    *,
    limit: int = 1,
    prefixes: Mapping[str, str] | None = None,
) -> Explanation:
    """Prove a statement of a release or of a materialisation.

    Terms are given as pyoxigraph terms, or as text: a prefixed name, an IRI, or a term as in
    Turtle (``"1992"^^xsd:gYear``). The prefixes are those of the source and *prefixes*. At most
    *limit* proofs are looked for; each rests on other asserted statements than those before it.

    Raises UnknownStatement where the statement is neither asserted nor entailed, and
    SettingsError where the three terms are not one statement.
    """
    known = source.manifest.prefixes if isinstance(source, Release) else source.prefixes
    known = {**known, **(prefixes or {})}
    try:
        goal = fact(read_statement((subject, predicate, object), known))
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if isinstance(source, Release):
        prover = ReleaseProver.of_release(source)
        provenance, proofs = prover.grounds, prover.proofs(goal, limit)
    else:
        proofs = list(islice(Prover.of(source.closure).proofs(goal), limit))
        leaves = [leaf for proof in proofs for leaf in proof.leaves()]
        provenance = ProvenanceResolver(source.closure.facts, known, source.origins(leaves))
    if not proofs:
        statement = provenance.names.statement(goal)
        raise UnknownStatement(f"{statement}: neither asserted nor entailed")
    return Explanation(tuple(proofs), provenance)
