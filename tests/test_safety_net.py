"""Every sign of the safety net finds its examples, and keeps away from those it must not match."""
import pytest

from bot.nlu.safety_net import net

SIGNS = net().signs


def found(text):
    return {one.sign for one in net().search(text)}


@pytest.mark.parametrize("sign, text", [(sign.id, text) for sign in SIGNS for text in sign.must_match])
def test_it_matches(sign, text):
    assert sign in found(text)


@pytest.mark.parametrize("sign, text", [(sign.id, text) for sign in SIGNS for text in sign.must_not_match])
def test_it_does_not_match(sign, text):
    assert sign not in found(text)


def test_one_sentence_in_a_long_calm_message_counts():
    calm = "today we had maths and then i went to the park with my friends and we had chips. "
    assert found(calm * 5 + "my dad has got a knife and he is outside my door. " + calm * 5)


def test_nothing_that_is_only_played_or_dreamt_counts():
    assert not found("in minecraft a man has got a knife and he is trying to get in")


def test_a_negated_phrase_does_not_hide_a_later_real_one():
    assert found("it is not true that he has got a knife he has got a knife")
