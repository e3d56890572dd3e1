"""/llms.txt: what is here, for programs that read (https://llmstxt.org/)."""

from partyline.publishing.publication import Publication

_SUMMARY = "A knowledge graph of statements with their sources, published as linked data."


#: The tools of the Model Context Protocol; an extra.
_TOOLS = ("MCP", "mcp", "POST, streamable HTTP without sessions or keys; read-only tools")


def llms_text(
    publication: Publication, root: str, *, answers_queries: bool = True, has_tools: bool = True
) -> str:
    """Return the text; *root* is the public address of the path ``/``, with a slash.

    *answers_queries* tells whether what needs a server is at this address, *has_tools* whether
    the Model Context Protocol is among that.
    """
    knowledge, manifest = publication.knowledge, publication.release.manifest
    statements = sum(manifest.counts.values())
    licence = f" Licence: {knowledge.licence}." if knowledge.licence else ""
    publisher = f" Publisher: {knowledge.publisher}." if knowledge.publisher else ""
    summary = " ".join((knowledge.description or _SUMMARY).split())
    rows: dict[str, list[tuple[str, str, str]]] = {
        "Ask": [
            *([_TOOLS] if has_tools else []),
            ("Questions", "questions/", "named questions with parameters, each with its answer"),
            ("JSON interface", "openapi.json", "OpenAPI 3.1: resources by kind, and questions"),
            ("SPARQL endpoint", "sparql", "SPARQL 1.1, with limits of time and memory"),
            ("Search", "search", "`?q=` finds resources by name, in any script; JSON by Accept"),
            ("Why", "why", "`?subject=&predicate=&object=` gives sources or the proof"),
        ],
        "Read": [
            ("Dataset", "dataset", "description in VoID and DCAT; Turtle, JSON-LD or a page"),
            ("Kinds", "browse/", "all resources of a class"),
            ("Dumps", "dumps/", "everything as files, with checksums"),
            ("Releases", "releases/", "all states that were published; each stays as it was"),
        ],
        "Cite": [
            (
                "Answer",
                "answer",
                "`?query=` gives query, release and result with hashes, and BibTeX, CSL-JSON, RIS",
            ),
            ("This release", f"releases/{manifest.identifier}", "its files and counts"),
        ],
        "Optional": [
            ("Interfaces", ".well-known/api-catalog", "as a link set (RFC 9727)"),
            ("Changes", "changes", "what is new, as feeds"),
        ],
    }
    if not answers_queries:
        del rows["Ask"], rows["Cite"]
        rows["Optional"] = []
    sections = "".join(
        f"\n## {heading}\n\n"
        + "".join(f"- [{name}]({root}{path}): {note}\n" for name, path, note in links)
        for heading, links in rows.items()
        if links
    )
    return (
        f"# {knowledge.title}\n\n> {summary}\n\n"
        f"Release {manifest.identifier} of {manifest.created[:10]}, {statements:,} statements."
        f"{publisher}{licence} IRIs begin with {knowledge.base} and answer with data by Accept."
        " Statements are asserted (with passages of sources), inferred (with proofs) or disputed:"
        " where sources differ, report every side, and say that they differ. Name the release in a"
        f" citation.\n{sections}"
    )
