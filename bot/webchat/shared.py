"""Conversations and limits that all workers and machines share through Redis. No key tells whose it is, and all of them expire."""
import asyncio
import json
import secrets
from contextlib import asynccontextmanager
from hashlib import blake2b
from typing import Any, AsyncIterator, Awaitable, Callable, Optional, Tuple, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisUnreachable
from redis.exceptions import RedisError

from bot.webchat.conversations import ConversationOver, Facts, StoreGone, Turn
from bot.webchat.limits import WITHIN_SECONDS, Limits
from bot.webchat.visitors import derived_key

ANSWER_SECONDS = 1.0         # Redis takes a tenth of a millisecond; so long is as good as gone
LOCK_SECONDS = 12.0          # longer than any message is answered in; then another worker may go on
LOCK_PATIENCE_SECONDS = 5.0

# One step in Redis each: nothing can come between the parts.
_BEGIN = """
local facts = redis.call('GET', KEYS[1])
if not facts then return {'over'} end
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {'busy'} end
return {'yours', facts}
"""
_KEEP = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[2], 'XX', 'PX', ARGV[3])
return 1
"""
_LET_GO = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""
_COUNT = """
local counts = {}
for number, key in ipairs(KEYS) do
    counts[number] = redis.call('INCR', key)
    if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ARGV[1]) end
end
return counts
"""

Answer = TypeVar("Answer")


def connect(url: str) -> "Redis[str]":
    """A client that never waits long. It connects when it is first used, so Redis need not be there yet."""
    return Redis.from_url(
        url, decode_responses=True, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(ExponentialBackoff(cap=0.1, base=0.02), retries=2), retry_on_error=[RedisUnreachable],
    )


class SharedConversations:
    """What Conversations does, over Redis: a conversation is JSON under a keyed hash of its id and expires by itself."""

    def __init__(self, redis: "Redis[str]", secret: str, minutes: float) -> None:
        self._redis, self._key = redis, derived_key(secret, "conversations")
        self._milliseconds = max(1, int(minutes * 60_000))
        self._begin, self._keep, self._let_go = (redis.register_script(script) for script in (_BEGIN, _KEEP, _LET_GO))

    async def open(self, conversation_id: str) -> None:
        """Raises StoreGone."""
        await _asked(self._redis.set(self._names(conversation_id)[0], "{}", px=self._milliseconds))

    async def end(self, conversation_id: str) -> None:
        """Raises StoreGone."""
        await _asked(self._redis.delete(self._names(conversation_id)[0]))

    @asynccontextmanager
    async def turn(self, conversation_id: str) -> AsyncIterator[Turn]:
        """One message's turn, whichever worker has it. Raises ConversationOver, StoreGone.

        Where the block raises, nothing of it is remembered.
        """
        names, ticket = self._names(conversation_id), secrets.token_hex(8)
        turn = Turn(await self._wait_for_turn(names, ticket))
        try:
            yield turn
        except BaseException:
            await self._release(names[1], ticket)
            raise
        facts = json.dumps(turn.facts, ensure_ascii=False, separators=(",", ":"))
        if not await _asked(self._keep(keys=names, args=[ticket, facts, self._milliseconds])):
            raise StoreGone("the turn was lost before its end")

    async def _wait_for_turn(self, names: Tuple[str, str], ticket: str) -> Facts:
        wait, waited = 0.01, 0.0
        while True:
            state, *facts = await _asked(self._begin(keys=names, args=[ticket, int(LOCK_SECONDS * 1000)]))
            if state == "yours":
                return _read(facts[0])
            if state == "over":
                raise ConversationOver
            if waited >= LOCK_PATIENCE_SECONDS:
                raise StoreGone("another message of the conversation is still being answered")
            await asyncio.sleep(wait)
            waited, wait = waited + wait, min(wait * 2, 0.1)

    async def _release(self, lock: str, ticket: str) -> None:
        try:
            await _asked(self._let_go(keys=[lock], args=[ticket]))
        except StoreGone:
            pass   # the lock expires by itself

    def _names(self, conversation_id: str) -> Tuple[str, str]:
        hashed = blake2b(conversation_id.encode(), key=self._key, digest_size=16).hexdigest()
        return f"conversation:{hashed}", f"turn:{hashed}"


class SharedLimits:
    """What Limits does, counted in Redis for all workers together; while Redis is away each worker counts for itself."""

    def __init__(self, redis: "Redis[str]", secret: str) -> None:
        self._count = redis.register_script(_COUNT)
        self._key = derived_key(secret, "limits")
        self._alone = Limits()

    async def allows(self, *limits: Tuple[str, int]) -> bool:
        """Counts one message for each (key, most), and says whether all of them let it pass. A `most` of 0 is no limit."""
        limited = [(f"count:{blake2b(key.encode(), key=self._key, digest_size=16).hexdigest()}", most) for key, most in limits if most]
        if not limited:
            return True
        try:
            counts = await _asked(self._count(keys=[key for key, _ in limited], args=[int(WITHIN_SECONDS * 1000)]))
        except StoreGone:
            return self._alone.count(*limited)
        return all(counted <= most for counted, (_, most) in zip(counts, limited))

    def forget_old(self) -> None:
        self._alone.forget_old()   # Redis does it by itself


async def _asked(question: Awaitable[Answer]) -> Answer:
    """Redis's answer. Raises StoreGone, with no word of what was sent."""
    try:
        return await question
    except (RedisError, OSError, asyncio.TimeoutError) as error:
        raise StoreGone(type(error).__name__) from None


def _read(facts: str) -> Facts:
    try:
        found = json.loads(facts)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}
