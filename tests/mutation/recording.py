"""Which tests run which functions, and how long each takes: a pytest plugin and its record.

The functions of the copy say when they are called. What a shared fixture calls counts for every
test that uses the fixture, and what is called while tests are collected counts for all.
"""

import ast
import json
import os
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

#: The module in the copy that the functions tell of their calls.
MODULE = "mutation_hits"
_HEAD = f"from {MODULE} import hit as _mutation_hit\n"
_SHARED = {"class", "module", "package", "session"}


@dataclass(frozen=True, slots=True)
class Test:
    """A test, what it runs, and seconds: its own, and those of each fixture that it shares."""

    name: str
    functions: frozenset[str]
    seconds: float
    fixtures: dict[str, float]

    @property
    def alone(self) -> float:
        """Return the seconds that the test takes when nothing else is run."""
        return self.seconds + sum(self.fixtures.values())


def total(tests: Sequence[Test]) -> float:
    """Return the seconds that *tests* take together, each shared fixture once."""
    shared: dict[str, float] = {}
    for test in tests:
        shared |= test.fixtures
    return sum(test.seconds for test in tests) + sum(shared.values())


def instrument(server: Path, package: str) -> None:
    """Let each function of *package* in the folder *server* record its calls."""
    (server / f"{MODULE}.py").write_text("HITS = set()\nhit = HITS.add\n", encoding="utf-8")
    root = server / "partyline"
    for file in (root / package).rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        path = file.relative_to(root).as_posix()
        for name, function in _functions(tree):
            call = ast.parse(f"_mutation_hit({f'{path}:{name}'!r})").body
            function.body[_after_docstring(function) : 0] = call
        tree.body[_after_docstring(tree) : 0] = ast.parse(_HEAD).body
        file.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    yield f"{node.name}.{member.name}", member


def _after_docstring(node: ast.FunctionDef | ast.Module) -> int:
    return 1 if ast.get_docstring(node, clean=False) is not None else 0


@dataclass(eq=False)
class Recorder:
    """The plugin."""

    path: Path
    at_import: set[str] = field(default_factory=set)
    _tests: dict[str, set[str]] = field(default_factory=dict)
    _seconds: dict[str, float] = field(default_factory=dict)
    _fixtures: dict[tuple[str, str], tuple[set[str], float]] = field(default_factory=dict)
    _uses: dict[str, list[str]] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _started: float = 0.0

    @property
    def hits(self) -> set[str]:
        """Return the set that the functions of the copy fill."""
        found: set[str] = sys.modules[MODULE].HITS if MODULE in sys.modules else set()
        return found

    def pytest_collection_finish(self) -> None:
        """Take what ran while modules were imported."""
        self.at_import = set(self.hits)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        """Count what a shared fixture runs, and its time, apart from the test's."""
        if fixturedef.scope not in _SHARED:
            return (yield)
        before, started = set(self.hits), time.monotonic()
        self.hits.clear()
        try:
            return (yield)
        finally:
            key = fixturedef.baseid, fixturedef.argname
            functions, seconds = self._fixtures.get(key, (set(), 0.0))
            took = time.monotonic() - started
            self._fixtures[key] = functions | self.hits, seconds + took
            self._started += took
            self.hits.clear()
            self.hits.update(before)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Take what one test runs."""
        self.hits.clear()
        self._started = time.monotonic()
        try:
            return (yield)
        finally:
            self._tests[item.nodeid] = set(self.hits)
            self._seconds[item.nodeid] = time.monotonic() - self._started
            self._uses[item.nodeid] = list(getattr(item, "fixturenames", ()))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails without a change: it can say nothing about one."""
        if report.failed:
            self._failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write the record."""
        record = [self._record(name) for name in self._tests if name not in self._failed]
        self.path.write_text(json.dumps([sorted(self.at_import), record]), encoding="utf-8")

    def _record(self, name: str) -> tuple[str, list[str], float, dict[str, float]]:
        functions = set(self._tests[name])
        fixtures = {}
        for (base, argument), (called, seconds) in self._fixtures.items():
            if argument in self._uses[name] and name.startswith(base):
                functions |= called
                fixtures[f"{base}:{argument}"] = seconds
        return name, sorted(functions), self._seconds[name], fixtures


def read(path: Path) -> tuple[frozenset[str], list[Test]]:
    """Return the functions that run at import, and the tests."""
    at_import, rows = json.loads(path.read_text(encoding="utf-8"))
    tests = [
        Test(name, frozenset(called), seconds, fixtures) for name, called, seconds, fixtures in rows
    ]
    return frozenset(at_import), tests


def pytest_configure(config: pytest.Config) -> None:
    """Register the recorder in a session that is started with the plugin."""
    config.pluginmanager.register(Recorder(Path(os.environ["MUTATION_RECORD"])))
