"""The rules of a job-search club: when it meets, whose turn it is, who is paired with whom.

Pure: knows the records of a club (`records`), no platform, no storage and no command.
"""
