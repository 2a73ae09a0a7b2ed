"""Conversations, turns and limits over a real Redis: what workers share, what they cannot undo for each other, and that all of it expires."""
import asyncio
import json

import pytest

from bot.webchat.conversations import ConversationOver, Conversations, StoreGone
from bot.webchat.limits import Limits
from bot.webchat.settings import Settings
from bot.webchat.shared import SharedConversations, SharedLimits, connect
from bot.webchat.visitors import Visitors
from tests.servers import SECRET, running_redis


@pytest.fixture(scope="module")
def redis():
    with running_redis() as redis:
        yield redis


@pytest.fixture(autouse=True)
def emptied(redis):
    redis.client.flushall()


def together(redis, *tests):
    """Runs each test with two workers' own connections."""

    async def both():
        first, second = connect(redis.url), connect(redis.url)
        try:
            for test in tests:
                await test(first, second)
        finally:
            await first.close(), await second.close()

    asyncio.run(both())


async def say(conversations, conversation, seconds=0.0):
    async with conversations.turn(conversation) as turn:
        told = turn.facts.get("turn", 0)
        await asyncio.sleep(seconds)
        turn.facts = {"turn": told + 1}


async def many_at_once(one, other):
    await one.open("a")
    await asyncio.gather(*(say(each, "a", 0.02) for each in (one, other) * 5))
    async with other.turn("a") as turn:
        assert turn.facts == {"turn": 10}


async def ended_meanwhile(one, other):
    await one.open("b")
    async with one.turn("b") as turn:
        await other.end("b")
        turn.facts = {"turn": 1}
    with pytest.raises(ConversationOver):
        await say(other, "b")


async def a_fault_is_not_remembered(one, other):
    await one.open("c")
    await say(one, "c")
    with pytest.raises(KeyError):
        async with one.turn("c") as turn:
            turn.facts = {"turn": 9}
            raise KeyError
    async with other.turn("c") as turn:   # at once: the turn was given back
        assert turn.facts == {"turn": 1}


async def never_opened(one, other):
    with pytest.raises(ConversationOver):
        await say(one, "never")


@pytest.mark.parametrize("case", [many_at_once, ended_meanwhile, a_fault_is_not_remembered, never_opened])
@pytest.mark.parametrize("kind", ["memory", "redis"])
def test_a_conversation_takes_one_message_at_a_time(case, kind, redis):
    async def over_redis(first, second):
        await case(SharedConversations(first, SECRET, 15), SharedConversations(second, SECRET, 15))

    async def in_memory():
        kept = Conversations()
        await case(kept, kept)

    together(redis, over_redis) if kind == "redis" else asyncio.run(in_memory())


def test_a_turn_whose_worker_died_comes_free_and_its_late_answer_changes_nothing(redis, monkeypatch):
    monkeypatch.setattr("bot.webchat.shared.LOCK_SECONDS", 0.3)

    async def case(first, second):
        one, other = SharedConversations(first, SECRET, 15), SharedConversations(second, SECRET, 15)
        await one.open("a")
        with pytest.raises(StoreGone):
            async with one.turn("a") as turn:
                await say(other, "a")   # waits until the lock has expired
                turn.facts = {"turn": 99}
        async with other.turn("a") as turn:
            assert turn.facts == {"turn": 1}

    together(redis, case)


def test_a_turn_that_is_not_had_in_time_is_given_up(redis, monkeypatch):
    monkeypatch.setattr("bot.webchat.shared.LOCK_PATIENCE_SECONDS", 0.2)

    async def case(first, second):
        one, other = SharedConversations(first, SECRET, 15), SharedConversations(second, SECRET, 15)
        await one.open("a")
        async with one.turn("a"):
            with pytest.raises(StoreGone):
                await say(other, "a")

    together(redis, case)


