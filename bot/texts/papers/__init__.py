"""The wording of official papers: plain Chinese, whatever the reader's language; one topic a file.

A macro gives a paper's words, one paragraph a line. Values are put in as they are: a paper is no HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent


def paragraphs(key: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The paragraphs of `topic.name`; line breaks inside a value become spaces.

    Raises:
        jinja2.UndefinedError: the values lack something that the paper needs.
        jinja2.TemplateNotFound, AttributeError: there is no such paper.
    """
    topic, _, name = key.partition(".")
    module: Any = _environment().get_template(f"{topic}.j2").module
    words = str(getattr(module, name)(_in_one_line(values)))
    return tuple(line.strip() for line in words.splitlines() if line.strip())


def sentence(key: str, values: Mapping[str, Any]) -> str:
    """A macro that gives one line: a title, an addressee."""
    (line,) = paragraphs(key, values)
    return line


def _in_one_line(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping):
        return {key: _in_one_line(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_in_one_line(one) for one in value]
    return value


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE),
        autoescape=False,  # papers are no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
