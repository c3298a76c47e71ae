"""How fast it is, as ratios to a bare baseline measured in the same run: `./dev bench [NAME ...]`.

    clubs       200 clubs that meet in the same minute, beside plain statements
    desk        an application logged through the desk, beside its own SQL statements alone
    discord     `/job applied ...` through the gateway, beside bare discord.py apps; and memory
    nudges      20,000 due among a million pending, beside bare statements and APScheduler's store
    scale       50,000 due at one instant, and how many workers it takes; beside Procrastinate
    slack       `/job applied ...` over signed HTTP, beside bare Bolt apps
    start       how long the command takes to start, beside Python alone

    databases   SQLite in a file and a PostgreSQL of our own, empty
    seeding     people and their records, by the million
    replay      the statements of one call, recorded and executed again with other values
    drains      the contenders that send what is due, each in a process of its own
    jobstore    one of them: APScheduler with its own store
    clubs_people  clubs with their members and half a year of meetings, week by week
    clubs_process  what serves them: a desk and a dispatcher in one event loop
    clubs_plain what a meeting leaves behind, in plain statements
    slack_apps  what answers Slack, and a stand-in for Slack, each in a process of its own
    slack_people  who asks, and the requests that Slack sends for them
    slack_load  requests, sent as cheaply as can be
    discord_apps  what answers Discord, each in a process of its own
    discord_bare  of these, those made with discord.py alone
    discord_memory  what a process takes with few and many servers
    discord_people  who asks
    discord_servers  where, and what Discord tells of it all
    discord_standin  Discord, as cheaply as can be
    scale_platforms  Slack and Discord at once, as cheaply as can be, with their rate limits
    scale_people  who is due, and where
    scale_workers  real workers, each a process
    scale_ideal the schedule that the pacing would allow
    scale_drains, scale_queue  what sends a queue dry; Procrastinate
    scale_smooth, scale_stalls  a process that answers and sends at once
    scale_planning, scale_rows  what planning costs; what a row takes
    processes   speaking to the processes that are measured
    laps        running things in turns, and what may be said about their times
    report      tables

Nothing here is a test of time: machines differ, and a ratio on a busy one still wavers.
"""
