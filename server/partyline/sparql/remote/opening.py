"""The endpoint that settings name, and who asks it."""

from urllib.parse import urlsplit

from partyline.errors import SettingsError
from partyline.settings import Remote
from partyline.sparql.remote.credentials import Credentials, netrc_credentials
from partyline.sparql.remote.dialects import AUTOMATIC, dialect_named
from partyline.sparql.remote.endpoint import Addresses, Endpoint, check_address, recognised

_LOCAL = ("localhost", "127.0.0.1", "::1")


def open_endpoint(remote: Remote, seconds: float) -> tuple[Endpoint, str]:
    """Return the endpoint, and what it says that it is where it was asked for that.

    Raises EngineError where it does not answer within *seconds*, or SettingsError.
    """
    if not remote.endpoint:
        raise SettingsError("give --endpoint URL, or set endpoint in the table [remote]")
    addresses = Addresses(remote.endpoint, remote.update, remote.graph_store)
    for address in filter(None, (remote.endpoint, remote.update, remote.graph_store)):
        check_address(address)
    credentials = Credentials(remote.user, remote.password, remote.token)
    credentials = credentials or netrc_credentials(remote.endpoint)
    if remote.dialect == AUTOMATIC:
        return recognised(addresses, credentials, seconds)
    dialect = dialect_named(remote.dialect)
    return Endpoint(addresses.completed(dialect), dialect, credentials), ""


def exposure(endpoint: Endpoint) -> str:
    """Return a warning where the password of *endpoint* can be read on its way, or nothing."""
    parts = urlsplit(endpoint.addresses.query)
    if not endpoint.credentials or parts.scheme == "https" or parts.hostname in _LOCAL:
        return ""
    return f"{endpoint.addresses.query}: who listens on the way can read the password; use https"
