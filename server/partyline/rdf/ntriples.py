"""N-Triples (RDF 1.1 N-Triples), sorted: two dumps can be compared with diff."""

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import Triple

from partyline.rdf.serialisable import check_rdf11, n_triples

#: White space beyond ASCII is allowed in IRIs, but rdflib and readers of lines stop at it.
_SPACES = re.compile(r"[^\S\x00-\x7f]")


def write_ntriples(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Return *triples* as sorted N-Triples; *prefixes* are not used.

    Raises NotSerialisable where RDF 1.1 cannot represent them.
    """
    rows = set(triples)
    check_rdf11(rows)
    return "".join(sorted(map(_line, rows))).encode()


def _line(row: Triple) -> str:
    line = f"{n_triples(row.subject)} {row.predicate} {n_triples(row.object)} ."
    return _SPACES.sub(lambda match: f"\\u{ord(match[0]):04X}", line) + "\n"
