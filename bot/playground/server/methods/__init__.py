"""The methods of the Bot API, one file per topic, and the table of them all."""

from __future__ import annotations

from .base import Method
from .chats import METHODS as CHATS
from .copies import METHODS as COPIES
from .edits import METHODS as EDITS
from .files import METHODS as FILES
from .media import METHODS as MEDIA
from .members import METHODS as MEMBERS
from .messages import METHODS as MESSAGES
from .profile import METHODS as PROFILE
from .updates import METHODS as UPDATES

TABLE: dict[str, Method] = {
    name.lower(): method
    for topic in (UPDATES, MESSAGES, MEDIA, COPIES, EDITS, FILES, CHATS, MEMBERS, PROFILE)
    for name, method in topic.items()
}
