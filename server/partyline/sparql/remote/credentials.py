"""Tell an endpoint who asks: basic, digest and bearer authentication."""

import os
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5, sha256
from netrc import NetrcParseError, netrc
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from partyline.errors import SettingsError

#: Algorithms of digests (RFC 7616, section 3.3), the safer one first.
_ALGORITHMS = {"SHA-256": sha256, "MD5": md5}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name with a password, or a token; neither is shown."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.user or self.token)


class Authenticator:
    """What is sent as ``Authorization``: it is learnt from a challenge, and then sent at once."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._is_basic = False
        self._challenge: dict[str, str] = {}
        self._count = 0

    def header(self, method: str, target: str) -> str:
        """Return the value for a request; empty where nothing is known that may help."""
        credentials = self._credentials
        if credentials.token:
            return f"Bearer {credentials.token}"
        if self._challenge:
            self._count += 1
            nonce = secrets.token_hex(8)
            return digest(credentials, self._challenge, method, target, nonce, self._count)
        if self._is_basic:
            pair = f"{credentials.user}:{credentials.password}"
            return f"Basic {b64encode(pair.encode()).decode()}"
        return ""

    def learn(self, challenges: Sequence[str]) -> bool:
        """Choose one of *challenges*; return whether another request makes sense.

        Digest is preferred, because it does not send the password.
        """
        if not self._credentials.user or self._credentials.token:
            return False
        digests = [row for row in map(_digest_challenge, challenges) if row]
        digests.sort(key=lambda row: list(_ALGORITHMS).index(_algorithm(row)))
        self._count = 0
        self._challenge = digests[0] if digests else {}
        self._is_basic = any(row.lower().startswith("basic") for row in challenges)
        return bool(self._challenge) or self._is_basic


def digest(
    credentials: Credentials,
    challenge: Mapping[str, str],
    method: str,
    target: str,
    nonce: str,
    count: int = 1,
) -> str:
    """Return the answer to the digest *challenge* (RFC 7616, section 3.4).

    *nonce* is ours, and this is answer number *count* to the challenge.
    """
    algorithm = _algorithm(challenge)

    def hashed(*parts: str) -> str:
        return _ALGORITHMS[algorithm](":".join(parts).encode()).hexdigest()

    secret = hashed(credentials.user, challenge["realm"], credentials.password)
    request = hashed(method, target)
    fields = {
        "username": credentials.user,
        "realm": challenge["realm"],
        "nonce": challenge["nonce"],
        "uri": target,
    }
    plain = {"algorithm": algorithm}
    if "auth" in _listed(challenge.get("qop", "")):
        number = f"{count:08x}"
        response = hashed(secret, challenge["nonce"], number, nonce, "auth", request)
        plain |= {"qop": "auth", "nc": number}
        fields["cnonce"] = nonce
    else:
        response = hashed(secret, challenge["nonce"], request)
    fields["response"] = response
    if "opaque" in challenge:
        fields["opaque"] = challenge["opaque"]
    quoted = [f'{name}="{_escaped(value)}"' for name, value in fields.items()]
    return "Digest " + ", ".join([*quoted, *(f"{name}={value}" for name, value in plain.items())])


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _digest_challenge(header: str) -> dict[str, str]:
    """Return the fields of a challenge that we can answer; none for another one."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "digest":
        return {}
    fields = {name.lower(): value for name, value in parse_keqv_list(parse_http_list(rest)).items()}
    is_known = _algorithm(fields) in _ALGORITHMS and "auth" in _listed(fields.get("qop", "auth"))
    return fields if is_known and {"realm", "nonce"} <= fields.keys() else {}


def _algorithm(challenge: Mapping[str, str]) -> str:
    return challenge.get("algorithm", "MD5").upper()


def _listed(value: str) -> list[str]:
    return [row.strip() for row in value.split(",")]


def netrc_credentials(address: str) -> Credentials:
    """Return what the file ``$NETRC`` or ``~/.netrc`` has for the host of *address*, or nothing.

    Raises SettingsError where the file cannot be read.
    """
    path = Path(os.environ.get("NETRC") or "~/.netrc").expanduser()
    if not path.is_file():
        return Credentials()
    try:
        found = netrc(path).authenticators(urlsplit(address).hostname or "")
    except (OSError, NetrcParseError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error
    return Credentials(found[0] or found[1], found[2]) if found else Credentials()
