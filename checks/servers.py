"""Throw-away servers for the checks: a sandbox in Telegram's place, and an installation that talks to it.

Everything runs from the binary that JINA_CONNECT_BIN names, on free ports and in a folder that is removed afterwards.
"""

import base64
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

READY_SECONDS = 30
STOP_SECONDS = 15
# A token that no other bot has; the sandbox takes any `digits:rest` for the token of a bot that exists.
BOT_TOKEN = "700000001:CHECKS-bot-token-of-the-sandbox-only"


class CheckFailed(Exception):
    """Something is not as it should be, said in one sentence."""


def check(good: bool, sentence: str) -> None:
    """Fails with the sentence, which says what was seen, unless all is well."""
    if not good:
        raise CheckFailed(sentence)


class Server:
    """The process of an installation. `kill` ends it as a power cut would; `start` begins it anew on the same data."""

    def __init__(self, url: str, environment: dict[str, str], log: pathlib.Path) -> None:
        self.url, self.environment, self.log = url, environment, log
        self.stack = contextlib.ExitStack()
        self.child: subprocess.Popen | None = None

    def start(self) -> None:
        self.child = self.stack.enter_context(process([binary(), "serve"], self.environment, self.log))
        until(lambda: answers(f"{self.url}/readyz"), self.child, "the server does not get ready", self.log)

    def kill(self) -> None:
        """By SIGKILL: nothing is finished, nothing is said."""
        assert self.child is not None
        self.child.kill()
        self.child.wait()
        # What `process` says of a child that ended by itself is no news here.
        with contextlib.suppress(CheckFailed):
            self.stack.close()


@dataclasses.dataclass
class Installation:
    """A running `jina-connect serve` with one tenant, reached at `url` with `api_key`."""

    url: str
    api_key: str
    environment: dict[str, str]
    sandbox_url: str
    server: "Server"

    def request(self, method: str, path: str, body: object = None, key: str | None = None) -> tuple[int, dict]:
        """The status and the JSON body of one call of the API."""
        headers = {"Authorization": f"Bearer {key or self.api_key}", "Content-Type": "application/json"}
        return request(method, self.url + path, body, headers)

    def create(self, path: str, body: object) -> dict:
        """A POST that must make something."""
        status, answer = self.request("POST", path, body)
        check(status in (200, 201, 202), f"POST {path} answers {status}: {json.dumps(answer)}")
        return answer


def request(method: str, url: str, body: object = None, headers: dict[str, str] | None = None) -> tuple[int, dict]:
    data = None if body is None else json.dumps(body).encode()
    call = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(call, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        text = error.read()
        try:
            return error.code, json.loads(text or b"{}")
        except json.JSONDecodeError:
            return error.code, {"not_json": text.decode(errors="replace")}


def binary() -> str:
    path = os.environ.get("JINA_CONNECT_BIN", "")
    check(os.access(path, os.X_OK), "JINA_CONNECT_BIN names no program; run this by `cargo xtask test --only …`")
    return path


@contextlib.contextmanager
def sandbox() -> Iterator[str]:
    """A Bot API server; yields its address."""
    with tempfile.TemporaryDirectory(prefix="jina-check-") as folder:
        log = pathlib.Path(folder) / "sandbox.log"
        with process([binary(), "sandbox", "--listen", "127.0.0.1:0"], os.environ.copy(), log) as child:
            yield until(lambda: address_in(log), child, "the sandbox prints no address", log)


@contextlib.contextmanager
def installation(**settings: str) -> Iterator[Installation]:
    """A server with its own data folder and sandbox, one tenant and nothing else."""
    with sandbox() as sandbox_url, tempfile.TemporaryDirectory(prefix="jina-check-") as folder:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment = inherited | {
            "LISTEN_ADDR": f"127.0.0.1:{port}",
            "BASE_URL": url,
            "DATA_DIR": folder,
            "TELEGRAM_API_BASE_URL": sandbox_url,
            **settings,
        }
        log = pathlib.Path(folder) / "serve.log"
        server = Server(url, environment, log)
        with server.stack:
            server.start()
            made = command(environment, "tenant", "create", "--name", "Checks", "--json")
            try:
                yield Installation(url, made["api_key"], environment, sandbox_url, server)
            except BaseException:
                print(f"--- the end of the server's log\n{tail(log)}", file=sys.stderr)
                raise


def postgres() -> dict[str, str]:
    """The settings of an installation on a fresh database of the server that TEST_DATABASE_URL names."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    check(server != "", "TEST_DATABASE_URL names no PostgreSQL; run this by `cargo xtask test --only …`")
    name = f"checks_{os.getpid()}_{secrets.token_hex(4)}"
    subprocess.run(["psql", "--quiet", server, "--command", f"CREATE DATABASE {name}"], check=True)
    return {
        "DATABASE_URL": urllib.parse.urlsplit(server)._replace(path=f"/{name}").geturl(),
        "FIELD_ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "SECRET_KEY": secrets.token_hex(32),
    }


def command(environment: dict[str, str], *arguments: str) -> dict:
    """Runs a command with `--json` beside the server and returns the document that it prints."""
    done = subprocess.run([binary(), *arguments], env=environment, capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, f"`jina-connect {' '.join(arguments)}` ends with {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


@contextlib.contextmanager
def process(arguments: list[str], environment: dict[str, str], log: pathlib.Path) -> Iterator[subprocess.Popen]:
    with log.open("ab") as output:
        child = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield child
        check(child.poll() is None, f"`{arguments[1]}` ended by itself with {child.returncode}: {tail(log)}")
    finally:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def until(found, child: subprocess.Popen, sentence: str, log: pathlib.Path):
    """Asks again and again for what is soon to come, while the child lives."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        check(child.poll() is None, f"{sentence}: it ended with {child.poll()}; its log ends: {tail(log)}")
        if result := found():
            return result
        time.sleep(0.05)
    raise CheckFailed(f"{sentence} within {READY_SECONDS} s; its log ends: {tail(log)}")


def address_in(log: pathlib.Path) -> str | None:
    found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text(errors="replace"))
    return found and found.group()


def answers(url: str) -> bool:
    try:
        return request("GET", url)[0] == 200
    except OSError:
        return False


def tail(log: pathlib.Path) -> str:
    return log.read_text(errors="replace")[-4000:].strip() or "(empty)"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def run(main) -> None:
    """Runs a check: exit status 1 and one line when it fails."""
    try:
        main()
    except* CheckFailed as group:
        # A task group wraps what failed in it, in any number of layers.
        while isinstance(failed := group.exceptions[0], BaseExceptionGroup):
            group = failed
        print(f"FAILED: {failed}", file=sys.stderr)
        raise SystemExit(1) from None
