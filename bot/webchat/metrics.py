"""What is seen of the bot from outside: counts for Prometheus and, where asked for, a line of JSON for each event.

No words, no addresses, no session ids: every label is from a list that the project's files close. So that no one person shows in a count, each
number is rounded down to a multiple of 5 and renewed once a minute only: a count that grows tells that about five people came, and not when.
Off by default; METRICS_PORT=9100 serves them on 127.0.0.1 alone, EVENT_LOG=1 writes the events to standard output.
"""
import json
import logging
import time
from collections import Counter
from typing import Callable, Dict, Iterator, List, Tuple

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sanic import Request, Sanic
from sanic.response import HTTPResponse

from bot.signposting.routes import table
from bot.signposting.services import registry

AT_LEAST = 5              # people, or none at all
RENEWED_SECONDS = 60.0
BOUNDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 7.0)   # seconds; after 7 there is help instead of an answer
EVENTS = {("POST", "/sessions"): "session_opened", ("DELETE", "/sessions"): "session_ended", ("POST", "/messages"): "message"}
URGENCIES = ("now", "possible", "no")
STATUSES = (200, 201, 204, 400, 401, 404, 405, 408, 413, 417, 429, 500, 503)
logger = logging.getLogger(__name__)


class Metrics(Collector):
    """Counts since the start, of one worker."""

    def __init__(self, open_sessions: Callable[[], int] = lambda: 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._open_sessions, self._clock = open_sessions, clock
        self._counts: Dict[str, Counter] = {name: Counter() for name in ("requests", "concern", "service", "urgency", "answer")}
        self._times: List[int] = [0] * (len(BOUNDS) + 1)
        self._shown: List[Metric] = []
        self._renewed = float("-inf")

    def note(self, event: str, status: int, seconds: float, trace: Dict) -> None:
        """Counts a request. `trace`: why the bot answered a message so (bot/webchat/answering.py); empty where it did not."""
        self._counts["requests"][(event, str(status) if status in STATUSES else "other")] += 1
        if event != "message" or status != 200:
            return
        self._times[sum(seconds > bound for bound in BOUNDS)] += 1
        self._counts["answer"][("understood" if trace.get("intent") not in (None, "nlu_fallback") else "not_understood" if trace else "broken",)] += 1
        if trace.get("concern") in table().severity:
            self._counts["concern"][(trace["concern"],)] += 1
        if trace.get("urgency") in URGENCIES:
            self._counts["urgency"][(trace["urgency"],)] += 1
        self._counts["service"].update((one,) for one in set(trace.get("services") or ()) if one in registry())

    def collect(self) -> Iterator[Metric]:
        if self._clock() - self._renewed >= RENEWED_SECONDS:
            self._shown, self._renewed = list(self._rounded()), self._clock()
        return iter(self._shown)

    def _rounded(self) -> Iterator[Metric]:
        for name, help_text, labels in (
            ("requests", "Requests by event and HTTP status; 429 is a limit hit", ("event", "status")),
            ("concern", "Messages by their gravest concern", ("concern",)),
            ("service", "Answers that show a service", ("service",)),
            ("urgency", "Messages by urgency: now is led by 999", ("urgency",)),
            ("answer", "Answers: understood, not_understood (the menu of help), broken (a fault or the kill switch: static help)", ("kind",)),
        ):
            family = CounterMetricFamily(f"webchat_{name}", help_text, labels=labels)
            for values, count in sorted(self._counts[name].items()):
                if count >= AT_LEAST:
                    family.add_metric(values, _down(count))
            yield family
        yield self._seconds()
        yield GaugeMetricFamily("webchat_open_sessions", "Conversations that this worker remembers (0 where Redis does)", value=_down(self._open_sessions()))

    def _seconds(self) -> Metric:
        buckets: List[Tuple[str, float]] = []
        so_far = 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._times):
            so_far += count
            buckets.append((bound, _down(so_far)))
        family = HistogramMetricFamily("webchat_answer_seconds", "Time from a message to its answer")
        family.add_metric([], buckets, sum_value=None)
        return family


def _down(count: int) -> int:
    return count - count % AT_LEAST


def watch(app: Sanic, metrics: Metrics, api: str, events: bool) -> None:
    """Has every request to the web chat's API counted, and written as an event where `events`."""

    @app.on_request
    async def begin(request: Request) -> None:
        request.ctx.began = time.perf_counter()

    @app.on_response
    async def end(request: Request, response: HTTPResponse) -> None:
        event = EVENTS.get((request.method, request.path[len(api):])) if request.path.startswith(api) else None
        if event:
            seconds = time.perf_counter() - getattr(request.ctx, "began", time.perf_counter())
            metrics.note(event, response.status, seconds, getattr(request.ctx, "trace", {}))
            if events:
                try:
                    print(json.dumps({"event": event, "status": response.status, "ms": round(1000 * seconds)}), flush=True)
                except OSError:   # a full disk or a closed pipe: the answer matters more
                    pass


def serve(metrics: Metrics, port: int) -> None:
    """Answers GET /metrics on this machine alone. A port that is taken is logged: the bot answers visitors all the same."""
    prometheus = CollectorRegistry()
    prometheus.register(metrics)
    try:
        start_http_server(port, addr="127.0.0.1", registry=prometheus)
    except OSError as error:
        logger.error("No metrics on port %s: %s", port, error.strerror)
