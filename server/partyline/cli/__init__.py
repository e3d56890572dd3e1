"""The command line: the functions of the package for a terminal."""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from partyline.display import visible
from partyline.errors import PublisherError, SettingsError
from partyline.settings import read_settings
from partyline.version import __version__

#: The modules of this package that are commands.
COMMANDS = (
    *("init", "check", "build", "serve", "query", "why", "diff", "materialise", "format"),
    "export",
    "pull",
    "link",
    "push",
    "verify",
    "mcp",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 if all is well, 1 for findings, 2 for a usage error."""
    given = sys.argv[1:] if arguments is None else arguments
    # No command multiplies matrices, and to start a thread for each processor takes 0.07 seconds.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    options = command_parser(_needed(given)).parse_args(given)
    try:
        settings = read_settings(_settings_file(options.settings), os.environ)
        return int(options.run(options, settings))
    except SettingsError as error:
        print(visible(f"partyline: {error}"), file=sys.stderr)
        return 2
    except PublisherError as error:
        print(visible(f"partyline: {error}"), file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; keep Python from flushing into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _needed(given: Sequence[str]) -> Sequence[str]:
    """Return the commands whose modules *given* needs: the others would take time to import."""
    if given[:1] == ["--version"]:
        return ()
    return [name for name in COMMANDS if name in given[:1]] or COMMANDS


def _settings_file(given: Path | None) -> Path | None:
    """Return *given*, or the file of the current folder unless the environment names one."""
    if given is not None or os.environ.get("PARTYLINE_SETTINGS"):
        return given
    local = Path("partyline.toml").resolve()
    if not local.is_file():
        return None
    print(f"partyline: settings: {local}", file=sys.stderr)
    return local


def command_parser(names: Iterable[str]) -> argparse.ArgumentParser:
    """Return the parser of these commands; others are not imported."""
    parser = argparse.ArgumentParser(
        prog="partyline",
        description="Publish an ontology and its data as linked data, with a reason for all of it.",
        epilog="Exit codes: 0 fine, 1 findings, 2 usage error. PARTYLINE_SETTINGS names a settings"
        " file, PARTYLINE_RELEASES a directory for releases.",
    )
    parser.add_argument("--version", action="version", version=f"partyline {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in names:
        module = import_module(f"partyline.cli.{name}")
        command = commands.add_parser(
            name,
            help=(module.__doc__ or "").partition("\n")[0],
            description=(module.__doc__ or "").partition("\n")[0],
            epilog=f"Example: {module.EXAMPLE}",
        )
        command.add_argument(
            "--settings",
            type=Path,
            metavar="FILE",
            help="settings file; default: partyline.toml of the current folder, else built-in",
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser
