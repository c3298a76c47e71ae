"""The follow-up letters, and the reading of a letter. Knows no records, no storage and no platform.

facts       what a letter may be made of, and the user's words sentence by sentence
draft       facts -> a Draft: the letter, what was left out of it, what would make it stronger
choice      which of the user's words go in, and where they are cut
templating  the sentences, from `templates/`, sandboxed; an operator's own replace ours
check       what weakens a letter, ours or the user's edit
phrases     the rules of that, with the advice
names       names in a letter, so that a company called Sorry is no apology
words       words that tell how a fragment can be woven in
"""
