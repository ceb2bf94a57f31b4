"""A server forks its workers while a thread starts ``mongod``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import os, sys, threading, time
from pathlib import Path
from backend.core.embedded.process import launch

slowest = 0.0
def launches():
    global slowest
    for _ in range(60):
        begun = time.monotonic()
        launch(["/bin/true"], Path(sys.argv[1])).wait()
        slowest = max(slowest, time.monotonic() - begun)

thread = threading.Thread(target=launches)
thread.start()
children = []
while thread.is_alive() and len(children) < 400:
    child = os.fork()
    if not child:
        time.sleep(8)  # a worker lives on, with whatever it inherited
        os._exit(0)
    children.append(child)
    time.sleep(0.001)
thread.join()
for child in children:
    os.kill(child, 9)
    os.waitpid(child, 0)
print(slowest < 4)
"""


def test_a_worker_that_is_forked_meanwhile_does_not_hold_up_the_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "output")],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "True\n"
