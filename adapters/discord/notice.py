"""What people in Discord have to know first, and what stays when they go. Words only."""

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
KEPT = "Answers that only you could see go when you close them; I keep no note of them."
