"""Small calls on connections that stay open: every shape of answer, every way for a line to break."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.delivery import line as lines
from bot.delivery.line import Broken, Line, NotConnected

Answer = Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]


class Server:
    """Reads whole requests and lets the test answer them."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.connections = 0
        self.requests: list[bytes] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                self.requests.append(head + body)
                await self.answer(writer, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[tuple[Server, Line]]]]:
    opened: list[tuple[asyncio.Server, Line, Server]] = []

    async def start(
        answer: Answer, *, size: int = 4, patience: float | None = 1.0, tls: ssl.SSLContext | None = None
    ) -> tuple[Server, Line]:
        server = Server(answer)
        listening = await asyncio.start_server(server.talk, "127.0.0.1", 0, ssl=tls)
        port = listening.sockets[0].getsockname()[1]
        name = "https://localhost" if tls else "http://127.0.0.1"
        line = Line(f"{name}:{port}", size=size, connect=2.0, patience=patience)
        opened.append((listening, line, server))
        return server, line

    yield start
    for listening, line, server in opened:
        line.close()
        listening.close()
        for writer in server.writers:
            writer.close()


async def until(done: Callable[[], bool]) -> None:
    """Let the loop turn until something holds."""
    for _ in range(100_000):
        if done():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came")


def plain(body: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n%b" % (len(body), more, body)


def says(answer: bytes) -> Answer:
    async def one(writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(answer)

    return one


async def test_a_request_carries_its_body_and_connections_are_used_again(serve) -> None:
    server, line = await serve(says(plain(b'{"ok":true}')))

    first = await line.post("/botX/getMe", b"{}", "tester", 1.0)
    second = await line.post("/botX/getMe", b'{"a":1}', "tester", 1.0)

    assert first == second == (200, b'{"ok":true}')
    assert server.connections == 1
    assert server.requests[1].startswith(b"POST /botX/getMe HTTP/1.1\r\nHost: 127.0.0.1:")
    assert server.requests[1].endswith(b'Content-Length: 7\r\n\r\n{"a":1}')


SHAPES = {
    "length": plain(b"hello"),
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=1\r\nllo\r\n0\r\n\r\n",
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + plain(b"hello"),
    "odd spelling": b"HTTP/1.1 200 \r\ncontent-LENGTH:  5 \r\n\r\nhello",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("step", [1, 7, 1000])
async def test_an_answer_is_read_however_it_is_cut(serve, shape: str, step: int) -> None:
    async def pieces(writer: asyncio.StreamWriter, body: bytes) -> None:
        whole = SHAPES[shape]
        for at in range(0, len(whole), step):
            writer.write(whole[at : at + step])
            await writer.drain()

    server, line = await serve(pieces)

    assert await line.post("/a", b"{}", "tester", 1.0) == (200, b"hello")
    assert await line.post("/a", b"{}", "tester", 1.0) == (200, b"hello")
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        plain(b"hello", b"Connection: close\r\n"),
        b"HTTP/1.1 200 OK\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ],
    ids=["close", "until the end", "old"],
)
async def test_a_connection_that_ends_with_its_answer_is_not_used_again(serve, answer: bytes) -> None:
    async def once(writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(answer)
        writer.close()

    server, line = await serve(once)

    assert await line.post("/a", b"{}", "tester", 1.0) == (200, b"hello")
    assert await line.post("/a", b"{}", "tester", 1.0) == (200, b"hello")
    assert server.connections == 2


async def test_a_connection_that_was_closed_while_idle_is_replaced(serve) -> None:
    server, line = await serve(says(plain(b"{}")))
    await line.post("/a", b"{}", "tester", 1.0)
    server.writers[0].close()
    await server.writers[0].wait_closed()
    await until(lambda: not line._idle[0][1].usable)

    assert await line.post("/a", b"{}", "tester", 1.0) == (200, b"{}")
    assert server.connections == 2


async def test_an_idle_connection_grows_old(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server, line = await serve(says(plain(b"{}")))
    await line.post("/a", b"{}", "tester", 1.0)
    monkeypatch.setattr(lines, "KEPT_OPEN", 0.0)

    await line.post("/a", b"{}", "tester", 1.0)

    assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"x" * 70_000,
    ],
    ids=["not http", "no status", "negative", "bad chunk", "endless head"],
)
async def test_what_is_no_answer_is_broken_and_the_next_call_is_well(serve, answer: bytes) -> None:
    bad = [answer]

    async def first(writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(bad.pop() if bad else plain(b"{}"))

    server, line = await serve(first)

    with pytest.raises(Broken):
        await line.post("/a", b"{}", "tester", 1.0)
    assert await line.post("/a", b"{}", "tester", 1.0) == (200, b"{}")
    assert server.connections == 2


async def test_an_end_in_the_middle_is_broken(serve) -> None:
    async def half(writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
        writer.close()

    _, line = await serve(half)

    with pytest.raises(Broken):
        await line.post("/a", b"{}", "tester", 1.0)


async def test_what_nobody_asked_for_ends_the_connection(serve) -> None:
    server, line = await serve(says(plain(b"{}") + plain(b'{"of":"somebody else"}')))

    assert await line.post("/a", b"{}", "tester", 1.0) == (200, b"{}")
    assert await line.post("/a", b"{}", "tester", 1.0) == (200, b"{}")
    assert server.connections == 2


async def test_silence_ends_in_a_timeout_and_a_slow_answer_does_not(
    serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    real, passed = loop.time, [0.0]
    monkeypatch.setattr(loop, "time", lambda: real() + passed[0])

    async def silence(_: asyncio.StreamWriter, __: bytes) -> None:
        passed[0] += 20.0

    async def slowly(writer: asyncio.StreamWriter, body: bytes) -> None:
        whole = plain(b"hi")
        for piece in (whole[:20], whole[20:30], whole[30:]):
            (connection,) = line._open
            heard = connection._heard
            writer.write(piece)
            await until(lambda: connection._heard > heard)  # noqa: B023 - awaited at once
            passed[0] += 6.0  # three times this is more than the silence that is borne

    server, line = await serve(silence)

    with pytest.raises(TimeoutError):
        await line.post("/a", b"{}", "tester", 10.0)
    server.answer = slowly
    assert await line.post("/a", b"{}", "tester", 10.0) == (200, b"hi")


async def test_who_is_cancelled_leaves_no_answer_to_the_next(serve) -> None:
    held = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter, body: bytes) -> None:
        if body == b"1":
            await held.wait()
        writer.write(plain(body))

    _, line = await serve(answer)
    task = asyncio.get_running_loop().create_task(line.post("/a", b"1", "tester", 5.0))
    await until(lambda: bool(line._open))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    held.set()

    assert await line.post("/a", b"2", "tester", 1.0) == (200, b"2")


async def test_no_more_connections_than_were_allowed(serve) -> None:
    held = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter, body: bytes) -> None:
        await held.wait()
        writer.write(plain(body))

    server, line = await serve(answer, size=2, patience=0.05)
    loop = asyncio.get_running_loop()
    two = [loop.create_task(line.post("/a", b"%d" % n, "tester", 5.0)) for n in range(2)]
    await until(lambda: server.connections == 2)

    with pytest.raises(NotConnected, match="free"):
        await line.post("/a", b"3", "tester", 5.0)
    held.set()
    assert [await task for task in two] == [(200, b"0"), (200, b"1")]


async def test_where_nobody_listens_nothing_was_sent() -> None:
    line = Line("http://127.0.0.1:9", size=1, connect=1.0, patience=1.0)

    with pytest.raises(NotConnected) as refused:
        await line.post("/botSECRET/getMe", b"{}", "tester", 1.0)

    assert "127.0.0.1" not in str(refused.value)
    with pytest.raises(ValueError, match="https"):
        Line("ftp://example.org", size=1, connect=1.0, patience=1.0)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A key and a certificate of its own for localhost."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key),
             "-out", str(certificate)],
            capture_output=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl here to make a certificate")
    return key, certificate


async def test_over_tls_the_server_must_be_who_it_says(
    serve, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, public = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, key)

    _, stranger = await serve(says(plain(b"{}")), tls=context)
    with pytest.raises(NotConnected):
        await stranger.post("/a", b"{}", "tester", 2.0)

    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    server, known = await serve(says(plain(b"{}")), tls=context)
    assert await known.post("/a", b"{}", "tester", 2.0) == (200, b"{}")
    assert await known.post("/a", b"{}", "tester", 2.0) == (200, b"{}")
    assert server.connections == 1
