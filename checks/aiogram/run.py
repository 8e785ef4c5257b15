"""Starts a sandbox and lets aiogram (PyPI) use it as it would use Telegram: see check_aiogram.py."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from servers import check, run, sandbox  # noqa: E402

SECONDS_MAX = 120


def main() -> None:
    script = pathlib.Path(__file__).with_name("check_aiogram.py")
    with sandbox() as url:
        done = subprocess.run([sys.executable, str(script), url], timeout=SECONDS_MAX)
        check(done.returncode == 0, f"check_aiogram.py ends with {done.returncode}")
    print("aiogram: the sandbox is a Bot API server to it")


run(main)
