"""From file and environment to settings: the environment wins, every fault is named."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from bot.config.consistency import faults_across
from bot.config.faults import (
    ConfigInvalid,
    ConfigMissing,
    ConfigUnreadable,
    Fault,
    HalfConfigured,
    fault_of,
    suggestion,
)
from bot.config.settings import Settings

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "config.example.toml"
"""Xinxiang's complete configuration: what the playground plays with and `init` copies."""


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the file (None: the example's campaign) and the environment, which wins.

    Raises:
        ConfigMissing: there is no such file.
        ConfigUnreadable: it is no TOML.
        ConfigInvalid: unknown keys, wrong values, or sections that do not fit together.
    """
    data = _read(path or EXAMPLE)
    variables = {name.upper(): value for name, value in environ.items() if name.upper().startswith("BOT_")}
    _refuse_unknown(variables)
    _lay_over(data, _from_environment(variables))
    try:
        settings = Settings(**data)
    except ValidationError as error:
        raise ConfigInvalid(
            *(fault_of(one, data, Settings, set(variables)) for one in error.errors(include_input=False))
        ) from None
    settings._folder = (path.parent if path else Path.cwd()).resolve()
    settings._file = path
    faults = tuple(faults_across(settings))
    if faults:
        raise ConfigInvalid(*faults)
    return settings


def starting_point(config_exists: bool, token: str) -> Literal["playground", "telegram"]:
    """What `run` serves: neither file nor token → the playground, both → Telegram; raises HalfConfigured."""
    if config_exists and token:
        return "telegram"
    if not config_exists and not token:
        return "playground"
    if config_exists:
        raise HalfConfigured(
            Fault(
                "telegram.token",
                "有配置文件但没有令牌：写入 [telegram] token 或设 BOT_TOKEN（向 @BotFather 申请）；"
                "想先试用请运行 playground",
                "there is a configuration but no token: set [telegram] token or BOT_TOKEN (from @BotFather), "
                "or try `playground`",
            )
        )
    raise HalfConfigured(
        Fault(
            "BOT_TOKEN",
            "有令牌但没有配置文件：运行 init，或把 config.example.toml 复制为 config.toml",
            "there is a token but no configuration: run `init`, or copy config.example.toml to config.toml",
        )
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise ConfigMissing(
            Fault(
                str(path),
                "没有这个配置文件：运行 init，或复制 config.example.toml",
                "there is no such configuration file: run `init`, or copy config.example.toml",
            )
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigUnreadable(
            Fault(str(path), f"不是正确的 TOML：{error}", f"is no valid TOML: {error}")
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise ConfigUnreadable(Fault(str(path), f"读不出来：{why}", f"cannot be read: {why}")) from None


def _from_environment(variables: Mapping[str, str]) -> dict[str, Any]:
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in variables.items()}
    if token := variables.get("BOT_TOKEN"):
        source.env_vars = {"bot_telegram__token": token, **source.env_vars}
    try:
        return source()
    except SettingsError:
        lists = [name for name in variables if name.lower().removeprefix("bot_") in Settings.model_fields]
        raise ConfigInvalid(*(Fault(name, "应为 JSON", "must be JSON") for name in lists)) from None


def _refuse_unknown(variables: Mapping[str, str]) -> None:
    """Variables BOT_SECTION__KEY are ours; BOT_ANYTHING else may be somebody else's."""
    known = set(Settings.model_fields)
    faults = []
    for name in variables:
        section = name.removeprefix("BOT_").split("__")[0].lower()
        if "__" in name and section not in known:
            zh, en = suggestion(section, known)
            faults.append(Fault(name, f"没有 [{section}] 这一节{zh}", f"there is no section [{section}]{en}"))
    if faults:
        raise ConfigInvalid(*faults)


def _lay_over(data: dict[str, Any], upper: Mapping[str, Any]) -> None:
    for key, value in upper.items():
        below = data.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            _lay_over(below, value)
        else:
            data[key] = value
