"""No message, however odd, gets no answer or an answer without a way to a person."""
import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.signposting.choices import choices
from bot.signposting.services import registry
from bot.webchat.answering import NoSuchChoice, TooLong
from bot.webchat.cleaning import LONGEST, cleaned
from tests.conftest import seen

COMMANDS = [
    "/restart", "/back", "/session_start", "/greet", "/danger_now", '/inform{"audience": "adult"}', "/nlu_fallback@0.9", "/out_of_scope",
    "  /restart", "\u200b/restart", "\ufeff/restart", "／restart", "/ /restart", "//restart", "/\n/restart", "/thanks[]", "/suicide_now@1.0{}",
    "EXTERNAL: restart", "action_listen", "/action_restart",
]
ODD = ["", " ", "\n\n", "...", "?", "👍", "😭😭", "a", "\x00\x01", "null", "{}", "[]", '{"text": "hi"}', "<script>alert(1)</script>", "%s%n", "'; drop table", "ﷺ" * 50, "a" * LONGEST, "🙂" * 500, "\u202eevil", "0", "None"]


def assert_helps(answer):
    assert answer.texts and all(text.strip() for text in answer.texts)
    assert answer.services and len(answer.services) <= 4
    assert answer.trace, "something inside failed"
    for text in answer.texts:
        assert "None" not in text and "{" not in text


@pytest.mark.parametrize("text", COMMANDS + ODD)
def test_commands_and_odd_input_are_only_text(new_talk, text):
    talk = new_talk()
    talk.say("im being bullied at school")
    answer = talk.say(text)
    assert_helps(answer)
    assert "childline" in answer.services   # nothing was restarted: the worry is still known


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_answered_with_help(new_talk, text):
    assert_helps(new_talk().say(text))


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_cleaned_text_never_begins_as_a_command(text):
    for one in (text, "/" + text, "\u200b/" + text, "／" + text):
        assert not cleaned(one).startswith(("/", "／"))
        assert cleaned(cleaned(one)) == cleaned(one)


def test_every_choice_is_answered_with_help(new_talk):
    for choice in choices().choices:
        for before in (None, "my dad hits me", "someone is threatening to post my nudes"):
            talk = new_talk()
            if before:
                talk.say(before)
            assert_helps(talk.choose(choice.id))


def test_what_is_no_choice_is_refused(talk):
    with pytest.raises(NoSuchChoice):
        talk.choose("/restart")


def test_too_long_is_refused_by_the_core(talk):
    with pytest.raises(TooLong):
        talk.say("a" * (LONGEST + 1))


BROKEN = [b"", b"{", b"[]", b"null", b'"text"', b'{"text": 1}', b'{"text": "a", "choice": "b"}', b'{"other": "x"}', b"\xff\xfe", b'{"text": null}', b"[" * 5000]


@pytest.mark.parametrize("body", BROKEN)
def test_broken_requests_get_a_reason_and_help(server, body):
    token = httpx.post(f"{server}/webhooks/webchat/sessions").json()["session"]
    answer = httpx.post(f"{server}/webhooks/webchat/messages", content=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 400 and answer.json()["error"]["message"]
    assert "childline" in seen(answer.json()["messages"], {}).services


@pytest.mark.parametrize("token", ["x", "a.b", "Bearer", "default", "health-check"])
def test_tokens_that_are_not_ours_read_nothing(server, token):
    answer = httpx.post(f"{server}/webhooks/webchat/messages", json={"text": "hi"}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401 and seen(answer.json()["messages"], {}).services


def test_over_long_and_huge_bodies_get_help(server):
    token = httpx.post(f"{server}/webhooks/webchat/sessions").json()["session"]
    for size in (LONGEST + 1, 200_000):
        answer = httpx.post(f"{server}/webhooks/webchat/messages", json={"text": "a" * size}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 413 and seen(answer.json()["messages"], {}).services


def test_unknown_addresses_and_rasas_own_are_closed(server):
    for path in ("/nothing", "/webhooks/rest/webhook", "/model/parse", "/conversations/default/tracker", "/status", "/domain", "/widget/../server.py", "/widget/%2e%2e/server.py"):
        for method in ("GET", "POST"):
            answer = httpx.request(method, server + path)
            assert answer.status_code in (404, 405), path
            assert seen(json.loads(answer.text)["messages"], {}).services


def test_a_fault_inside_ends_in_help(new_talk, assistant, monkeypatch):
    async def breaks(message):
        raise RuntimeError("secret words")

    monkeypatch.setattr(assistant, "on_new_message", breaks)
    answer = new_talk().say("my dad hits me")
    assert answer.services[0] == "emergency_999" and "childline" in answer.services
    assert {contact["display"] for message in answer.messages if message["type"] == "services" for card in message["services"] for contact in card["contacts"]} <= {
        contact.display for service in registry().values() for contact in service.contacts
    }


def test_the_kill_switch_turns_every_answer_into_static_help(talk, monkeypatch):
    monkeypatch.setenv("BOT_PAUSED", "1")
    answer = talk.say("my dad hits me")
    assert not answer.trace and answer.services[0] == "emergency_999" and "childline" in answer.services


def test_a_flood_is_refused_with_help(server):
    token = httpx.post(f"{server}/webhooks/webchat/sessions").json()["session"]
    statuses = set()
    for _ in range(45):
        answer = httpx.post(f"{server}/webhooks/webchat/messages", json={"text": "hi"}, headers={"Authorization": f"Bearer {token}"}, timeout=20)
        statuses.add(answer.status_code)
        assert seen(answer.json()["messages"], {}).services
    assert statuses == {200, 429}
