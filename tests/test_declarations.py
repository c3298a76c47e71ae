"""Laws over the declarations, and that a bad one is refused when its module is imported."""

from typing import Annotated, Any

import pytest

from bot.command import COMMAND_LIMIT, BadCommand, Command, Opt, Registry, declare_command, merge
from bot.commands import registry
from bot.context import Context
from bot.kinds import KindName
from bot.message import Answer, Call, Message

every_command = pytest.mark.parametrize("command", registry.commands.values(), ids=lambda c: c.name)


@every_command
def test_every_command_has_help_and_every_option_a_question(command: Command) -> None:
    assert command.help.endswith(".")
    assert all(option.opt.question for option in command.options)


@every_command
def test_every_asked_option_of_a_shown_command_can_be_typed(command: Command) -> None:
    assert command.usage.startswith(command.name)
    for option in command.asked:
        assert option.kind.name in KindName


@every_command
def test_options_that_name_a_record_offer_it(command: Command) -> None:
    for option in command.asked:
        if option.kind.name is KindName.APPLICATION:
            assert option.opt.complete, f"{command.name}: {option.name}"


def test_a_missing_answer_opens_the_form_without_any_database() -> None:
    form = registry.unanswered(Call("job applied", {"role": "SRE"}))
    assert form is not None
    assert form.call.answers == {"role": "SRE"}
    assert registry.unanswered(Call("job applied", {"role": "SRE", "company": "Acme"})) is None
    link = {"role": "SRE", "link": "https://jobs.lever.co/acme/1"}
    assert registry.unanswered(Call("job applied", link)) is None


def job_good(ctx: Context, name: Annotated[str, Opt("Name?")] = "") -> Answer:
    """A good one."""
    return Message("Good")


def job_Bad(ctx: Context) -> Answer:
    """A name with a capital."""
    return Message("")


def job_helpless(ctx: Context) -> Answer:
    return Message("")


def job_untyped(ctx: Context, name: str = "") -> Answer:
    """An option without a question."""
    return Message("")


def job_unknown(ctx: Context, name: Annotated[complex, Opt("How?")] = 1j) -> Answer:
    """A type that is not in the table."""
    return Message("")


def job_order(
    ctx: Context, first: Annotated[str, Opt("?")] = "", *, second: Annotated[str, Opt("?")]
) -> Answer:
    """A required option after an optional one."""
    return Message("")


def job_wordy(ctx: Context, name: Annotated[str, Opt("x" * 101)] = "") -> Answer:
    """A question that is too long."""
    return Message("")


def job_hidden(ctx: Context, name: Annotated[str, Opt("Who?", hidden=True)]) -> Answer:
    """A hidden option that is required."""
    return Message("")


def job_contextless(name: Annotated[str, Opt("Who?")]) -> Answer:
    """Without a context."""
    return Message("")


BAD = (
    job_Bad,
    job_helpless,
    job_untyped,
    job_unknown,
    job_order,
    job_wordy,
    job_hidden,
    job_contextless,
)


@pytest.mark.parametrize("handler", BAD, ids=lambda handler: handler.__name__)
def test_what_no_platform_would_take_is_refused(handler: Any) -> None:
    with pytest.raises(BadCommand):
        declare_command("job", handler)


def test_a_phrase_can_only_name_options() -> None:
    with pytest.raises(BadCommand, match="wrong"):
        declare_command("job", job_good, phrase="{wrong}")


def test_a_name_can_be_used_only_once() -> None:
    first, second = Registry("job"), Registry("job")
    first.command()(job_good)
    second.command()(job_good)
    with pytest.raises(BadCommand, match="twice"):
        first.command()(job_good)
    with pytest.raises(BadCommand, match="twice"):
        merge((first, second))


def test_a_group_is_no_larger_than_a_platform_allows() -> None:
    crowd = Registry("job")
    for n in range(COMMAND_LIMIT + 1):
        command = declare_command("job", job_good)
        crowd.commands[f"job n{n}"] = command
    with pytest.raises(BadCommand, match="more than"):
        merge((crowd,))
