"""What the bot says is easy to read, and never promises, blames, asks about what happened, or pretends to be a person."""
import re

import pytest
import textstat

from bot.signposting.words import responses, say

CHILD_GRADE, ADULT_GRADE = 6.0, 8.0
TEXTS = [(key, variant) for key, variants in responses().items() for variant in range(len(variants))]
NEVER = (
    r"\bwe(?:'ll| will) keep (?:this|it) (?:a )?secret", r"\bi promise\b", r"\bwill not tell anyone\b", r"\bi understand how you feel\b",
    r"\byou should have\b", r"\bwhy did(?:n't| not)? you\b", r"\byour own fault\b", r"\bwhat did (?:he|she|they) do\b", r"\bwhat happened\?",
    r"\bwhat is (?:your|his|her|their) name\b", r"\bi care\b", r"\bi am here for you\b", r"\bconfront\b", r"\byou must\b", r"24/7",
)


def for_adults(key: str) -> bool:
    return key.endswith(("_adult", "_professional", "_adult_after", "utter_professional_after")) or key.startswith(("utter_ask_policy", "utter_figure"))


# What stands in the words of a figure; test_figures.py reads whole answers with every figure.
FILLED = {
    "limit": 2000, "value": "2,194", "place": "Wales", "police": "Police in Wales", "period": "2023/24", "since": "2022/23", "platform": "Snapchat", "share": "50%",
    "all": "7,338", "level": "a record", "list": "Wales 2,194 and London 2,780", "places": "Wales and London", "data": "Home Office figures", "article": "an article of 2025",
}


@pytest.mark.parametrize("key, variant", TEXTS)
def test_it_is_easy_to_read(key, variant):
    text = say(key, variant, **FILLED)
    grade = textstat.flesch_kincaid_grade(text) if key != "utter_figures_from" else 0   # who counted and where it was read are names
    assert grade <= (ADULT_GRADE if for_adults(key) else CHILD_GRADE), f"{key}: grade {grade}: {text}"


@pytest.mark.parametrize("key, variant", TEXTS)
def test_it_never_says(key, variant):
    text = say(key, variant, **FILLED).lower()
    for words in NEVER:
        assert not re.search(words, text), f"{key}: {text}"
    assert "{" not in text


def test_unreviewed_words_say_so():
    from bot.signposting.words import WORDS

    for path in WORDS.glob("*.yml"):
        assert path.read_text().startswith("# Awaiting review by a safeguarding expert."), path.name
