"""A part of the knowledge, small enough to check again for every damage."""

from collections.abc import Iterable
from pathlib import Path
from shutil import copy

from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.rdf import write_turtle
from partyline.sources import Sources


def copy_slice(sources: Sources, kb: Path, files: Iterable[str], folder: Path) -> Path:
    """Copy *files* of *kb* to *folder*, and from the others what is said of nodes they name.

    The nodes are described in files of the same names as in *kb*. Returns *folder*.
    """
    whole = set(files)
    named: set[object] = set()
    for name in whole:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy(kb / name, folder / name)
    documents = {row.path.removeprefix("kb/"): row for row in sources.kb}
    for name in whole - {"different.ttl"}:
        named.update(row.triple.object for row in documents[name].statements)
    for name, document in documents.items():
        triples = [row.triple for row in document.statements]
        described = _described(triples, named)
        if name not in whole and described:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(write_turtle(described, document.prefixes), "utf-8")
    return folder


def _described(triples: list[Triple], named: set[object]) -> list[Triple]:
    """Return the statements about *named*, with those about their blank nodes."""
    about: dict[NamedNode | BlankNode | Triple, list[Triple]] = {}
    for triple in triples:
        about.setdefault(triple.subject, []).append(triple)
    pending: list[NamedNode | BlankNode] = [
        node for node in about if node in named and isinstance(node, NamedNode)
    ]
    found: list[Triple] = []
    while pending:
        for triple in about.pop(pending.pop(), ()):
            found.append(triple)
            if isinstance(triple.object, BlankNode):
                pending.append(triple.object)
    return found
