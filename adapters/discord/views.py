"""Views and modals that only describe what is shown. Knows discord.py's builders.

The library remembers every view it sends until it is told that nothing waits for it any more, and
answers clicks from that memory. We answer each from its own id, so nothing may be remembered.
"""

from discord import ui


class Layout(ui.LayoutView):
    """A message's components."""

    def is_finished(self) -> bool:
        return True


class Asking(ui.Modal):
    """A form."""

    def is_finished(self) -> bool:
        return True
