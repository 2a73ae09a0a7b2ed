"""Conversations held with the real assistant: tables of what is said and what must be answered.

A conversation is a list of turns, (what is typed, expectations...). A choice is typed as ">id". Expectations, each a short string:

    first X, has X, no X     service X leads, is shown, is not shown         999 first, 999 last, no 999     where 999 stands
    child | adult | professional | unknown     who is taken to speak         self | other     whom it is taken to be about
    concern X | calm         the message is taken as this worry, or as none
    says "X", never "X"      the texts hold these words, or do not ("X|Y": one of them)      asks X, offers X     the question that is asked, a choice
    same                     the services are those of the turn before
Two of them can be joined by ";".
"""
