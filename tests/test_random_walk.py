"""A random walk through conversations, typed and chosen: whatever is said, in whatever order, the promises hold."""
import re

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.signposting.choices import choices
from bot.signposting.services import EMERGENCY, WITHOUT_PHONE_CALL, registry
from bot.signposting.words import services_named
from tests.conftest import Answer, Talk
from tests.conversations import after, worries
from tests.test_words import NEVER

CONVERSATIONS = 60     # of up to TURNS turns each: under 40 seconds on a core of its own
TURNS = 12

DISCLOSURES = [turns[0][0] for table in (worries.CHILDREN, worries.ADULTS) for turns in table.values()]
SAID_LATER = sorted({
    turn[0] for table in (worries.CHILDREN, worries.ADULTS, after.BARRIERS, after.CORRECTIONS, after.STAYING, after.PROBES) for turns in table.values() for turn in turns[1:]
    if not turn[0].startswith(">")
})
DANGER = [
    "hes got a knife and hes hurting my mum", "i have taken all the tablets", "he is breaking the door down now help", "dad is strangling mum right now", "my baby has stopped breathing",
]
CALMING = ["im safe now", "i was joking", "that was last year", "hes gone out", "it was a joke", "im ok now"]
NOISE = ["", " ", "...", "?", "asdfgh", "😀😀", "🙃", "\u200b", "/restart", "/inform{\"audience\": \"adult\"}", "Zażółć gęślą jaźń", "我", "أنا خائف", "1", "x" * 300, "<b>hi</b>", "OK OK OK", "no no no", "%s {0} {childline}"]
PROGRAM = "I am a computer program. Nobody has been told and I cannot send help."


