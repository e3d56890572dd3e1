"""`partyline check --format`: findings for people, for GitHub Actions, and for other programs."""

import json
import re
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from partyline.cli import COMMANDS, command_parser, main
from partyline.cli.finding_formats import as_github, as_json, as_sarif, as_text
from partyline.findings import Finding, Severity

ENSEMBLES = Path(__file__).parent / "data" / "ensembles"


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a project in its folder `town`, one line of which is not Turtle."""
    town = copytree(ENSEMBLES, tmp_path / "town", ignore=lambda *_: {"releases"})
    file = town / "kb" / "musicians.ttl"
    file.write_text(
        file.read_text("utf-8").replace("t:playsIn ensemble:red-brass", "t:playsIn"), "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return town


def check(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["check", "--format", name, "--settings", "town/partyline.toml"]) == 1
    return capsys.readouterr().out


def test_json_names_files_from_the_folder_of_the_settings(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = json.loads(check("json", capsys))
    assert [(row["path"], row["line"], row["code"]) for row in findings] == [
        ("kb/musicians.ttl", 8, "syntax")
    ]


def test_github_receives_the_file_from_the_root_of_the_repository(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *others = check("github", capsys).splitlines()
    assert first.startswith("::error file=town/kb/musicians.ttl,line=8,title=syntax::not Turtle")
    assert "%0Aremedy: " in first
    assert others == ["1 error, 0 warnings"]


def test_sarif_names_the_file_from_the_root_of_the_repository(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run,) = json.loads(check("sarif", capsys))["runs"]
    (result,) = run["results"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "town/kb/musicians.ttl"},
                "region": {"startLine": 8},
            }
        }
    ]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "syntax"


def test_no_findings_are_a_whole_document_in_each_format(tmp_path: Path) -> None:
    assert as_text([], tmp_path) == as_github([], tmp_path) == "no findings"
    assert json.loads(as_json([], tmp_path)) == []
    assert json.loads(as_sarif([], tmp_path))["runs"][0]["results"] == []


#: What would end a command early, forge a second one, or change what a terminal shows.
HOSTILE = Finding(
    path="kb/100%,a: b\n::warning.ttl",
    line=0,
    code="prp,rng:x",
    message="50% of\r\n::error file=b.ttl::forged \x1b[2J \u202e",
    remedy="none",
    severity=Severity.WARNING,
    details=("kb/a.ttl:3: first", "kb/b.ttl:4: second"),
    count=3,
)


def test_a_hostile_finding_stays_one_workflow_command(tmp_path: Path) -> None:
    command, total = as_github([HOSTILE], Path.cwd()).split("\n")
    found = re.fullmatch(r"::warning file=([^,:]*),title=([^,:]*)::(.*)", command)
    assert found is not None
    file, title, message = map(decoded, found.groups())
    assert (file, title) == (HOSTILE.path, HOSTILE.code)
    assert message.splitlines()[-3:] == [*HOSTILE.details, "remedy: none"]
    assert not {"\x1b", "\u202e", "\r"} & set(message)
    assert total == "0 errors, 3 warnings"


def decoded(text: str) -> str:
    """Return *text* as the runner of GitHub Actions reads it, %25 last."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
        text = text.replace(code, character)
    return text.replace("%25", "%")


def test_a_hostile_finding_in_sarif_has_no_line_and_a_valid_uri(tmp_path: Path) -> None:
    (run,) = json.loads(as_sarif([HOSTILE], Path.cwd()))["runs"]
    result: dict[str, Any] = run["results"][0]
    physical = result["locations"][0]["physicalLocation"]
    assert "region" not in physical
    assert re.fullmatch(r"[\w/.%-]+", physical["artifactLocation"]["uri"])
    assert (result["level"], result["occurrenceCount"]) == ("warning", 3)


def test_an_unknown_format_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "--format", "xml"])
    assert ended.value.code == 2
    assert "'sarif'" in capsys.readouterr().err


def test_the_hooks_of_pre_commit_name_commands_that_exist() -> None:
    hooks = (Path(__file__).parents[1] / ".pre-commit-hooks.yaml").read_text("utf-8")
    entries = re.findall(r"^  entry: partyline (\S+)$", hooks, re.MULTILINE)
    assert len(entries) == hooks.count("- id: ") == 2
    for command in entries:
        assert callable(command_parser(COMMANDS).parse_args([command]).run)
