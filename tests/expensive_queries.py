"""Queries that bring down servers, one of each kind, and queries that try to reach the network."""

from collections.abc import Mapping

_DEEP = 8000
_ALL = "?a ?b ?c . ?d ?e ?f"
_MORE = f"{_ALL} . ?g ?h ?i . ?j ?k ?l"


def _nested(opening: str, closing: str, inside: str = "", times: int = _DEEP) -> str:
    return opening * times + inside + closing * times


def _doubling(start: str, times: int = 40) -> str:
    steps = "".join(f" BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(times))
    return f'SELECT (STRLEN(?x{times}) AS ?n) {{ BIND("{start}" AS ?x0){steps} }}'


#: They parse, run, and want more time, memory or output than anybody should have.
RUNNING: Mapping[str, str] = {
    "cross product, counted": f"SELECT (COUNT(*) AS ?n) {{ {_MORE} }}",
    "cross product, never true": f"ASK {{ {_MORE} FILTER(?c > ?f && ?f > ?i && ?i > ?c) }}",
    "cross product, sorted": f"SELECT * {{ {_MORE} }} ORDER BY ?c DESC(?f) ?l",
    "cross product, distinct": f"SELECT DISTINCT ?a ?e ?i ?l {{ {_MORE} }}",
    "cross product, grouped": f"SELECT ?a ?e (COUNT(*) AS ?n) {{ {_MORE} }} GROUP BY ?a ?e ?i",
    "cross product, constructed": f"CONSTRUCT {{ ?a ?e ?i . ?d ?b ?l }} WHERE {{ {_MORE} }}",
    "cross product, described": f"DESCRIBE * {{ {_MORE} }}",
    "cross product, sub-selects": "SELECT * {"
    + "".join(f"{{ SELECT ?s{i} {{ ?s{i} ?p{i} ?o{i} }} }}" for i in range(6))
    + "}",
    "all rows, unsorted": f"SELECT * {{ {_MORE} }}",
    "path over everything": "SELECT * { ?a (<urn:x>|!<urn:x>)* ?b . ?b !<urn:y> ?c }",
    "path both ways": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|!^<urn:x>)* ?b . ?c ?d ?e }",
    "path of paths": "SELECT * { ?a ((((!<urn:x>)*)+)*/(^!<urn:x>)*)+ ?b . ?c ?d ?e . ?f ?g ?h }",
    "regular expression, repeated": "SELECT ?a { ?a ?b ?c . ?d ?e ?f"
    ' FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "' + "(a*)*" * 8 + '(.*)(.*)(.*)x$")) }',
    "regular expression, huge": "SELECT ?a { ?a ?b ?c"
    ' FILTER(REGEX(STR(?c), "(((((a{90}){90}){90}){90}){90})")) }',
    "regular expression, computed": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
    ' FILTER(REGEX(STR(?c), CONCAT("(", STR(?f), ")*", STR(?i)))) }',
    "replacement that grows": "SELECT ?x { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(REPLACE(REPLACE("
    'REPLACE(STR(?c), ".", "$0$0$0$0$0$0$0"), ".", "$0$0$0$0$0$0$0"), ".", "$0$0$0$0") AS ?x) }',
    "strings that double": _doubling("sixteen letters."),
    "concatenation of everything": "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x)"
    f" {{ {_MORE} }}",
    "join of two thousand": "SELECT * { "
    + " . ".join(f"?v{i} ?p{i} ?v{i + 1}" for i in range(1500))
    + " }",
    "star of a thousand": "SELECT * { " + " ".join(f"?s ?p{i} ?o{i} ." for i in range(900)) + " }",
    "optional after optional": "SELECT * { ?a ?b ?c "
    + " ".join(f"OPTIONAL {{ ?x{i} ?y{i} ?z{i} }}" for i in range(200))
    + " }",
    "exists over a product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c FILTER NOT EXISTS"
    " { ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?f = ?i && ?c != ?f && ?d != ?j) } }",
    "minus a product": f"SELECT (COUNT(*) AS ?n) {{ {_ALL} MINUS {{ {_MORE} }} }}",
    "values against values": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(
        f"VALUES ?v{i} {{ {' '.join(str(number) for number in range(400))} }}" for i in range(6)
    )
    + " }",
    "random numbers": f"SELECT (COUNT(DISTINCT ?r) AS ?n) {{ {_MORE} BIND(RAND() AS ?r) }}",
    "new nodes": "CONSTRUCT { ?x <urn:p> [ <urn:q> [ <urn:r> ?y ] ] }"
    f" WHERE {{ {_MORE} BIND(BNODE() AS ?x) BIND(UUID() AS ?y) }}",
    "hashes": f"SELECT (MAX(SHA512(CONCAT(STR(?a), STR(?f), STR(?i)))) AS ?x) {{ {_MORE} }}",
    "lateral joins": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c"
    + "".join(f" LATERAL {{ SELECT * {{ ?d{i} ?e{i} ?f{i} }} LIMIT 1000 }}" for i in range(5))
    + " }",
    "offset into nowhere": f"SELECT * {{ {_MORE} }} OFFSET 9000000000000000000",
    "union of products": "SELECT (COUNT(*) AS ?n) { "
    + " UNION ".join(f"{{ {_MORE} FILTER(?c != ?f) }}" for _ in range(40))
    + " }",
}

