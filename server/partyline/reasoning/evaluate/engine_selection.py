"""Which engine ``auto`` chooses: all thresholds, each with what it was measured by.

CPU seconds of whole processes from ``bench/results/engines.md``, which `bench/engine_choice.py`
writes; ``bench/results/reasoning.md`` has larger graphs:

=================  ========  =======  ======  ======
graph              triples   axioms   SPARQL  arrays
=================  ========  =======  ======  ======
built-in              4,996      801    0.73    1.33
built-in             14,996      801    1.77    1.76
built-in             24,996      801    2.52    1.79
lineage               5,155      123    1.28    0.92
=================  ========  =======  ======  ======
"""

#: The engines whose facts are columns, and the ending of the tables of statements that they read.
ON_COLUMNS = ("arrays", "duckdb", "spark")
PARQUET = ".parquet"
#: Triples below which the start of columns costs more than all of SPARQL.
SMALL = 5_000
#: Columns cost some milliseconds for each rule, and an axiom makes about one; SPARQL costs some
#: microseconds for each triple. From so many triples for each axiom on, arrays take less.
FOR_EACH_AXIOM = 20
#: Triples of which arrays, at some 600 bytes each, exceed the memory of most machines.
LARGE = 10_000_000
#: Triples among which ``owl:sameAs`` cannot make classes so large that joining them matters: the
#: joins of a class of *n* names take *n*³, 0.2 seconds for 30 names and 6 for 100.
FEW_PAIRS = 30
#: Rows of a join along properties, and pairs that a transitive property has, that take SPARQL
#: longer than the start of arrays does. SPARQL and arrays took 0.34 and 0.34 seconds for a join of
#: 22,500 rows and 0.62 and 0.36 for one of 48,400; 0.29 and 0.34 for the closure of a chain of 170
#: links, 14,500 pairs, and 0.50 and 0.37 for that of 250, 31,400.
MANY_ROWS = 25_000
#: Premises of a rule, such as that of an intersection, of which SPARQL takes longer to plan the
#: join than arrays take to start: 0.1 seconds for 60 of them, 30 for 300.
LONG_BODY = 60
#: Triples up to which one thread of DuckDB takes less than several.
ONE_THREAD = 200_000


def suitable_engine(size: int, axioms: int) -> str:
    """Return the engine that takes the least time for *size* triples, *axioms* among them."""
    if size < SMALL:
        return "sparql"
    if size > LARGE:
        return "duckdb"
    return "arrays" if size >= FOR_EACH_AXIOM * axioms else "sparql"


def many_axioms(derived: int, rules: int) -> bool:
    """Tell whether arrays take less, for so many axioms that follow and rules of all axioms.

    SPARQL takes some 17 microseconds for each axiom that follows; arrays a tenth of a second to
    start, and two tenths of a millisecond for each rule: 100 restrictions that are equal give
    80,000 axioms and 400 rules, and take 1.7 and 0.4 seconds.
    """
    return derived > 5_000 + 10 * rules
