"""The catalogue of the programming interfaces (RFC 9727) as a link set (RFC 9264)."""

import json

from partyline.web.model_context import has_mcp

API_CATALOG = "/.well-known/api-catalog"
#: The specification of the reconciliation service.
_RECONCILIATION = "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/"


def catalogue(root: str, *, answers_queries: bool) -> str:
    """Return the interfaces and, as items of the catalogue (RFC 9727, section 3), their names."""
    html, turtle = "text/html", "text/turtle"
    interface = {
        "anchor": f"{root}sparql",
        "service-desc": [{"href": f"{root}sparql", "type": turtle}],
        "service-doc": [{"href": f"{root}sparql", "type": html}],
        "service-meta": [
            {"href": f"{root}dataset", "type": turtle},
            {"href": f"{root}.well-known/sparql-examples", "type": turtle},
        ],
        "status": [{"href": f"{root}health", "type": "application/json"}],
    }
    reconciliation = {
        "anchor": f"{root}reconcile",
        "service-desc": [{"href": f"{root}reconcile", "type": "application/json"}],
        "service-doc": [{"href": _RECONCILIATION, "type": html}],
    }
    json_interface = {
        "anchor": f"{root}api/",
        "service-desc": [{"href": f"{root}openapi.json", "type": "application/json"}],
        "service-doc": [{"href": f"{root}api/", "type": html}],
    }
    about_answers = {
        "service-doc": [{"href": f"{root}llms.txt", "type": "text/plain"}],
        "service-meta": [{"href": f"{root}dataset", "type": turtle}],
    }
    answers = {"anchor": f"{root}answer", **about_answers}
    agents = {"anchor": f"{root}mcp", **about_answers}
    files = {
        "anchor": f"{root}dumps/",
        "service-doc": [{"href": f"{root}dumps/", "type": html}],
        "service-desc": [{"href": f"{root}dumps/", "type": "application/json"}],
        "service-meta": [{"href": f"{root}dataset", "type": turtle}],
    }
    interfaces = [files]
    if answers_queries:
        for_agents = [agents] if has_mcp() else []
        interfaces = [interface, json_interface, reconciliation, answers, *for_agents, files]
    itself = {
        "anchor": root + API_CATALOG[1:],
        "item": [{"href": row["anchor"]} for row in interfaces],
    }
    return json.dumps({"linkset": [itself, *interfaces]}, indent=1) + "\n"
