"""The documentation names everything that there is, its links lead somewhere, its examples run."""

import argparse
import ast
import doctest
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from shutil import copytree

import pytest
from flask.testing import FlaskClient

from partyline.cli import COMMANDS, command_parser
from partyline.rdf import GRAPH_FORMATS
from partyline.settings import (
    Build,
    Checks,
    Dumps,
    History,
    Knowledge,
    Limits,
    Reasoning,
    Remote,
    Server,
    Settings,
    Site,
)
from partyline.sparql import GRAPH_RESULT_FORMATS, RESULT_FORMATS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "kb").glob("*.md")])
_CODE = re.compile(r"[a-z]+(-[a-z]+)*\Z")
_LINK = re.compile(r"\]\((?P<target>[^)#\s]+)(?:#(?P<anchor>[^)\s]+))?\)")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows(page: str, heading: str) -> dict[str, str]:
    """Return the first two cells of each table row under *heading*, without their quotes."""
    part = re.split(r"^#+ ", page.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    cells = (line.split("|") for line in part.splitlines() if line.startswith("| `"))
    return {row[1].strip().strip("`"): row[2].strip().strip("`") for row in cells}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    for match in _LINK.finditer(page.read_text(encoding="utf-8")):
        if "://" in match["target"]:
            continue
        target = page.parent / match["target"]
        assert target.exists(), match[0]
        if match["anchor"]:
            assert match["anchor"] in set(anchors(target)), match[0]


def anchors(page: Path) -> Iterator[str]:
    """Yield the fragment of each heading, as GitHub makes it."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            words = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
            yield words.replace(" ", "-")


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    index = text("README.md")
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in index} == set()


@pytest.mark.parametrize(
    "table", [Knowledge, Checks, Reasoning, Limits, Server, Site, Build, Dumps, History, Remote]
)
def test_every_setting_is_documented_with_its_default(table: type) -> None:
    name = "releases" if table is History else table.__name__.lower()
    shown = rows(text("reference/settings.md"), f"`[{name}]`")
    assert set(shown) == {row.name for row in fields(table)}
    for row in fields(table):
        if row.default is MISSING:
            assert shown[row.name] == "required"
        else:
            assert shown[row.name] == toml(row.default), row.name


def toml(value: object) -> str:
    """Return *value* as the reference page shows it."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return f'"{value}"' if isinstance(value, str | Path) else str(value).lower()


def test_every_table_of_the_settings_file_is_documented() -> None:
    page = text("reference/settings.md")
    for row in fields(Settings):
        if row.name not in ("path", "history"):
            assert f"`[{row.name}]`" in page or f"`{row.name}`" in page


def commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = (
        action
        for action in command_parser(COMMANDS)._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return dict(action.choices)


@pytest.mark.parametrize("name", list(commands()))
def test_every_option_of_every_command_is_documented(name: str) -> None:
    shown = rows(text("reference/commands.md"), f"`partyline {name}`")
    wanted = {
        option
        for action in commands()[name]._actions
        for option in (action.option_strings[-1:] or [action.dest])
        if option not in ("--help", "--settings")
    }
    assert set(shown) == wanted


def test_every_address_is_documented(client: FlaskClient) -> None:
    shown = text("reference/addresses.md")
    for rule in client.application.url_map.iter_rules():
        # The ontology is at its own IRI, which the page says.
        if rule.endpoint != "static" and not rule.endpoint.startswith("ontology."):
            address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule.rule))
            assert f"`{address}`" in shown, address


def test_every_format_is_documented() -> None:
    shown = text("reference/formats.md")
    graphs = [(row.media_type, row.extension) for row in GRAPH_FORMATS]
    answers = [(row.media_type, row.extension) for row in (*RESULT_FORMATS, *GRAPH_RESULT_FORMATS)]
    for media_type, extension in graphs + answers:
        assert f"`{media_type}`" in shown
        assert f"`.{extension}`" in shown


def test_no_folder_of_the_program_has_more_than_twenty_modules() -> None:
    files = (ROOT / "server" / "partyline").rglob("*.py")
    sizes = Counter(str(path.parent) for path in files if path.name != "__init__.py")
    assert [folder for folder, size in sizes.items() if size > 20] == []


def finding_codes() -> set[str]:
    """Return the codes that the program gives to findings, read from its source.

    The code is the second or the third argument of a function that makes a finding.
    """
    codes = set()
    for path in (ROOT / "server" / "partyline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and makes_finding(node):
                named = (word.value for word in node.keywords if word.arg == "code")
                codes |= {
                    value.value
                    for value in (*node.args[1:3], *named)
                    if isinstance(value, ast.Constant) and isinstance(value.value, str)
                }
    return {code for code in codes if _CODE.match(code)}


def makes_finding(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id.lower().endswith("finding")


def test_every_code_of_a_finding_is_documented() -> None:
    shown = text("reference/findings.md")
    codes = finding_codes()
    assert codes >= {"syntax", "date", "split"}
    assert {code for code in codes if f"`{code}`" not in shown} == set()


@pytest.mark.parametrize("name", ["how-to/python.md"])
def test_the_examples_in_python_run_as_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copytree(ROOT / "tests" / "data" / "ensembles", tmp_path / "ensembles")
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(
        str(DOCS / name),
        module_relative=False,
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE,
    )
    assert (failed, tried > 0) == (0, True)
