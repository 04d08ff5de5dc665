"""The configuration as it may lie beside a backup: without token, secrets and passwords."""

from __future__ import annotations

import re
import tomllib
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.config.loading import EXAMPLE
from bot.config.settings import Settings

_SECRET_KEYS = ("token", "webhook_secret", "proxy")
_LINE = re.compile(rf"""(?m)^(\s*(?:{"|".join(_SECRET_KEYS)})\s*=\s*)(["'][^\n]*?["']|\S+)""")


def without_secrets(settings: Settings) -> str:
    """The text of the configuration file (of the example, where there is none) with every secret emptied.

    What only the environment said is not in it. Raises OSError when the file cannot be read any more.
    """
    text = (settings.file or EXAMPLE).read_text("utf-8-sig")
    secrets = _secrets_of(tomllib.loads(text)) | _secrets_of(
        {
            "telegram": {
                "token": settings.token,
                "webhook_secret": settings.telegram.webhook_secret.get_secret_value(),
                "proxy": settings.telegram.proxy,
            },
            "database": {"url": settings.database.url},
        }
    )
    cleaned = _LINE.sub(r'\1""', text)
    for secret in sorted(secrets, key=len, reverse=True):
        cleaned = cleaned.replace(secret, "")
    return cleaned


def _secrets_of(read: dict[str, Any]) -> set[str]:
    telegram, database = read.get("telegram", {}), read.get("database", {})
    found = {str(telegram.get(key, "")) for key in _SECRET_KEYS}
    password = urlsplit(str(database.get("url", ""))).password or ""
    return {one for one in (*found, password, unquote(password)) if one}
