"""``_headers`` and ``_redirects``, which several hosts of static pages read.

Such hosts cannot negotiate: IRIs lead to pages. Where two rules name one header field, hosts join
the values, and of two policies browsers apply both: so no path is in two rules with a policy.
"""

from collections.abc import Iterator, Mapping

from partyline.export.servers.rules import SiteRules

_POLICY = "content-security-policy"
#: Rules that all hosts take: those for many paths, and those for one path.
_MOST_PATTERNS, _MOST_PATHS = 100, 2000
#: Rules with a policy; the rest is for the others.
_MOST_POLICIES = 80
_ENDING = ".html"


def headers_file(rules: SiteRules) -> str:
    """Return the file ``_headers``."""
    everywhere = {name: value for name, value in rules.headers.items() if name != _POLICY}
    lines = ["# Written by 'partyline export'.", *_rule(f"{rules.prefix}/*", everywhere)]
    for path, policy in _policies(rules).items():
        lines += _rule(f"{rules.prefix}/{path}", {_POLICY: policy})
    return "\n".join([*lines, ""])


def _rule(path: str, headers: Mapping[str, str]) -> list[str]:
    return [path, *(f"  {name}: {value}" for name, value in headers.items())]


def _policies(rules: SiteRules) -> dict[str, str]:
    """Return the policy of each folder with pages, and of each page in none."""
    usual = rules.headers.get(_POLICY, "")
    found: dict[str, str] = {}
    special = rules.file_policies
    for file in rules.pages:
        folder, slash, _ = file.partition("/")
        for path in [f"{folder}/*"] if slash else [file, file.removesuffix(_ENDING)]:
            found.setdefault(path, special.get(file, usual))
    for file, policy in special.items():
        folder, slash, _ = file.partition("/")
        pattern = f"{folder}/*"
        # What allows the style of a picture allows all that the pages beside it need.
        found[pattern if slash and pattern in found else file] = policy
    if "index.html" in found:
        found[""] = found["index.html"]
        del found["index"]
    if len(found) > _MOST_POLICIES:
        return {path: row for path, row in found.items() if path in special or path.endswith("*")}
    return found


def redirects_file(rules: SiteRules) -> str:
    """Return the file ``_redirects``; those of single paths must go first."""
    lines = ["# Written by 'partyline export'."]
    lines += list(_single(rules))[:_MOST_PATHS]
    lines.append(f"{rules.prefix}/id/* {rules.prefix}/doc/:splat{_ENDING} 303")
    return "\n".join([*lines, ""])


def _single(rules: SiteRules) -> Iterator[str]:
    for address, (status, target) in rules.redirects.items():
        there = (rules.prefix if target.startswith("/") else "") + target
        if not set(" \t") & set(address + there):
            yield f"{rules.prefix}{address} {there} {status}"
