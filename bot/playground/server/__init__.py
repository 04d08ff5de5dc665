"""A strict Bot API server on loopback, and the people who talk to its bots.

The bots see HTTP only; the people are played here (in the same event loop, plain calls, `await` only to wait)
or over HTTP (`/play/…`, see play.py). A place to write to is a `Bot` (the person's private chat with it)
or a `Chat`.

    server = BotApiServer(clock, strict=True)
    url = await server.start()                               # "http://127.0.0.1:PORT"; await server.stop()
    bot = server.bot("7000000001:TEST-local", username="inspect_bot")     # privacy=False: privacy mode off
    li, wang = server.person("李明", username="liming"), server.person("王芳")

    li.opens(bot, "PAYLOAD")                                 # START behind t.me/inspect_bot?start=PAYLOAD
    said = li.sends(bot, "你好", reply_to=None)                # → Message
    li.sends_photo(bot, jpeg, caption="延津县…")   # and sends_document, _video, _voice, _location, _contact
    li.sends_album(bot, [jpeg, png], caption="…", caption_on=1)           # → list[Message]
    album = li.begins_album(bot, [a, b, c], captions={2: "…"})            # one by one, out of order, late
    album.send(2), album.send(0), album.send_rest()
    li.edits(said, "新的文字"), li.forwards(said, bot), li.deletes(said), li.reacts(said, "👍")

    group = server.group("第一督查小组", members=[li, wang], bots=[bot], supergroup=True, bot_admin=True)
    li.sends(group, "#问题 …"), li.sends(group, "…", anonymous=True)       # anonymous: as GroupAnonymousBot
    li.joins(group), li.leaves(group), li.adds(bot, group), li.removes(bot, group), li.promotes(bot, group)
    new = li.upgrades(group)                                 # basic group → supergroup, ids change
    channel = server.channel("通报", owner=li, bots=[bot])    # bots administer it; li.sends(channel, "…")
    li.blocks(bot), li.unblocks(bot), server.deactivate(li)

    message = await li.hears(bot, "已登记", timeout=5)         # next unread message of the bot with the words
    message.text, message.entities, message.caption, message.buttons, message.reply_to, message.edited
    message.protected, message.silent, message.file.data     # buttons: rows of Button(text, data, url)
    press = li.presses(message, "签收")                       # by label (or its beginning), or data="v1:…"
    await press.answered(timeout=5)                          # → Answer(text, alert, url)
    li.chat(bot).messages, group.messages                    # as seen now, oldest first; .last is the newest

    await server.acknowledged(bot)                           # every update confirmed (offset or webhook 2xx)
    await server.wait_for(lambda: len(li.chat(bot).messages) == 3, timeout=5)
    bot.calls, bot.calls_of("sendMessage")                   # Call(method, params, at, ok, result, …)
    server.faults.next("sendMessage", status=429, retry_after=3, times=2)   # see faults.py for the rest
    server.violations, server.open_callbacks(), server.check()   # strict: check() raises StrictViolations
"""

from .account import Bot, Call
from .api import BotApiServer
from .errors import ApiError, PlayError, StrictViolations, WaitedInVain
from .people import Person
from .telegram import Answer, Press
from .world import Button, Chat, Message
from .writing import Album

__all__ = [
    "Album",
    "Answer",
    "ApiError",
    "Bot",
    "BotApiServer",
    "Button",
    "Call",
    "Chat",
    "Message",
    "Person",
    "PlayError",
    "Press",
    "StrictViolations",
    "WaitedInVain",
]