def test_all_that_is_kept_expires_and_tells_nobody_whose_it_is(redis):
    async def case(first, second):
        one, limits = SharedConversations(first, SECRET, 2), SharedLimits(second, SECRET)
        await one.open("the-id")
        await limits.allows(("messages of 192.0.2.7", 5), ("messages in the-id", 5))
        redis.client.pexpire(redis.client.keys("conversation:*")[0], 5000)
        async with one.turn("the-id") as turn:
            assert len(redis.client.keys("turn:*")) == 1 and 0 < redis.client.pttl(redis.client.keys("turn:*")[0]) <= 12_000
            turn.facts = {"concerns": ["bullying"]}
        keys = redis.client.keys()
        assert len(keys) == 3
        for key in keys:
            assert 0 < redis.client.pttl(key) <= 120_000
            assert b"the-id" not in key and b"192.0.2.7" not in key
        kept = redis.client.keys("conversation:*")[0]
        assert redis.client.pttl(kept) > 60_000   # each message moves the end
        assert json.loads(redis.client.get(kept)) == {"concerns": ["bullying"]}
        redis.client.pexpire(kept, 1)
        await asyncio.sleep(0.05)
        with pytest.raises(ConversationOver):
            await say(one, "the-id")

    together(redis, case)


def test_another_secret_finds_nothing(redis):
    async def case(first, second):
        await SharedConversations(first, SECRET, 15).open("a")
        with pytest.raises(ConversationOver):
            await say(SharedConversations(second, SECRET + "x", 15), "a")

    together(redis, case)


def test_limits_count_for_all_workers_together_and_alone_while_redis_is_away(redis):
    async def case(first, second):
        one, other = SharedLimits(first, SECRET), SharedLimits(second, SECRET)
        assert [await each.allows(("a", 4), ("b", 100)) for each in (one, other) * 3] == [True] * 4 + [False] * 2
        assert await one.allows(("b", 100)) and await one.allows(("c", 0))
        redis.kill()
        assert [await one.allows(("a", 2)) for _ in range(3)] == [True, True, False]

    together(redis, case)
    redis.start()


def test_limits_in_memory_forget_with_their_window_and_are_bounded():
    now = [0.0]
    limits = Limits(within=60, most_counted=100, clock=lambda: now[0])
    assert [limits.count(("a", 2)) for _ in range(3)] == [True, True, False]
    now[0] = 59
    assert not limits.count(("a", 2))
    now[0] = 61
    assert limits.count(("a", 2))
    for number in range(1000):
        limits.count((f"visitor {number}", 5))
    assert len(limits._counts) <= 101


def test_conversations_in_memory_are_forgotten_by_a_clock_that_cannot_jump(monkeypatch):
    now = [0.0]
    kept = Conversations(minutes=15, most=3, clock=lambda: now[0])
    monkeypatch.setattr("time.time", lambda: 4e9)   # the machine's clock jumps by decades: it is not asked
    kept.write("a", {})
    now[0] = 14 * 60
    kept.write("a", {})
    now[0] = 28 * 60
    assert kept.read("a") == {}
    now[0] = 30 * 60
    assert kept.read("a") is None
    for name in "bcdef":
        kept.write(name, {})
    assert len(kept) == 3 and kept.read("b") is None and kept.read("f") == {}   # the oldest are forgotten


def test_what_is_old_is_forgotten_though_nobody_comes():
    from bot.webchat.server import forgetting

    now = [0.0]
    conversations, limits = Conversations(minutes=15, clock=lambda: now[0]), Limits(clock=lambda: now[0])
    conversations.write("a", {"age": "13_15"})
    limits.count(("visitor", 5))

    async def wait():
        task = asyncio.ensure_future(forgetting((conversations, limits), every=0.001))
        now[0] = 14 * 60.0
        while limits._counts:
            await asyncio.sleep(0.001)
        assert conversations._kept
        now[0] = 16 * 60.0
        while conversations._kept:
            await asyncio.sleep(0.001)
        task.cancel()

    asyncio.run(asyncio.wait_for(wait(), 30))


@pytest.mark.parametrize(
    "peer, forwarded, expected",
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),                        # whoever is no proxy of ours is not believed
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),              # what the visitor wrote himself is not believed
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("2001:db8:1:2:aaaa::1", "", "2001:db8:1:2::/64"),                     # one home
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
    ],
)
def test_whose_address_counts(peer, forwarded, expected):
    visitors = Visitors(Settings.read({"TRUSTED_PROXIES": "10.0.0.0/8"}).trusted_proxies)
    assert visitors.address(peer, forwarded) == expected
