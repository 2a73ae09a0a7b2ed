"""The web chat's channel for Rasa: sessions made by the server, messages in, answers out (bot/webchat/openapi.yml describes it)."""
import json
from typing import Any, Awaitable, Callable, Dict, List, Optional, Protocol, Text, Tuple

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from bot.signposting.reply import Message, static_help
from bot.webchat.answering import NAME, AnyConversations, NoSuchChoice, TooLong, answer
from bot.webchat.cleaning import LONGEST
from bot.webchat.conversations import ConversationOver, Conversations, StoreGone
from bot.webchat.limits import PER_CONVERSATION, Limits
from bot.webchat.sessions import Sessions
from bot.webchat.settings import Settings
from bot.webchat.visitors import Visitors

MESSAGES_A_SESSION = 5   # an address may open a fifth as many sessions as it may send messages


class AnyLimits(Protocol):
    """Where messages are counted: in memory, or in Redis for all workers together."""

    async def allows(self, *limits: Tuple[str, int]) -> bool: ...


class WebChat(InputChannel):
    """Owns sessions and limits; what a visitor sends reaches Rasa as text or as a choice, never as an intent."""

    def __init__(
        self, settings: Settings = Settings(), conversations: Optional[AnyConversations] = None, limits: Optional[AnyLimits] = None
    ) -> None:
        self.conversations = conversations or Conversations(settings.session_minutes)
        self._limits = limits or Limits()
        self._sessions = Sessions(settings.session_secret)
        self.visitors = Visitors(settings.trusted_proxies, settings.session_secret)
        self._per_address = settings.messages_per_address

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
            if not await self._limits.allows((f"sessions of {self.visitors.key_of(request)}", self._per_address // MESSAGES_A_SESSION)):
                return too_fast()
            conversation_id, token = self._sessions.new()
            try:
                await self.conversations.open(conversation_id)
            except StoreGone:
                return store_gone()
            return json_response({"session": token, "messages": static_help("utter_greet_calm").messages}, status=201)

        @webchat.delete("/sessions")
        async def end_session(request: Request) -> HTTPResponse:
            conversation_id = self._sessions.conversation_of(request.token)
            try:
                if conversation_id:
                    await self.conversations.end(conversation_id)
            except StoreGone:
                return store_gone()
            return json_response({"messages": []})

        @webchat.options("/sessions", name="ask_sessions")
        @webchat.options("/messages", name="ask_messages")
        async def may_another_site_ask(request: Request) -> HTTPResponse:
            return empty()   # the server adds the headers that say so, or does not

        @webchat.post("/messages")
        async def message(request: Request) -> HTTPResponse:
            visitor = (f"messages of {self.visitors.key_of(request)}", self._per_address)
            conversation_id = self._sessions.conversation_of(request.token)
            if not await self._limits.allows(visitor, (f"messages in {conversation_id}", PER_CONVERSATION if conversation_id else 0)):
                return too_fast()
            if conversation_id is None:
                return session_over()
            said = _read(request)
            if said is None:
                return refusal(400, "not_readable", 'Send JSON: {"text": "..."} or {"choice": "id"}.', "utter_empty")
            try:
                messages, request.ctx.trace = await answer(on_new_message, self.conversations, conversation_id, **said)
            except ConversationOver:
                return session_over()
            except TooLong:
                return refusal(413, "too_long", f"A message has at most {LONGEST} letters.", "utter_too_long", limit=LONGEST)
            except NoSuchChoice:
                return refusal(404, "no_such_choice", "There is no choice with that id.", "utter_not_understood_calm")
            return json_response({"messages": messages})

        return webchat


def session_over() -> HTTPResponse:
    return refusal(401, "session_over", "Open a session first: it is missing, ended or forgotten.", "utter_session_over")


def too_fast() -> HTTPResponse:
    return refusal(429, "too_fast", "Too many messages in a short time: wait a minute.", "utter_too_fast")


def store_gone() -> HTTPResponse:
    return refusal(503, "store_gone", "Conversations cannot be remembered at the moment: try again.", "utter_broken")


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
