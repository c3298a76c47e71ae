"""The core of Followthrough: what a job seeker can do, what we say, and when. No platform, no SQL.

Read in this order:
    model      the records of a job search
    message    what we can say (Message, Form) and what a person can do (Call)
    kinds      the closed table of answer types: reading and writing each as text
    command    one declaration of a command, and the registry that refuses a bad one
    policy     what should be nudged and when
    desk       the funnel: a Call in, a Message or a Form out, one transaction
    dispatch   the other direction: what is due goes out, exactly as long as it is still wanted
"""

from bot.logs import bridge

# Whoever logs imports something of `bot` first, so nothing that is logged is ever printed.
bridge()
