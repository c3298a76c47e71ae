"""Are vulnerabilities known in what the locks name? `python -m tests.audit`, for `./dev check`.

pip-audit asks OSV (https://osv.dev). It is not asked for PyPI's own answers: a mirror of PyPI often
has none, and pip-audit takes "not found" for "nothing known". Where OSV does not answer, that is
said and nothing fails: a check must also work on a train. Knows the locks; installs nothing.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")
# A line for each vulnerability that is not ours: its id (any of its names), then why not.
IGNORED = ROOT / "tests" / "audit_ignored.txt"
# Something that is vulnerable for certain and in no lock of ours. Whoever answers and does not know
# it, such as the page of a hotel's network, knows nothing.
KNOWN_BAD = ("django", "2.0")
# For one answer, and for all of them together.
SECONDS = 5
SECONDS_IN_ALL = 60

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
# In the last line of a traceback; the rest of it is long, and may name a proxy.
_ERROR = re.compile(r"\b[A-Z]\w+(?:Error|Timeout)\b")


class Unanswered(Exception):
    """Nobody could say; `str(e)` is why."""


@dataclass(frozen=True)
class Finding:
    """A known vulnerability in a version that a lock names; `ids` are all the names it has."""

    package: str
    version: str
    ids: tuple[str, ...]
    mended_in: tuple[str, ...]

    def __str__(self) -> str:
        mended = f"mended in {' or '.join(self.mended_in)}" if self.mended_in else "not mended yet"
        return f"{self.package} {self.version}: {', '.join(self.ids)}, {mended}"


def pinned(locks: Iterable[Path]) -> list[tuple[str, str]]:
    """Every package and version in the locks, of all platforms, each once."""
    lines = (line for lock in locks for line in lock.read_text(encoding="utf-8").splitlines())
    return sorted({(found[1], found[2]) for line in lines if (found := _PINNED.match(line))})


def ignored(path: Path) -> dict[str, str]:
    """Ids and why they are ignored; raises ValueError for one without a reason."""
    reasons: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        one, _, reason = line.strip().partition(" ")
        if not reason.strip():
            raise ValueError(f"{path.name}: {one} is ignored without a reason.")
        reasons[one] = reason.strip()
    return reasons


def audit(
    packages: Sequence[tuple[str, str]],
    url: str | None = None,
    *,
    seconds: int = SECONDS,
    in_all: float = SECONDS_IN_ALL,
) -> list[Finding]:
    """What is known against these versions; raises Unanswered.

    `url` takes the place of OSV's. `seconds` is how long an answer may take, `in_all` the whole.
    """
    with tempfile.TemporaryDirectory(prefix="audit") as folder:
        # Without hashes and markers: pip-audit would leave out what this platform does not install.
        asked = Path(folder) / "asked.txt"
        asked.write_text("".join(f"{n}=={v}\n" for n, v in [*packages, KNOWN_BAD]))
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(asked)]
        command += ["--no-deps", "--disable-pip", "--vulnerability-service", "osv"]
        command += ["--format", "json", "--aliases", "on", "--progress-spinner", "off"]
        command += ["--timeout", str(seconds), "--cache-dir", str(Path(folder) / "cache")]
        command += ["--osv-url", url] if url else []
        try:
            ended = subprocess.run(command, capture_output=True, timeout=in_all, check=False)
        except subprocess.TimeoutExpired:
            raise Unanswered(f"the answers took longer than {in_all:g} seconds") from None
    # Its exit status is 1 both for a finding and for a service that it could not reach.
    try:
        answers = json.loads(ended.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        named = _ERROR.findall(ended.stderr.decode(errors="replace"))
        raise Unanswered(named[-1] if named else "no answer") from None
    found = [finding for answer in answers for finding in _findings(answer)]
    if KNOWN_BAD not in {(finding.package, finding.version) for finding in found}:
        raise Unanswered("whoever answers knows of no vulnerability at all")
    missing = {name for name, _ in packages} - {answer["name"] for answer in answers}
    if missing:
        raise Unanswered(f"no answer about {', '.join(sorted(missing))}")
    return [finding for finding in found if (finding.package, finding.version) != KNOWN_BAD]


def _findings(answer: Mapping[str, Any]) -> Iterable[Finding]:
    for known in answer.get("vulns", ()):
        ids = known["id"], *sorted(known["aliases"])
        yield Finding(answer["name"], answer["version"], ids, tuple(known["fix_versions"]))


def main(
    url: str | None = None,
    locks: Sequence[Path] = LOCKS,
    apart: Path = IGNORED,
    seconds: int = SECONDS,
) -> int:
    """Audit the locks and say what was found: 1 for a vulnerability that is not ignored, else 0."""
    packages, reasons = pinned(locks), ignored(apart)
    try:
        found = audit(packages, url, seconds=seconds)
    except Unanswered as why:
        sys.stdout.write(f"Audit skipped: nobody to ask about known vulnerabilities ({why}).\n")
        return 0
    ours = [finding for finding in found if not reasons.keys() & set(finding.ids)]
    for finding in ours:
        sys.stdout.write(f"{finding}\n")
    for one in sorted(reasons.keys() - {name for finding in found for name in finding.ids}):
        sys.stdout.write(f"{apart.name}: {one} is found no longer; take its line away.\n")
    if ours:
        sys.stdout.write(f"Mend it with ./dev lock --upgrade, or say why not in {apart.name}.\n")
        return 1
    ignoring = f" that is not ignored ({len(reasons)} are)" if reasons else ""
    sys.stdout.write(f"Audit: no known vulnerability{ignoring} in {len(packages)} packages.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
