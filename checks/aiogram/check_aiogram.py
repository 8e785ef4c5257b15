"""aiogram (PyPI) uses the sandbox whose address is the first argument as it would use Telegram.

Prints one line for each step; ends with 1 at the first thing that is not as it should be.
"""

import asyncio
import json
import struct
import sys
import urllib.request
import zlib

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReactionTypeEmoji,
)

BOT_ID = 700000777
TOKEN = f"{BOT_ID}:CHECK-aiogram-against-the-sandbox"
PERSON = 900000001


def check(good: bool, sentence: str) -> None:
    if not good:
        print(f"FAILED: {sentence}", file=sys.stderr)
        raise SystemExit(1)


def step(sentence: str) -> None:
    print(f"aiogram: {sentence}", flush=True)


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Control:
    """The sandbox's control API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, body: object) -> dict:
        data = json.dumps(body).encode()
        call = urllib.request.Request(f"{self.url}/sandbox{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(call, timeout=30) as answer:
            return json.loads(answer.read())


async def refused(kind: type[Exception], call, words: str) -> Exception:
    try:
        await call
    except kind as error:
        check(words in str(error), f"expected {words!r} in the refusal, got {error}")
        return error
    check(False, f"expected a refusal with {words!r}, but the call succeeded")
    raise AssertionError


async def identity(bot: Bot, session: AiohttpSession, server_bot_name: str) -> None:
    me = await bot.get_me()
    check(me.id == BOT_ID and me.is_bot and me.first_name == server_bot_name, f"getMe says {me}")
    stranger = Bot(f"{BOT_ID}:another-secret", session=session)
    await refused(TelegramUnauthorizedError, stranger.get_me(), "Unauthorized")
    step("getMe knows the bot, and a wrong token is refused")


async def texts(bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="yes")]])
    sent = await bot.send_message(PERSON, "Hello <b>you</b> 😀 <i>there</i>", reply_markup=keyboard)
    check(sent.text == "Hello you 😀 there", f"the text came back as {sent.text!r}")
    kinds = [(entity.type, entity.offset, entity.length) for entity in sent.entities or []]
    check(kinds == [("bold", 6, 3), ("italic", 13, 5)], f"the entities came back as {kinds}")
    edited = await bot.edit_message_text("Changed", chat_id=PERSON, message_id=sent.message_id)
    check(edited.text == "Changed" and edited.edit_date is not None, f"the edit came back as {edited}")
    again = bot.edit_message_text("Changed", chat_id=PERSON, message_id=sent.message_id)
    await refused(TelegramBadRequest, again, "message is not modified")
    reply = await bot.send_message(PERSON, "Re", reply_to_message_id=sent.message_id)
    check(reply.reply_to_message.message_id == sent.message_id, "a reply does not know what it answers")
    await bot.set_message_reaction(PERSON, sent.message_id, [ReactionTypeEmoji(emoji="👍")])
    check(await bot.delete_message(PERSON, reply.message_id), "a message could not be deleted")
    await refused(TelegramBadRequest, bot.send_message(PERSON, "<div>"), 'Unsupported start tag "div"')
    await refused(TelegramBadRequest, bot.send_message(PERSON, "x" * 4097), "message is too long")
    step("text with entities and a keyboard is sent, edited, answered, reacted to and deleted")


async def files(bot: Bot) -> None:
    picture = png(200, 100)
    photo = await bot.send_photo(PERSON, BufferedInputFile(picture, "photo.png"), caption="<b>Look</b>")
    largest = photo.photo[-1]
    check((largest.width, largest.height) == (200, 100), f"the photo came back as {largest}")
    check(photo.caption == "Look" and photo.caption_entities[0].type == "bold", "the caption was lost")
    back = (await bot.download(largest)).read()
    check(back == picture, "the photo came down otherwise than it went up")
    step("a photo goes up and comes down again")

    media = [InputMediaPhoto(media=BufferedInputFile(png(50 + i, 50), f"{i}.png"), caption=f"{i}") for i in range(3)]
    album = await bot.send_media_group(PERSON, media)
    check(len(album) == 3 and len({message.media_group_id for message in album}) == 1, "the album fell apart")
    check([message.caption for message in album] == ["0", "1", "2"], "the album's captions are wrong")
    step("an album of three uploads is one album")

    content = bytes(range(256)) * 1000
    document = (await bot.send_document(PERSON, BufferedInputFile(content, "data.bin"))).document
    check((document.file_name, document.file_size) == ("data.bin", len(content)), f"the document is {document}")
    back = (await bot.download(document)).read()
    check(back == content, "the document came down otherwise than it went up")
    again = (await bot.send_document(PERSON, document.file_id)).document
    check(again.file_unique_id == document.file_unique_id, "the same file_id gave another file")
    step("a document goes up, comes down, and is sent again by its file_id")


async def inbound(bot: Bot, control: Control) -> None:
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="yes")]])
    asked = await bot.send_message(PERSON, "Sure?", reply_markup=keyboard)
    for update in await bot.get_updates():
        await bot.get_updates(offset=update.update_id + 1)
    control.post(f"/users/{PERSON}/send", {"bot": BOT_ID, "text": "/help me"})
    control.post(f"/users/{PERSON}/send", {"bot": BOT_ID, "voice": {"duration": 2}})
    control.post(f"/users/{PERSON}/press", {"bot": BOT_ID, "message_id": asked.message_id, "text": "Yes"})
    updates = await bot.get_updates(timeout=5)
    check(updates[0].message.text == "/help me", f"the first update is {updates[0]}")
    check(updates[0].message.entities[0].type == "bot_command", "a command is no command")
    check(updates[1].message.voice.duration == 2, f"the second update is {updates[1]}")
    check(updates[2].callback_query.data == "yes", f"the third update is {updates[2]}")
    check(await bot.answer_callback_query(updates[2].callback_query.id, "Fine"), "a press could not be answered")
    step("a message, a voice note and a pressed button arrive by getUpdates")


async def webhook(bot: Bot) -> None:
    url = "http://127.0.0.1:9/hook"
    check(await bot.set_webhook(url, secret_token="s3cret", allowed_updates=["message"], max_connections=7), "no webhook")
    info = await bot.get_webhook_info()
    seen = (info.url, info.max_connections, info.allowed_updates)
    check(seen == (url, 7, ["message"]), f"the webhook is {info}")
    check(await bot.delete_webhook(drop_pending_updates=True), "the webhook could not be deleted")
    check((await bot.get_webhook_info()).url == "", "the webhook is still there")
    step("a webhook is set, read and deleted")


async def troubles(bot: Bot, control: Control) -> None:
    await refused(TelegramBadRequest, bot.send_message(PERSON + 1, "x"), "chat not found")
    fault = {"kind": "throttle", "retry_after": 3, "bot": BOT_ID, "times": 1}
    control.post("/faults", fault)
    error = await refused(TelegramRetryAfter, bot.send_message(PERSON, "x"), "Too Many Requests")
    check(error.retry_after == 3, f"retry_after is {error.retry_after}")
    control.post(f"/users/{PERSON}/block", {"bot": BOT_ID})
    await refused(TelegramForbiddenError, bot.send_message(PERSON, "x"), "bot was blocked by the user")
    step("unknown chats, limits and blocks are told as Telegram tells them")


async def main(url: str) -> None:
    control = Control(url)
    control.post("/bots", {"token": TOKEN, "name": "Check", "username": "check_aiogram_bot"})
    control.post("/users", {"id": PERSON, "first_name": "Asha", "language_code": "en"})
    control.post(f"/users/{PERSON}/start", {"bot": BOT_ID})
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    try:
        await identity(bot, session, "Check")
        check(await bot.set_my_commands([BotCommand(command="help", description="Help")]), "no commands")
        check([command.command for command in await bot.get_my_commands()] == ["help"], "the commands were lost")
        step("commands are kept")
        await texts(bot)
        await files(bot)
        await inbound(bot, control)
        await webhook(bot)
        await troubles(bot, control)
    finally:
        await bot.session.close()


if len(sys.argv) != 2:
    print("usage: check_aiogram.py URL", file=sys.stderr)
    raise SystemExit(2)
asyncio.run(main(sys.argv[1].rstrip("/")))
