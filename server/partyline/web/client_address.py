"""The address of the client, as trusted proxies report it."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Bits of an IPv6 address that a provider gives to one customer.
_CUSTOMER = 64
#: Characters of what is not an address, and is shown as it is.
_LONGEST = 100


def client_of(environ: "WSGIEnvironment", trusted_proxies: Sequence[str]) -> str:
    """Return the address of the client, for IPv6 the network of the customer.

    ``X-Forwarded-For`` is read from its end, which the nearest proxy wrote, and only as far
    as proxies are trusted: its beginning can be forged.

    >>> forwarded = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 192.0.2.7"}
    >>> client_of(forwarded, ["127.0.0.0/8"]), client_of(forwarded, [])
    ('192.0.2.7', '127.0.0.1')
    """
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
    return client_behind(environ.get("REMOTE_ADDR", ""), forwarded, trusted_proxies)


def client_behind(peer: str, forwarded_for: str, trusted_proxies: Sequence[str]) -> str:
    """Return the client behind *peer*, whose ``X-Forwarded-For`` is *forwarded_for*."""
    if not forwarded_for or not trusted_proxies:
        return customer(peer)
    networks = [ip_network(proxy) for proxy in trusted_proxies]
    forwarded = forwarded_for.split(",")
    address = peer
    while forwarded and any(lies_in(address, network) for network in networks):
        following = forwarded.pop().strip()
        if not following:
            break
        address = following
    return customer(address)


def lies_in(text: str, network: object) -> bool:
    """Tell whether *text* is an address in *network*."""
    try:
        return ip_address(text) in network  # type: ignore[operator]  # a network of either kind
    except ValueError:
        return False


def customer(text: str) -> str:
    """Return the address *text*, or the network of the customer that it belongs to.

    >>> customer("::ffff:192.0.2.7"), customer("2001:db8:0:1::7")
    ('192.0.2.7', '2001:db8:0:1::/64')
    """
    return _customer(text[:_LONGEST])


@lru_cache(4096)
def _customer(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, _CUSTOMER), strict=False))
