"""A receiver that is written with the library of Standard Webhooks (PyPI `standardwebhooks`) against what we post.

What must hold: every call carries a signature that the library verifies, also while a secret rotates; a call that was
not answered with 2xx comes again under the same `webhook-id`; each event arrives at least once, although the server is
killed by SIGKILL in the middle of it; and a private address is refused unless the operator allows it.
"""

import collections
import http.server
import json
import pathlib
import sys
import threading
import time

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from servers import CheckFailed, Installation, check, free_port, installation, run  # noqa: E402

EVENTS = 120
# A call that was under way when the server was killed is tried again when its lease is over.
ARRIVE_SECONDS = 100
SLOW_SECONDS = 0.02


class Receiver:
    """Notes what comes and what the library says to it. Refuses the first try of every third event."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.secrets: list[str] = []
        self.bad: list[str] = []
        self.tries: collections.Counter[str] = collections.Counter()
        self.bodies: dict[str, dict] = {}
        self.signatures: dict[str, int] = {}
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                time.sleep(SLOW_SECONDS)
                status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        with self.lock:
            name = headers.get("webhook-id", "")
            try:
                # While secrets rotate, each of them alone must be enough.
                for secret in self.secrets:
                    event = Webhook(secret).verify(body, headers)
            except WebhookVerificationError as error:
                self.bad.append(f"{name}: {error}")
                return 400
            self.tries[name] += 1
            if name in self.bodies and self.bodies[name] != event:
                self.bad.append(f"{name} came with another body")
            self.bodies[name] = event
            self.signatures[name] = len(headers["webhook-signature"].split())
            return 503 if len(self.bodies) % 3 == 0 and self.tries[name] == 1 else 200

    def names(self) -> set[str]:
        with self.lock:
            contacts = [event["data"].get("contact") or {} for event in self.bodies.values()]
            return {contact.get("first_name") for contact in contacts}


def main() -> None:
    with installation(WEBHOOK_ALLOW_PRIVATE="true") as jina:
        receiver = Receiver()
        made = jina.create("/webhooks/endpoints/", {"url": receiver.url, "event_types": ["contact_changed"]})
        receiver.secrets = [made["secret"]]
        every_event_arrives(jina, receiver)
        rotates(jina, receiver, made)
        check(not receiver.bad, f"the library refuses what we sent: {receiver.bad[:5]}")
    with installation() as jina:
        status, answer = jina.request("POST", "/webhooks/endpoints/", {"url": "https://127.0.0.1/hooks"})
        check(status == 400, f"a private address is answered with {status}: {json.dumps(answer)}")
    print(f"webhooks: standardwebhooks verifies all; each of {EVENTS} events arrived, through a kill -9")


def every_event_arrives(jina: Installation, receiver: Receiver) -> None:
    wanted = {f"Person {number}" for number in range(EVENTS)}
    for number, name in enumerate(sorted(wanted)):
        jina.create("/contacts/", {"first_name": name})
        if number == EVENTS // 2:
            arrived(lambda: bool(receiver.tries), "nothing arrives")
            jina.server.kill()
            jina.server.start()
    arrived(lambda: wanted <= receiver.names(), "not every event arrived")
    arrived(lambda: nothing_is_owed(jina), "not every refused call came again")
    again = [name for name, count in receiver.tries.items() if count > 1]
    check(bool(again), "no refused call came again under its webhook-id")


def nothing_is_owed(jina: Installation) -> bool:
    status, log = jina.request("GET", "/webhooks/deliveries/?status=PENDING&count=true")
    check(status == 200, f"the log is answered with {status}: {log}")
    return log["count"] == 0


def rotates(jina: Installation, receiver: Receiver, made: dict) -> None:
    path = f"/webhooks/endpoints/{made['id']}"
    rotated = jina.create(f"{path}/rotate/", {})
    receiver.secrets = [made["secret"], rotated["secret"]]
    test = jina.create(f"{path}/test/", {})["message_id"]
    arrived(lambda: test in receiver.tries, "no test event arrives after the rotation")
    check(receiver.signatures[test] == 2, f"a rotating secret gives {receiver.signatures[test]} signatures")


def arrived(is_there, sentence: str) -> None:
    deadline = time.monotonic() + ARRIVE_SECONDS
    while not is_there():
        if time.monotonic() > deadline:
            raise CheckFailed(f"{sentence} within {ARRIVE_SECONDS} s")
        time.sleep(0.05)


run(main)
