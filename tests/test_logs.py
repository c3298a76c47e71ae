"""What a line of the log looks like, and that nothing anybody wrote can get into one."""

import ast
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from adapters.logs import configure, handler
from adapters.settings import BadSetting, Settings

ROOT = Path(__file__).parents[1]

# Every name under which something may be logged. A name is here because of what it holds, which is
# never anything that a person wrote, is called, or could use to get in.
FIELDS = {
    # Ids, ours or the platform's.
    "account",
    "enterprise",
    "interaction",
    "message",
    "nudge",
    "place",
    "process",
    "reference",
    "shard",
    "team",
    "workspace",
    # Names out of our own source, or out of a closed list of the platform's.
    "answer",
    "callback",
    "check",
    "code",
    "command",
    "error",
    "kind",
    "lane",
    "listener",
    "outcome",
    "part",
    "platform",
    "state",
    "status",
    "step",
    "task",
    "version",
    "what",
    "why",
    # A place in the source.
    "at",
    # Counts and seconds.
    "again_in",
    "changed",
    "claimed",
    "count",
    "due",
    "first",
    "known",
    "late",
    "left",
    "lost",
    "nudges",
    "number",
    "people",
    "port",
    "seconds",
    "servers",
    "tries",
}
LEVELS = {"debug", "info", "warning", "error", "critical"}
# What else of a logger may be used: nothing that writes.
SETTINGS = {"setLevel"}


class Stderr(io.StringIO):
    """What was written, as lines."""

    @property
    def lines(self) -> list[str]:
        return self.getvalue().splitlines()


@pytest.fixture
def speaker(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a logger that nobody else hears."""
    name = f"speaker.{request.node.name}"
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield name
    logger.handlers.clear()


def attached(name: str, form: str) -> Stderr:
    """What a logger's records look like in this form."""
    stream = Stderr()
    logging.getLogger(name).addHandler(handler(form, stream))
    return stream


def broken() -> Exception:
    try:
        raise ValueError("canary, in somebody's words")
    except ValueError as error:
        return error


def test_a_line_for_people_says_when_how_grave_what_and_its_fields(speaker):
    stream = attached(speaker, "text")
    structlog.stdlib.get_logger(speaker).info("nudge settled", nudge=12, state="sent", first=True)
    (line,) = stream.lines
    when, rest = line.split(" ", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", when)
    assert rest == f"info  nudge settled  nudge=12 state=sent first=true logger={speaker}"


def test_a_line_for_programs_is_one_object(speaker):
    stream = attached(speaker, "json")
    structlog.stdlib.get_logger(speaker).warning("token not renewed", workspace="T1", code="a\nb")
    (line,) = stream.lines
    found = json.loads(line)
    assert list(found)[:3] == ["timestamp", "level", "event"]
    assert re.fullmatch(r"[-\d]{10}T[:.\d]+Z", found.pop("timestamp"))
    assert found == {
        "level": "warning",
        "event": "token not renewed",
        "workspace": "T1",
        "code": "a\nb",
        "logger": speaker,
    }


def test_what_a_library_says_comes_out_in_the_same_shapes(speaker):
    text, objects = attached(speaker, "text"), attached(speaker, "json")
    logging.getLogger(speaker).warning("%d connections, %s", 3, "all\x1b[31m idle\nand a quotation")
    (line,), (found,) = text.lines, map(json.loads, objects.lines)
    said = "3 connections, all?[31m idle"
    assert line.partition(" ")[2] == f"warning {said}  logger={speaker}"
    assert [found[name] for name in ("level", "event", "logger")] == ["warning", said, speaker]


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_exceptions_words_are_not_told_only_its_kind_and_place(speaker, form):
    stream = attached(speaker, form)
    logging.getLogger(speaker).error("it failed", exc_info=broken(), stack_info=True)
    structlog.stdlib.get_logger(speaker).error("it failed", exc_info=broken())
    assert len(stream.lines) == 2
    for line in stream.lines:
        assert "ValueError" in line
        assert re.search(r"test_logs\.py:\d+", line)
        assert "canary" not in line
        assert "Traceback" not in line


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_bound_to_the_context_is_on_every_line_in_it(speaker, form):
    stream = attached(speaker, form)
    with structlog.contextvars.bound_contextvars(process="7f3a"):
        structlog.stdlib.get_logger(speaker).info("ours")
        logging.getLogger(speaker).info("theirs")
    structlog.stdlib.get_logger(speaker).info("later")
    assert ["7f3a" in line for line in stream.lines] == [True, True, False]


def test_a_handler_that_knows_no_structlog_shows_every_field(caplog):
    structlog.stdlib.get_logger("speaker").warning("answer unsaid", message=3, error="canary")
    assert caplog.messages == ["answer unsaid message=3 error=canary"]
    assert "canary" in caplog.text


def test_a_host_that_has_set_up_logging_keeps_it_as_it_is():
    before = logging.getLogger().handlers[:], logging.getLogger().level
    configure(logging.CRITICAL, "json", Stderr())
    assert (logging.getLogger().handlers, logging.getLogger().level) == before


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )


def test_a_process_writes_to_the_stream_it_was_given_from_its_level_on():
    done = run(
        "import logging, sys, structlog\n"
        "from adapters.logs import configure\n"
        "configure(logging.INFO, 'json', sys.stderr)\n"
        "log = structlog.stdlib.get_logger('ours')\n"
        "log.debug('unheard'); log.info('heard', nudge=1)\n"
        "logging.getLogger('theirs').debug('unheard')\n"
        "logging.getLogger('theirs').info('heard too')\n"
    )
    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert events == ["heard", "heard too"]
    assert done.stdout == ""


def sources() -> list[Path]:
    return [path for part in ("bot", "adapters", "storage") for path in (ROOT / part).rglob("*.py")]


def logging_modules() -> list[str]:
    """The modules that have a logger of structlog's."""
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sources()
        if "structlog.stdlib.get_logger(" in path.read_text(encoding="utf-8")
    ]


