"""What the workers of a pool ask in place of a store."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from partyline.sparql.remote.credentials import Credentials
from partyline.sparql.remote.dialects import dialect_named
from partyline.sparql.remote.endpoint import Addresses, Endpoint

_SECRETS = ("user", "password", "token")


@dataclass(frozen=True, slots=True)
class RemoteSource:
    """An endpoint whose graphs are known, as workers are told of it."""

    address: str
    dialect: str
    credentials: Credentials = field(default_factory=Credentials)
    #: The graph that stands for the default graph; empty: that of the engine.
    default_graph: str = ""
    #: The IRIs of the graphs that it holds: a query that names another one is warned of it.
    graphs: tuple[str, ...] = ()

    def public(self) -> Mapping[str, Any]:
        """Return what the arguments of a process may hold, which everybody can read."""
        names = ("address", "dialect", "default_graph", "graphs")
        return {name: getattr(self, name) for name in names}

    def environment(self) -> Mapping[str, str]:
        """Return what only the environment of a process may hold."""
        return {_variable(name): getattr(self.credentials, name) for name in _SECRETS}

    @classmethod
    def in_process(cls, public: Mapping[str, Any]) -> "RemoteSource":
        """Read what a process was started with, and forget the secrets in its environment."""
        found = {name: os.environ.pop(_variable(name), "") for name in _SECRETS}
        rest = {**public, "graphs": tuple(public["graphs"])}
        return cls(**rest, credentials=Credentials(**found))

    def endpoint(self) -> Endpoint:
        """Return the endpoint."""
        dialect = dialect_named(self.dialect)
        return Endpoint(Addresses(self.address).completed(dialect), dialect, self.credentials)


def _variable(name: str) -> str:
    return f"PARTYLINE_WORKER_{name.upper()}"
