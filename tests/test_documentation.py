"""What is written for people is complete, agrees with the program, and says nothing that must not be said."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jinja2
import pytest
from jinja2 import nodes
from pydantic import BaseModel

from bot.config import EXAMPLE, Settings

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
TEXTS = ROOT / "bot" / "texts"
LANGUAGES = ("zh", "en")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def documents() -> list[str]:
    folders = [ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md"), (ROOT / "bench").rglob("*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for folder in folders for path in folder)


# ── the command line ──


def commands() -> dict[str, click.Command]:
    from bot.cli import main

    assert isinstance(main, click.Group)
    return dict(main.commands)


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_in_both_readmes(readme: str) -> None:
    text = read(readme)

    missing = [name for name in commands() if f"| `{name}` |" not in text]

    assert not missing


@pytest.mark.parametrize("readme", READMES)
def test_no_readme_promises_a_command_that_does_not_exist(readme: str) -> None:
    table = re.search(r"(?m)^\| `run` \|.*\n(?:\|.*\n)+", read(readme))

    assert table is not None
    assert set(re.findall(r"(?m)^\| `([a-z]+)` \|", table[0])) <= commands().keys()


def test_every_command_and_option_explains_itself() -> None:
    silent = [
        f"{name} {getattr(option, 'opts', [''])[0]}".strip()
        for name, command in commands().items()
        for option in [command, *command.params]
        if not isinstance(option, click.Argument) and not option.help
    ]

    assert not silent


@pytest.mark.parametrize("readme", READMES)
def test_every_option_of_the_documented_commands_exists(readme: str) -> None:
    known = commands()

    for quoted in re.findall(
        r"`((?:invite|export|members|check|init|migrate|backup|restore) --[^`]*)`", read(readme)
    ):
        name, *words = quoted.split()
        options = {option for parameter in known[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, quoted


# ── the configuration ──


def keys_of(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """Each key of a section, with the section that it holds, if it holds one."""
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        yield name, next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)


def unstated(model: type[BaseModel], given: Any, where: str = "") -> list[str]:
    """The keys of a model that a TOML table (or any table of a list) does not have."""
    tables = given if isinstance(given, list) else [given]
    missing = []
    for name, section in keys_of(model):
        inner = [table[name] for table in tables if name in table]
        if not inner:
            missing.append(where + name)
        elif section is not None:
            tables_below = [t for one in inner for t in (one if isinstance(one, list) else [one])]
            missing += unstated(section, tables_below, f"{where}{name}.")
    return missing


def test_every_setting_stands_in_the_example() -> None:
    example = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))

    assert not unstated(Settings, example)


@pytest.mark.parametrize("readme", READMES)
def test_every_section_of_the_configuration_is_in_both_readmes(readme: str) -> None:
    text = read(readme)

    missing = [name for name in Settings.model_fields if f"[{name}]" not in text]

    assert not missing


# ── the catalogue of texts ──


def templates(language: str) -> dict[str, Path]:
    folder = TEXTS / language
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def names_in(path: Path) -> set[str]:
    """Macros with their arguments, blocks and top-level names of a template; keys of a TOML file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return set(dotted(tomllib.loads(text)))
    if path.suffix != ".j2":
        return set()
    tree = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do"]).parse(text)
    macros = {
        f"macro {macro.name}({', '.join(argument.name for argument in macro.args)})"
        for macro in tree.find_all(nodes.Macro)
    }
    return macros | {f"block {block.name}" for block in tree.find_all(nodes.Block)}


