"""Who a request is from, behind proxies that are believed and others that are not."""

import pytest

from partyline.web.client_address import client_of

PROXIES = ("127.0.0.1", "10.0.0.0/8", "2001:db8:aaaa::/48")


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "198.51.100.7,", "127.0.0.1"),
        ("10.9.9.9", " 198.51.100.7 , 127.0.0.1", "198.51.100.7"),
        ("2001:db8:aaaa::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
        ("127.0.0.1", "x" * 500, "x" * 100),
        ("", "198.51.100.7", ""),
    ],
)
def test_a_client_is_known_by_the_proxies_that_are_trusted(
    remote: str, forwarded: str, client: str
) -> None:
    environ = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_of(environ, PROXIES) == client


def test_without_trusted_proxies_no_client_can_be_another() -> None:
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}
    assert client_of(environ, ()) == "127.0.0.1"
