"""What the bot says is easy to read, and never promises, blames, asks about what happened, or pretends to be a person."""
import re

import pytest

from bot.signposting.words import WORDS, responses, say
from bot.staff.words.answers import ADULT_GRADE, FILLED, NAMES_ONLY, easy_enough, grade

TEXTS = [(key, variant) for key, variants in responses().items() for variant in range(len(variants))]
QUESTIONS_ASKED = {"utter_ask_who", "utter_ask_age", "utter_ask_age_pictured"}   # who and how old: nothing else is ever asked
NEVER = (
    # promises of secrecy, and of what nobody can know
    r"\b(?:we|i|they)(?:'ll| will) keep (?:this|it) (?:a )?secret", r"\bour secret\b", r"\bi promise\b", r"\bwill (?:not|never) tell (?:anyone|anybody)\b",
    r"\bnobody will (?:ever )?know\b", r"\bwill be (?:okay|ok|fine|all right)\b", r"\beverything will\b",
    # blame
    r"\byou should(?: not)? have\b", r"\bwhy did(?:n't| not)? you\b", r"\byour own fault\b", r"\bit is your fault\b", r"\byou let\b", r"\byou must\b",
    # questions about what happened, and advice to confront
    r"\bwhat did (?:he|she|they|you) do\b", r"\bwhat happened\?", r"\bwhat is (?:your|his|her|their) name\b", r"\bwho (?:did|hurt|hit)\b", r"\bwhere do you live\b", r"\bconfront\b",
    # a program that pretends to feel, or to be somebody
    r"\bi understand how you feel\b", r"\bi care\b", r"\bi am here for you\b", r"\bi know how\b", r"\bi believe you\b(?!,)", r"\bas a counsellor\b", r"24/7",
)


@pytest.mark.parametrize("key, variant", TEXTS)
def test_it_is_easy_to_read(key, variant):
    text = say(key, variant, **FILLED)
    found = grade(text)
    assert found <= easy_enough(key) or key in NAMES_ONLY, f"{key}: grade {found}: {text}"


@pytest.mark.parametrize("key, variant", TEXTS)
def test_it_never_says(key, variant):
    text = say(key, variant, **FILLED).lower()
    for words in NEVER:
        assert not re.search(words, text), f"{key}: {text}"
    assert "{" not in text


@pytest.mark.parametrize("key, variant", TEXTS)
def test_nothing_is_asked_but_who_and_how_old(key, variant):
    asked = [one for one in re.findall(r"[^.!?:]*\?", say(key, variant, **FILLED))]
    harmless = [one for one in asked if re.search(r"^\W*(?:in danger|in danger now|in danger outside the uk)\?", one.lower())]
    assert key in QUESTIONS_ASKED or len(asked) == len(harmless), f"{key}: {asked}"


@pytest.mark.parametrize("wrong", ["I promise. Nobody will know.", "You should have told somebody.", "What did he do to you?", "I understand how you feel."])
def test_forbidden_words_are_found(wrong):
    assert any(re.search(words, wrong.lower()) for words in NEVER)


def test_unreviewed_words_say_so():
    for path in WORDS.glob("*.yml"):
        assert path.read_text().startswith("# Awaiting review by a safeguarding expert."), path.name


def test_a_text_that_is_too_hard_is_found():
    assert grade("Notwithstanding considerable organisational complexities, safeguarding professionals collaboratively investigate allegations.") > ADULT_GRADE


def test_contacts_do_not_count_as_hard_words():
    assert grade("Call 0800 1111 now.") == grade("Call them now.")
