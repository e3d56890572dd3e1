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
    import sparq

    graph = sparq.Graph.load(source)
    graph.reason("owl")
    # It writes no RDF; its own format is the cheapest way to keep what follows.
    graph.save(target)


if __name__ == "__main__":
    {"owlrl": owlrl, "reasonable": reasonable, "sparq": sparq}[sys.argv[1]](*sys.argv[2:])
