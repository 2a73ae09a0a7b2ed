"""Faults inside while a message is answered: each ends in help, the server lives on, and /health/ready tells the truth."""
import pytest

from tests.conftest import Answer
from tests.launch import ACTION, COMPONENT, SLEEPS, SPINS, WAITS
from tests.servers import Talk, serving, until


def assert_static_help(answer: Answer) -> None:
    assert answer.services[:2] == ["emergency_999", "childline"] and "went wrong" in answer.text


@pytest.fixture(scope="module")
def bot():
    with serving(["impatient", "component_raises", "actions_fail", "no_room_on_the_disk"]) as bot:
        yield bot


def test_a_full_disk_changes_nothing(bot):
    talk = bot.talk()
    assert talk.say("hes got a knife and hes hurting my mum right now").led_by_999
    assert talk.say("ok").led_by_999 and bot.ready()


@pytest.mark.parametrize("fault", [COMPONENT, ACTION, WAITS])
def test_a_fault_in_one_message_ends_in_help_and_harms_no_other(bot, fault):
    talk = bot.talk()
    talk.say("hes got a knife and hes hurting my mum right now")
    assert_static_help(talk.say(f"my dad hits me {fault}"))
    assert bot.ready() and bot.live()
    assert talk.say("ok").led_by_999   # the conversation goes on where it was
    assert bot.talk().say("im being bullied").services[0] == "childline"


@pytest.mark.parametrize("fault", [SLEEPS, SPINS])
def test_a_message_that_hangs_for_ever_costs_its_worker_and_nobody_an_answer(bot, fault):
    before = bot.workers()
    talk, other = bot.talk(), bot.talk()
    if fault == SLEEPS:
        assert_static_help(talk.say(f"my dad hits me {fault}"))
        assert_static_help(other.say("im being bullied"))
        assert bot.live() and bot.knows_that_it_is_not_ready()
    else:   # the whole worker hangs: what it was asked is lost, so the widget shows the contacts it holds itself
        with pytest.raises(Exception):
            Talk.post(talk, text=f"my dad hits me {fault}")
    until(lambda: bot.workers() and bot.workers() != before, 60, bot.output())
    until(bot.ready, 60, bot.output())
    assert bot.talk().say("im being bullied").services[0] == "childline"
