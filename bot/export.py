"""Everything about a person as files to keep, made when they are wanted. Knows no way out."""

import csv
import io
import json

from bot.message import File
from bot.model import Seeker
from bot.ports import Unit

# A spreadsheet runs a cell that begins with one of these as a formula (OWASP ASVS 1.2.10,
# CWE-1236).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")

COLUMNS = (
    "number",
    "applied_on",
    "company",
    "role",
    "agency",
    "contact",
    "via",
    "stage",
    "follow_up_sent",
    "interviews",
    "heard",
    "link",
    "referrer",
    "closes_on",
    "decision_on",
    "fit",
    "proof",
    "why_here",
    "note",
)


def files(unit: Unit, seeker: Seeker) -> tuple[File, File]:
    """All that is stored about this person as JSON, and their applications for a spreadsheet."""
    whole = json.dumps(unit.export(seeker.id), ensure_ascii=False, indent=1).encode()
    return File("followthrough.json", whole), File("applications.csv", _csv(unit, seeker))


def _csv(unit: Unit, seeker: Seeker) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    cases = unit.cases([(seeker.id, a.number) for a in unit.applications.all(seeker.id)])
    for _, case in sorted(cases.items()):
        a = case.application
        sent = case.follow_up.sent_at if case.follow_up else None
        cells = (
            a.number,
            a.applied_on,
            a.company,
            a.role,
            a.agency,
            a.contact or "",
            a.via.value,
            a.stage.value,
            sent.astimezone(seeker.tz).date() if sent else "",
            "; ".join(
                f"{i.starts_at.astimezone(seeker.tz):%Y-%m-%d %H:%M}" for i in case.interviews
            ),
            "; ".join(f"{r.on} {r.what}" for r in case.replies),
            a.link,
            a.referrer,
            a.closes_on or "",
            a.decision_on or "",
            a.fit,
            a.proof,
            a.why_here,
            a.note,
        )
        rows.writerow([guarded(str(cell)) for cell in cells])
    return out.getvalue().encode()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and no terminal for an order."""
    # Control characters are shown as pictures; lines may stay.
    cell = "".join(chr(0x2400 + ord(c)) if ord(c) < 32 and c not in "\n\t" else c for c in cell)
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell
