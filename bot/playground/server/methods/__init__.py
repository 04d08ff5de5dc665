"""The methods of the Bot API, one file per topic, and the table of them all."""

from __future__ import annotations

from . import chats, copies, edits, files, media, members, messages, profile, updates
from .base import Method

TABLE: dict[str, Method] = {
    name.lower(): method
    for topic in (updates, messages, media, copies, edits, files, chats, members, profile)
    for name, method in topic.METHODS.items()
}
