"""Solutions as CSV (SPARQL 1.1 Query Results CSV and TSV Formats, section 3).

The engine's own writer does not quote an IRI that has a comma, such as the address of an article on
"Paris, Texas", so that its row has a field too many; and it writes a single empty field as an empty
line, which readers skip.
"""

import csv
import io
from collections.abc import Iterable
from typing import BinaryIO

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple

Term = NamedNode | BlankNode | Literal | Triple

_WITH_VALUE = (NamedNode, Literal)


def write_csv(solutions: QuerySolutions, output: BinaryIO) -> None:
    r"""Write *solutions* to *output* while they are evaluated, quoted where RFC 4180 asks for it.

    Args:
        solutions: the solutions, which are consumed.
        output: a file in binary mode, for UTF-8; it stays open.

    >>> from pyoxigraph import Store
    >>> written = io.BytesIO()
    >>> write_csv(Store().query("SELECT ?x { VALUES ?x { <tag:a,2020:b> UNDEF } }"), written)
    >>> written.getvalue()
    b'x\r\n"tag:a,2020:b"\r\n""\r\n'

    """
    text = io.TextIOWrapper(output, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow([variable.value for variable in solutions.variables])
    writer.writerows(map(_fields, solutions))
    text.flush()
    text.detach()


def _fields(solution: Iterable[Term | None]) -> list[str]:
    return [
        term.value if isinstance(term, _WITH_VALUE) else "" if term is None else str(term)
        for term in solution
    ]
