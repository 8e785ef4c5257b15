"""The official MCP client (PyPI `mcp`) against ours: over HTTP in the old and the new protocol, and over stdio.

What must hold: every promised tool is listed with a schema of its input and output; a tool call does what it says,
seen through the REST API; a mistake is a tool error with a sentence; a wrong key is a real 401; a foreign Origin is
refused.
"""

import asyncio
import pathlib
import sys

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from servers import BOT_TOKEN, Installation, binary, check, installation, request, run  # noqa: E402

TOOLS = {
    "send_message", "get_message_status", "search_contacts", "create_contact", "update_contact", "create_broadcast",
    "get_broadcast_status", "list_broadcasts", "cancel_broadcast", "list_bots",
}  # fmt: skip
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "check", "version": "1"},
    },
}


def main() -> None:
    with installation() as jina:
        bot = jina.create("/telegram/v1/bots/", {"name": "Checks", "bot_token": BOT_TOKEN})
        refuses_wrong_keys(jina)
        refuses_foreign_origins(jina)
        for mode in ("legacy", "auto"):
            asyncio.run(over_http(jina, bot, mode))
        asyncio.run(over_stdio(jina, bot))
    print("mcp: tools work over HTTP (old and new protocol) and stdio; wrong keys and foreign origins are refused")


async def over_http(jina: Installation, bot: dict, mode: str) -> None:
    headers = {"Authorization": f"Bearer {jina.api_key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        async with Client(streamable_http_client(f"{jina.url}/mcp", http_client=http), mode=mode) as client:
            await tools_work(client, jina, bot, f"over HTTP, mode {mode}")


async def over_stdio(jina: Installation, bot: dict) -> None:
    environment = jina.environment | {"JINA_API_KEY": jina.api_key}
    server = StdioServerParameters(command=binary(), args=["mcp"], env=environment)
    async with Client(server) as client:
        await tools_work(client, jina, bot, "over stdio")


async def tools_work(client: Client, jina: Installation, bot: dict, how: str) -> None:
    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    check(TOOLS <= set(listed), f"{how}: tools are missing: {sorted(TOOLS - set(listed))}")
    for tool in listed.values():
        check(bool(tool.description), f"{how}: {tool.name} has no description")
        check(tool.input_schema.get("type") == "object", f"{how}: {tool.name} has no input schema")
        check(tool.output_schema is not None, f"{how}: {tool.name} has no output schema")
    await lists_bots(client, bot, how)
    contact_id = await makes_and_finds_a_contact(client, jina, how)
    await sends(client, jina, bot, how)
    await broadcasts(client, jina, contact_id, how)
    await explains_mistakes(client, how)


async def lists_bots(client: Client, bot: dict, how: str) -> None:
    result = await call(client, "list_bots", {}, how)
    check(bot["id"] in str(result), f"{how}: list_bots does not show the bot: {result}")
    check(BOT_TOKEN not in str(result), f"{how}: list_bots shows the token")


async def makes_and_finds_a_contact(client: Client, jina: Installation, how: str) -> str:
    name = f"Ada-{how.replace(' ', '-').replace(',', '')}"
    made = await call(client, "create_contact", {"first_name": name, "phone": fresh_phone()}, how)
    contact_id = made.get("id") or made.get("contact", {}).get("id")
    check(bool(contact_id), f"{how}: create_contact names no id: {made}")
    await call(client, "update_contact", {"contact_id": contact_id, "last_name": "Lovelace"}, how)
    status, contact = jina.request("GET", f"/contacts/{contact_id}/")
    check(status == 200 and contact["last_name"] == "Lovelace", f"{how}: update_contact changed nothing: {contact}")
    found = await call(client, "search_contacts", {"query": name}, how)
    check(contact_id in str(found), f"{how}: search_contacts does not find {name}: {found}")
    return contact_id


async def sends(client: Client, jina: Installation, bot: dict, how: str) -> None:
    chat_id = next(CHATS)
    arguments = {"chat_id": chat_id, "text": f"hello {how}"}
    sent = await call(client, "send_message", arguments, how)
    message_id = sent.get("id") or sent.get("message_id")
    check(bool(message_id), f"{how}: send_message names no id: {sent}")
    status, message = jina.request("GET", f"/telegram/v1/messages/{message_id}/")
    check(status == 200, f"{how}: the API does not know the message: {status} {message}")
    told = await call(client, "get_message_status", {"message_id": message_id}, how)
    check(bool(told.get("status")), f"{how}: get_message_status tells no status: {told}")


async def broadcasts(client: Client, jina: Installation, contact_id: str, how: str) -> None:
    arguments = {"name": f"News {how}", "message_text": "Hi {{first_name}}", "recipients": [contact_id]}
    made = await call(client, "create_broadcast", arguments, how)
    broadcast_id = made.get("id") or made.get("broadcast_id")
    check(bool(broadcast_id), f"{how}: create_broadcast names no id: {made}")
    told = await call(client, "get_broadcast_status", {"broadcast_id": broadcast_id}, how)
    check(bool(told.get("status")), f"{how}: get_broadcast_status tells no status: {told}")
    listed = await call(client, "list_broadcasts", {}, how)
    check(broadcast_id in str(listed), f"{how}: list_broadcasts does not show it: {listed}")


async def explains_mistakes(client: Client, how: str) -> None:
    arguments = {"to": "@nobody_by_that_name", "text": "hello"}
    result = await client.call_tool("send_message", arguments)
    words = " ".join(getattr(part, "text", "") for part in result.content)
    check(bool(result.is_error), f"{how}: a message to nobody is no tool error: {result}")
    check("nobody_by_that_name" in words, f"{how}: the tool error does not say who is unknown: {words}")


async def call(client: Client, tool: str, arguments: dict, how: str) -> dict:
    result = await client.call_tool(tool, arguments)
    words = " ".join(getattr(part, "text", "") for part in result.content)
    check(not result.is_error, f"{how}: {tool}({arguments}) fails: {words}")
    check(isinstance(result.structured_content, dict), f"{how}: {tool} has no structured result: {words}")
    return result.structured_content


def refuses_wrong_keys(jina: Installation) -> None:
    cases = {"no key": {}, "a wrong key": {"Authorization": "Bearer jc_wrong"}, "another scheme": {"Authorization": "Basic eDp5"}}
    for name, headers in cases.items():
        status, answer = post(jina, headers)
        check(status == 401, f"{name} gets {status} at /mcp, not 401: {answer}")


def refuses_foreign_origins(jina: Installation) -> None:
    key = {"Authorization": f"Bearer {jina.api_key}"}
    status, answer = post(jina, key | {"Origin": "https://evil.example"})
    check(status == 403, f"a foreign Origin gets {status} at /mcp, not 403: {answer}")


def post(jina: Installation, headers: dict) -> tuple[int, dict]:
    accept = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    return request("POST", f"{jina.url}/mcp", INITIALIZE, accept | headers)


CHATS = iter(range(5_000_001, 6_000_000))
PHONES = iter(range(4_155_550_100, 4_155_559_999))


def fresh_phone() -> str:
    return f"+1{next(PHONES)}"


run(main)
