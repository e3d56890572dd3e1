"""Print a sample of the inferred statements of every predicate, each with what it rests on.

``python tests/samples/inferred.py`` builds a release and writes, for each predicate and each class
that something is inferred with, at most ``--size`` statements, drawn with ``--seed``, for a person
to read: the statement in words, the rule, then each asserted statement below it with its date,
standing, words of the source, file and line. ``--only`` takes local names, such as ``splinterOf``.
"""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from partyline import build, read_settings
from partyline.reasoning import Fact, fact
from partyline.releases import Release, ReleaseProver
from partyline.vocabulary import PL, RDF, SKOS

NAMESPACE = PL.date.value.removesuffix("date")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=Path, help="default: the built-in knowledge")
    parser.add_argument("--size", type=int, default=40, metavar="N", help="of each predicate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME")
    options = parser.parse_args()
    settings = read_settings(options.settings) if options.settings else read_settings()
    with TemporaryDirectory() as releases:
        release = build(replace(settings, releases=Path(releases)))
        reader = Reader(release)
        for name, drawn, total in sample(release, options.size, options.seed):
            if not options.only or name.rpartition(":")[2] in options.only:
                print(f"{name}: {len(drawn)} of {total}\n")
                sys.stdout.writelines(f"{reader.explained(row)}\n" for row in drawn)


def sample(release: Release, size: int, seed: int) -> Iterator[tuple[str, list[Triple], int]]:
    """Yield each predicate or class, at most *size* statements with it, and how many there are.

    What is drawn for one predicate does not change with the statements of another.
    """
    prefixes = release.manifest.prefixes
    terms = {axiom.subject for axiom in _triples(release.dumps / "ontology.nt")}
    grouped: dict[str, list[Triple]] = defaultdict(list)
    for triple in _triples(release.dumps / "inferred.nt"):
        if triple.subject not in terms:
            grouped[_group(triple, prefixes)].append(triple)
    for name, triples in sorted(grouped.items()):
        chance = random.Random(f"{seed} {name}")
        triples.sort(key=str)
        drawn = chance.sample(triples, min(size, len(triples)))
        yield name, sorted(drawn, key=str), len(triples)


def _triples(dump: Path) -> Iterator[Triple]:
    return (quad.triple for quad in parse(path=str(dump), format=RdfFormat.N_TRIPLES))


def _group(triple: Triple, prefixes: Mapping[str, str]) -> str:
    if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
        return f"a {_curie(triple.object, prefixes)}"
    return _curie(triple.predicate, prefixes)


def _curie(node: NamedNode, prefixes: Mapping[str, str]) -> str:
    for prefix, iri in prefixes.items():
        if node.value.startswith(iri) and prefix:
            return f"{prefix}:{node.value.removeprefix(iri)}"
    return node.value


class Reader:
    """Writes the statements of a release in words, with what they rest on."""

    def __init__(self, release: Release) -> None:
        self._prefixes = release.manifest.prefixes
        self._store = release.open_store()
        self._reasons = ReleaseProver.of_release(release)

    def explained(self, triple: Triple) -> str:
        """Return the statement, the rule that gives it, and the asserted statements below."""
        lines = [f"  {self._sentence(triple)}"]
        quoted: set[str] = set()
        for proof in self._reasons.proofs(fact(triple), 1):
            lines.append(f"    by {proof.rule.name}, from" if proof.rule else "    computed from")
            for leaf in proof.leaves():
                lines += self._asserted(leaf, quoted)
        return "\n".join(lines)

    def _asserted(self, leaf: Fact, quoted: set[str]) -> Iterator[str]:
        """Yield lines on an asserted statement, with the words that are not *quoted* yet.

        There are none for axioms, which are the same for all statements of a predicate.
        """
        subject = leaf[0]
        if not isinstance(subject, NamedNode) or subject.value.startswith(NAMESPACE):
            return
        yield "    - " + " | ".join(map(self._word, leaf))
        standing = self._first(subject, PL.status).removeprefix(NAMESPACE)
        places = self._reasons.grounds.origins(leaf)
        yield "      " + "; ".join(filter(None, (self._first(subject, PL.date), standing, *places)))
        for passage in self._reasons.grounds.passages(leaf):
            for quotation in passage.quotations:
                if quotation.value not in quoted:
                    quoted.add(quotation.value)
                    yield f"      “{quotation.value}” ({self._word(passage.sources[0])})"

    def _sentence(self, triple: Triple) -> str:
        return " | ".join(map(self._word, (triple.subject, triple.predicate, triple.object)))

    def _word(self, term: object) -> str:
        if isinstance(term, NamedNode):
            name = self._first(term, SKOS.prefLabel)
            curie = _curie(term, self._prefixes)
            return f"{name} ({curie})" if name else curie
        return term.value if isinstance(term, Literal) else str(term)

    def _first(self, node: NamedNode, predicate: NamedNode) -> str:
        values = [row.object for row in self._store.quads_for_pattern(node, predicate, None)]
        english = [value for value in values if getattr(value, "language", None) in ("en", None)]
        return next((str(getattr(value, "value", "")) for value in english), "")


if __name__ == "__main__":
    main()
