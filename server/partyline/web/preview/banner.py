"""The findings of the sources above a page, as HTML."""

from collections.abc import Iterable

from markupsafe import Markup

from partyline.display import visible
from partyline.findings import Finding, Severity
from partyline.releases import PreviewState

#: Findings that are written out; what more there are is counted.
_LISTED = 20
_PARAGRAPH, _ITEM, _CODE = Markup("<p>{}</p>"), Markup("<li>{}</li>"), Markup("<code>{}</code>")


def banner(state: PreviewState) -> Markup:
    """Return the findings of *state* and whether they keep it from being served."""
    if not (state.findings or state.problem):
        return Markup()
    parts = [_problem(state.problem)] if state.problem else []
    listed = sorted(state.findings, key=lambda row: row.severity is not Severity.VIOLATION)
    parts += [_finding(row) for row in listed[:_LISTED]]
    if len(listed) > _LISTED:
        parts.append(
            _element(_PARAGRAPH, f"and {len(listed) - _LISTED} more; the terminal lists them")
        )
    content = Markup("").join(parts)
    # What does not keep it from being built need not push the page down.
    is_urgent = not state.is_current or any(
        row.severity is Severity.VIOLATION for row in state.findings
    )
    return Markup(
        '<aside class="preview" aria-label="Findings"><details{}><summary>{}</summary>{}</details>'
        "</aside>"
    ).format(Markup(" open") if is_urgent else "", _summary(state), content)


def _summary(state: PreviewState) -> str:
    counts = [
        _counted(name, [row for row in state.findings if row.severity is severity])
        for name, severity in (("error", Severity.VIOLATION), ("warning", Severity.WARNING))
    ]
    counted = " and ".join(filter(None, counts))
    if state.is_current:
        return f"The sources have {counted}"
    why = f": the sources have {counted}" if counted else ""
    return f"This page is of an earlier state{why}"


def _counted(name: str, findings: Iterable[Finding]) -> str:
    number = sum(row.count for row in findings)
    return f"{number} {name}{'s' * (number > 1)}" if number else ""


def _finding(finding: Finding) -> Markup:
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    details = Markup("").join(_element(_ITEM, row) for row in finding.details)
    return Markup('<section class="{}">{}{}{}{}</section>').format(
        finding.severity,
        _element(_CODE, place),
        _element(_PARAGRAPH, f"{finding.message} [{finding.code}]"),
        Markup("<ul>{}</ul>").format(details) if details else "",
        _element(_PARAGRAPH, f"Remedy: {finding.remedy}") if finding.remedy else "",
    )


def _problem(message: str) -> Markup:
    return Markup('<section class="error">{}</section>').format(_element(_PARAGRAPH, message))


def _element(element: Markup, text: str) -> Markup:
    return element.format(visible(text))
