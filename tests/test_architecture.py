"""The house is built as drawn: who may import whom, and what the lower floors may not contain."""

from __future__ import annotations

import ast
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BOT = ROOT / "bot"
PLAIN = ("domain", "services", "ledger")
NETWORK_AND_PICTURES = {"telegram", "httpx", "aiohttp", "PIL"}
DESK = BOT / "ledger" / "desk.py"  # the one door between the event loop and the ledger
LONG = 400


def modules(*packages: str) -> list[Path]:
    folders = [BOT / package for package in packages] or [BOT]
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports_of(path: Path) -> Iterator[str]:
    """The modules that a file names in its imports, relative ones made absolute."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            yield ".".join([*base, *filter(None, [node.module])])


def test_the_import_contracts_hold() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", modules(*PLAIN), ids=name_of)
def test_rules_verbs_and_ledger_cannot_wait_for_the_network(path: Path) -> None:
    """A plain function cannot await Telegram: no network inside a transaction, by grammar."""
    tree = ast.parse(path.read_text(encoding="utf-8"))

    waiting = [node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]
    outside = NETWORK_AND_PICTURES & {name.partition(".")[0] for name in imports_of(path)}

    assert not outside
    assert not waiting or path == DESK


@pytest.mark.parametrize("path", modules("domain"), ids=name_of)
def test_the_rules_stand_on_the_standard_library(path: Path) -> None:
    foreign = [
        name
        for name in imports_of(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("bot.domain")
    ]

    assert not foreign


@pytest.mark.parametrize("topic", ["handlers", "jobs"])
def test_handlers_and_jobs_do_not_import_one_another(topic: str) -> None:
    crossing = [
        f"{name_of(path)} imports {name}"
        for path in modules(topic)
        if path.name != "__init__.py"
        for name in imports_of(path)
        if name.startswith(f"bot.{topic}.")
        and name.split(".")[2] != path.relative_to(BOT / topic).parts[0].removesuffix(".py")
    ]

    assert not crossing


def test_configuration_is_read_at_the_top_only() -> None:
    readers = {
        name_of(path)
        for path in modules()
        if path.relative_to(BOT).parts[0] not in ("config", "cli")
        and any(name == "bot.config" or name.startswith("bot.config.") for name in imports_of(path))
    }

    assert readers <= {"bot/app/__init__.py", "bot/app/building.py", "bot/playground_app/botside.py"}


def test_nothing_is_opened_built_or_started_on_import(tmp_path: Path) -> None:
    """Every module but __main__ can be imported in an empty place, and leaves nothing behind."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules()
        if path.name != "__main__.py" and "migrations" not in path.parts
    ]
    program = (
        "import importlib, os, sys, threading\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
        "assert os.listdir('.') == [], os.listdir('.')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_every_package_is_complete() -> None:
    """A folder with modules but without __init__.py would be left out of what is installed and checked."""
    missing = {
        name_of(path.parent)
        for path in modules()
        if "migrations" not in path.parts and not (path.parent / "__init__.py").exists()
    }

    assert not missing


def test_long_modules_are_named() -> None:
    """Four hundred lines are a wish, not a wall: what is longer is listed with the warnings."""
    long = [
        f"{name_of(path)} ({lines})"
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONG
    ]

    if long:
        with warnings.catch_warnings():
            warnings.simplefilter("always", LongModule)
            warnings.warn(LongModule(", ".join(long)), stacklevel=1)


class LongModule(UserWarning):
    """A module that is longer than it should be."""
