import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from partyline.errors import SettingsError
from partyline.settings import Build, Limits, Server, read_settings, shipped_settings

MINIMAL = """
[knowledge]
title = "T"
base = "https://example.org/"
ontology_iri = "https://example.org/terms"
ontology = "ontology"
kb = "kb"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "partyline.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_settings_name_folders_that_exist() -> None:
    settings = read_settings(environ={})

    assert settings.path == shipped_settings()
    assert list(settings.knowledge.ontology.glob("*.ttl"))
    assert list(settings.knowledge.kb.rglob("*.ttl"))
    assert settings.knowledge.things == "https://w3id.org/partyline/id/"


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, MINIMAL))

    assert settings.knowledge.kb == tmp_path / "kb"
    assert settings.releases == tmp_path / "releases"
    assert settings.limits.query_seconds == 10.0


def test_the_settings_file_shows_every_default() -> None:
    text = shipped_settings().read_text(encoding="utf-8")
    shown = text[text.index("# [build]") :].replace("\n# ", "\n").removeprefix("# ")
    for name, defaults in (("build", Build()), ("limits", Limits()), ("server", Server())):
        table = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in tomllib.loads(shown)[name].items()
        }
        assert table == asdict(defaults)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, MINIMAL)
    environ = {
        "PARTYLINE_SETTINGS": str(path),
        "PARTYLINE_RELEASES": str(tmp_path / "elsewhere"),
        "PARTYLINE_PORT": "8123",
        "PARTYLINE_HOST": "0.0.0.0",
    }
    settings = read_settings(environ=environ)

    assert settings.path == path
    assert settings.releases == tmp_path / "elsewhere"
    assert (settings.server.host, settings.server.port) == ("0.0.0.0", 8123)


def test_the_environment_overrides_every_setting(tmp_path: Path) -> None:
    path = write(tmp_path, MINIMAL + "[limits]\nworkers = 2\nquery_length = 10\n")
    environ = {
        "PARTYLINE_SETTINGS": str(path),
        "PARTYLINE_LIMITS_WORKERS": "3",
        "PARTYLINE_LIMITS_QUERY_SECONDS": "2.5",
        "PARTYLINE_SERVER_ORIGINS": "https://a.example, https://b.example",
        "PARTYLINE_SERVER_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8",
        "PARTYLINE_KNOWLEDGE_BASE": "https://elsewhere.example/",
        "PARTYLINE_KNOWLEDGE_KB": str(tmp_path / "other"),
    }
    settings = read_settings(environ=environ)

    assert (settings.limits.workers, settings.limits.query_length) == (3, 10)
    assert settings.limits.query_seconds == 2.5
    assert settings.server.origins == ("https://a.example", "https://b.example")
    assert settings.server.trusted_proxies == ("127.0.0.1", "10.0.0.0/8")
    assert settings.knowledge.base == "https://elsewhere.example/"
    assert settings.knowledge.kb == tmp_path / "other"


def test_an_empty_variable_overrides_the_file(tmp_path: Path) -> None:
    text = """shapes = "shapes"
