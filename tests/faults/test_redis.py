"""Two workers that share conversations through Redis, behind nginx: Redis gone before, during and after a message, workers killed."""
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import seen
from tests.launch import PAUSES
from tests.servers import API, Bot, Talk, running_redis, serving, shared, until
from tests.test_outage import nginx, write_outage

KNIFE = "hes got a knife and hes hurting my mum right now"


@pytest.fixture(scope="module")
def redis():
    with running_redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def bot(redis):
    with serving(["actions_fail"], workers=2, environment=shared(redis)) as bot:
        yield bot


@pytest.fixture(scope="module")
def proxy(bot, tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxy")
    write_outage(folder)
    with nginx(folder, f"server 127.0.0.1:{bot.port};") as address:
        yield address


@pytest.fixture
def both(bot, redis):
    """The bot, well and with both workers, before each test."""
    if redis.process is None:
        redis.start()
    until(lambda: len(bot.workers()) == 2, 60, "two workers")
    until(lambda: all(bot.ready() for _ in range(6)), 90, bot.output())
    return bot


def anew(address: str, talk: Talk, **body: str) -> httpx.Response:
    """Sends a message over a connection of its own, so that any worker may have it. A dropped connection is tried again, as a proxy does."""
    for _ in range(20):
        try:
            return httpx.post(f"{address}{API}/messages", json=body, headers={"Authorization": f"Bearer {talk.token}"}, timeout=30)
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("no answer")


def said(answer: httpx.Response):
    assert answer.status_code == 200, answer.text
    return seen(answer.json()["messages"], {})


def assert_helps_without_store(bot: Bot, talk: Talk) -> None:
    answer = said(anew(bot.address, talk, text="my dad hits me"))
    assert answer.services[0] == "emergency_999" and "childline" in answer.services
    opened = httpx.post(f"{bot.address}{API}/sessions", timeout=30)
    assert opened.status_code == 503 and opened.json()["error"]["code"] == "store_gone"
    assert "childline" in seen(opened.json()["messages"], {}).services
    assert bot.knows_that_it_is_not_ready() and bot.live()


def test_a_conversation_goes_on_whichever_worker_is_asked_and_whichever_dies(both, proxy, redis):
    talk = Talk(proxy)
    assert said(anew(proxy, talk, text=KNIFE)).led_by_999
    for worker in both.workers():
        os.kill(worker, signal.SIGKILL)
        for _ in range(6):
            answer = anew(proxy, talk, text="ok")
            if answer.status_code == 502:   # the killed worker had it: nginx gives the contacts, and the widget asks again
                assert "childline" in seen(answer.json()["messages"], {}).services
            else:
                assert said(answer).led_by_999
        until(lambda: len(both.workers()) == 2 and worker not in both.workers(), 30, "the worker is replaced")
        until(lambda: all(both.ready() for _ in range(6)), 90, both.output())
    assert said(anew(proxy, talk, text="ok")).led_by_999


def test_messages_of_one_conversation_do_not_overtake_each_other(both, redis):
    talk = both.talk()
    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(lambda text: said(anew(both.address, talk, text=text)), ["im being bullied"] * 8))
    assert all(answer.services for answer in answers)
    kept = [json.loads(value) for value in map(redis.client.get, redis.client.keys("conversation:*")) if b"bullying" in value]
    assert kept[-1]["turn"] == 8


def test_limits_hold_over_all_workers(both):
    talk = both.talk()
    answers = [anew(both.address, talk, text="") for _ in range(45)]
    assert [answer.status_code for answer in answers] == [200] * 40 + [429] * 5
    assert all(seen(answer.json()["messages"], {}).services for answer in answers)


def test_redis_gone_before_a_message_and_then_back(both, redis):
    talk = both.talk()
    talk.say(KNIFE)
    redis.kill()
    assert_helps_without_store(both, talk)
    redis.start()   # it keeps nothing on disk: the conversation is over, and says so
    answer = anew(both.address, talk, text="ok")
    assert answer.status_code == 401 and "childline" in seen(answer.json()["messages"], {}).services
    until(both.ready, 20, "ready again")
    assert both.talk().say(KNIFE).led_by_999


def test_redis_gone_during_a_message(both, redis):
    talk = both.talk()
    with ThreadPoolExecutor(1) as one:
        answering = one.submit(anew, both.address, talk, text=f"someone has shared a nude of me {PAUSES}")
        time.sleep(0.7)
        redis.kill()
        answer = said(answering.result())
    assert "report_remove" in answer.services   # the answer was found, so it is given
    assert both.knows_that_it_is_not_ready()


def test_redis_that_does_not_answer_for_a_while(both, redis):
    talk = both.talk()
    talk.say(KNIFE)
    redis.freeze()
    try:
        assert_helps_without_store(both, talk)
    finally:
        redis.thaw()
    until(both.ready, 20, "ready again")
    assert said(anew(both.address, talk, text="ok")).led_by_999   # nothing was lost


def test_redis_that_is_full_ends_in_help(both, redis):
    talk = both.talk()
    redis.client.config_set("maxmemory", "1")
    try:
        assert_helps_without_store(both, talk)
    finally:
        redis.client.config_set("maxmemory", "0")
    until(both.ready, 20, "ready again")


def test_redis_not_there_at_the_start(redis):
    redis.kill()
    with serving(environment=shared(redis), wait=False) as bot:
        until(lambda: "Ready on" in bot.output(), 120, bot.output())
        assert bot.knows_that_it_is_not_ready() and bot.live()
        assert "childline" in httpx.get(bot.address).text.lower()
        redis.start()
        until(bot.ready, 20, "ready")
        assert bot.talk().say(KNIFE).led_by_999
