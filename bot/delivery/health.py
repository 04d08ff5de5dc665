"""What a monitor may ask: /healthz (alive), /readyz (working), /metrics (Prometheus)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import orjson
import structlog
from prometheus_client import CollectorRegistry, Gauge, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.delivery.receiver import Receiver
from bot.delivery.sender import Sender
from bot.delivery.serving import Served, bind

log = structlog.get_logger(__name__)

Check = Callable[[], str | None]
"""None when all is well, else one line that says what is not; called in the event loop: it must not wait."""


Gauges = Mapping[str, tuple[str, Callable[[], float]]]
"""Name → what it means, and what it is now."""

Counts = Mapping[str, tuple[str, str, Callable[[], Mapping[str, float]]]]
"""Name → what it means, the name of its label, and label → what it is now; a name in …_total only grows."""


class _Counted(Collector):
    """Numbers by a label that somebody else keeps."""

    def __init__(
        self, name: str, meaning: str, label: str, values: Callable[[], Mapping[str, float]]
    ) -> None:
        self._make = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
        self._name, self._meaning, self._label, self._values = name, meaning, label, values

    def collect(self) -> Iterator[Metric]:
        """What it is now."""
        family = self._make(self._name, self._meaning, labels=[self._label])
        for label, value in dict(self._values()).items():
            family.add_metric([label], value)
        yield family


class Health:
    """The health pages over facts that others know: ``app`` is the ASGI application.

    ``checks`` are asked for ``/readyz``, by name; ``gauges`` for ``/metrics``, by name, with their meaning,
    ``counts`` too, by a label each. No fact may hold a name, a text or the token.
    """

    def __init__(
        self,
        checks: Mapping[str, Check] | None = None,
        gauges: Gauges | None = None,
        counts: Counts | None = None,
    ) -> None:
        self._checks = dict(checks or {})
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        for name, (meaning, value) in (gauges or {}).items():
            Gauge(name, meaning, registry=self.registry).set_function(value)
        for name, (meaning, label, values) in (counts or {}).items():
            self.registry.register(_Counted(name, meaning, label, values))
        self.app = Starlette(
            routes=[
                Route("/healthz", self._alive),
                Route("/readyz", self._ready),
                Route("/metrics", self._metrics),
            ]
        )

    def report(self) -> dict[str, str]:
        """Every check by name with what is wrong, "" where nothing is."""
        said: dict[str, str] = {}
        for name, check in self._checks.items():
            try:
                said[name] = check() or ""
            except Exception as error:
                log.exception("a health check failed", check=name)
                said[name] = f"the check itself failed: {type(error).__name__}"
        return said

    async def _alive(self, request: Request) -> Response:
        # That this is answered is the fact: the event loop runs.
        return PlainTextResponse("ok\n")

    async def _ready(self, request: Request) -> Response:
        report = self.report()
        ready = not any(report.values())
        body = {"ready": ready, "checks": {name: wrong or "ok" for name, wrong in report.items()}}
        return Response(orjson.dumps(body), status_code=200 if ready else 503, media_type="application/json")

    async def _metrics(self, request: Request) -> Response:
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)


def of_bot(
    receiver: Receiver,
    sender: Sender,
    ready: Callable[[], bool],
    wrong: Mapping[str, Check],
    measured: tuple[Gauges, Counts],
) -> Health:
    """The health of a bot that hears by a receiver and speaks by a sender, with what a watch has seen."""
    checks = {"listening": lambda: None if ready() else "starting or stopping", **wrong}
    gauges: Gauges = {
        "bot_sends_under_way": ("Messages being sent", lambda: sender.under_way),
        "bot_lanes_waiting": ("Updates held in memory and not done", lambda: receiver.lanes.waiting),
        **measured[0],
    }
    counts: Counts = {
        "bot_updates_total": (
            "Updates since the start, by how they ended",
            "outcome",
            lambda: {"done": receiver.handled, "aside": receiver.aside},
        ),
        "bot_sends_total": ("Sendings since the start, by their outcome", "outcome", lambda: sender.outcomes),
        **measured[1],
    }
    return Health(checks, gauges, counts)


async def serve_health(health: Health, listen: str = "127.0.0.1:8090") -> Served | None:
    """Serve the health pages; "" is off, and a port that cannot be had is a warning, not an end.

    Raises:
        ValueError: when ``listen`` is not HOST:PORT.
    """
    if not listen:
        return None
    try:
        sock = bind(listen)
    except OSError as error:
        log.warning("no health pages", listen=listen, reason=error.strerror)
        return None
    served = Served(health.app, sock)
    await served.start()
    return served
