"""Who speaks, about whom, what age, and whether they can phone."""
import pytest

from bot.nlu.speaker import speaker


@pytest.mark.parametrize(
    "text, entity, value",
    [
        ("im 14 and scared", "speaker_age", "13_15"),
        ("i am twelve years old", "speaker_age", "under_13"),
        ("i'm 17", "speaker_age", "16_17"),
        ("just turned 18", "speaker_age", "18"),
        ("my daughter is 14", "age", "13_15"),
        ("my 6 year old son", "age", "under_13"),
        ("my mums boyfriend hits me", "audience", "child"),
        ("my daughter has been cutting herself", "audience", "adult"),
        ("I'm a primary school teacher and one of my pupils told me something", "audience", "professional"),
        ("my friend is being hit by her dad", "about", "other"),
        ("he hits me", "about", "self"),
        ("my brother does stuff to me at night", "about", "self"),
        ("my cousins friends make me carry things for them", "about", "self"),
        ("i cant phone anyone they check my phone", "can_phone", "no"),
        ("what is childline's number", "service", "childline"),
    ],
)
def test_what_is_told(text, entity, value):
    told, _ = speaker().read(text)
    assert told.get(entity, [])[:1] == [value], told


@pytest.mark.parametrize("text", ["he is 30", "i waited 3 years", "10 minutes ago", "my boyfriend is 19", "a 40 year old man messages me", "it costs 15 pounds"])
def test_other_numbers_are_no_ages(text):
    told, _ = speaker().read(text)
    assert "speaker_age" not in told and "age" not in told, told


@pytest.mark.parametrize("text", ["im 14", "shes my daughter", "it's my friend", "im 15 btw"])
def test_a_message_that_only_tells_who(text):
    assert speaker().read(text)[1]


@pytest.mark.parametrize("text", ["im 14 and my dad hits me", "my daughter is cutting herself", "hello"])
def test_a_message_that_tells_more(text):
    assert not speaker().read(text)[1]
