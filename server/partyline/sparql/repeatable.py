"""Tell whether a query has the same answer each time that it is evaluated on the same data."""

import re

#: A call of a function with other values from call to call (SPARQL 1.1, sections 17.4.2.9,
#: 17.4.2.12, 17.4.2.13, 17.4.4.5, 17.4.5.1). The engine wants no space before a keyword, and
#: comments may stand before the bracket.
_CALL = re.compile(r"(?:NOW|RAND|UUID|BNODE)\s*(?:#[^\r\n]*[\r\n]\s*)*\(", re.IGNORECASE)


def is_repeatable(query: str) -> bool:
    """Tell whether *query* has one answer on one dataset; where that is not certain, say no.

    >>> is_repeatable("SELECT * { ?s ?p ?o }"), is_repeatable("SELECT (NOW() AS ?now) {}")
    (True, False)
    """
    # An escape such as \\u004E may stand for a letter of a name.
    return "\\u" not in query.lower() and not _CALL.search(query)
