"""What is said about warm leads: to whoever asks, to whoever is asked, and to both. Pure.

A question is shown to its writer by the same words with which it is put to a helper.
"""

from collections.abc import Sequence

from bot.cards.parts import button, of, title
from bot.clubs.asking import spoken
from bot.clubs.records import Asked, Asking, Club, Member
from bot.message import (
    Block,
    Bold,
    Button,
    Buttons,
    Call,
    Mention,
    Message,
    Quote,
    Span,
    Style,
    shorten,
    text,
)
from bot.model import Account, Case, Stage

# What is said for one nudge: its heading and its blocks.
Told = tuple[str, list[Block]]

# How much of an employer's name a button's label holds.
LABELLED = 40


def opening(club: Club, asker: Member, employer: str, *, named: bool) -> str:
    """How a question begins for whoever is asked in that club."""
    who = f"{asker.name} in {club.name}" if named else f"A member of {club.name}"
    return f"{who} asks for a word at {employer}."


def preview(places: Sequence[tuple[Club, Member]], employer: str, words: str, named: bool) -> Block:
    """The beginnings that a question may have, for it is not said in which club it is asked."""
    lines = dict.fromkeys(opening(club, mine, employer, named=named) for club, mine in places)
    spans: list[Span] = []
    for line in lines:
        spans += ["\nOr " if spans else "", Bold(line)]
    return text(*(span for span in spans if span))


def asked_part(asked: Asked, asking: Asking, club: Club, asker: Member) -> Told:
    """A question, for the one member to whom it is put."""
    words, named = spoken(asking)
    employer = asking.employer
    here = {"question": str(asked.number)}
    row = (
        Button(
            "Yes, bring us together", Call("club answer", {**here, "what": "yes"}), Style.PRIMARY
        ),
        Button("No", Call("club answer", {**here, "what": "no"})),
        Button("Not now", Call("club answer", {**here, "what": "notnow"})),
        Button(
            f"Do not ask me about {shorten(employer, LABELLED)}",
            Call("club answer", {**here, "what": "mute"}),
        ),
    )
    return f"Somebody asks for a word at {employer}", [
        text(Bold(opening(club, asker, employer, named=named))),
        Quote(words),
        text(
            "If you say yes, they see your name, and I bring the two of you together with these "
            "words, to pass on if you like. Otherwise nobody learns that you were asked.",
            small=True,
        ),
        Buttons(row),
    ]


def waiting_part(asking: Asking) -> Told:
    """That a question is still open, for whoever looks before it is over."""
    words = "If somebody can help, I bring you two together. If not, I tell you when it is over."
    return f"Your question about {asking.employer}", [text(words)]


def coming_part(asking: Asking) -> Told:
    """That somebody said yes, for whoever looks before the two are brought together."""
    words = "Somebody said yes. I bring you two together at an hour that is day for both."
    return f"Your question about {asking.employer}", [text(words)]


def unanswered_part(asking: Asking, case: Case | None) -> Told:
    """That nobody could help, the same for every reason, and the next best move."""
    words = "The week is over, so I ask nobody else."
    blocks: list[Block] = []
    row: list[Button] = []
    if case:
        a = case.application
        cold = a.stage is Stage.APPLIED and not (case.follow_up or a.no_contact or case.interviews)
        if cold:
            row.append(button("Draft the follow-up", "followup", Style.PRIMARY, **of(a)))
        row.append(button("Ask somebody I know there", "followup", kind="lead", **of(a)))
        words += " A letter of your own still counts, and so does somebody you know there."
    blocks.append(text(words))
    if row:
        blocks.append(Buttons(tuple(row)))
    return f"Nobody could help with {asking.employer} this time", blocks


def thanks(employer: str, helper: str, asker: str) -> str:
    """A thank-you to whoever said yes, in words that claim nothing of what came of it."""
    return (
        f"Hi {helper},\n\nthank you for saying yes when I asked for a word at {employer}. "
        f"I appreciate it, whatever comes of it.\n\n{asker}"
    )


def gratitude_part(asking: Asking, helper: Member, asker: Member) -> Told:
    """The finished thank-you, and one tap that settles it."""
    here = {"question": str(asking.number)}
    row = (
        Button("I thanked them", Call("club thanked", here), Style.PRIMARY),
        Button("Not yet", Call("club thanked", {**here, "yet": "yes"})),
    )
    return f"Thank {helper.name}", [
        text(f"{helper.name} said yes about {asking.employer}. A few words, ready to send."),
        Quote(thanks(asking.employer, helper.name, asker.name)),
        Buttons(row),
    ]


def introduction_message(
    asking: Asking, club: Club, asker: tuple[Member, Account], helper: tuple[Member, Account]
) -> Message:
    """Who is who, for the two who are brought together, with words that the helper can pass on."""
    words, _ = spoken(asking)
    return Message(
        title(f"{asker[0].name}, meet {helper[0].name}"),
        (
            text(
                mention(*asker),
                f" asked in {club.name} for a word at {asking.employer}, and ",
                mention(*helper),
                " said yes. Only you two are in this conversation.",
            ),
            text(f"{helper[0].name}, these words can be passed on as they stand."),
            Quote(words),
        ),
        private=False,
    )


def contact_part(asking: Asking, other: tuple[Member, Account], *, asker: bool) -> Told:
    """The other of two who both said yes, and could not be brought into one conversation."""
    words, _ = spoken(asking)
    member, _ = other
    if asker:
        said = f" said yes about {asking.employer}. I could not open a conversation for you two, "
        last = "so please write to them. They have your words."
    else:
        said = f" asked for a word at {asking.employer}, and you said yes. I could not open a "
        last = "conversation for you two, so they will write to you. Their words, to pass on."
    return f"{member.name} and you", [text(mention(*other), said + last), Quote(words)]


def mention(member: Member, account: Account) -> Mention:
    """Somebody by the name that their club knows."""
    return Mention(account.user, member.name)
