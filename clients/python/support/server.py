"""A `causeway serve` process of a test's own."""

import os
import subprocess
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KEY_ID = "test-ak"
KEY_SECRET = "test-sk"
ACCOUNT = "1234567890123456"
REGION = "cn-hangzhou"
START_DEADLINE_S = 15


def binary():
    """The server to test: `CAUSEWAY_BIN`, or what cargo built."""
    named = os.environ.get("CAUSEWAY_BIN")
    candidates = [Path(named)] if named else [ROOT / "target" / kind / "causeway" for kind in ("release", "debug")]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"no server to test among {[str(path) for path in candidates]}")


class Server:
    """Serves from the constructor's return until `stop`."""

    def __init__(self, *arguments, tasks="immediate"):
        common = ["--listen", "127.0.0.1:0", "--root-key", f"{KEY_ID}:{KEY_SECRET}", "--seed", "1", "--log", "warn"]
        line = [str(binary()), "serve", *common, "--tasks", tasks, *(arguments or ("--memory",))]
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=environment())
        # Only the server's own silence can make the loop below wait, so the deadline ends the server.
        deadline = threading.Timer(START_DEADLINE_S, self.process.kill)
        deadline.start()
        self.greeting = {}
        for line in self.process.stdout:
            if line.strip() == "Ready.":
                break
            name, _, value = line.strip().partition("  ")
            self.greeting[name] = value.strip()
        else:
            self.stop()
            raise RuntimeError(f"the server ended before it was ready: {self.greeting}")
        deadline.cancel()
        self.endpoint = self.greeting["http"].removeprefix("http://")

    @property
    def host(self):
        return self.endpoint.rpartition(":")[0]

    @property
    def port(self):
        return int(self.endpoint.rpartition(":")[2])

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def environment():
    """The surrounding environment without what would configure the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
