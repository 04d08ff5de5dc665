"""Health pages: facts as told, on loopback, and no reason not to start."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.delivery.health import Health, serve_health
from bot.delivery.serving import bind


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_ready_is_what_every_check_says() -> None:
    wrong: dict[str, str | None] = {"polling": None, "ledger": None}
    health = Health({name: lambda name=name: wrong[name] for name in wrong})
    served = await serve_health(health, "127.0.0.1:0")
    assert served is not None

    fine = await get(f"{served.url}/readyz")
    wrong["ledger"] = "the disk is full"
    broken = await get(f"{served.url}/readyz")
    alive = await get(f"{served.url}/healthz")
    await served.stop()

    assert fine == (200, '{"ready":true,"checks":{"polling":"ok","ledger":"ok"}}')
    assert broken == (503, '{"ready":false,"checks":{"polling":"ok","ledger":"the disk is full"}}')
    assert alive == (200, "ok\n")


async def test_a_check_that_fails_itself_is_not_ready_and_takes_nothing_with_it() -> None:
    def broken() -> str | None:
        raise KeyError("a name that nobody should read")

    health = Health({"broken": broken, "fine": lambda: None})
    served = await serve_health(health, "127.0.0.1:0")
    assert served is not None

    status, said = await get(f"{served.url}/readyz")
    await served.stop()

    assert status == 503
    assert "KeyError" in said
    assert "nobody" not in said


async def test_metrics_are_read_when_they_are_asked_for() -> None:
    waiting = [3.0]
    health = Health(gauges={"inspection_lanes_waiting": ("Updates that wait.", lambda: waiting[0])})
    served = await serve_health(health, "127.0.0.1:0")
    assert served is not None

    waiting[0] = 7
    status, said = await get(f"{served.url}/metrics")
    await served.stop()

    assert status == 200
    assert "inspection_lanes_waiting 7.0" in said
    assert "process_resident_memory_bytes" in said


async def test_a_taken_port_is_a_warning() -> None:
    taken = bind("127.0.0.1:0")
    taken.listen()

    served = await serve_health(Health(), f"127.0.0.1:{taken.getsockname()[1]}")
    taken.close()

    assert served is None


async def test_no_address_is_off() -> None:
    assert await serve_health(Health(), "") is None


@pytest.mark.parametrize("listen", ["8090", "localhost", "127.0.0.1:port", "127.0.0.1:70000"])
async def test_what_is_no_address_is_said(listen: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        await serve_health(Health(), listen)


def test_without_a_host_it_is_the_loopback() -> None:
    with bind(":0") as sock:
        host: Any = sock.getsockname()[0]

    assert host == "127.0.0.1"


async def test_signals_stay_the_application_s() -> None:
    import signal

    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    served = await serve_health(Health(), "127.0.0.1:0")
    during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert served is not None
    await served.stop()

    assert during == before
