"""The web chat's channel for Rasa: sessions made by the server, messages in, answers out (bot/webchat/openapi.yml describes it)."""
import json
import logging
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from bot.signposting.reply import Message, static_help
from bot.webchat.answering import NAME, NoSuchChoice, TooLong, answer
from bot.webchat.cleaning import LONGEST
from bot.webchat.conversations import CONVERSATIONS, Conversations
from bot.webchat.limits import Limits
from bot.webchat.sessions import Sessions

logger = logging.getLogger(__name__)


class WebChat(InputChannel):
    """Owns sessions and limits; what a visitor sends reaches Rasa as text or as a choice, never as an intent."""

    def __init__(self, conversations: Conversations = CONVERSATIONS, sessions: Optional[Sessions] = None) -> None:
        self._conversations = conversations
        self._sessions = sessions or Sessions(conversations)
        self._limits = Limits()

    @classmethod
    def name(cls) -> Text:
        return NAME

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "WebChat":
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        webchat = Blueprint(NAME)

        @webchat.post("/sessions")
        async def open_session(request: Request) -> HTTPResponse:
            token = self._sessions.open()
            return json_response({"session": token, "messages": static_help("utter_greet_calm").messages}, status=201)

        @webchat.delete("/sessions")
        async def end_session(request: Request) -> HTTPResponse:
            conversation_id = self._sessions.conversation_of(request.token)
            if conversation_id:
                self._conversations.forget(conversation_id)
            return json_response({"messages": []})

        @webchat.options("/sessions", name="ask_sessions")
        @webchat.options("/messages", name="ask_messages")
        async def may_another_site_ask(request: Request) -> HTTPResponse:
            return empty()   # the server adds the headers that say so, or does not

        @webchat.post("/messages")
        async def message(request: Request) -> HTTPResponse:
            conversation_id = self._sessions.conversation_of(request.token)
            if conversation_id is None:
                return refusal(401, "session_over", "Open a session first: it is missing, ended or forgotten.", "utter_session_over")
            if not self._limits.allows(conversation_id):
                return refusal(429, "too_fast", "Too many messages in a short time: wait a minute.", "utter_too_fast")
            said = _read(request)
            if said is None:
                return refusal(400, "not_readable", 'Send JSON: {"text": "..."} or {"choice": "id"}.', "utter_empty")
            try:
                messages, _ = await answer(on_new_message, conversation_id, **said)
            except TooLong:
                return refusal(413, "too_long", f"A message has at most {LONGEST} letters.", "utter_too_long", limit=LONGEST)
            except NoSuchChoice:
                return refusal(400, "no_such_choice", "There is no choice with that id.", "utter_not_understood_calm")
            return json_response({"messages": messages})

        return webchat


def _read(request: Request) -> Optional[Dict[str, str]]:
    """The message's text or choice, or None where the body is not what the API takes."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or set(body) not in ({"text"}, {"choice"}) or not all(isinstance(one, str) for one in body.values()):
        return None
    return body


def refusal(status: int, code: str, reason: str, words: str, **values: object) -> HTTPResponse:
    """An error for the program that called, with help for the person behind it."""
    messages: List[Message] = static_help(words, **values).messages
    return json_response({"error": {"code": code, "message": reason}, "messages": messages}, status=status)
