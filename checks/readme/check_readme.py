"""The lines of the README, pasted as they stand into a shell after the demo's `export` line.

Each curl must succeed, and what was sent must arrive: the demo's own Telegram takes it within seconds.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from servers import binary, check, free_port, process, request, run, until  # noqa: E402

README = pathlib.Path(__file__).parent.parent.parent / "README.md"
SECONDS_MAX = 30
# The page's curl, but failing aloud, and with each answer on a line of its own.
PRELUDE = """set -eu
curl() { command curl --silent --show-error --fail-with-body "$@" || { echo; exit 1; }; echo; }
"""


def main() -> None:
    environment = os.environ | {"LISTEN_ADDR": f"127.0.0.1:{free_port()}"}
    with tempfile.TemporaryDirectory(prefix="jina-check-") as folder:
        log = pathlib.Path(folder) / "demo.log"
        with process([binary(), "demo"], environment, log) as child:
            export = until(lambda: export_line(log), child, "the demo prints no export line", log)
            bot, message, broadcast = paste(export)
            check(bot["webhook_status"] == "REGISTERED", f"the bot's webhook is not set: {bot}")
            arrives(export, f"/telegram/v1/messages/{message['id']}/")
            arrives(export, f"/broadcast/{broadcast['id']}/")
    print("readme: its lines work as pasted")


def export_line(log: pathlib.Path) -> str | None:
    found = re.search(r"^\s*(export JINA_URL=.*)$", log.read_text(errors="replace"), re.MULTILINE)
    return found and found.group(1)


def paste(export: str) -> list[dict]:
    """Runs the README's curl block and returns the three answers."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)
    lines = next((block for block in blocks if "curl" in block), None)
    check(lines is not None, "the README has no block of curl lines")
    done = subprocess.run(["bash", "-c", f"{PRELUDE}{export}\n{lines}"], capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, f"a line of the README fails: {done.stdout}{done.stderr}")
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
    check(len(answers) == 3, f"three lines, but {len(answers)} answers: {done.stdout}")
    return answers


def arrives(export: str, path: str) -> None:
    variables = dict(re.findall(r"(JINA_\w+)=(\S+)", export))
    headers = {"Authorization": f"Bearer {variables['JINA_API_KEY']}"}
    deadline = time.monotonic() + SECONDS_MAX
    while True:
        _, found = request("GET", variables["JINA_URL"] + path, headers=headers)
        if found.get("status") == "SENT":
            return
        check(time.monotonic() < deadline, f"{path} is not SENT after {SECONDS_MAX} s: {json.dumps(found)}")
        time.sleep(0.2)


run(main)
