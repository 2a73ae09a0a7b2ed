"""Metrics and event logs: counts without words, in which no one person shows."""
import json
import urllib.request

from prometheus_client import CollectorRegistry, generate_latest

from bot.signposting.routes import table
from bot.signposting.services import registry
from bot.webchat.metrics import BOUNDS, RENEWED_SECONDS, Metrics
from tests.conftest import free_port
from tests.servers import serving

TRACE = {"intent": "bullying", "concern": "bullying", "urgency": "no", "services": ["childline"]}


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def shown(metrics):
    prometheus = CollectorRegistry()
    prometheus.register(metrics)
    return generate_latest(prometheus).decode()


def test_fewer_than_five_are_not_shown_and_more_are_rounded_down():
    clock = Clock()
    metrics = Metrics(clock=clock)
    for _ in range(4):
        metrics.note("message", 200, 0.01, TRACE)
    assert "bullying" not in shown(metrics) and 'le="+Inf"} 0.0' in shown(metrics)
    for _ in range(5):
        metrics.note("message", 200, 0.01, TRACE)
    assert "bullying" not in shown(metrics), "renewed once a minute only"
    clock.now += RENEWED_SECONDS
    text = shown(metrics)
    assert 'webchat_concern_total{concern="bullying"} 5.0' in text
    assert 'webchat_service_total{service="childline"} 5.0' in text
    assert 'webchat_answer_seconds_bucket{le="0.005"} 0.0' in text and 'webchat_answer_seconds_bucket{le="0.02"} 5.0' in text


def test_labels_are_from_closed_lists():
    metrics = Metrics()
    for _ in range(5):
        metrics.note("message", 299, 100.0, {"intent": "xyzzy", "concern": "xyzzy", "urgency": "xyzzy", "services": ["xyzzy"]})
        metrics.note("message", 200, 100.0, {"intent": "xyzzy", "concern": "xyzzy", "urgency": "xyzzy", "services": ["xyzzy"]})
    text = shown(metrics)
    assert "xyzzy" not in text and 'status="other"' in text
    assert f'le="{BOUNDS[-1]}"}} 0.0' in text and 'le="+Inf"} 5.0' in text
    for concern in table().severity:
        for _ in range(5):
            metrics.note("message", 200, 0.01, {"intent": concern, "concern": concern, "urgency": "no", "services": list(registry())})


def test_a_real_server_counts_without_words():
    port = free_port()
    with serving(environment={"METRICS_PORT": str(port), "EVENT_LOG": "1"}) as bot:
        talk = bot.talk()
        for _ in range(5):
            talk.say("canaryword my stepdad hits me with a belt")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            text = answer.read().decode()
        events = [json.loads(line) for line in bot.output().splitlines() if line.startswith("{")]
    assert 'webchat_requests_total{event="message",status="200"} 5.0' in text
    assert 'webchat_concern_total{concern="physical_abuse"} 5.0' in text
    assert "canaryword" not in text and talk.token not in text and "webchat_open_sessions 0.0" in text
    assert [(one["event"], one["status"]) for one in events] == [("session_opened", 201)] + [("message", 200)] * 5
    assert all(set(one) == {"event", "status", "ms"} for one in events) and "canaryword" not in bot.output()
