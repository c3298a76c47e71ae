"""The table of a run, on a terminal and in docs/reliability.md. Knows no trial."""

import io
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from faults.account import Account, Fate

DOCUMENT = Path(__file__).parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- faults -->", "<!-- end of faults -->"
WIDTH = 160
_COLUMNS = (
    "what goes wrong", "database", "due", "kills", "faults", "arrived", "shown", "refused",
    "waiting", "lost", "again", "silently", "seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What came of a scenario on one database; `why` is set where it was left out or broke off."""

    name: str
    database: str
    account: Account
    kills: int = 0
    faults: int = 0
    seconds: float = 0.0
    why: str = ""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.account.sound and not self.why.startswith("broke off")


def table(results: list[Result]) -> Table:
    """One row for each, and their sums."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(_COLUMNS):
        left = number < 2
        made.add_column(name, justify="left" if left else "right", no_wrap=True)
    for result in results:
        if result.why:
            made.add_row(result.name, f"{result.database}: {result.why}")
            continue
        made.add_row(result.name, result.database, *_numbers(result), f"{result.seconds:.0f}")
    made.add_section()
    sums = [_numbers(result) for result in results if not result.why]
    whole = [str(sum(int(numbers[place]) for numbers in sums)) for place in range(10)]
    made.add_row("together", "", *whole, f"{sum(r.seconds for r in results):.0f}")
    return made


def _numbers(result: Result) -> list[str]:
    account = result.account
    fates = [account.fates[fate] for fate in Fate]
    counts = (account.due, result.kills, result.faults, *fates, account.said, account.unsaid)
    return [str(count) for count in counts]


def write(results: list[Result], words: str) -> None:
    """Put the table between the marks of the document."""
    console = Console(file=io.StringIO(), width=WIDTH)
    console.print(table(results))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue().splitlines()
    lines = "\n".join(line.rstrip() for line in shown).strip("\n")
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{words}\n\n```text\n{lines}\n```\n{END}{after}")
