"""Settings of other servers, with which they answer from the files as this program does."""

from collections.abc import Iterator

from partyline.export.folder import OWN
from partyline.export.servers.apache import apache_configuration, redirecting_configuration
from partyline.export.servers.caddy import caddy_configuration
from partyline.export.servers.hosts import headers_file, redirects_file
from partyline.export.servers.nginx import nginx_configuration
from partyline.export.servers.rules import SiteRules, site_rules

__all__ = ["configurations", "site_rules"]


def configurations(rules: SiteRules) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file of settings."""
    yield f"{OWN}/nginx.conf", nginx_configuration(rules)
    yield f"{OWN}/Caddyfile", caddy_configuration(rules)
    yield ".htaccess", apache_configuration(rules)
    yield "_headers", headers_file(rules)
    yield "_redirects", redirects_file(rules)
    yield f"{OWN}/w3id.htaccess", redirecting_configuration(rules)
