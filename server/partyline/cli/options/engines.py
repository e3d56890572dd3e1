"""The names of the reasoning engines, imported only when they are needed."""

import argparse
from collections.abc import Iterator


class _Engines:
    """What ``--engine`` may be. The reasoner takes a while to import."""

    def __iter__(self) -> Iterator[str]:
        from partyline.reasoning import ENGINES

        return iter(ENGINES)

    def __contains__(self, name: object) -> bool:
        return name in tuple(self)


def add_engine_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--engine``; any other name is a usage error."""
    parser.add_argument(
        "--engine",
        default="auto",
        choices=_Engines(),
        metavar="ENGINE",
        help="reasoning engine, one of %(choices)s; auto chooses by the size of the data",
    )
