"""From one name of each resource back to all of them, up to a limit on the number of statements."""

from partyline.errors import ClosureTooLarge
from partyline.reasoning.evaluate.columns.equality import expanded
from partyline.reasoning.evaluate.columns.evaluation import Evaluation
from partyline.reasoning.model.rules import show
from partyline.vocabulary import OWL

_NAMES = "(SELECT member FROM clique)"
_TOUCHED = f"(s IN {_NAMES} OR p IN {_NAMES} OR o IN {_NAMES})"


def close(evaluation: Evaluation, largest: int) -> None:
    """Make the table ``closed`` of all facts ``(s, p, o)``, every resource under each of its names.

    Its column ``r`` is 0 for an asserted fact. Raises EngineError where names would add more than
    *largest* facts.
    """
    database = evaluation.database
    database.run("CREATE TABLE closed (s INTEGER, p INTEGER, o INTEGER, r INTEGER)")
    evaluation.hand_over("closed")
    elsewhere = evaluation.layout.elsewhere(evaluation.cliques.members())
    database.run(
        f"INSERT INTO closed SELECT s, p, o, 0 FROM asserted WHERE {elsewhere}"
        f" UNION ALL SELECT s, p, o, 1 FROM axiom WHERE {elsewhere}"
    )
    if evaluation.cliques:
        touched = f"SELECT DISTINCT s, p, o FROM closed WHERE {_TOUCHED}"
        database.run(f"CREATE TABLE touched AS {touched}")
        _guard(evaluation, largest)
        _expand(evaluation)


def _guard(evaluation: Evaluation, largest: int) -> None:
    """Count what all names would take, before anything is added."""
    database = evaluation.database
    database.run(
        "CREATE TABLE names AS SELECT representative AS m, count(*)::BIGINT AS n"
        " FROM clique GROUP BY m"
    )
    total = database.one(
        "SELECT sum(coalesce(one.n, 1) * coalesce(two.n, 1) * coalesce(three.n, 1))::BIGINT"
        " FROM touched LEFT JOIN names AS one ON s = one.m LEFT JOIN names AS two ON p = two.m"
        " LEFT JOIN names AS three ON o = three.m"
    )
    total = max(total, database.one("SELECT sum(n * n)::BIGINT FROM names"))
    if total > largest:
        raise _explosion(evaluation, total, largest)


def _explosion(evaluation: Evaluation, total: int, largest: int) -> ClosureTooLarge:
    members = max(evaluation.cliques.members().values(), key=len)
    nodes = evaluation.database.nodes(members[:3])
    named = ", ".join(show(nodes[number]) for number in members[:3])
    causes = [rule for rule, count in evaluation.mergers.most_common(3) if count]
    listed = "".join(f"\n  {rule}" for rule in causes) or "\n  (asserted owl:sameAs)"
    return ClosureTooLarge(
        f"owl:sameAs makes {len(members)} terms ({named}, …) one resource: the statements about"
        f" all of them are {total} triples, more than {largest}; it follows by{listed}",
        "if they are not the same, correct the data or the axiom of that rule; if they are,"
        " state everything about one of them, without owl:sameAs",
        tuple(axiom for rule in causes for axiom in rule.axioms),
    )


def _expand(evaluation: Evaluation) -> None:
    """Write the facts about resources with several names under all of them."""
    database = evaluation.database
    database.run(f"DELETE FROM closed WHERE {_TOUCHED}")
    # What is asserted under one name is derived under another; that a thing is itself is said
    # where somebody said so.
    same = database.number(OWL.sameAs)
    database.run(
        "INSERT INTO closed SELECT s, p, o, CASE WHEN a.r IS NULL THEN 1 ELSE 0 END"
        f" FROM ({expanded('SELECT s, p, o FROM touched')})"
        " LEFT JOIN (SELECT s, p, o, 0 AS r FROM asserted) AS a USING (s, p, o)"
        f" WHERE a.r IS NOT NULL OR p <> {same} OR s <> o"
    )
