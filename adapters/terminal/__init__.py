"""A chat in a terminal, typed or piped. Knows the core and the screen; no database, no platform.

Read in this order:
    literal     what people typed, made harmless and wrapped
    transcript  a message as plain lines
    layout      wrapped, side by side, or whole: how Rich lays out such text
    panels      a message for a colour terminal
    pages       where a chat prints, in plain lines
    colors      the same in panels
    screen      what a chat needs to read and to print
    paper       a screen for lines that come by themselves: a pipe, a story
    window      a screen that somebody sits at
    forms       questions, one by one
    clock       a clock that can be moved forward
    keeping     files that are sent to their owner
    messenger   brings nudges into the chat
    conversation  calls go to the desk, answers and nudges to the screen
    orders      the lines that begin with a colon
    completion  what could be typed next
    chat        reads the lines and says what each is
    start       puts all of it together
"""
