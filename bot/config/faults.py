"""What can be wrong with a configuration, said in one line a fault: key, value, what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails, PydanticCustomError

_SECRET_KEYS = ("token", "webhook_secret", "secret", "password", "proxy")
_SHOWN_AT_MOST = 60

# pydantic's kinds of error → Chinese, English; the error's own context fills the gaps
_SAYINGS: dict[str, tuple[str, str]] = {
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "date_from_datetime_parsing": ("应为日期，如 2019-04-09", "must be a date, as 2019-04-09"),
    "date_parsing": ("应为日期，如 2019-04-09", "must be a date, as 2019-04-09"),
    "date_type": ("应为日期，如 2019-04-09", "must be a date, as 2019-04-09"),
    "finite_number": ("应为有限的数", "must be a finite number"),
    "float_parsing": ("应为数字", "must be a number"),
    "float_type": ("应为数字", "must be a number"),
    "greater_than_equal": ("不得小于 {ge:g}", "must be at least {ge:g}"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_type": ("应为整数", "must be a whole number"),
    "less_than_equal": ("不得大于 {le:g}", "must be at most {le:g}"),
    "literal_error": ("应为 {choice}", "must be {expected}"),
    "missing": ("缺少这一项", "is missing"),
    "model_attributes_type": ("应为一节 [名称]", "must be a table, [name]"),
    "model_type": ("应为一节 [名称]", "must be a table, [name]"),
    "string_pattern_mismatch": ("应符合 {pattern}", "must match {pattern}"),
    "string_type": ("应为引号中的文字", "must be text in quotes"),
    "time_parsing": ("应为时刻，如 18:00", "must be a time of day, as 18:00"),
    "time_type": ('应为时刻，如 "18:00"', 'must be a time of day, as "18:00"'),
    "too_short": ("至少要有 {min_length} 项", "needs at least {min_length}"),
    "tuple_type": ("应为列表", "must be a list"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong or odd; `value` is never a secret."""

    key: str
    zh: str
    en: str
    value: str | None = None

    @property
    def line(self) -> str:
        """The fault in one line, in both languages: the setting for the language may be what is wrong."""
        stated = self.key if self.value is None else f"{self.key} = {self.value}"
        return f"{stated}: {self.zh} · {self.en}"


class ConfigError(Exception):
    """The configuration cannot be used; the message has one line a fault.

    ConfigError
    ├── ConfigMissing      there is no such file
    ├── ConfigUnreadable   the file is no TOML, or no text
    ├── ConfigInvalid      keys or values are refused
    └── HalfConfigured     a file without a token, or a token without a file
    """

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(fault.line for fault in faults))
        self.faults = faults


class ConfigMissing(ConfigError):
    """There is no such file."""


class ConfigUnreadable(ConfigError):
    """The file is no TOML, or no text."""


class ConfigInvalid(ConfigError):
    """Keys or values are refused."""


class HalfConfigured(ConfigError):
    """A file without a token, or a token without a file."""


def refused(zh: str, en: str) -> PydanticCustomError:
    """What a validator raises, said in both languages."""
    return PydanticCustomError("refused", "{en}", {"zh": zh, "en": en})


def suggestion(word: str, known: Iterable[str]) -> tuple[str, str]:
    """「，是否想写 …」 in both languages where a known word is near, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return (f"，是否想写 {near[0]}", f", did you mean {near[0]}") if near else ("", "")


def shown(key: str, value: object) -> str | None:
    """A value as the file would have it; None for what may be a secret, a misspelt one included."""
    last = key.rsplit(".", 1)[-1].lower()
    if difflib.get_close_matches(last, _SECRET_KEYS, n=1, cutoff=0.6):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, list | tuple):
        return "[…]" if value else "[]"
    if not isinstance(value, str):
        return str(value)
    if re.search(r"\d{5,}:[\w-]{20,}", value):  # a bot's token, wherever it was put
        return None
    value = re.sub(r"://[^/@\s]*@", "://…@", value)
    return f'"{value if len(value) <= _SHOWN_AT_MOST else value[:_SHOWN_AT_MOST] + "…"}"'


def _key_of(location: Sequence[int | str], data: Any) -> str:
    """`regions「延津县」.track`: list items by their name or key where they have one."""
    parts: list[str] = []
    for step in location:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list | tuple) and step < len(data) else None
            label = next((data[k] for k in ("name", "key") if isinstance(data, dict) and data.get(k)), None)
            parts[-1] += f"「{label}」" if isinstance(label, str) else f" #{step + 1}"
        else:
            data = data.get(step) if isinstance(data, dict) else None
            parts.append(step)
    return ".".join(parts)


def _keys_at(location: Sequence[int | str], root: type[BaseModel]) -> list[str]:
    """The keys that the table around a location may have."""
    model: type[BaseModel] = root
    for step in location[:-1]:
        if isinstance(step, int):
            continue
        annotation = model.model_fields[step].annotation
        inner = [annotation, *getattr(annotation, "__args__", ())]
        model = next(kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel))
    return list(model.model_fields)


def fault_of(
    error: ErrorDetails, data: Mapping[str, Any], root: type[BaseModel], variables: set[str]
) -> Fault:
    """A pydantic error as one line; the key is an environment variable's name if it came from there."""
    location = error["loc"]
    key = _key_of(location, data)
    variable = "BOT_" + "__".join(str(step) for step in location).upper()
    if variable in variables:
        key = variable
    elif location == ("telegram", "token") and "BOT_TOKEN" in variables:
        key = "BOT_TOKEN"
    value = _value_at(location, data)
    stated = None if value is None else shown(".".join(str(step) for step in location), value)
    context = dict(error.get("ctx", {}))
    context["choice"] = str(context.get("expected", "")).replace(" or ", "、").replace(", ", "、")
    if error["type"] == "extra_forbidden":
        known = _keys_at(location, root)
        zh, en = suggestion(str(location[-1]), known)
        allowed = " ".join(known)
        return Fault(
            key, f"没有这个设置{zh}；可用：{allowed}", f"is no setting{en}; known are: {allowed}", stated
        )
    if error["type"] == "refused":
        return Fault(key, str(context["zh"]), str(context["en"]), stated)
    zh, en = _SAYINGS.get(error["type"], ("不能这样写", error["msg"]))
    return Fault(key, zh.format(**context), en.format(**context), stated)


def _value_at(location: Sequence[int | str], data: Any) -> Any:
    for step in location:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
