"""Findings -> lines for an operator, one each. Looks at nothing."""

from collections.abc import Sequence

from adapters.doctor.finding import Finding, Level

_WIDTH = max(len(level) for level in Level)


def told(findings: Sequence[Finding]) -> str:
    """A line for each, and one more that sums up."""
    return "\n".join([*map(_line, findings), _sum(findings)])


def _line(finding: Finding) -> str:
    whole = f"{finding.level:<{_WIDTH}}  {finding.what} {finding.do}"
    # A file's name may hold a line break, and no finding may pass for two.
    return "".join(each if each.isprintable() else "?" for each in whole.rstrip())


def _sum(findings: Sequence[Finding]) -> str:
    wrong = sum(finding.level is Level.WRONG for finding in findings)
    if not wrong:
        looks = sum(finding.level is Level.LOOK for finding in findings)
        things = "one thing" if looks == 1 else f"{looks} things"
        return f"Nothing is wrong; {things} to look at." if looks else "Nothing is wrong."
    return "One thing is wrong." if wrong == 1 else f"{wrong} things are wrong."
