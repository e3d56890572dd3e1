"""Connected components: of what is the same, each thing with the least of its component.

Large stars and small stars in turn (Kiveris, Lattanzi, Mirrokni, Rastogi and Vassilvitskii,
"Connected components in MapReduce and beyond", 2014): few rounds, each of two joins.
"""

from collections.abc import Callable

#: Each neighbour that is greater is joined with the least one.
_LARGE_STAR = """
WITH both AS (SELECT s, o FROM {edges} UNION ALL SELECT o, s FROM {edges}),
     least AS (SELECT s, least(s, min(o)) AS m FROM both GROUP BY s)
SELECT DISTINCT both.o AS s, least.m AS o FROM both JOIN least ON both.s = least.s
WHERE both.o > both.s AND both.o <> least.m
"""
#: Each neighbour that is less, and the thing itself, is joined with the least one.
_SMALL_STAR = """
WITH down AS (SELECT greatest(s, o) AS s, least(s, o) AS o FROM {edges} WHERE s <> o),
     least AS (SELECT s, min(o) AS m FROM down GROUP BY s)
SELECT down.o AS s, least.m AS o FROM down JOIN least ON down.s = least.s WHERE down.o <> least.m
UNION SELECT s, m AS o FROM least
"""
#: What is the least of one star and not of another, or is in two stars.
_UNFINISHED = """
SELECT count(*) FROM (
    SELECT s FROM {edges} GROUP BY s HAVING count(*) > 1
    UNION ALL SELECT o AS s FROM {edges} LEFT SEMI JOIN (SELECT s AS o FROM {edges}) AS t USING (o)
)
"""


def stars(edges: str, keep: Callable[[str], str], count: Callable[[str], int]) -> str:
    """Return the table of ``(s, o)``: each thing, and the least of its component if that differs.

    Args:
        edges: a table ``(s, o)`` of things that are the same.
        keep: evaluates a query and returns the name of a table of what it finds.
        count: evaluates a query of one number.

    """
    while True:
        edges = keep(_LARGE_STAR.format(edges=edges))
        edges = keep(_SMALL_STAR.format(edges=edges))
        if not count(_UNFINISHED.format(edges=edges)):
            return edges
