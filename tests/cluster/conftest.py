"""A standalone Spark cluster on loopback: a master and two workers, each seen as a host of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HOSTS = ("127.0.0.1", "127.0.0.2")


@dataclass
class Cluster:
    """Where the master is, and its daemons."""

    url: str
    home: Path
    programs: list[subprocess.Popen[str]] = field(default_factory=list)

    def submit(
        self, program: Path, *arguments: str, conf: dict[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Runs `spark-submit --jars $(sagemakerpyspark-jars)` on the cluster, in client mode."""
        from sagemaker_pyspark import classpath_jars

        settings = {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.executor.memory": "700m",
            "spark.cores.max": "2",
            "spark.executorEnv.PYTHONPATH": os.environ["PYTHONPATH"],
            "spark.pyspark.python": sys.executable,
            **(conf or {}),
        }
        flags = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
        command = [str(self.home / "bin" / "spark-submit"), "--master", self.url, "--deploy-mode", "client"]
        program_run = subprocess.Popen(
            [*command, "--jars", ",".join(classpath_jars()), *flags, str(program), *arguments],
            env={**os.environ, "SPARK_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.programs.append(program_run)
        return program_run


def end(process: subprocess.Popen[Any]) -> None:
    """Ends a process and what it started, each of which is in a session of its own."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def alive_workers(page: str) -> int:
    try:
        with urllib.request.urlopen(page, timeout=5) as answer:
            return len([w for w in json.load(answer)["workers"] if w["state"] == "ALIVE"])
    except OSError:
        return 0


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    import pyspark

    home = Path(pyspark.__file__).parent
    scratch = tmp_path_factory.mktemp("cluster")
    port, page = free_port(), free_port()
    daemons: list[subprocess.Popen[bytes]] = []
    made: Cluster | None = None

    def start(name: str, *arguments: str) -> None:
        # Executors get their clients from the model alone: no AWS setting is in their environment.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        environment.update(SPARK_HOME=str(home), AWS_EC2_METADATA_DISABLED="true", SPARK_DAEMON_MEMORY="300m")
        environment.pop("SPARK_LOCAL_IP", None)
        log = (scratch / f"{len(daemons)}.log").open("wb")
        daemon = subprocess.Popen(
            [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *arguments],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=scratch,
            start_new_session=True,
        )
        daemons.append(daemon)

    try:
        start("master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page))
        url = f"spark://127.0.0.1:{port}"
        for host in HOSTS:
            start(
                "worker.Worker",
                *("--host", host, "--cores", "1", "--memory", "1g", "--webui-port", str(free_port())),
                *("--work-dir", str(scratch / host), url),
            )
        for _ in range(1800):
            if alive_workers(f"http://127.0.0.1:{page}/json/") == len(HOSTS):
                break
            time.sleep(0.1)
        else:
            logs = "\n".join(p.read_text()[-2000:] for p in sorted(scratch.glob("*.log")))
            raise AssertionError(f"the cluster did not come up:\n{logs}")
        made = Cluster(url, home)
        yield made
    finally:
        for program in made.programs if made else []:
            end(program)
        for daemon in reversed(daemons):
            end(daemon)
