"""What a user of the library writes: ``make lint`` checks its types with mypy and pyright.

It is not run: ``test_library.py`` and the examples of the documentation are.
"""

from datetime import date

import partyline
from partyline import Finding, PublisherError


def publish() -> None:
    """Check, build and query a folder."""
    settings = partyline.read_settings("partyline.toml")
    findings: tuple[Finding, ...] = partyline.check(settings).findings
    print(*findings)
    release = partyline.build(settings)
    try:
        rows = partyline.query(release, "SELECT * { ?s ?p ?o }", seconds=2.5, memory=128)
    except PublisherError as error:
        raise SystemExit(str(error)) from error
    if not isinstance(rows, bool):
        print(rows.to_pandas(), rows.to_polars(), rows.to_arrow(), len(rows))
    print(partyline.why(release, "ex:a", "ex:b", "ex:c").to_dict())
    print(partyline.ReleaseStore(partyline.open_release("releases")))


def infer() -> None:
    """Materialise files and prove what follows."""
    closure = partyline.materialise(["a.ttl", "b.nt"], "ontology.ttl", engine="auto")
    print(closure.inferred.to_rdflib(), closure.inferred.to_arrow(), len(closure))
    print(partyline.why(closure, "ex:a", "ex:b", "ex:c", limit=2).to_turtle())
    print(partyline.as_of("1985~", date(1990, 1, 1)))