def dotted(table: dict[str, Any], where: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from dotted(value, f"{where}{key}.")
        else:
            yield where + key


def test_both_languages_have_the_same_files() -> None:
    zh, en = (templates(language).keys() for language in LANGUAGES)

    assert zh == en
    assert zh


def test_both_languages_have_the_same_names_in_every_file() -> None:
    zh, en = (templates(language) for language in LANGUAGES)

    differing = {name: names_in(zh[name]) ^ names_in(en[name]) for name in zh.keys() & en.keys()}

    assert not {name: names for name, names in differing.items() if names}


def test_chinese_texts_are_chinese() -> None:
    """A file copied from the other language and left there has no Chinese character outside its comments."""
    untranslated = [
        name
        for name, path in templates("zh").items()
        if path.suffix in (".j2", ".toml")
        and not re.search(r"[\u4e00-\u9fff]", re.sub(r"(?s)\{#.*?#\}", "", path.read_text(encoding="utf-8")))
    ]

    assert not untranslated


# ── the documents themselves ──


@pytest.mark.parametrize("name", documents())
def test_links_lead_to_files_and_headings_that_exist(name: str) -> None:
    text = read(name)

    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        path, _, heading = target.partition("#")
        there = (ROOT / name).parent / path if path else ROOT / name
        assert there.exists(), target
        if heading:
            titles = re.findall(r"(?m)^#+ (.*)$", there.read_text(encoding="utf-8"))
            assert heading in {title.strip().lower().replace(" ", "-") for title in titles}, target


@pytest.mark.parametrize("name", documents())
def test_every_make_target_that_is_named_exists(name: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):", read("Makefile")))

    named = set(re.findall(r"`make ([a-z][a-z-]*)", read(name)))

    assert named <= targets


def test_the_readmes_have_the_same_build() -> None:
    """What one language gained, the other has too: the same headings by level, the same commands to copy."""
    levels, shells = [], []
    for readme in READMES:
        text = read(readme)
        blocks = re.findall(r"(?s)```sh\n(.*?)```", text)
        levels.append([len(marks) for marks in re.findall(r"(?m)^(#+) ", re.sub(r"(?s)```.*?```", "", text))])
        shells.append([block.replace("你的令牌", "your-token") for block in blocks])

    assert levels[0] == levels[1]
    assert shells[0] == shells[1]


# ── the table of threats ──


def threats() -> list[tuple[str, str, list[str]]]:
    """Threat, answer and the tests that are named, row by row."""
    rows = re.findall(r"(?m)^\| (?!threat)(?!-)([^|]+)\|([^|]+)\|([^|]+)\|$", read("docs/security.md"))
    return [
        (threat.strip(), answer.strip(), re.findall(r"`(tests/[^`]+)`", last))
        for threat, answer, last in rows
    ]


def test_every_threat_has_an_answer_and_a_test_that_exists() -> None:
    assert len(threats()) > 30
    for threat, answer, named in threats():
        assert answer, threat
        assert named, f"no test stands behind: {threat}"
        for one in named:
            path, _, name = one.partition("::")
            assert (ROOT / path).is_file(), one
            assert re.search(rf"(?m)^(?:async )?def {name}\(", read(path)), one


def test_no_threat_is_proven_by_a_test_that_is_skipped_or_only_soaked() -> None:
    for _, _, named in threats():
        for one in named:
            path, _, name = one.partition("::")
            before = read(path).partition(f"def {name}(")[0].rsplit("\n\n\n", 1)[-1]
            assert not re.search(r"@pytest\.mark\.(?:skip|xfail|soak|photos)", before), one


# ── what must not stand anywhere in the tree ──

FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.-])/(?:work|root|home/\w+|Users/\w+)/",
    "a private Windows path": r"[A-Z]:\\Users\\",
    "the address of a package registry": r"--(?:extra-)?index-url|//[\w.-]+/(?:simple|pypi)/",
    "a telephone number": r"(?<![A-Za-z0-9_.])1[3-9]\d{9}(?![A-Za-z0-9_.])",  # a Chinese word may end at it
    "a bot's token": r"(?<!\w)\d{8,10}:[A-Za-z0-9_-]{35}(?!\w)",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
}


def tree() -> list[Path]:
    """Every text file that belongs to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:  # an archive without its history
        paths = [path for path in ROOT.rglob("*") if not {".venv", "data"} & set(path.parts)]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8192]]


@pytest.mark.parametrize(("what", "pattern"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_the_tree_holds_nothing_private(what: str, pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tree()
        if path != Path(__file__) and path.suffix != ".csv"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if re.search(pattern, line)
    ]

    assert not found, what
