"""G11: a 通知 to 10,000 people leaves, and whoever asks something meanwhile is answered at once.

In real time, over HTTP, on a ledger on disk, with the limits of the example configuration. A stand-in for
Telegram in a process of its own polices its 30 messages a second, and clocks each question's answer.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

from bench.chain import members_joined, standing_clock
from bench.ratio import row
from bench.standin import FIRST_CHAT, TOKEN, Line, Telegram, answer, feed

PEOPLE = 10_000
SECONDS = 60.0
QUESTIONS = 100
WARM = 3.0
ALLOWED = 30
"""Messages a second that Telegram lets through."""
SLOT = 1 / 28
"""The bot's own pace (`[outbox] per_second`)."""
GROUP = "county/1"


def main() -> None:
    """Print the lines of the table."""
    found = measured()
    waits = sorted(found["waits"])
    slots = waits[math.ceil(0.99 * len(waits)) - 1] / SLOT
    middle = waits[len(waits) // 2] / SLOT
    said = f"slots an answer waits in a broadcast to {PEOPLE:,}, p99 (p50 {middle:.1f})"
    print(row("G11", said, slots, 2))
    used = found["sent"] / SECONDS / ALLOWED
    verdict = "met" if used >= 0.93 and not found["refused"] else "MISSED"
    told = f"of {ALLOWED}/s used over {SECONDS:.0f} s, {found['refused']} times 429"
    print(f"{'G11':<4} {told:<58} {used:8.3f}     goal >= 0.93 {verdict}")


def measured() -> dict[str, Any]:
    """One run, in processes of their own."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.broadcast", "telegram"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        command = [sys.executable, "-m", "bench.broadcast", "bot", url]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=400)
        said, _ = server.communicate()
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(said)
    return found


class Police(Telegram):
    """Refuses what is too fast; asks questions in people's names, and clocks the answers."""

    def __init__(self) -> None:
        super().__init__()
        self.recent: deque[float] = deque(maxlen=ALLOWED)
        self.sent: list[float] = []
        self.refused = 0
        self.asked: dict[int, float] = {}
        self.waits: list[float] = []

    def called(self, transport: asyncio.Transport, method: str, params: dict[str, Any]) -> None:
        if method == "begin":
            self.sent.clear()
            asyncio.get_running_loop().create_task(self.questions())
        elif method.startswith(("send", "copy", "edit")):
            now = time.monotonic()
            if len(self.recent) == ALLOWED and now - self.recent[0] < 1.0:
                self.refused += 1
                body = b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1",'
                body += b'"parameters":{"retry_after":1}}'
                transport.write(
                    b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
                )
                return
            self.recent.append(now)
            self.sent.append(now)
            chat = int(params.get("chat_id", 0))
            if chat in self.asked and "通知</b>" not in params.get("text", ""):
                self.waits.append(now - self.asked.pop(chat))
        super().called(transport, method, params)

    async def questions(self) -> None:
        """「帮助」 from somebody or other, at any moment."""
        dice = random.Random(11)
        began = time.monotonic()
        for at in sorted(dice.uniform(1.0, SECONDS - 1.0) for _ in range(QUESTIONS)):
            await asyncio.sleep(max(0.0, began + at - time.monotonic()))
            chat = FIRST_CHAT + dice.randrange(PEOPLE)
            update = self.update(chat, "text", 0)
            self.waiting.append((update["update_id"], json.dumps(update).encode()))
            self.asked[chat] = time.monotonic()
            if self.poll is not None:
                (transport, limit), self.poll = self.poll, None
                answer(transport, self.batch(limit))


async def telegram() -> None:
    """Serve until the input is closed; then say what was seen."""
    loop = asyncio.get_running_loop()
    police = Police()
    server = await loop.create_server(lambda: Line(police), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    began = police.sent[0]
    within = sum(at - began < SECONDS for at in police.sent)
    waits = police.waits + [math.inf] * len(police.asked)
    print(json.dumps({"sent": within, "refused": police.refused, "waits": waits}))


async def bot(url: str) -> None:
    """The bot with its notice to everybody, for so many seconds."""
    from bot import logs
    from bot.app import Application, open_desk
    from bot.config import EXAMPLE, load_settings

    logs.set_up("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "BOT_TOKEN": TOKEN,
            "BOT_TELEGRAM__API_URL": url,
            "BOT_DATABASE__URL": f"sqlite:///{Path(folder) / 'bot.db'}",
            "BOT_MEDIA__URL": str(Path(folder) / "media"),
            "BOT_BACKUP__DIR": str(Path(folder) / "backups"),
            "BOT_SERVER__LISTEN": "",
            "BOT_LOGGING__LEVEL": "ERROR",
        }
        settings, clock = load_settings(EXAMPLE, environ), standing_clock()
        desk = open_desk(settings, clock)
        desk.do_now(members_joined, PEOPLE)
        office = desk.do_now(_office)
        desk.close()
        application = Application(settings, clock)
        await application.start()
        await application.parts.sender.idle()
        await feed(url, 1, 1, "text")
        await application.parts.desk.do(_send, office)
        await asyncio.sleep(WARM)  # the first answer of its kind has its words compiled
        await application.parts.wire.call("begin", {})
        await asyncio.sleep(SECONDS + 1)
        application.parts.sender.stop()
        await application.close()


def _office(work: Any) -> int:
    from bot.ledger import tables

    number = FIRST_CHAT + PEOPLE
    work.connection.execute(tables.chats.insert().values(id=number, kind="private", heard_at=work.now))
    joined = {"created_at": work.now, "joined_at": work.now, "red_lines_at": work.now}
    member = work.insert(tables.members, telegram_id=number, name="钱丁", post="干部", **joined)
    work.insert(tables.roles, member_id=member, role="office", track="county", granted_at=work.now)
    return int(member)


def _send(work: Any, office: int) -> None:
    from bot.ledger import people, tables
    from bot.services.announcing import notices

    work.actor = people.actor_by_id(work, office)
    row_id = work.insert(
        tables.announcements, track="county", member_id=office, text="明天上午9点在市政府三楼开推进会",
        owners=[GROUP], at=work.now,
    )  # fmt: skip
    notices.send(work, row_id)


if __name__ == "__main__":
    if sys.argv[1:2] == ["telegram"]:
        asyncio.run(telegram())
    elif sys.argv[1:2] == ["bot"]:
        asyncio.run(bot(sys.argv[2]))
    else:
        main()
