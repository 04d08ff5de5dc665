"""The HTTP transport: what goes out, what comes back, what an error says and what it keeps to itself."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from telegram import InputFile, InputMediaPhoto
from telegram.error import NetworkError, TimedOut

from bot.delivery.multipart import Multipart, Unreadable, Upload
from bot.delivery.transport import Address, AiohttpRequest, CutShort, NotSent, TooLarge
from bot.delivery.wire import Wire
from tests.delivery.conftest import TOKEN, Scripted, Speak

Speaking = Callable[[Speak], Awaitable[str]]


def secret_free(error: BaseException) -> bool:
    """Whether neither an error, nor those behind it, nor its traceback names the token."""
    told = "".join(traceback.format_exception(error))
    seen: BaseException | None = error
    while seen is not None:
        told += str(seen) + repr(seen)
        seen = seen.__cause__ or seen.__context__
    return TOKEN not in told and "very-secret" not in told


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    return await reader.readexactly(length)


async def test_a_call_carries_its_parameters_as_json_and_gives_the_result(server: Scripted) -> None:
    server.says("sendMessage", (200, {"ok": True, "result": {"message_id": 41}}))

    async with Wire(TOKEN, server.url) as wire:
        result = await wire.call("sendMessage", {"chat_id": 5, "text": "垃圾", "reply_markup": None})

    assert result == {"message_id": 41}
    assert server.seen[0].path == f"/bot{TOKEN}/sendMessage"
    assert server.seen[0].params == {"chat_id": 5, "text": "垃圾"}
    assert server.seen[0].headers["Content-Type"] == "application/json"


async def test_the_library_s_own_methods_go_through_the_same_transport(server: Scripted) -> None:
    message = {"message_id": 7, "date": 1783000000, "chat": {"id": 5, "type": "private"}, "text": "好"}
    server.says("sendMessage", (200, {"ok": True, "result": message}))
    server.says("sendMediaGroup", (200, {"ok": True, "result": [message]}))

    async with Wire(TOKEN, server.url) as wire:
        sent = await wire.bot.send_message(5, "好")
        await wire.bot.send_media_group(5, [InputMediaPhoto(b"one"), InputMediaPhoto(b"two")])
        await wire.bot.send_document(5, InputFile(b"abc", filename="台账.txt"))

    assert sent.message_id == 7
    assert server.calls("sendMessage")[0].params["text"] == "好"
    album = server.calls("sendMediaGroup")[0].form
    assert sorted(value[2] for value in album.values() if isinstance(value, tuple)) == [b"one", b"two"]
    assert server.calls("sendDocument")[0].form["document"] == ("台账.txt", "text/plain", b"abc")


async def test_a_small_upload_arrives_with_name_kind_and_bytes(server: Scripted) -> None:
    upload = Upload('巡查 "1" 100%.jpg', b"\xff\xd8picture", "image/jpeg")

    async with Wire(TOKEN, server.url) as wire:
        await wire.call("sendPhoto", {"chat_id": 5, "caption": "前"}, {"photo": upload})

    form = server.seen[0].form
    assert form["chat_id"] == "5"
    assert form["caption"] == "前"
    name, kind, content = form["photo"]
    assert (kind, content) == ("image/jpeg", b"\xff\xd8picture")
    assert name.replace("%22", '"').replace("%25", "%") == '巡查 "1" 100%.jpg'


async def test_a_large_file_is_streamed_from_disk_with_its_length(server: Scripted, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096 * 3
    path = tmp_path / "album.zip"
    path.write_bytes(content)

    async with Wire(TOKEN, server.url) as wire:
        await wire.call(
            "sendDocument", {"chat_id": 5}, {"document": Upload("album.zip", path, "application/zip")}
        )

    assert server.seen[0].form["document"] == ("album.zip", "application/zip", content)
    assert int(server.seen[0].headers["Content-Length"]) > len(content)
    assert "Transfer-Encoding" not in server.seen[0].headers


async def test_a_missing_file_is_named_and_nothing_goes_out(server: Scripted, tmp_path: Path) -> None:
    upload = Upload("x.jpg", tmp_path / "gone.jpg")

    async with Wire(TOKEN, server.url) as wire:
        with pytest.raises(Unreadable, match=r"gone\.jpg"):
            await wire.call("sendPhoto", {"chat_id": 5}, {"photo": upload})

    assert server.seen == []


async def test_a_file_that_shrinks_while_it_is_sent_is_unreadable(server: Scripted, tmp_path: Path) -> None:
    path = tmp_path / "shrinks.jpg"
    path.write_bytes(b"x" * 3_000_000)
    body = Multipart({"chat_id": "5"}, {"photo": Upload("shrinks.jpg", path)})
    path.write_bytes(b"x" * 1_000_000)
    request = AiohttpRequest(Address(server.url, TOKEN))
    await request.initialize()

    with pytest.raises(Unreadable, match="shrank") as caught:
        await request.post_files("sendPhoto", body)

    assert secret_free(caught.value)
    await request.shutdown()


async def test_a_refused_connection_was_certainly_not_sent() -> None:
    async with Wire(TOKEN, f"http://127.0.0.1:{free_port()}") as wire:
        with pytest.raises(NotSent) as caught:
            await wire.call("sendMessage", {"chat_id": 5, "text": "x"})

    assert "refused" in str(caught.value).casefold()
    assert secret_free(caught.value)


async def test_a_full_pool_was_certainly_not_sent(speaking: Speaking) -> None:
    taken = asyncio.Event()

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        taken.set()
        await asyncio.Event().wait()

    wire = Wire(TOKEN, await speaking(silence), pool_size=1, pool_timeout=0.0, read_timeout=5.0)
    wire._request._default = wire._request._default.__class__(connect=0.05, sock_read=5.0)
    async with wire, asyncio.TaskGroup() as group:
        first = group.create_task(wire.call("sendMessage", {"chat_id": 5, "text": "x"}))
        await taken.wait()
        with pytest.raises(NotSent) as caught:
            await wire.call("sendMessage", {"chat_id": 6, "text": "y"})
        first.cancel()

    assert secret_free(caught.value)


async def test_silence_after_sending_is_a_timeout(speaking: Speaking) -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await asyncio.Event().wait()

    async with Wire(TOKEN, await speaking(silence), read_timeout=0.05) as wire:
        with pytest.raises(TimedOut) as caught:
            await wire.call("sendMessage", {"chat_id": 5, "text": "x"})

    assert secret_free(caught.value)


async def test_an_upload_into_a_dead_line_is_given_up(speaking: Speaking, tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(bytes(16_000_000))

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.Event().wait()

    request = AiohttpRequest(
        Address(await speaking(deaf), TOKEN),
        read_timeout=0.05,
        write_timeout=0.05,
        connect_timeout=0.05,
        pool_timeout=0.05,
    )
    await request.initialize()
    with pytest.raises(TimedOut) as caught:
        await request.post_files("sendDocument", Multipart({}, {"document": Upload("big", path)}))

    assert secret_free(caught.value)
    await request.shutdown()


@pytest.mark.parametrize("spoken", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"GARBAGE\r\n\r\n"])
async def test_a_line_that_breaks_after_the_request_is_a_network_error_and_not_not_sent(
    speaking: Speaking, spoken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(spoken)
        await writer.drain()

    with caplog.at_level(logging.DEBUG):
        async with Wire(TOKEN, await speaking(breaks)) as wire:
            with pytest.raises(NetworkError) as caught:
                await wire.call("sendMessage", {"chat_id": 5, "text": "x"})

    assert not isinstance(caught.value, NotSent)
    assert secret_free(caught.value)
    assert "very-secret" not in caplog.text


async def test_a_line_that_breaks_during_an_upload_does_not_tell_the_token(
    speaking: Speaking, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "big"
    path.write_bytes(bytes(16_000_000))

    async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    with caplog.at_level(logging.DEBUG):
        async with Wire(TOKEN, await speaking(hangs_up)) as wire:
            with pytest.raises(NetworkError) as caught:
                await wire.call("sendDocument", {"chat_id": 5}, {"document": Upload("big", path)})

    assert secret_free(caught.value)
    assert "very-secret" not in caplog.text


async def test_a_download_gives_the_bytes_of_a_file_with_a_chinese_name(server: Scripted) -> None:
    server.files["photos/前 1.jpg"] = b"picture"

    async with Wire(TOKEN, server.url) as wire:
        content = await wire.download("photos/前 1.jpg", expected=7)

    assert content == b"picture"


async def test_a_download_over_the_limit_is_refused_before_it_is_read(server: Scripted) -> None:
    server.files["photos/1.jpg"] = bytes(2000)

    async with Wire(TOKEN, server.url) as wire:
        with pytest.raises(TooLarge):
            await wire.download("photos/1.jpg", limit=1999)
        with pytest.raises(TooLarge):
            await wire.download("photos/1.jpg", expected=3000, limit=2999)

    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf",
        b"HTTP/1.0 200 OK\r\n\r\nhalf",
    ],
)
async def test_half_a_download_is_cut_short(speaking: Speaking, answer: bytes) -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    async with Wire(TOKEN, await speaking(half)) as wire:
        with pytest.raises(CutShort) as caught:
            await wire.download("photos/1.jpg", expected=100)

    assert secret_free(caught.value)


async def test_the_library_s_objects_and_logs_hold_a_stand_in_for_the_token(
    server: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    server.says("getMe", (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}))

    with caplog.at_level(logging.DEBUG):
        wire = Wire(TOKEN, server.url)
        async with wire:
            with pytest.raises(Exception, match="rejected") as caught:
                await wire.bot.initialize()

    assert secret_free(caught.value)
    assert "very-secret" not in caplog.text
    assert "very-secret" not in repr(wire.bot) + repr(wire._request) + repr(wire._request._address)


async def test_proxies_of_the_environment_are_not_used(
    server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)

    async with Wire(TOKEN, server.url) as wire:
        result = await wire.call("getMe", {})

    assert result is True


async def test_a_configured_proxy_is_used(speaking: Speaking) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        await read_request(reader)
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n{"ok":true,"result":true}')
        await writer.drain()

    async with Wire(TOKEN, "http://telegram.invalid", proxy=await speaking(proxy)) as wire:
        result = await wire.call("getMe", {})

    assert result is True
    assert asked[0].startswith(b"POST http://telegram.invalid/bot")