def test_whichever_module_is_imported_first_nothing_is_printed():
    # Each in a process of its own would take a minute: here each begins without the others.
    done = run(
        "import importlib, sys\n"
        f"for name in {logging_modules()!r}:\n"
        "    for each in [m for m in sys.modules if m.split('.')[0] in {'bot', 'adapters',"
        " 'storage'}]:\n"
        "        del sys.modules[each]\n"
        "    importlib.import_module(name)\n"
        "    assert 'bot.logs' in sys.modules, name\n"
        "import structlog\n"
        "structlog.stdlib.get_logger('ours').warning('heard', nudge=1)\n"
    )
    assert (done.stdout, done.stderr) == ("", "heard nudge=1\n")


def said(call: ast.Call) -> list[str]:
    """What is wrong with one call of a logger."""
    assert isinstance(call.func, ast.Attribute)
    method, given = call.func.attr, list(call.args)
    if method == "log":
        # The level may be computed.
        given = given[1:]
    elif method not in LEVELS:
        return [f"log.{method}"]
    found = []
    match given:
        case [ast.Constant(value=str(event))] if event and "%" not in event:
            pass
        case _:
            found.append("the event is no constant text, or there is more than it")
    for keyword in call.keywords:
        if keyword.arg not in FIELDS:
            found.append(f"{keyword.arg}=: no field of ours")
    return found


def calls(source: str) -> Iterator[ast.Call]:
    """Every call of a method of what is named `log`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=method)):
                if method not in SETTINGS:
                    yield node


def test_every_event_is_a_fixed_text_with_fields_of_the_closed_list_alone():
    wrong, count = [], 0
    for path in sources():
        source = path.read_text(encoding="utf-8")
        # Elsewhere a `log` is something else, such as a database's.
        for call in calls(source) if "structlog" in source else ():
            count += 1
            wrong += [f"{path.relative_to(ROOT)}:{call.lineno}: {why}" for why in said(call)]
    assert not wrong, "\n".join(wrong)
    assert count > 80


def test_nothing_speaks_through_logging_past_that_rule():
    # Whatever else is made with `logging` is a library's, and under another name than `log`.
    for path in sources():
        source = path.read_text(encoding="utf-8")
        assert "log = logging.getLogger" not in source, path
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="logging"), attr=method)):
                    assert method not in LEVELS | {"exception", "log", "warn"}, path
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Call(func=ast.Attribute(attr="getLogger" | "get_logger")),
                        attr=method,
                    )
                ):
                    assert method not in LEVELS | {"exception", "log", "bind"}, path


@pytest.mark.parametrize(
    "line",
    [
        "log.info(f'hello {name}')",
        "log.info('hello %s', name)",
        "log.info('hello', name)",
        "log.info('hello', typed=name)",
        "log.info('hello', **names)",
        "log.info(name)",
        "log.info(event=name)",
        "log.exception('hello')",
        "log.log(level, name)",
        "log.bind(name=name).info('hello')",
    ],
)
def test_the_rule_sees_what_would_let_words_through(line):
    assert [why for call in calls(line) for why in said(call)]


@pytest.mark.parametrize(("given", "form"), [("", "text"), ("text", "text"), (" JSON ", "json")])
def test_the_form_is_a_setting(given, form):
    assert Settings.read({"LOG_FORMAT": given}).log_form == form


def test_another_form_is_refused_without_repeating_it():
    with pytest.raises(BadSetting, match=r"^LOG_FORMAT is text or json\.$"):
        Settings.read({"LOG_FORMAT": "s3cret"})