publisher = "P"
languages = ["km"]
[server]
access_log = "-"
address = "https://example.org/data"
origins = ["*"]
"""
    path = write(tmp_path, MINIMAL + text)
    names = [f"KNOWLEDGE_{name}" for name in ("SHAPES", "PUBLISHER", "LANGUAGES")]
    names += [f"SERVER_{name}" for name in ("ACCESS_LOG", "ADDRESS", "ORIGINS")]
    settings = read_settings(path, {f"PARTYLINE_{name}": "" for name in names})

    assert settings.knowledge.shapes is None
    assert settings.knowledge.publisher == ""
    assert settings.knowledge.languages == ()
    server = settings.server
    assert (server.access_log, server.address, server.origins) == ("", "", ())


@pytest.mark.parametrize(
    ("setting", "where"),
    [
        ('ontology_iri = "ns"', "knowledge.ontology_iri is 'ns'"),
        ('ontology_iri = "https://example.org/a b"', "knowledge.ontology_iri is"),
        ('bases = ["data/"]', "knowledge.bases is 'data/'"),
        ('featured = ["https://example.org/ns#A", "B"]', "knowledge.featured is 'B'"),
        ('labels = ["label"]', "knowledge.labels is 'label'"),
        ('published = ["id/"]', "knowledge.published is 'id/'"),
        ('[reasoning]\npredicates = ["part of"]', "reasoning.predicates is 'part of'"),
        ('[prefixes]\nns = "ns#"', "prefixes.ns is 'ns#'"),
    ],
)
def test_a_relative_iri_is_refused(tmp_path: Path, setting: str, where: str) -> None:
    text = MINIMAL.replace('ontology_iri = "https://example.org/terms"\n', "") + setting
    with pytest.raises(
        SettingsError, match=f"partyline.toml: {where}.*; it must be an (absolute|http)"
    ):
        read_settings(write(tmp_path, text))


def test_patterns_of_iris_may_begin_with_an_asterisk(tmp_path: Path) -> None:
    text = MINIMAL + 'published = ["*/id/*", "http*://a.example/", "urn:x:*"]\n'
    assert len(read_settings(write(tmp_path, text)).knowledge.published) == 3


def test_the_full_name_of_a_variable_has_precedence(tmp_path: Path) -> None:
    path = write(tmp_path, MINIMAL)
    environ = {"PARTYLINE_SERVER_PORT": "81", "PARTYLINE_PORT": "82"}
    assert read_settings(path, environ).server.port == 81


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("PARTYLINE_PORT", "http", "PARTYLINE_SERVER_PORT is 'http'; it must be a whole number"),
        ("PARTYLINE_LIMITS_QUERY_SECONDS", "ten", "it must be a number"),
        ("PARTYLINE_LIMITS_WORKERS", "0", "must be above 0"),
        ("PARTYLINE_SERVER_TRUSTED_PROXIES", "proxy", "'proxy' does not appear to be"),
        ("PARTYLINE_PORT", "99999", "it must be from 0 to 65535"),
        ("PARTYLINE_SERVER_ADDRESS", "example.org", "must be empty or such as"),
        ("PARTYLINE_SERVER_ADDRESS", "https://example.org/", "without a / at the end"),
        ("PARTYLINE_LIMITS_QUERY_SECONDS", "inf", "must be above 0"),
        ("PARTYLINE_PORT", "", "it must be a whole number, or unset"),
        ("PARTYLINE_KNOWLEDGE_KB", "", "is empty; it must be a path, or unset"),
        ("PARTYLINE_KNOWLEDGE_BASE", "", "must be an http"),
        ("PARTYLINE_HOST", "", "server.host is empty"),
        ("PARTYLINE_SERVER_THREADS", "20", "52 queries may run and wait"),
    ],
)
def test_a_wrong_value_in_the_environment_is_refused(
    tmp_path: Path, name: str, value: str, complaint: str
) -> None:
    environ = {"PARTYLINE_SETTINGS": str(write(tmp_path, MINIMAL)), name: value}
    with pytest.raises(SettingsError, match=complaint):
        read_settings(environ=environ)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[knowledge", "not TOML"),
        ("", r"no \[knowledge\] table"),
        (MINIMAL.replace('title = "T"', ""), r"knowledge\.title is missing"),
        (MINIMAL + "licens = 'x'\n", "did you mean licence"),
        (MINIMAL + "[limit]\n", "did you mean limits"),
        (MINIMAL + "[limits]\nworkers = 0\n", "must be above 0"),
        (MINIMAL + "[limits]\nworkers = true\n", "must be a whole number"),
        (MINIMAL + "[limits]\nquery_seconds = 'x'\n", "must be a number"),
        (MINIMAL.replace('https://example.org/"', 'example"'), "must be an http"),
        (MINIMAL.replace('"kb"', "7"), r"knowledge\.kb is 7; it must be a path"),
        (MINIMAL + "[prefixes]\nex = 1\n", "table of strings"),
        ("prefixes = 3\n" + MINIMAL, "table of strings"),
        (MINIMAL.replace("/terms", "/terms#x"), "without # and what follows"),
        ("limits = 3\n" + MINIMAL, "must be a table"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        read_settings(write(tmp_path, text))


def test_a_settings_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path / "absent.toml")


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    assert read_settings(write(tmp_path, "\ufeff" + MINIMAL)).knowledge.title == "T"


def test_the_port_may_be_any_free_one(tmp_path: Path) -> None:
    assert read_settings(write(tmp_path, MINIMAL + "[server]\nport = 0\n")).server.port == 0


def test_lists_of_iris_may_have_names_with_the_prefixes_of_the_settings(tmp_path: Path) -> None:
    text = (
        MINIMAL
        + """
featured = ["ex:Coin", "https://example.org/Hoard", "urn:x:y"]
[reasoning]
predicates = ["ex:*"]
[prefixes]
ex = "https://example.org/ns#"
https = "https://example.org/wrong#"
"""
    )
    environ = {"PARTYLINE_KNOWLEDGE_LABELS": "ex:name"}
    settings = read_settings(write(tmp_path, text), environ)
    knowledge = settings.knowledge
    assert knowledge.featured == (
        "https://example.org/ns#Coin",
        "https://example.org/Hoard",
        "urn:x:y",
    )
    assert knowledge.labels == ("https://example.org/ns#name",)
    assert settings.reasoning.predicates == ("https://example.org/ns#*",)
