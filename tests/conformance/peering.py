"""Processes of other reasoners, and what they say about a graph beside what we say."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import Protocol

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from partyline.reasoning import fact, materialise
from partyline.reasoning.evaluate.projection import published
from partyline.reasoning.literals.value_space import value
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDF, XSD

HERE = Path(__file__).parent
OURS = ("sparql", "arrays", "duckdb")
#: Seconds after which a peer is taken to have given up.
PATIENCE = 10
_EXAMPLE = "http://example.org/"
_CARDINALITIES = (OWL.maxCardinality, OWL.maxQualifiedCardinality)
#: What kind of name a name is, and what lies above a datatype.
_AXIOMATIC = (f"{RDF.type} <http://www.w3.org/", f" <{XSD.iri}")


@dataclass(frozen=True)
class Said:
    """What a reasoner says of a graph; None where it does not say."""

    #: What follows and is not asserted, about names of the examples, literals by their values.
    entailed: frozenset[str] | None
    contradictory: bool | None


class Reasoner(Protocol):
    """What can be asked what it makes of a graph."""

    def says(self, asserted: frozenset[Triple]) -> Said:
        """Return what it makes of *asserted*."""


class Peer:
    """A reasoner that runs in a process of its own, started again where it dies."""

    def __init__(self, python: Path, name: str) -> None:
        self._command = [str(python), str(HERE / "peer.py"), name]
        self._process: subprocess.Popen[str] | None = None

    def says(self, asserted: frozenset[Triple]) -> Said:
        """Return what it makes of *asserted*; nothing where it gives up."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        print(json.dumps(written(asserted)), file=process.stdin, flush=True)
        answered, _, _ = select([process.stdout], [], [], PATIENCE)
        answer = json.loads((process.stdout.readline() if answered else "") or "null")
        if answer is None:
            self.close()
            return Said(None, None)
        closure = answer.get("closure")
        entailed = None if closure is None else comparable(read(closure), asserted)
        return Said(entailed, answer.get("contradictory"))

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


class Ourselves:
    """One of our engines, asked as a peer is."""

    def __init__(self, engine: str) -> None:
        self._engine = engine

    def says(self, asserted: frozenset[Triple]) -> Said:
        """Return what it makes of *asserted*."""
        closure = materialise(asserted, self._engine)
        found = comparable(closure.inferred, asserted)
        return Said(found, bool(closure.inconsistencies))


def written(triples: Iterable[Triple]) -> str:
    """Return *triples* in N-Triples, in one order."""
    lines = serialize(sorted(triples, key=str), format=RdfFormat.N_TRIPLES)
    assert lines is not None
    return lines.decode()


def read(lines: str) -> Iterator[Triple]:
    """Yield the triples of a closure."""
    return (quad.triple for quad in parse(lines, format=RdfFormat.N_TRIPLES, lenient=True))


def comparable(closure: Iterable[Triple], asserted: frozenset[Triple]) -> frozenset[str]:
    """Return what of *closure* a reasoner is expected to say, literals by their values.

    Peers write literals in forms of their own, name blank nodes anew, and publish axiomatic
    triples.
    """
    given = Facts(map(fact, asserted))
    known = {by_value(triple) for triple in asserted}
    everything = Facts(map(fact, closure))
    derived = published(everything - given, lambda: everything, given, {})
    found = {by_value(row) for row in derived if _named(row)}
    return frozenset(row for row in found - known if not any(text in row for text in _AXIOMATIC))


def by_value(triple: Triple) -> str:
    """Return *triple* with a literal in one form for each value."""
    return f"{triple.subject} {triple.predicate} {_shown(triple.object)}"


def with_names(asserted: frozenset[Triple]) -> tuple[frozenset[Triple], dict[str, str]]:
    """Return *asserted* with a name in the place of each literal, and the name of each value.

    The rules of OWL 2 RL are about generalised triples, whose subject may be a literal. Peers go
    through such triples, we do not; where nothing is a literal, we do what they do.
    """
    data = {
        triple
        for triple in asserted
        if isinstance(triple.object, Literal) and triple.predicate not in _CARDINALITIES
    }
    values = sorted({_shown(triple.object) for triple in data})
    names = {shown: NamedNode(f"{_EXAMPLE}literal{index}") for index, shown in enumerate(values)}
    renamed = {
        Triple(triple.subject, triple.predicate, names[_shown(triple.object)]) for triple in data
    }
    return asserted - data | renamed, {shown: str(name) for shown, name in names.items()}


def _shown(term: object) -> str:
    return repr(value(term) or str(term)) if isinstance(term, Literal) else str(term)


def _named(triple: Triple) -> bool:
    subject, object_ = triple.subject, triple.object
    if not isinstance(subject, NamedNode) or not subject.value.startswith(_EXAMPLE):
        return False
    return isinstance(object_, NamedNode | Literal)


def install(packages: Iterable[str], folder: Path, python: str) -> dict[str, str]:
    """Make a virtual environment; return the versions of the *packages* that install there."""
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    installed = folder / "bin" / "python"
    code = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    versions = {}
    for package in packages:
        command = [str(installed), "-m", "pip", "install", "--quiet", package]
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0:
            found = subprocess.check_output([str(installed), "-c", code, package], text=True)
            versions[package] = found.strip()
    return versions
