"""What a server runs the bot with: the service's file, the container's, and what systemd hears."""

from __future__ import annotations

import configparser
import re
import socket
import tomllib
from pathlib import Path

import pytest

from bot.jobs.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"


@pytest.fixture
def unit() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "inspection-bot.service", "utf-8")
    return parser["Service"]


def test_systemd_hears_that_it_is_ready_alive_and_stopping(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        supervisor = Supervisor(address)

        supervisor.ready()
        supervisor.alive()
        supervisor.stopping()

        heard = [manager.recv(100).decode() for _ in range(3)]

    assert heard == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


def test_without_systemd_or_with_one_that_is_gone_nothing_happens(tmp_path: Path) -> None:
    Supervisor("").alive()
    Supervisor(str(tmp_path / "gone")).alive()


def test_the_service_is_watched_restarted_and_boxed_in(unit: configparser.SectionProxy) -> None:
    assert unit["Type"] == "notify"
    assert int(unit["WatchdogSec"]) > 60  # longer than the longest wait for a network at the start
    assert unit["Restart"] == "always"
    assert unit["RestartPreventExitStatus"] == "2"
    assert int(unit["TimeoutStopSec"]) > 30  # a clean stop drains for ten seconds, thrice
    assert unit["ExecStart"].endswith("-m bot --config /var/lib/inspection-bot/config.toml run")
    assert unit["ProtectSystem"] == "strict"
    assert unit["CapabilityBoundingSet"] == ""
    for boxed in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "RestrictNamespaces"):
        assert unit[boxed] == "yes", boxed


def test_the_container_copies_what_is_there_runs_as_nobody_special_and_keeps_no_token() -> None:
    docker, compose = (DEPLOY / "Dockerfile").read_text("utf-8"), (DEPLOY / "compose.yaml").read_text("utf-8")

    for words in re.findall(r"(?m)^COPY (.*) \S+$", docker):
        assert all((ROOT / name).exists() for name in words.split()), words
    assert re.search(r"(?m)^USER inspection$", docker)
    assert "BOT_TOKEN" not in docker
    assert "BOT_TOKEN: ${BOT_TOKEN:?" in compose
    assert "read_only: true" in compose
    assert "cap_drop: [ALL]" in compose
    assert "ports:" not in compose  # neither metrics nor health leave the container


@pytest.mark.parametrize("name", ["operations.md", "operations.zh-CN.md"])
def test_what_operations_names_exists(name: str) -> None:
    text = (ROOT / "docs" / name).read_text("utf-8")

    for path in re.findall(r"\bdeploy/[\w.-]+", text):
        assert (ROOT / path).exists() or path == "deploy/.env", path
    from bot.cli import main

    for command in re.findall(r"-m bot (?:--config \S+ )?([a-z]+)", text):
        assert command in main.commands, command  # type: ignore[attr-defined]


def test_every_metric_that_operations_names_is_told() -> None:
    source = "".join(
        (ROOT / "bot" / name).read_text("utf-8") for name in ("jobs/watching.py", "delivery/health.py")
    )

    for name in set(re.findall(r"\bbot_[a-z_]+\b", (ROOT / "docs" / "operations.md").read_text("utf-8"))):
        assert f'"{name}"' in source, name


def test_every_dependency_is_locked_with_a_hash() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = re.findall(r"(?m)^([A-Za-z0-9_.\[\]-]+)==\S+", text)
    entries = re.split(r"(?m)^(?=[A-Za-z0-9_.\[\]-]+==)", text)[1:]

    assert len(pinned) == len(entries) > 30
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"(?m)^(?!\s|#|[A-Za-z0-9_.\[\]-]+==)\S", text)  # nothing that is not pinned
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {normal(one) for one in declared} <= {normal(one) for one in pinned}


def normal(requirement: str) -> str:
    """A distribution's name in the one form that pip compares."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;! ]", requirement)[0]).lower()
