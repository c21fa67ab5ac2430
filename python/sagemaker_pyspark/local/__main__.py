"""``python -m sagemaker_pyspark.local``: serve until Ctrl-C, after printing what a client needs."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
from collections.abc import Sequence

from .errors import LocalServiceError
from .session import LocalSageMaker


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 after Ctrl-C or SIGTERM, 1 if the service cannot start or dies."""
    parser = argparse.ArgumentParser(
        prog="python -m sagemaker_pyspark.local",
        description="S3, STS, SageMaker and its runtime on 127.0.0.1.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--region", default="us-east-1", help="default: %(default)s")
    parser.add_argument("--account-id", default="123456789012", help="default: %(default)s")
    parser.add_argument(
        "--transition-seconds", type=float, default=0.2, help="least time in each state (%(default)s)"
    )
    parser.add_argument("--s3-endpoint-url", help="keep objects in this S3 service instead of in memory")
    parser.add_argument(
        "--max-payload-bytes", type=int, default=25_000_000, help="limit of InvokeEndpoint (%(default)s)"
    )
    options = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        with LocalSageMaker(**vars(options)) as aws:
            print(_instructions(aws), flush=True)
            while not ended.wait(0.5):
                aws.check_alive()
    except LocalServiceError as error:
        print(error, file=sys.stderr)
        return 1
    print("The local service has ended.")
    return 0


def _instructions(aws: LocalSageMaker) -> str:
    exports = [f"export {name}={shlex.quote(value)}" for name, value in aws.environment().items()]
    lines = [
        f"Local SageMaker (S3, STS, SageMaker, runtime) at {aws.endpoint_url}",
        f"Role to use: {aws.role_arn}",
        "In the shell of your program:",
        *(f"  {line}" for line in exports),
        "Ctrl-C ends it and forgets everything.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
