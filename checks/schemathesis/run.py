"""Holds the API to its own OpenAPI document: schemathesis (PyPI) with all checks, for a bounded time.

What it may not find fault with stands in schemathesis.toml and in `arguments`, each with its reason.
"""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from servers import BOT_TOKEN, Installation, check, installation, postgres, run  # noqa: E402

HERE = pathlib.Path(__file__).parent
# For each of the two databases.
SECONDS_MAX = 90
# The same requests every time: a failure is then a failure of this change.
SEED = "20261123"


def main() -> None:
    for engine, settings in {"SQLite": {}, "PostgreSQL": postgres()}.items():
        # A limit that never holds anything back, so that waiting is no answer to any request.
        with installation(TELEGRAM_RATE_LIMIT="1000/s", RUST_LOG="warn", **settings) as jina:
            judge(jina, engine)
    print("schemathesis: the API keeps what openapi.json says, on both databases")


def judge(jina: Installation, engine: str) -> None:
    fill(jina)
    done = subprocess.run(arguments(jina), cwd=HERE)
    check(done.returncode == 0, f"on {engine}: schemathesis ends with {done.returncode}; its findings stand above")
    status, _ = jina.request("GET", "/users/me/")
    check(status == 200, f"on {engine}: after all that, GET /users/me/ answers {status}")


def fill(jina: Installation) -> None:
    """Something of everything, so that lists and look-ups have what to answer."""
    jina.create("/telegram/v1/bots/", {"name": "Checks", "bot_token": BOT_TOKEN})
    contact = jina.create("/contacts/", {"first_name": "Ada", "phone": "+14155550100", "tags": ["vip"]})
    jina.create("/telegram/v1/messages/", {"chat_id": 5_000_001, "text": "hello"})
    broadcast = {"name": "News", "platform": "TELEGRAM", "message_text": "Hi", "recipients": [contact["id"]], "status": "DRAFT"}
    jina.create("/broadcast/", broadcast)


def arguments(jina: Installation) -> list[str]:
    program = str(pathlib.Path(sys.executable).with_name("schemathesis"))
    return [
        program, "--config-file", "schemathesis.toml", "run", f"{jina.url}/openapi.json",
        "--header", f"Authorization:Bearer {jina.api_key}",
        "--checks", "all",
        # The same Idempotency-Key and body replay the first answer for 24 hours, also when what it made was deleted since.
        # This check takes it for something new that is not there; that what was made is there, our own tests say.
        "--exclude-checks", "ensure_resource_availability",
        # A stream has no end, and a socket is no answer: our own tests listen to them.
        "--exclude-path", "/team-inbox/api/stream/",
        "--exclude-path", "/ws/team-inbox/{tenant_id}/",
        "--max-time", str(SECONDS_MAX),
        "--max-failures", "20",
        "--seed", SEED,
        # More than one runs into CPython 3.11's "AST constructor recursion depth mismatch", a race between its threads.
        "--workers", "1",
        "--request-timeout", "30",
    ]  # fmt: skip


run(main)
