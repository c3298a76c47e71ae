"""How the command ends: its codes, and the one sentence when it cannot. Knows no subcommand."""

import sys

from adapters.settings import NAME

DONE, TROUBLE = 0, 1


def complain(sentence: str) -> int:
    """Say on standard error what is in the way; returns the code to end with."""
    print(f"{NAME}: {sentence}", file=sys.stderr)
    return TROUBLE
