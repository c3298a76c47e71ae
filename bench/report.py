"""Tables. Knows no measurement."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.table import Table

BASELINE = "baseline"


@dataclass
class Report:
    """One table: its rows, and what has to be known to read it."""

    title: str
    columns: Sequence[str]
    notes: Sequence[str] = ()
    rows: list[Sequence[str]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """One row more."""
        self.rows.append(cells)

    def print(self, console: Console) -> None:
        """Show it."""
        table = Table(title=self.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for number, name in enumerate(self.columns):
            table.add_column(name, justify="right" if number else "left", no_wrap=True)
        for row in self.rows:
            table.add_row(*row)
        console.print(table)
        for note in self.notes:
            console.print(note, style="dim", soft_wrap=True)
        console.print()


def against(value: float, limit: float, unit: str = "") -> str:
    """A target, and whether it was met."""
    return f"≤ {limit:g}{unit} {'met' if value <= limit else 'MISSED'}"


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds, with three digits that mean something."""
    ms = seconds * 1000
    return f"{ms:.2f} ms" if ms < 10 else f"{ms:.1f} ms" if ms < 100 else f"{ms:.0f} ms"


def load() -> str:
    """How busy the machine is, where it says so."""
    if not hasattr(os, "getloadavg"):
        return "unknown"
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
