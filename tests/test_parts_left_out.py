"""`evaluate --parts` leaves out one part of the pipeline at a time, and puts it back."""
import pytest

from bot.evaluation.without import PARTS, without
from bot.nlu.safety_net import net


def test_the_safety_net_is_left_out_and_put_back():
    assert net().search("he has a knife in the kitchen help")
    with without("the safety net"):
        assert not net().search("he has a knife in the kitchen help")
    assert net().search("he has a knife in the kitchen help")


@pytest.mark.parametrize("part", PARTS)
def test_a_message_is_answered_without_the_part(new_talk, part):
    with without(part):
        assert "childline" in new_talk().say("my dad hits me. im 12").services
