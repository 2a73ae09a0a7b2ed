"""Typing errors are mended before a message is read; what was typed as meant, and other languages, are left as they are."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.slips import slips
from bot.nlu.spelling import Spelling

SAID = [
    "he is kicking my door in", "he has a knife in the kitchen", "my dad is hitting my mum", "he is in the kitchen", "i do not want to go to school",
    "my mum will not wake up", "they are at the door", "i am scared to go home to the flat", "what do i do", "it is my mum", "he hits me at home",
] * 3
SPELLING = Spelling.learn(SAID, ["tata mnie bije w domu", "tata mnie bije i mama tez"])


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("he has a knifw", "he has a knife"),                       # a key beside
        ("my dad is hitttinng my mum", "my dad is hitting my mum"),   # doubled
        ("he is kicking my odor in", "he is kicking my door in"),     # swapped, though it is a word
        ("my mum will not wkae up", "my mum will not wake up"),
        ("he is i nthe kitchen", "he is in the kitchen"),             # a space that slipped
        ("they are at th edoor", "they are at the door"),
        ("i do not want tog o to school", "i do not want to go to school"),
        ("it is m mum", "it is my mum"),                              # a letter alone
        ("He's in the ktchn", "He's in the kitchen"),                 # without vowels
    ],
)
def test_what_was_meant(typed, meant):
    assert SPELLING.mended(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "He has a knife, and it's in the kitchen.", "we went to Skegness with Keira", "tata mnei bije", "m", "h e l p", "", "999", "sfhgk wkjhg sdkfjh qwkejh", "আমার বাবা মারে",
        "13f at home", "m15 and scared to go home", "i am in my 30s", "22f my dad is at home",   # letters that belong to a number
    ],
)
def test_what_is_left_as_it_was(text):
    assert SPELLING.mended(text) == text


def test_a_slip_of_the_finger_is_likelier_than_another_word():
    by_likelihood = sorted(("kitchen", "kitchem", "kitcehn", "kittchen", "kitchwn", "kithen", "chicken"), key=lambda typed: slips(typed, "kitchen"))
    assert by_likelihood[0] == "kitchen" and by_likelihood[-1] == "chicken" and slips("kitchen", "kitchen") == 0


@given(st.text(max_size=300))
def test_anything_may_be_typed(text):
    assert SPELLING.mended(text).strip() or not text.strip()


@pytest.mark.parametrize("typed", ["hes kickin teh door ni hes got a knfie", "my dda is hittign my mum rigth now", "sombody is tryign to get i nthe house"])
def test_danger_is_seen_through_typing_errors(talk, typed):
    assert talk.say(typed).led_by_999
