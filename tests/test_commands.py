"""The commands as a user runs them: whole processes, exit codes, what is said and where."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from pyoxigraph import RdfFormat, parse

from command_line import partyline, started
from network import free_port, wait_for, wait_until
from partyline.cli import COMMANDS, main
from partyline.reasoning import ENGINES


def damage(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command_shows_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"Example: partyline {name}" in " ".join(capsys.readouterr().out.split())


def test_an_unknown_command_is_a_usage_error() -> None:
    done = partyline("publish")
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


def test_a_missing_settings_file_is_a_usage_error(tmp_path: Path) -> None:
    done = partyline("check", "--settings", tmp_path / "absent.toml")
    assert done.returncode == 2
    assert "absent.toml: cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_settings_of_the_current_folder_are_used_and_named_first(ensembles: Path) -> None:
    file = ensembles / "partyline.toml"
    done = partyline("build", cwd=ensembles)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0] == f"partyline: settings: {file}"
    assert (ensembles / "releases" / "current").exists()
    named = partyline("check", "--settings", file, cwd=ensembles)
    elsewhere = partyline("check", cwd=ensembles, environ={"PARTYLINE_SETTINGS": str(file)})
    assert "partyline: settings:" not in named.stderr + elsewhere.stderr


@pytest.mark.parametrize("port", ["99999", "-1", "http", "65536"])
def test_a_port_that_does_not_exist_is_a_usage_error(ensembles: Path, port: str) -> None:
    done = partyline("serve", f"--port={port}", cwd=ensembles)
    assert done.returncode == 2
    assert f"{port} is not a port; it must be from 0 to 65535" in done.stderr


def test_port_0_is_a_free_port_that_is_named(ensembles: Path) -> None:
    with started("serve", "--port", "0", cwd=ensembles) as command:
        wait_until(lambda: "serving at " in command.stdout(), 60)
        (line,) = [row for row in command.stdout().splitlines() if row.startswith("serving at ")]
        with urlopen(line.removeprefix("serving at ").strip() + "health/live") as answer:
            assert answer.status == 200
        command.send_signal(signal.SIGTERM)
        assert command.wait(60) == 0


@pytest.mark.parametrize("command", ["build", "materialise"])
def test_an_unknown_engine_is_a_usage_error_and_the_help_lists_the_others(
    ensembles: Path, command: str
) -> None:
    required = () if command == "build" else ("--ontology", "o.ttl")
    done = partyline(command, "--engine", "foo", *required, cwd=ensembles)
    assert done.returncode == 2
    assert "invalid choice: 'foo'" in done.stderr
    helped = " ".join(partyline(command, "--help").stdout.split())
    for engine in ENGINES:
        assert engine in done.stderr
        assert engine in helped


def test_the_version_imports_no_command() -> None:
    """Nor what commands need."""
    code = "import sys, partyline.cli; partyline.cli.main(['--version'])"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True
    )
    assert done.stdout.startswith("partyline ")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not [name for name in imported if name.startswith("partyline.cli.")]
    assert not {"rdflib", "flask", "pyoxigraph", "numpy", "duckdb"} & imported


def test_a_build_that_needs_more_memory_than_it_may_have_is_reported(ensembles: Path) -> None:
    done = partyline("build", cwd=ensembles, environ={"PARTYLINE_BUILD_MEMORY": "20"})
    assert done.returncode == 1
    assert "build.memory = 20 MiB" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (ensembles / "releases" / "current").exists()


def test_check_finds_nothing_wrong_with_the_second_knowledge_base(ensembles: Path) -> None:
    done = partyline("check", "--settings", ensembles / "partyline.toml")
    assert (done.returncode, done.stdout) == (0, "no findings\n")


def test_check_reports_everything_at_once_and_exits_1(ensembles: Path) -> None:
    damage(ensembles / "kb" / "musicians.ttl", "t:playsIn ensemble:red-brass", "t:playsIn")
    damage(ensembles / "kb" / "ensembles.ttl", 'rdfs:label "Blechverein"@de ;', "")
    done = partyline("check", "--settings", ensembles / "partyline.toml")

    assert done.returncode == 1
    assert "kb/musicians.ttl:8: error: not Turtle" in done.stdout
    assert "kb/ensembles.ttl:7: error: ensemble:brass-union" in done.stdout
    assert done.stdout.count("remedy:") == 2
    assert done.stdout.endswith("2 errors, 0 warnings\n")


def test_build_says_what_it_built_and_where(ensembles: Path) -> None:
    done = partyline("build", "--settings", ensembles / "partyline.toml")

    assert done.returncode == 0, done.stderr
    assert "triples inferred" in done.stdout
    assert str(ensembles / "releases") in done.stdout
    again = partyline("build", "--settings", ensembles / "partyline.toml")
    assert "unchanged" in again.stdout


def test_a_contradiction_stops_the_build_and_the_server_goes_on(ensembles: Path) -> None:
    """A server on the first release answers the same before and after a build that fails."""
    settings = ensembles / "partyline.toml"
    port = free_port()
    url = f"http://127.0.0.1:{port}/id/ensemble/red-brass"
    with started("serve", "--settings", settings, "--port", port) as process:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        with urlopen(url) as answer:
            before = answer.read()
        file = ensembles / "kb" / "musicians.ttl"
        damage(file, "t:playsIn ensemble:red-brass ;", "t:playsIn musician:anna-horn ;")
        done = partyline("build", "--settings", settings)

        assert done.returncode == 1
        assert "kb/musicians.ttl:8: error:" in done.stderr
        assert "cax-dw" in done.stderr
        assert "remedy:" in done.stderr
        with urlopen(url) as answer:
            assert answer.read() == before
        refused = partyline("serve", "--settings", settings, "--port", str(free_port()))
        assert refused.returncode == 1
        assert "serve --no-build" in refused.stderr


def test_query_asks_the_local_release(ensembles_release: Path) -> None:
    settings = ensembles_release / "partyline.toml"
    text = """PREFIX t: <https://music.example.org/terms#>
        SELECT ?old { <https://music.example.org/id/ensemble/red-brass> t:grewOutOf ?old }
        ORDER BY ?old"""
    done = partyline("query", text, "--output", "csv", "--settings", settings)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "old",
        "https://music.example.org/id/ensemble/brass-union",
        "https://music.example.org/id/ensemble/new-brass-union",
    ]


def test_query_reads_a_file_and_prints_a_table_or_json(
    ensembles_release: Path, tmp_path: Path
) -> None:
    settings = ensembles_release / "partyline.toml"
    file = tmp_path / "labels.rq"
    file.write_text(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        'SELECT ?label { ?s rdfs:label ?label FILTER(LANG(?label) = "de") } ORDER BY ?label',
        encoding="utf-8",
    )
    table = partyline("query", file, "--settings", settings)
    rows = partyline("query", file, "--output", "json", "--settings", settings)

    assert "Anna Horn" in table.stdout
    assert json.loads(rows.stdout)["head"]["vars"] == ["label"]


def test_query_sends_no_request_to_another_endpoint(ensembles: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        done = partyline("query", f"ASK {{ SERVICE SILENT <http://127.0.0.1:{port}/> {{}} }}")
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert done.returncode == 1
    assert "line 1, column 7: SERVICE is disabled" in done.stderr


def test_query_without_a_release_says_what_to_do(ensembles: Path) -> None:
    done = partyline("query", "ASK {}", "--settings", ensembles / "partyline.toml")
    assert done.returncode == 1
    assert "run 'partyline build'" in done.stderr


def test_a_query_that_is_not_sparql_is_reported_with_its_place(ensembles_release: Path) -> None:
    settings = ensembles_release / "partyline.toml"
    done = partyline("query", "SELECT nonsense", "--settings", settings)
    assert done.returncode == 1
    assert "line 1" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_endpoint_that_is_not_there_is_reported_in_one_line(tmp_path: Path) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}/sparql"
    done = partyline("query", "ASK {}", "--endpoint", endpoint, cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("engine", ["sparql", "owlrl"])
def test_materialise_writes_what_follows_and_nothing_else(ensembles: Path, engine: str) -> None:
    output = ensembles / "inferred.nt"
    done = partyline(
        "materialise",
        *("--ontology", ensembles / "ontology" / "terms.ttl"),
        *("--data", ensembles / "kb" / "musicians.ttl", ensembles / "kb" / "ensembles.ttl"),
        *("--output", output, "--engine", engine),
    )
    assert done.returncode == 0, done.stderr
    triples = {str(quad.triple) for quad in parse(path=str(output), format=RdfFormat.N_TRIPLES)}
    things = "https://music.example.org/id"
    assert (
        f"<{things}/ensemble/red-brass> <https://music.example.org/terms#hasPlayer>"
        f" <{things}/musician/anna-horn>"
    ) in triples
    assert not any("Blechverein" in row for row in triples)


def test_materialise_shows_its_rules(ensembles: Path) -> None:
    done = partyline(
        "materialise", "--show-rules", "--ontology", ensembles / "ontology" / "terms.ttl"
    )
    assert done.returncode == 0, done.stderr
    assert "prp-trp" in done.stdout
    assert "cax-dw" in done.stdout


def test_format_writes_the_canonical_form_once(ensembles: Path) -> None:
    file = ensembles / "kb" / "musicians.ttl"
    canonical = file.read_bytes()
    file.write_text("<a:b> <c:d> <e:f>, <e:a>.", encoding="utf-8")

    assert partyline("format", "--check", file).returncode == 1
    assert partyline("format", file).returncode == 0
    assert file.read_text(encoding="utf-8") == (
        "<a:b>\n    <c:d>\n        <e:a> ,\n        <e:f> ;\n.\n"
    )
    assert partyline("format", "--check", file).returncode == 0
    file.write_bytes(canonical)
    assert partyline("format", file).stdout == ""


def test_format_does_not_lose_comments_unless_asked_to(ensembles: Path) -> None:
    file = ensembles / "kb" / "musicians.ttl"
    file.write_text("# why\n<a:b> <c:d> <e:f> .", encoding="utf-8")
    done = partyline("format", file)

    assert done.returncode == 1
    assert "its comments (1) would be lost" in done.stderr
    assert "# why" in file.read_text(encoding="utf-8")
    assert partyline("format", "--drop-comments", file).returncode == 0
    assert "# why" not in file.read_text(encoding="utf-8")


def test_format_leaves_a_broken_file_as_it_is(ensembles: Path) -> None:
    file = ensembles / "kb" / "musicians.ttl"
    file.write_text("<a:b> <c:d> .", encoding="utf-8")
    done = partyline("format", file)
    assert done.returncode == 1
    assert "not Turtle" in done.stderr
    assert file.read_text(encoding="utf-8") == "<a:b> <c:d> ."
