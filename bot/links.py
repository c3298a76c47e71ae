"""Which employer an advert's address belongs to, read off the address alone: nothing is fetched."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

# Applicant-tracking systems whose addresses carry the employer's name: in the path, or as a
# sub-domain.
_IN_PATH = re.compile(
    r"(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io|jobs(?:\.eu)?\.lever\.co|jobs\.ashbyhq\.com"
    r"|apply\.workable\.com|jobs\.smartrecruiters\.com|careers\.smartrecruiters\.com"
    r"|jobs\.jobvite\.com|ats\.rippling\.com|jobs\.gem\.com"
)
_SUBDOMAIN = re.compile(
    r"([\w-]+)\.(?:wd\d+\.myworkdayjobs\.com|myworkdayjobs\.com|workable\.com|recruitee\.com"
    r"|breezy\.hr|bamboohr\.com|teamtailor\.com|pinpointhq\.com|jobs\.personio\.(?:de|com)"
    r"|applytojob\.com|icims\.com|greenhouse\.io)"
)
_NOT_NAMES = {"embed", "job_app", "j", "jobs", "www", "careers", "en", "en-us", "api", "app"}
# Endings that are part of how a sub-domain is made, not of the name.
_TRIM = re.compile(r"^(?:careers|jobs)-|(?:-?careers|-?jobs)$")


def company_in(url: str) -> str:
    """The employer's name in an applicant-tracking system's address, or "" when it is not there."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").casefold()
    except ValueError:
        return ""
    steps = [unquote(step) for step in parts.path.split("/") if step]
    name = ""
    if _IN_PATH.fullmatch(host):
        name = next((step for step in steps if step.casefold() not in _NOT_NAMES), "")
        name = parse_qs(parts.query).get("for", [name])[0]
    elif found := _SUBDOMAIN.fullmatch(host):
        name = _TRIM.sub("", found[1])
    if name.casefold() in _NOT_NAMES or not re.search(r"[^\W\d_]", name):
        return ""
    return _spelled(name)


def _spelled(slug: str) -> str:
    words = re.sub(r"[-_+]+", " ", slug).strip()
    # A slug has no capitals of its own to keep; one that has them is how the employer writes it.
    return words.title() if words == words.lower() else words


def company_from(answers: Mapping[str, str]) -> str:
    """The company that follows from the advert's address, or from an agency's silence."""
    if name := company_in(answers.get("link", "")):
        return name
    return "?" if answers.get("agency", "").strip() else ""
