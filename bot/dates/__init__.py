"""The days and times people type, read in their own zone and said back. Knows no records, no now.

A phrase is put into plain words (`words`), its clock time is taken off (`clock`), and what is left
is looked for on the calendar (`days`); only month names and distances, "12 June" and "in 2 weeks",
go to the date library (`parsing`), and only behind a gate. What is not understood is refused and
never taken for today. tests/phrases.py is the table the library was chosen by.
"""

from bot.dates.days import Lean
from bot.dates.ending import split_day, split_instant
from bot.dates.reading import (
    Ambiguous,
    NoTime,
    Unreadable,
    read_day,
    read_exact,
    read_instant,
    read_time,
)
from bot.dates.saying import say_day, say_instant

__all__ = [
    "Ambiguous",
    "Lean",
    "NoTime",
    "Unreadable",
    "read_day",
    "read_exact",
    "read_instant",
    "read_time",
    "say_day",
    "say_instant",
    "split_day",
    "split_instant",
]
