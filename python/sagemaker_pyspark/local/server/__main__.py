"""The server process: reads its settings from standard input, prints the port, serves until that input
ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..lifeline import watch

_KEEP_ALIVE_SECONDS = 300
_GRACE_SECONDS = 5.0
_CONTROL_WORKERS = 32
_REMOVALS = 40


def main() -> None:
    """Serve."""
    settings = json.loads(sys.stdin.buffer.readline())
    # moto takes the account from its environment, when it is imported.
    os.environ["MOTO_ACCOUNT_ID"] = settings["account_id"]
    os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", settings["port"]))
    port = listener.getsockname()[1]

    import uvicorn

    from .assembly import assemble
    from .connections import TrackedProtocol

    assembled = assemble(settings, port, secrets.token_hex(10).upper())
    server = uvicorn.Server(
        uvicorn.Config(
            assembled.application,
            http=TrackedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=1,
            backlog=2048,
        )
    )

    def end() -> None:
        server.should_exit = True
        assembled.account.closing.set()
        threading.Timer(_GRACE_SECONDS, _leave, [settings]).start()

    listener.listen(2048)
    print(json.dumps({"port": port}), flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    watch(sys.stdin.buffer, end)
    asyncio.run(_serve(server, listener))
    for run in assembled.control.jobs.all():
        if run.process_id is not None:
            # One that has just ended by itself needs no killing.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.process_id, signal.SIGKILL)
    _leave(settings)


async def _serve(server: Any, listener: socket.socket) -> None:
    # Python's own default is a handful of threads on a small machine: slow calls would block each other.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_CONTROL_WORKERS, "control"))
    await server.serve(sockets=[listener])


def _leave(settings: dict[str, Any]) -> None:
    work_dir = Path(settings["work_dir"])
    for _ in range(_REMOVALS):
        shutil.rmtree(work_dir, ignore_errors=True)
        if not work_dir.exists():
            break
        # The thread of a job whose process was killed may have written a last line to its log meanwhile.
        time.sleep(0.05)
    os._exit(0)


if __name__ == "__main__":
    main()
