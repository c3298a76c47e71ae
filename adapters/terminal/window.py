"""A conversation with somebody who sits there, by prompt_toolkit. Knows keys; no commands.

What was typed is kept in memory only: a job search is a secret, and a history file would tell it.
"""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import DummyHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.shortcuts import CompleteStyle

from adapters.terminal.colors import ColorPage
from adapters.terminal.literal import one_line
from adapters.terminal.screen import Cancelled, Suggest, nothing
from bot.message import Message


class Window:
    """A Screen whose lines are edited and completed; what arrives is printed above them."""

    typed = True

    def __init__(self, page: ColorPage) -> None:
        self._page = page
        self._lines: PromptSession[str] = _session(InMemoryHistory(), _line_keys())
        self._answers: PromptSession[str] = _session(DummyHistory(), _answer_keys())
        self._stopped = False

    async def line(self, mark: str, suggest: Suggest) -> str | None:
        return await self._read(self._lines, mark, "", suggest)

    async def answer(self, default: str, suggest: Suggest, *, long: bool) -> str | None:
        return await self._read(self._answers, "", default, suggest)

    async def say(self, *lines: str) -> None:
        await self._above(lambda: self._page.say(*lines))

    async def show(
        self, message: Message, heading: str, first: int, notes: Sequence[str] = ()
    ) -> None:
        await self._above(lambda: self._page.show(message, heading, first, notes))

    def stop(self) -> None:
        self._stopped = True
        for session in (self._lines, self._answers):
            if session.app.is_running and not session.app.is_done:
                session.app.exit(exception=EOFError())

    async def _read(
        self, session: PromptSession[str], mark: str, default: str, suggest: Suggest
    ) -> str | None:
        if self._stopped:
            return None
        before = FormattedText([("fg:ansicyan", one_line(mark)), ("bold", "> ")])
        completer = None if suggest is nothing else _Suggesting(suggest)
        try:
            # Signals are the caller's: this way SIGINT and SIGTERM end the chat alike.
            return await session.prompt_async(
                before, default=default, completer=completer, handle_sigint=False
            )
        except EOFError:
            return None
        except KeyboardInterrupt:
            raise Cancelled from None

    async def _above(self, show: Callable[[], None]) -> None:
        if any(session.app.is_running for session in (self._lines, self._answers)):
            await run_in_terminal(show)
        else:
            show()


class _Suggesting(Completer):
    """Suggestions as prompt_toolkit wants them."""

    def __init__(self, suggest: Suggest) -> None:
        self._suggest = suggest

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        return ()

    async def get_completions_async(
        self, document: Document, event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        for found in await self._suggest(document.text_before_cursor):
            yield Completion(
                found.text,
                start_position=-found.back,
                display=one_line(found.shown or found.text),
                display_meta=one_line(found.help),
            )


def _session(history: InMemoryHistory | DummyHistory, keys: KeyBindings) -> PromptSession[str]:
    return PromptSession(
        history=history,
        key_bindings=keys,
        complete_style=CompleteStyle.COLUMN,
        erase_when_done=False,
    )


def _line_keys() -> KeyBindings:
    """Ctrl-C empties a line that has something, as in a shell, and leaves from an empty one."""
    keys = KeyBindings()

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt())

    return keys


def _answer_keys() -> KeyBindings:
    """Ctrl-C leaves the form; Alt-Enter begins another line."""
    keys = KeyBindings()

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
