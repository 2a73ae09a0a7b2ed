"""Whole conversations, turn by turn, with the real assistant: the tables in tests/conversations."""
import re
from typing import Dict, List, Optional

import pytest

from bot.signposting.choices import choices
from bot.signposting.routes import table
from bot.signposting.words import services_named
from tests.conftest import Answer
from tests.conversations import after, worries

TABLES = {
    "child": worries.CHILDREN, "adult": worries.ADULTS, "barrier": after.BARRIERS, "correction": after.CORRECTIONS,
    "sharpening": after.SHARPENING, "staying": after.STAYING, "probe": after.PROBES,
}
CONVERSATIONS = {f"{kind}: {name}": turns for kind, conversations in TABLES.items() for name, turns in conversations.items()}
MENU_CHOICES = {choice: question.id for question in choices().questions for choice in question.choices}
PROGRAM = "I am a computer program. Nobody has been told and I cannot send help."


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_conversation(new_talk, name):
    talk = new_talk()
    before: Optional[Answer] = None
    for place, (said, *expected) in enumerate(CONVERSATIONS[name], start=1):
        answer = talk.choose(said[1:]) if said.startswith(">") else talk.say(said)
        for one in [part.strip() for line in expected for part in line.split(";") if part.strip()]:
            wrong = failing(one, answer, before)
            assert not wrong, f"turn {place}, {said!r}: {one}: {wrong}\nshown: {answer.services}\ntrace: {brief(answer.trace)}\ntexts: {answer.texts}"
        always(answer, f"turn {place}, {said!r}")
        before = answer


def always(answer: Answer, where: str) -> None:
    """What holds for every answer of every conversation."""
    others = [one for one in answer.services if one != "emergency_999"]
    assert 1 <= len(others) <= 3, where
    assert not answer.led_by_999 or PROGRAM in answer.texts, where
    named = {service for key, text in zip(answer.trace.get("words", []), answer.texts) if not key.startswith("utter_ask_") for service in services_named(text)}
    if answer.trace.get("intent") != "ask_service":
        assert named <= {*answer.services, "emergency_999"}, f"{where}: named without a card: {named - set(answer.services)}"


def brief(trace: Dict) -> Dict:
    return {name: trace.get(name) for name in ("intent", "confidence", "concerns", "known_concerns", "audience", "about", "age", "urgency", "facts", "rows", "words")}


def failing(expected: str, answer: Answer, before: Optional[Answer]) -> str:
    """Why the expectation does not hold, or nothing where it does."""
    word, _, rest = expected.partition(" ")
    quoted = re.fullmatch(r'"(.*)"', rest)
    text = answer.text.lower()
    trace = answer.trace
    if expected in ("999 first", "999 last", "no 999"):
        place = {"999 first": answer.services[:1], "999 last": answer.services[1:][-1:], "no 999": []}[expected]
        holds = "emergency_999" not in answer.services if expected == "no 999" else place == ["emergency_999"]
        return "" if holds else "999 stands elsewhere"
    if word in ("says", "never") and quoted:
        found = any(words in text for words in quoted.group(1).lower().split("|"))
        return "" if found == (word == "says") else "the texts do not fit"
    checks: Dict[str, bool] = {
        "first": answer.services[:1] == [rest], "has": rest in answer.services, "no": rest not in answer.services,
        "concern": rest in (trace.get("concerns") or []), "calm": trace.get("concern") is None,
        "asks": rest in {MENU_CHOICES.get(choice) for choice in answer.choices}, "offers": rest in answer.choices,
        "same": before is not None and answer.services == before.services,
        **{who: trace.get("audience") == who for who in ("child", "adult", "professional", "unknown")},
        **{whom: trace.get("about") == whom for whom in ("self", "other")},
    }
    assert word in checks, f"not an expectation: {expected}"
    return "" if checks[word] else "it is not so"


def test_there_are_conversations_enough_and_every_concern_is_in_them():
    assert len(CONVERSATIONS) >= 120
    told: List[str] = re.findall(r"concern (\w+)", str(CONVERSATIONS))
    missing = set(table().severity) - set(told) - {"image_threat", "image_asked", "grooming", "domestic_abuse", "abuse_images_seen", "own_thoughts",
                                                   "adult_image", "adult_survivor", "relationships", "general_worry", "immediate_danger"}
    assert not missing, missing


def test_the_checks_can_fail():
    answer = Answer(["childline"], ["Some words."], [], {"audience": "child", "about": "self", "concern": "bullying", "concerns": ["bullying"]}, [])
    for wrong in ("first nspcc_helpline", "has ceop", "no childline", "999 first", "999 last", "adult", "other", "calm", "concern suicide", 'says "other words"', 'never "some words"', "asks age", "same"):
        assert failing(wrong, answer, None), wrong
