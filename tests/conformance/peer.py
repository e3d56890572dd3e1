"""One other reasoner in a process and with packages of its own: python peer.py NAME.

Each line of standard input is a graph in N-Triples as a JSON string; each line of standard output
says what the reasoner makes of it.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypedDict

#: What owlrl, and its native translation, put into the graph where it contradicts itself.
_ERRORS = "http://www.daml.org/2002/03/agents/agent-ont#"


class Answer(TypedDict, total=False):
    """Of a contradictory graph some reasoners have no closure; some do not tell that it is one."""

    #: The closure in N-Triples, without generalised triples.
    closure: str
    contradictory: bool
    #: In place of the others.
    error: str


def owlrl(graph: str) -> Answer:
    import owlrl as library
    import rdflib

    found = rdflib.Graph().parse(data=graph, format="nt")
    library.DeductiveClosure(library.OWLRL_Semantics).expand(found)
    return _of_rdflib(found)


def owlrl_turbo(graph: str) -> Answer:
    import owlrl_turbo as library
    import rdflib

    return _of_rdflib(library.expand(rdflib.Graph().parse(data=graph, format="nt")))


def _of_rdflib(found: Iterable[tuple]) -> Answer:  # type: ignore[type-arg]  # of terms of rdflib
    rows = [" ".join(term.n3() for term in triple) for triple in found]
    return {
        "closure": _lines(row for row in rows if _ERRORS not in row),
        "contradictory": any(_ERRORS in row for row in rows),
    }


def reasonable(graph: str) -> Answer:
    import reasonable as library

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "graph.ttl")
        file.write_text(graph, encoding="utf-8")
        reasoner = library.PyReasoner()
        reasoner.load_file(str(file))
        found = reasoner.reason()
    return {"closure": _lines(" ".join(term.n3() for term in triple) for triple in found)}


def sparq(graph: str) -> Answer:
    import sparq as library

    found = library.Graph.load(graph, format="ntriples")
    found.reason("owl")
    rows = json.loads(found.query_json("SELECT ?s ?p ?o { ?s ?p ?o }"))["results"]["bindings"]
    return {
        "closure": _lines(" ".join(_term(row[name]) for name in "spo") for row in rows),
        "contradictory": bool(found.inconsistencies()),
    }


def purrdf(graph: str) -> Answer:
    import purrdf as library

    try:
        found, _ = library.entail.materialize_nt(graph, "owl-rl", "", [], [])
    except ValueError as error:
        if "inconsistent" not in str(error):
            raise
        return {"contradictory": True}
    return {"closure": _lines(found.splitlines()), "contradictory": False}


def _term(binding: dict[str, str]) -> str:
    """Return a term of the SPARQL results in JSON as in N-Triples."""
    kind, value = binding["type"], binding["value"]
    if kind in ("uri", "bnode"):
        return f"<{value}>" if kind == "uri" else f"_:{value}"
    if "xml:lang" in binding:
        return f"{json.dumps(value)}@{binding['xml:lang']}"
    return json.dumps(value) + (f"^^<{binding['datatype']}>" if "datatype" in binding else "")


def _lines(rows: Iterable[str]) -> str:
    rows = (row.removesuffix(".").rstrip() for row in rows if not row.startswith('"'))
    return "".join(f"{row} .\n" for row in rows if row.split(" ", 2)[1].startswith("<"))


PEERS: dict[str, Callable[[str], Answer]] = {
    "owlrl": owlrl,
    "owlrl-turbo": owlrl_turbo,
    "reasonable": reasonable,
    "sparq-rdf": sparq,
    "purrdf": purrdf,
}


def main() -> None:
    ask = PEERS[sys.argv[1]]
    for line in sys.stdin:
        try:
            answer = ask(json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
