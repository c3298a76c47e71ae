"""How a method of the Web API says no. Knows nothing else."""

from tests.slack.standin.reading import Json


class ApiError(Exception):
    """The error code of an answer with `ok: false`, and what else the answer holds."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.reply: Json = {"ok": False, "error": code, **more}
