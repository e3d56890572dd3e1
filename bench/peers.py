"""One run of one other reasoner, in a process of its own: python peers.py NAME INPUT OUTPUT."""

import sys


def owlrl(source: str, target: str) -> None:
    import owlrl
    import rdflib

    graph = rdflib.Graph().parse(source, format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    graph.serialize(target, format="nt", encoding="utf-8")


def reasonable(source: str, target: str) -> None:
    import reasonable

    reasoner = reasonable.PyReasoner()
    reasoner.load_file(source)
    with open(target, "w", encoding="utf-8") as file:
        file.writelines(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in reasoner.reason())


def sparq(source: str, target: str) -> None:
    """Write N-Triples, through the one way that leads from its store to triples."""
    import sparq

    graph = sparq.Graph.load(source)
    graph.reason("owl")
    with open(target, "w", encoding="utf-8") as file:
        file.writelines(
            # Of a term, the representation is Term(…) around what N-Triples write.
            f"{repr(s)[5:-1]} {repr(p)[5:-1]} {repr(o)[5:-1]} .\n"
            for s, p, o in graph.construct("CONSTRUCT WHERE { ?s ?p ?o }")
        )


def sparq_own(source: str, target: str) -> None:
    """Write the format of its own, which costs it least."""
    import sparq

    graph = sparq.Graph.load(source)
    graph.reason("owl")
    graph.save(target)


if __name__ == "__main__":
    engines = {"owlrl": owlrl, "reasonable": reasonable, "sparq": sparq, "sparq-own": sparq_own}
    engines[sys.argv[1]](*sys.argv[2:])
