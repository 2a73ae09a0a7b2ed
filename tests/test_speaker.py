"""Who speaks, about whom, what age, and whether they can phone."""
from datetime import date

import pytest

from bot.nlu.speaker import speaker
from bot.signposting.situation import band


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
        ("I am a 27 year old man", "speaker_age", "19_plus"),
        ("care leaver, 27, doing alright", "speaker_age", "19_plus"),
        ("44. not seen mine since the split", "speaker_age", "19_plus"),
        ("thirty nine, two kids, husband hits me", "speaker_age", "19_plus"),
        ("m24 being blackmailed over a vid", "speaker_age", "19_plus"),
        ("19 and my ex has my pics", "speaker_age", "19_plus"),
        ("mid forties. It was a priest.", "speaker_age", "19_plus"),
        ("im in my second year at uni and it never stopped", "speaker_age", "19_plus"),
        ("first year at uni and he has my pictures", "speaker_age", "18"),
        ("i was born in 1970", "speaker_age", "19_plus"),
        ("i'll be 16 in march", "speaker_age", "13_15"),
        ("he was nice when i was 13. 15 now and he wont stop", "speaker_age", "13_15"),
        ("hi im Ellie, 14, and i'm scared", "speaker_age", "13_15"),
        ("me (14) and my sister (9) are home alone", "age", "under_13"),
        ("im in year 13", "speaker_age", "16_17"),
        ("im in p7 and they say im fat", "speaker_age", "under_13"),
        ("S3 here, the whole year has seen it", "speaker_age", "13_15"),
        ("Our Jack, 11, has a pal on his headset", "age", "under_13"),
        ("Ellie (14) has stopped eating", "age", "13_15"),
        ("shes only 15", "age", "13_15"),
        ("lads 16 and hes just come in our room crying", "age", "16_17"),
        ("twins of six and their dad shakes them", "age", "under_13"),
        ("my daughter is in reception", "age", "under_13"),
        ("my two's dad keeps turning up drunk", "audience", "adult"),
        ("Found out our lad's been sending pictures", "audience", "adult"),
        ("our Kayleigh came home with a black eye", "likely_audience", "adult"),
        ("we've had the same sitter two years", "audience", "adult"),
        ("not a kid, im a grown man", "audience", "adult"),
        ("his mother and i split up", "audience", "adult"),
        ("I manage the under 13s girls", "audience", "professional"),
        ("cricket coach", "audience", "professional"),
        ("saying it about a colleague. He's a TA", "likely_audience", "professional"),
        ("me nan does everything cos mam is always out", "audience", "child"),
        ("dad said hed kill me if i told", "audience", "child"),
        ("im not an adult", "audience", "child"),
        ("18 in two weeks and he says we can do it then", "speaker_age", "16_17"),
        ("dad here, 43, separated", "speaker_age", "19_plus"),
        ("his school rang, he told them i smack him", "audience", "adult"),
        ("i can't cope with this baby any more", "audience", "adult"),
        ("child in my class keeps stealing food", "audience", "professional"),
        ("i told miss and she did nothing", "audience", "child"),
        ("my niece is 5 and im only a kid myself", "audience", "child"),
        ("my girlfriends son is covered in bruises", "audience", "adult"),
        ("our kids hear everything when he starts", "audience", "adult"),
        ("DD is 14 and self harming", "age", "13_15"),
        ("one of my mindees has marks", "audience", "professional"),
        ("Son 14 wants to die", "about", "other"),
        ("Nephew is 16 and nobody cares", "about", "other"),
        ("17, apprentice, my boss keeps grabbing me", "speaker_age", "16_17"),
        ("my maths teacher keeps touching my leg", "likely_audience", "child"),
    ],
)
def test_what_is_told(text, entity, value):
    told, _ = speaker().read(text)
    assert told.get(entity, [])[:1] == [value], told


@pytest.mark.parametrize("years", [10, 14, 40])
def test_a_year_of_birth_tells_the_age(years):
    told, _ = speaker().read(f"i was born in {date.today().year - years}")
    assert told["speaker_age"] == [band(years)]


@pytest.mark.parametrize(
    "text",
    [
        "he is 30", "i waited 3 years", "10 minutes ago", "my boyfriend is 19", "a 40 year old man messages me", "it costs 15 pounds",
        "his girlfriend is 27", "my stepdad, 38, comes into my room", "he says he's 17", "i met a guy. 34", "50 people have seen it", "they sent me 20 messages",
        "i'm 5 foot 2", "im 16 weeks pregnant", "abused as a 9 year old", "rung that school nine times. nine", "my sisters three", "it was £20, he said",
        "i want to leave when im 18", "when i turn 18 im leaving", "i told him i was 18", "i feel like im 50",
    ],
)
def test_other_numbers_are_no_ages(text):
    told, _ = speaker().read(text)
    assert "speaker_age" not in told and "age" not in told, told


@pytest.mark.parametrize("text", ["my swimming coach, 45, texts me at night", "he was my scout leader"])
def test_somebody_elses_job_makes_no_professional(text):
    told, _ = speaker().read(text)
    assert "professional" not in [*told.get("audience", []), *told.get("likely_audience", [])]


@pytest.mark.parametrize("text", ["lad i know got the belt off his dad", "She tells that little boy to shut up", "our kids flipped", "my brother is 40 and has moved near a school", "shes only 15", "i was 7 when it started"])
def test_who_speaks_is_not_guessed_at(text):
    told, _ = speaker().read(text)
    assert not {"audience", "likely_audience", "speaker_age"} & set(told), told


def test_an_age_said_of_a_child_does_not_make_it_an_adult():
    assert "fact" not in speaker().read("my daughter is 3 and her dad shouts at her")[0]
    assert speaker().read("my daughter is 34 and her husband hits her")[0]["fact"] == ["adult_concerned"]


@pytest.mark.parametrize("text", ["im 14", "shes my daughter", "it's my friend", "im 15 btw"])
def test_a_message_that_only_tells_who(text):
    assert speaker().read(text)[1]


@pytest.mark.parametrize("text", ["my dad hits me. 10", "i've been hurting myself. 12", "im pregnant and 15", "i drink and im 12", "theyre 3 and 5 and alone", "my mum died, 11"])
def test_an_age_beside_a_worry_does_not_hide_it(text):
    assert not speaker().read(text)[1]


@pytest.mark.parametrize("text", ["im 14 and my dad hits me", "my daughter is cutting herself", "hello"])
def test_a_message_that_tells_more(text):
    assert not speaker().read(text)[1]
