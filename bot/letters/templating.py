"""Knows the template files and how to fill one in; must not know what makes a letter strong.

Ours lie beside this module. An operator may replace any of them by a file of the same name in a
folder of their own. Templates are plain text, so nothing is escaped; they run sandboxed, and a
name they get wrong is an error. Jinja is imported by the first draft: most starts of the program
never write a letter.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.letters.words import frame

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

OURS = Path(__file__).parent / "templates"
# What may stand between two letters of a draft: one space, one line break, or one empty line.
_GAPS = (
    (re.compile(r"[ \t]+"), " "),
    (re.compile(r" ?\n ?"), "\n"),
    (re.compile(r"\n{3,}"), "\n\n"),
)


class BrokenTemplate(ValueError):
    """A template that cannot be used; the message names the file, the line and what is wrong."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path}, line {line}: {what}")
        self.path, self.line, self.what = path, line, what


class Templates:
    """The letter templates by name, ours or an operator's.

    `overrides` is the operator's folder, None for ours alone. Its files are parsed at once; a file
    that replaces nothing, does not parse or uses an unknown name raises BrokenTemplate.
    """

    def __init__(self, overrides: Path | None, known: frozenset[str]) -> None:
        self._overrides = overrides
        self._known = known
        if overrides is not None and not overrides.is_dir():
            raise NotADirectoryError(f"{overrides}: no such folder of letter templates")
        self.replaced = tuple(sorted(p.name for p in overrides.glob("*.txt"))) if overrides else ()
        for name in self.replaced:
            self._parse(name)

    def path(self, name: str) -> Path:
        """The file that a template comes from."""
        theirs = self._overrides / name if self._overrides else None
        return theirs if theirs and name in self.replaced else OURS / name

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """The filled-in template, with its gaps tidied. Raises BrokenTemplate."""
        try:
            text = self._environment.get_template(name).render(values)
        except Exception as wrong:  # an operator's template can go wrong in any way Python can
            raise self._broken(name, wrong) from wrong
        for gap, one in _GAPS:
            text = gap.sub(one, text)
        return text.strip()

    def compile(self) -> None:
        """Compile them all; raises BrokenTemplate."""
        for name in sorted(path.name for path in OURS.glob("*.txt")):
            try:
                self._environment.get_template(name)
            except Exception as wrong:  # see above
                raise self._broken(name, wrong) from wrong

    @cached_property
    def _environment(self) -> "SandboxedEnvironment":
        from jinja2 import FileSystemLoader, StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment

        environment = SandboxedEnvironment(
            loader=FileSystemLoader([p for p in (self._overrides, OURS) if p], encoding="utf-8"),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.filters["frame"] = frame
        return environment

    def _parse(self, name: str) -> None:
        from jinja2 import nodes

        if not (OURS / name).is_file():
            ours = ", ".join(sorted(p.name for p in OURS.glob("*.txt")))
            raise BrokenTemplate(self.path(name), 1, f"no letter has this name; there are {ours}")
        try:
            source = self.path(name).read_text(encoding="utf-8")
            tree = self._environment.parse(source, name)
            self._environment.compile(
                source, name
            )  # finds unknown filters and tests, which parsing does not
        except Exception as wrong:  # see above; also text that is not UTF-8
            raise self._broken(name, wrong) from wrong
        made = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
        made |= {node.name for node in tree.find_all(nodes.Macro)} | set(self._environment.globals)
        for node in tree.find_all(nodes.Name):
            if node.ctx == "load" and node.name not in made | self._known:
                names = ", ".join(sorted(self._known))
                raise BrokenTemplate(
                    self.path(name), node.lineno, f"{node.name!r} is unknown; there are {names}"
                )

    def _broken(self, name: str, wrong: Exception) -> BrokenTemplate:
        """The error with its file and line, from Jinja's own account or the rewritten traceback."""
        line: int = getattr(wrong, "lineno", 0) or 0
        trace = wrong.__traceback__
        while trace and not line:
            if trace.tb_frame.f_code.co_filename == str(self.path(name)):
                line = trace.tb_lineno
            trace = trace.tb_next
        return BrokenTemplate(self.path(name), line or 1, str(wrong) or type(wrong).__name__)