#: They end the process that parses them, or keep it for long.
PARSING: Mapping[str, str] = {
    "parentheses": f"ASK {{ FILTER({_nested('(', ')', '1')}) }}",
    "groups": f"ASK {{ {_nested('{', '}')} }}",
    "optional groups": f"ASK {{ {_nested('OPTIONAL{', '}', times=6000)} }}",
    "sub-selects": f"ASK {{ {_nested('{SELECT*{', '}}', times=5000)} }}",
    "negations": f"ASK {{ FILTER({'!' * 60_000}true) }}",
    "sums": f"SELECT (1{' + 1' * 15_000} AS ?x) {{}}",
    "signs": f"SELECT ({'- ' * 25_000}1 AS ?x) {{}}",
    "path brackets": f"ASK {{ ?a {_nested('(', ')', '<a:b>')} ?b }}",
    "path stars": f"ASK {{ ?a {_nested('(', ')*', '<a:b>')} ?b }}",
    "inverse paths": f"ASK {{ ?a {_nested('^(', ')', '<a:b>')} ?b }}",
    "lists": f"ASK {{ ?a ?b {_nested('(', ')', '1')} }}",
    "blank nodes": f"ASK {{ ?a ?b {_nested('[<a:b> ', ']', '1', times=6000)} }}",
    "quoted triples": f"ASK {{ ?a ?b {_nested('<<(<a:s> <a:p> ', ')>>', '1', times=2500)} }}",
    "exists": f"ASK {{ {_nested('FILTER EXISTS { ?a ?b ?c ', '}', times=2400)} }}",
    "functions": f"SELECT ({_nested('STR(', ')', '1')} AS ?x) {{}}",
    "conditions": f"SELECT ({_nested('IF(true, ', ', 1)', '1', times=4000)} AS ?x) {{}}",
    "escaped brackets": "ASK { FILTER(" + _nested(r"\u0028", r"\u0029", "1", times=5000) + ") }",
    "unions": "ASK { {}" + " UNION {}" * 6000 + " }",
    "bindings": "ASK { " + " ".join(f"BIND({i} AS ?v{i})" for i in range(3000)) + " }",
    "list of values": "ASK { FILTER(?x IN (" + ", ".join(f"<a:{i}>" for i in range(8000)) + ")) }",
    "table of values": "ASK { VALUES ?x { " + " ".join(f"<a:{i}>" for i in range(8000)) + " } }",
    "unclosed strings": "ASK { ?a ?b " + "'''\\" * 15_000,
    "one long word": "ASK { ?a ?b " + "a-" * 30_000 + " }",
    "prefixes": "".join(f"PREFIX p{i}: <urn:{i}>\n" for i in range(2500)) + "ASK {}",
}


def outgoing(address: str, file: str) -> Mapping[str, str]:
    """Return queries that try to have *address* asked or *file* read."""
    service = f"<{address}service>"
    return {
        "service": f"SELECT * {{ SERVICE {service} {{ ?s ?p ?o }} }}",
        "service silent": f"SELECT * {{ sErViCe SILENT {service} {{ ?s ?p ?o }} }}",
        "service of a variable": f"SELECT * {{ BIND({service} AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
        "service of a prefix": f"PREFIX : <{address}> SELECT * {{ SERVICE:x{{ ?s ?p ?o }} }}",
        "service in exists": f"ASK {{ FILTER EXISTS {{ SERVICE {service} {{ ?s ?p ?o }} }} }}",
        "service in a sub-select": f"ASK {{ {{ SELECT * {{ SERVICE {service} {{}} }} }} }}",
        "service in optional": f"ASK {{ OPTIONAL {{ SERVICE {service} {{ ?s ?p ?o }} }} }}",
        "service in minus": f"ASK {{ ?s ?p ?o MINUS {{ SERVICE {service} {{ ?s ?p ?o }} }} }}",
        "service with escapes": rf"ASK {{ \u0053ERVI\U00000043E {service} {{ ?s ?p ?o }} }}",
        "service after a string": f'ASK {{ ?s ?p "#" . SERVICE {service} {{ ?s ?p ?o }} }}',
        "service after a comment": f"ASK {{ # <\rSERVICE {service} {{ ?s ?p ?o }} }}",
        "service without spaces": f"ASK{{?s ?p 1.SERVICE{service}{{?s ?p ?o}}}}",
        "from": f"SELECT * FROM <{address}data.ttl> {{ ?s ?p ?o }}",
        "from named": f"SELECT * FROM NAMED <{address}data.ttl> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "from a file": f"SELECT * FROM <file://{file}> {{ ?s ?p ?o }}",
        "graph": f"SELECT * {{ GRAPH <{address}data.ttl> {{ ?s ?p ?o }} }}",
        "load": f"LOAD <{address}data.ttl>",
        "load a file": f"LOAD SILENT <file://{file}>",
        "load after a query": f"ASK {{}} ; LOAD <{address}data.ttl>",
    }
