"""Random shapes and data: batches against the engine, and the engine against another one.

Where both engines could share an error, `test_shacl` has expected results written by hand.
"""

import os
from collections.abc import Iterable

import pytest
import shacl
from pyoxigraph import BlankNode, RdfFormat, Triple, parse

from partyline.sources import parse_turtle
from partyline.validation.shacl.batches import read_batches, run_batches
from partyline.validation.shacl.data_graph import DataGraph
from partyline.validation.shacl.engine import Result, run_engine
from partyline.validation.shacl.shapes_graph import ShapesGraph
from partyline.validation.shacl.validate import validate
from random_shapes import random_graphs

#: More of them in ``make random-shacl``.
FIRST = int(os.environ.get("FIRST_SEED", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("GRAPHS", "25")))


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)]


def shapes_graph(turtle: str) -> ShapesGraph:
    document = parse_turtle(turtle.encode(), "shapes.ttl")
    assert not document.findings
    return ShapesGraph((document,))


def rows(results: Iterable[Result]) -> set[tuple[object, ...]]:
    return {
        (row.focus, row.path, row.value, row.severity, row.component, row.shape, row.constraint)
        for row in results
    }


def test_what_the_program_finds_is_what_the_engine_alone_finds() -> None:
    """Batches, and data cut down to what the shapes can read, change no result."""
    for seed in SEEDS:
        graphs = random_graphs(seed)
        data, shapes = triples(graphs.data), shapes_graph(graphs.shapes)
        expected = rows(run_engine(data, shapes.graph.triples))
        assert rows(validate(data, shapes)) == expected, (seed, graphs)


def test_batches_alone_find_what_the_engine_finds() -> None:
    for seed in SEEDS:
        graphs = random_graphs(seed, only_flat=True)
        data, shapes = triples(graphs.data), shapes_graph(graphs.shapes)
        results, ran = run_batches(read_batches(shapes), DataGraph(data))
        assert len(ran) == 2, (seed, graphs)
        assert rows(results) == rows(run_engine(data, shapes.graph.triples)), (seed, graphs)


def comparable(results: Iterable[Result]) -> set[tuple[str, ...]]:
    return {
        (
            str(row.focus),
            "" if row.value is None else str(row.value),
            str(row.severity).strip("<>"),
            str(row.component).strip("<>"),
            "_" if isinstance(row.shape, BlankNode) else str(row.shape).strip("<>"),
        )
        for row in results
    }


def _shape(name: str) -> str:
    return "_" if name.startswith("_:") else name.strip("<>")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_second_engine_finds_the_same() -> None:
    differences = []
    for seed in SEEDS:
        graphs = random_graphs(seed, peer=True)
        report = shacl.Shapes.from_turtle(graphs.shapes).validate_turtle(graphs.data)
        expected = {
            (
                row.focus_node,
                row.value or "",
                row.severity_iri,
                row.component_iri,
                _shape(row.source_shape or ""),
            )
            for row in report.results
        }
        found = comparable(
            run_engine(triples(graphs.data), shapes_graph(graphs.shapes).graph.triples)
        )
        if found != expected:
            differences.append((seed, found - expected, expected - found))
    assert not differences, (len(differences), differences[:2])