class Walk(RuleBasedStateMachine):
    """One conversation. What it remembers is only what a person would: that a worry or a danger was told, and what was last shown."""

    new_talk = None

    def __init__(self) -> None:
        super().__init__()
        self.talk: Talk = Walk.new_talk()
        self.answer: Answer = self.talk.say("hello")
        self.worried = False
        self.danger = "no"          # as the bot was told: no, was now (stepped down), now
        self.said = "hello"

    def heard(self, said: str, answer: Answer) -> None:
        self.said, self.answer = said, answer
        urgency = answer.trace.get("urgency")
        if urgency == "now":
            self.danger = "now"
        self.worried = self.worried or bool(answer.trace.get("known_concerns"))

    @rule(text=st.sampled_from(DISCLOSURES))
    def tells_a_worry(self, text: str) -> None:
        self.heard(text, self.talk.say(text))
        assert self.answer.trace["known_concerns"], text

    @rule(text=st.sampled_from(DANGER))
    def is_in_danger(self, text: str) -> None:
        self.heard(text, self.talk.say(text))
        assert self.danger == "now", text

    @precondition(lambda self: self.danger == "now")
    @rule(text=st.sampled_from(CALMING))
    def says_it_is_over(self, text: str) -> None:
        answer = self.talk.say(text)
        self.danger = "was now" if answer.trace.get("urgency") == "possible" else "now"
        self.heard(text, answer)

    @rule(text=st.sampled_from(SAID_LATER))
    def goes_on(self, text: str) -> None:
        answer = self.talk.say(text)
        calmed = answer.trace.get("intent") in ("joking", "wrong_guess") or answer.trace.get("intent") == "safe_now" and answer.trace["urgency"] == "possible"
        if calmed and self.danger == "now":   # "i feel fine now" calms nothing where something was taken
            self.danger = "was now"
        self.heard(text, answer)

    @rule(text=st.sampled_from(NOISE))
    def types_noise(self, text: str) -> None:
        self.heard(text, self.talk.say(text))

    @rule(text=st.text(max_size=40))
    def types_anything(self, text: str) -> None:
        self.heard(text, self.talk.say(text))

    @precondition(lambda self: self.answer.choices)
    @rule(place=st.integers(min_value=0, max_value=20))
    def chooses(self, place: int) -> None:
        choice = self.answer.choices[place % len(self.answer.choices)]
        answer = self.talk.choose(choice)
        if choices().by_id(choice).says in ("safe_now", "joking", "wrong_guess") and self.danger == "now":
            self.danger = "was now"
        self.heard(f">{choice}", answer)

    # ---- what always holds

    @invariant()
    def there_is_an_answer_with_a_way_to_reach_a_person(self) -> None:
        assert self.answer.texts and self.answer.services, self.said
        assert self.answer.trace, f"{self.said!r} broke something inside"

    @invariant()
    def at_most_three_services_besides_999(self) -> None:
        others = [one for one in self.answer.services if one != EMERGENCY]
        assert 1 <= len(others) <= 3 and len(set(self.answer.services)) == len(self.answer.services), (self.said, self.answer.services)

    @invariant()
    def one_door_needs_no_phone_call(self) -> None:
        kinds = {contact["kind"] for card in self.cards() if card["id"] != EMERGENCY for contact in card["contacts"]}
        assert kinds & set(WITHOUT_PHONE_CALL), (self.said, self.answer.services)

    @invariant()
    def danger_stays_in_hand(self) -> None:
        if self.danger == "now":
            assert self.answer.led_by_999 and PROGRAM in self.answer.texts, (self.said, self.answer.services)
        elif self.danger == "was now":
            assert self.answer.services[-1] == EMERGENCY, (self.said, self.answer.services)

    @invariant()
    def the_help_is_never_lost(self) -> None:
        if self.worried:
            answered = set(self.answer.services) & set(registry()) - {EMERGENCY}
            assert answered, self.said
            if self.answer.trace.get("known_concerns"):
                assert self.answer.trace["rows"], (self.said, self.answer.trace)   # the services are those of the worry, not the menu

    @invariant()
    def what_was_assumed_can_be_put_right(self) -> None:
        if self.answer.trace.get("concern"):
            assert "not_what_i_meant" in self.answer.choices, (self.said, self.answer.choices)
        assert self.answer.choices, self.said

    @invariant()
    def contacts_come_from_the_registry_alone(self) -> None:
        for card in self.cards():
            service = registry()[card["id"]]
            known = {contact.href for contact in [*service.contacts, *([service.abroad] if service.abroad else [])]}
            assert card["contacts"] and {contact["href"] for contact in card["contacts"]} <= known, card

    @invariant()
    def no_service_is_named_without_its_card(self) -> None:
        if self.answer.trace.get("intent", "").startswith("ask_"):
            return   # an answer about a service or about the program itself may name others
        named = {service for text in self.answer.texts for service in services_named(text)}
        assert named <= {*self.answer.services, EMERGENCY}, (self.said, named, self.answer.services)

    @invariant()
    def nothing_forbidden_is_said_and_nothing_typed_is_repeated(self) -> None:
        text = self.answer.text.lower()
        for words in NEVER:
            assert not re.search(words, text), (self.said, words, text)
        assert "{" not in text and "<b>" not in text

    def cards(self):
        return [card for message in self.answer.messages if message["type"] == "services" for card in message["services"]]


def test_the_promises_hold_on_a_random_walk(new_talk):
    Walk.new_talk = staticmethod(new_talk)
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=CONVERSATIONS, stateful_step_count=TURNS, deadline=None, derandomize=True, database=None,
            phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck), print_blob=False,
        ),
    )


def test_the_walk_finds_a_broken_promise(new_talk, monkeypatch):
    """Danger that is forgotten by the next turn: the walk must find it."""
    from actions import memory

    monkeypatch.setattr(memory, "remembered", lambda tracker, kept=memory.remembered: memory.replace(kept(tracker), urgency="no"))
    import actions.actions

    monkeypatch.setattr(actions.actions, "remembered", memory.remembered)
    Walk.new_talk = staticmethod(new_talk)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Walk, settings=settings(max_examples=20, stateful_step_count=TURNS, deadline=None, derandomize=True, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)),
        )
