"""What people in Discord have to know first, and when they go. Words only."""

from bot.welcome import Notice

NOTICE = Notice(
    "Nobody in a server sees what we say: my answers are shown to you alone, and the rest comes as "
    "a direct message. What you log is kept by whoever runs this bot, not by Discord; nobody else "
    "can read it through me.",
    "",
    "Discord did not let my message through. Open the menu of the server that we share, choose "
    "Privacy Settings and allow direct messages, or add me to your own apps; if you have blocked "
    "me, unblock me.",
    zoneless=True,
)
GONE = (
    "Whatever I wrote to you here in private goes as well, which may take a few minutes; close the "
    "answers that only you can see."
)
