"""Everything that can go wrong here.

PlaygroundError
├── ApiError          an error answer of the Bot API: code, description, parameters
├── PlayError         a person tried what Telegram's apps do not allow
├── WaitedInVain      what a test waited for did not come
└── StrictViolations  a bot did what Telegram would forgive or hide, and a test must not
"""

from __future__ import annotations

from typing import Any

PREFIXES = {400: "Bad Request: ", 401: "Unauthorized: ", 403: "Forbidden: ", 500: "Internal Server Error: "}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class PlaygroundError(Exception):
    """The root of this package's errors."""


class ApiError(PlaygroundError):
    """An error answer, with the exact description that Telegram gives."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class PlayError(PlaygroundError):
    """A person tried what Telegram's apps do not allow."""


class WaitedInVain(PlaygroundError, TimeoutError):
    """What was waited for did not come in time."""


class StrictViolations(PlaygroundError, AssertionError):
    """What a strict server has seen a bot do wrong, all of it."""


def lowered(message: str) -> str:
    """The message with its first letter as the Bot API prints it: small, unless it is an upper-case code."""
    if len(message) > 1 and (message[1] == "_" or "A" <= message[1] <= "Z"):
        return message
    return message[:1].lower() + message[1:]


def refusal(code: int, message: str, parameters: dict[str, Any] | None = None) -> ApiError:
    """An ApiError with the prefix of its code."""
    prefix = PREFIXES.get(code, "")
    return ApiError(
        code, message if message.startswith(prefix) and prefix else prefix + lowered(message), parameters
    )


def bad(message: str, parameters: dict[str, Any] | None = None) -> ApiError:
    """«Bad Request: …»."""
    return refusal(400, message, parameters)


def forbidden(message: str) -> ApiError:
    """«Forbidden: …»."""
    return refusal(403, message)


def too_many(seconds: int) -> ApiError:
    """«Too Many Requests: retry after N»."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
