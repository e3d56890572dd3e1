"""Colours on light ground; the style sheet has those on dark ground."""

INK, FAINT, STROKE, RULE, PAPER = "#22201b", "#6b6557", "#7d7566", "#e6dfcf", "#fbf8f1"
DISPUTE, PLAIN, SIGN, CONTEXT = "#a4471a", "#d9d0bc", "#57524a", "#e7dfce"
BANDS = ("#cabfa6", "#c0b498")
#: Colours of agents who are met twice, on light and on dark ground alike.
PALETTE = (
    *("#a8c3b0", "#d3a79b", "#b0bddb", "#dfc685", "#c9aecb"),
    *("#9cc4cb", "#c3c98e", "#dcae86", "#b9b3a0", "#a7b7a0"),
)


def agent_colour(colour: int | None, plain: str, css: str) -> tuple[str, str]:
    """Return the class and the fill of an agent's *colour*: *css* and *plain* without one."""
    return (css, plain) if colour is None else (f"agent{colour}", PALETTE[colour])
