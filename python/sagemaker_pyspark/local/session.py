"""``LocalSageMaker``: starts the embedded service in a process of its own and talks to it."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from .errors import INSTALL_COMMAND, LocalServiceError
from .faults import Fault

_NEEDED = ("moto", "flask", "flask_cors", "a2wsgi", "uvicorn", "boto3", "sklearn", "numpy")
_START_SECONDS = 60.0
_STOP_SECONDS = 15.0
_ADMIN_SECONDS = 60.0
_KEY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SERVICES = ("S3", "STS", "SAGEMAKER", "SAGEMAKER_RUNTIME")


class LocalSageMaker:
    """S3, STS, SageMaker and its runtime on a port of 127.0.0.1, in a process that ends with this one.

    Use it as a context manager. Nothing leaves the machine, no AWS account is needed, and every request
    must name the random key id that the object was given; what it signs with the secret isn't checked.

    :param port: port to listen on; 0 takes a free one.
    :param region: the region that the service says it is in.
    :param account_id: the account that the service says it is of.
    :param transition_seconds: the least time a job or endpoint spends in each of its states.
    :param s3_endpoint_url: another S3 service to keep the objects in (path-style; keys from
        ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY`` of this process, which must be keys of their own:
        a session token isn't sent); by default they are kept in memory.
    :param max_payload_bytes: largest body that InvokeEndpoint takes.
    :param invocation_timeout_seconds: longest time a model may take for one answer.
    :raises LocalServiceError: if the service cannot be started; the message holds the server's log.
    """

    def __init__(
        self,
        port: int = 0,
        region: str = "us-east-1",
        account_id: str = "123456789012",
        transition_seconds: float = 0.2,
        s3_endpoint_url: str | None = None,
        max_payload_bytes: int = 25_000_000,
        invocation_timeout_seconds: float = 60.0,
    ) -> None:
        self.region = region
        self.account_id = account_id
        self.access_key_id = "AKIA" + "".join(secrets.choice(_KEY_LETTERS) for _ in range(16))
        self.secret_access_key = secrets.token_urlsafe(30)
        self.role_arn = f"arn:aws:iam::{account_id}:role/service-role/LocalSageMakerRole"
        self._port = port
        self._settings: dict[str, Any] = {
            "port": port,
            "region": region,
            "account_id": account_id,
            "transition_seconds": transition_seconds,
            "s3_endpoint_url": s3_endpoint_url,
            "s3_access_key_id": os.environ.get("AWS_ACCESS_KEY_ID"),
            "s3_secret_access_key": os.environ.get("AWS_SECRET_ACCESS_KEY"),
            "max_payload_bytes": max_payload_bytes,
            "invocation_timeout_seconds": invocation_timeout_seconds,
            "access_key_id": self.access_key_id,
            "secret_access_key": self.secret_access_key,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._work_dir: Path | None = None

    def __repr__(self) -> str:
        state = self.endpoint_url if self._process is not None else "not started"
        return f"LocalSageMaker({state}, region={self.region})"

    def __enter__(self) -> LocalSageMaker:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def endpoint_url(self) -> str:
        """Address of all four services."""
        if self._process is None:
            raise LocalServiceError(
                "The local service is not running; use it as a context manager, or call start()."
            )
        return f"http://127.0.0.1:{self._port}"

    @property
    def process_id(self) -> int:
        """Process id of the server."""
        if self._process is None:
            raise LocalServiceError("The local service is not running.")
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it answers."""
        if self._process is not None:
            raise LocalServiceError("The local service is already running.")
        missing = [name for name in _NEEDED if find_spec(name) is None]
        if missing:
            raise LocalServiceError(
                f"The local service needs packages that are not installed ({', '.join(missing)}):"
                f" {INSTALL_COMMAND}"
            )
        self._work_dir = Path(tempfile.mkdtemp(prefix="local-sagemaker-"))
        log = self._work_dir / "server.log"
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sagemaker_pyspark.local.server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path)},
                # A Ctrl-C at the terminal is for this process, which may still have a job to stop.
                start_new_session=True,
            )
        try:
            self._port = self._handshake(self._process)
        except (OSError, ValueError) as error:
            text = log.read_text(encoding="utf-8", errors="replace").strip()
            self.stop()
            raise LocalServiceError(
                f"The local service did not start on port {self._settings['port']}: {error}\nIts log:\n{text}"
            ) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and everything it runs; harmless if it is not running."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._work_dir is not None:
            shutil.rmtree(self._work_dir, ignore_errors=True)
            self._work_dir = None

    def check_alive(self) -> None:
        """Raise ``LocalServiceError`` if the server process has ended by itself."""
        code = None if self._process is None else self._process.poll()
        if code is not None:
            raise LocalServiceError(f"The local service ended by itself with code {code}.")

    def environment(self) -> dict[str, str]:
        """Environment variables that send any AWS SDK of a subprocess to this service."""
        bypass = [
            entry for entry in os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")).split(",") if entry
        ]
        no_proxy = ",".join([*bypass, "127.0.0.1"])
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": "",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            **{f"AWS_ENDPOINT_URL_{service}": self.endpoint_url for service in _SERVICES},
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
        }

    def client_options(self) -> dict[str, str]:
        """Keyword arguments for the ``create_..._client`` functions of ``SageMakerClients``."""
        return {
            "region": self.region,
            "endpoint_url": self.endpoint_url,
            "access_key_id": self.access_key_id,
            "secret_access_key": self.secret_access_key,
        }

    def boto3_client(self, service: str, **options: Any) -> Any:
        """A boto3 client for ``s3``, ``sts``, ``sagemaker`` or ``sagemaker-runtime``; ``options`` go to
        ``boto3``.

        Endpoint and keys are set on the client itself, so no variable or profile can send it to the real AWS.
        """
        import boto3
        from botocore.config import Config

        config = Config(s3={"addressing_style": "path"}, proxies={}).merge(options.pop("config", Config()))
        session = boto3.session.Session(
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            region_name=self.region,
        )
        return session.client(service, endpoint_url=self.endpoint_url, config=config, **options)

    def fail_next(self, operation: str, fault: Fault, times: int = 1, match: str | None = None) -> None:
        """Make the next ``times`` requests of an operation misbehave.

        ``operation`` is the name of an API operation (``"InvokeEndpoint"``, ``"PutObject"``) or ``"*"``.
        With ``match`` only requests count whose resource contains it: the name of a job, endpoint or model,
        or ``bucket/key`` in S3. Faults are used up in the order in which they were asked for.
        """
        if times < 1:
            raise ValueError(f"times must be at least 1, got {times}.")
        self._admin(
            "fail_next",
            operation=operation,
            kind=fault.kind,
            arguments=dict(fault.arguments),
            times=times,
            match=match,
        )

    def fail_at_random(
        self, operation: str, faults: Sequence[Fault], rate: float, seed: int, match: str | None = None
    ) -> None:
        """Make a share of an operation's requests misbehave, until ``clear_faults``.

        Each request meets one of ``faults`` with the probability ``rate`` (0 to 1), drawn from a generator
        that begins with ``seed``. Faults asked for by ``fail_next`` come first. The rest as there.
        """
        if not 0 < rate <= 1:
            raise ValueError(f"rate must be above 0 and at most 1, got {rate}.")
        if not faults:
            raise ValueError("faults is empty: give at least one.")
        self._admin(
            "fail_at_random",
            operation=operation,
            faults=[{"kind": fault.kind, "arguments": dict(fault.arguments)} for fault in faults],
            rate=rate,
            seed=seed,
            match=match,
        )

    def clear_faults(self) -> None:
        """Drop the faults that have not come up yet, and those at random."""
        self._admin("clear_faults")

    def calls(self) -> list[dict[str, Any]]:
        """The requests of clients in the order of their arrival.

        Each has ``operation``, ``service`` (``s3``, ``sts``, ``sagemaker``, ``runtime``), ``resource``,
        ``status`` (HTTP, or ``None``), ``error`` (code), ``fault`` (kind), ``started`` (epoch),
        ``seconds``, ``request_bytes``, ``response_bytes``. Refused requests (wrong key, wrong host) are not
        recorded.
        """
        result: list[dict[str, Any]] = self._admin("calls")
        return result

    def call_counts(self) -> dict[str, int]:
        """Number of requests by operation."""
        counts: dict[str, int] = {}
        for call in self.calls():
            counts[call["operation"]] = counts.get(call["operation"], 0) + 1
        return counts

    def reset_calls(self) -> None:
        """Forget the requests made so far."""
        self._admin("reset_calls")

    def resources(self) -> dict[str, Any]:
        """What exists now.

        ``training_jobs`` and ``endpoints`` map names to status, ``models`` and ``endpoint_configs`` list
        names, ``buckets`` maps each bucket to its keys, ``multipart_uploads`` lists the open ones
        (``bucket``, ``key``, ``upload_id``).
        """
        result: dict[str, Any] = self._admin("resources")
        return result

    def training_log(self, job_name: str) -> str:
        """The log of a training job, as far as it is written."""
        return str(self._admin("training_log", job_name=job_name))

    def register_image(self, image_name: str, handler: str) -> None:
        """Let an own image run here.

        ``image_name`` is the whole name, or the repository (``"my-image"``) for all its registries and
        tags. ``handler`` is ``"package.module:name"`` or ``"/path/to/file.py:name"``: a callable without
        arguments that returns a ``sagemaker_pyspark.local.Algorithm``. It is imported in the job's process,
        and in the server to answer requests.
        """
        self._admin("register_image", image=image_name, handler=handler)

    def _handshake(self, process: subprocess.Popen[bytes]) -> int:
        if process.stdin is None or process.stdout is None:
            raise OSError("the server has no pipes")
        process.stdin.write(
            json.dumps({**self._settings, "work_dir": str(self._work_dir)}).encode("utf-8") + b"\n"
        )
        process.stdin.flush()
        # readline has no time-out of its own; ending the process ends it.
        timer = threading.Timer(_START_SECONDS, process.kill)
        timer.start()
        try:
            line = process.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            raise OSError("the server ended before it was ready")
        return int(json.loads(line)["port"])

    def _admin(self, command: str, **arguments: Any) -> Any:
        if self._process is None:
            raise LocalServiceError("The local service is not running.")
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_ADMIN_SECONDS)
        headers = {"Authorization": f"Bearer {self.secret_access_key}", "Content-Type": "application/json"}
        try:
            connection.request("POST", f"/_local/{command}", json.dumps(arguments), headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException) as error:
            code = self._process.poll()
            state = "is running" if code is None else f"ended with code {code}"
            raise LocalServiceError(
                f"The local service did not answer {command}: {error}; its process {state}."
            ) from error
        finally:
            connection.close()
        if response.status != 200:
            raise ValueError(answer["error"])
        return answer["result"]
