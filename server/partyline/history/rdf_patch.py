"""Changes as an RDF Patch: the lines that turn the quads of one release into those of the next.

https://afs.github.io/rdf-patch/ describes the format. A blank node has the same label in every
patch as long as the same is stated of it, so that patches can be applied one after the other.
"""

from collections.abc import Iterator, Mapping

from partyline.dataset import Numbers
from partyline.dataset.graph_names import view_iri
from partyline.history.changes import Changes
from partyline.history.labelled_table import LabelledTable

PATCH_MEDIA_TYPE = "application/rdf-patch"


def as_patch(changes: Changes, base: str, release: str, earlier: str = "") -> Iterator[str]:
    """Yield the lines of the patch, each with its line feed.

    Args:
        changes: what is written.
        base: IRI under which the releases are published; their named graphs begin with it.
        release: identifier of the newer release.
        earlier: identifier of the older one; empty: nothing is older.

    """
    yield f"H id <{base}releases/{release}> .\n"
    if earlier:
        yield f"H prev <{base}releases/{earlier}> .\n"
    yield "TX .\n"
    if changes.older is not None:
        yield from _lines("D", changes.older, changes.removed, base)
    yield from _lines("A", changes.newer, changes.added, base)
    yield "TC .\n"


def _lines(
    mark: str, labelled: LabelledTable, graphs: Mapping[str, Numbers], base: str
) -> Iterator[str]:
    for name in sorted(graphs):
        graph = view_iri(base, name)
        for statement in labelled.statements(graphs[name]):
            yield f"{mark} {statement} {graph} .\n"
