"""An error as Discord's HTTP API answers it. Knows nothing else.

https://docs.discord.com/developers/topics/opcodes-and-status-codes
"""

WORDS = {
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10062: "Unknown interaction",
    40060: "Interaction has already been acknowledged.",
    40094: "This interaction has reached the maximum number of follow up messages.",
    50001: "Missing Access",
    50005: "Cannot edit a message authored by another user",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50013: "Missing Permissions",
    50024: "Cannot execute action on this channel type",
    50027: "Invalid Webhook Token",
    50035: "Invalid Form Body",
    50083: "Thread is archived",
    160005: "Thread is locked",
    50278: "Cannot send messages to this user due to having no mutual guilds",
}


class ApiError(Exception):
    """The request is refused with a status and one of Discord's codes."""

    def __init__(self, status: int, code: int, words: str = "", **more: object) -> None:
        self.status = status
        self.body = {"message": words or WORDS.get(code, str(code)), "code": code, **more}
        super().__init__(f"{status}: {self.body}")


def malformed(what: str, path: str = "_errors") -> ApiError:
    """Invalid Form Body, with what is wrong where."""
    wrong = {"_errors": [{"code": "BASE_TYPE_BAD", "message": what}]}
    return ApiError(400, 50035, errors={path: wrong} if path != "_errors" else wrong)
