"""Stories 演示: what people do, step by step, with a line of explanation each and what is then to be seen.

The page plays them over the wire, and the tests run the very same ones (tests/playground/test_stories.py).

A new story is a module here with a `STORY`, named in `STORIES` below, for example::

    STORY = Story(
        key="report",
        title=Both("从发现到销号", "From the field to closed"),
        about=Both("…", "…"),
        steps=(
            Step(
                Both("组长在村口拍了两张照片…", "The leader takes two photos…"),
                who="lead:county/1",
                does=SendsPhotos(("wall-before",), "延津县王楼镇任庄村村口垃圾堆，限3天"),
                then=(Hears("lead:county/1", "照片 2|Photos 2", name="receipt", keep=NUMBER),),
            ),
            Step(Both("…", "…"), does=TimePasses(minutes=1), then=(…)),
        ),
    )

`who` is a place of the cast (bot/playground_app/cast.py): `lead:`, `member:` with a group's key; `contact:`,
`deputy:`, `township:` with a region; `office:`, `office2:` with a track's key; `oversight`, `leader`,
`admin`.
A message that was heard under a `name` can be pressed, replied to, and looked at again (`Shows`). What `keep`
finds in it can stand in later words as `{number}`. In words and labels `|` parts what the two languages say.
A story begins in working hours: if the clock stands elsewhere, it is moved to the next working morning first.
"""

from .closing import STORY as CLOSING
from .covert import STORY as COVERT
from .dayoff import STORY as DAY_OFF
from .friday import STORY as FRIDAY
from .objection import STORY as OBJECTION
from .outage import STORY as OUTAGE
from .public import STORY as PUBLIC
from .report import STORY as REPORT
from .story import (
    NUMBER,
    Both,
    Goes,
    Hears,
    NeverHears,
    PowerFails,
    PowerReturns,
    Presses,
    Says,
    SendsBack,
    SendsPhotos,
    Shows,
    Step,
    Story,
    TimePasses,
    Until,
)
from .telling import Stage, StoryFailed, Telling
from .third import STORY as THIRD
from .tie import STORY as TIE
from .warning import STORY as WARNING
from .weekly import STORY as WEEKLY

STORIES: dict[str, Story] = {
    story.key: story
    for story in (
        REPORT,
        FRIDAY,
        WEEKLY,
        DAY_OFF,
        CLOSING,
        TIE,
        OBJECTION,
        THIRD,
        OUTAGE,
        COVERT,
        PUBLIC,
        WARNING,
    )
}
"""In the order in which the page offers them."""

__all__ = [
    "NUMBER",
    "STORIES",
    "Both",
    "Goes",
    "Hears",
    "NeverHears",
    "PowerFails",
    "PowerReturns",
    "Presses",
    "Says",
    "SendsBack",
    "SendsPhotos",
    "Shows",
    "Stage",
    "Step",
    "Story",
    "StoryFailed",
    "Telling",
    "TimePasses",
    "Until",
]
