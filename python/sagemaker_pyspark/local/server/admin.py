"""The way in for ``LocalSageMaker``: faults, records, images, logs. Guarded by the secret key."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from ..faults import check_fault
from ..images import split_specification
from .call_log import CallLog, PlannedFaults, fault_of
from .control.api import ControlPlane
from .errors import ApiError, Reply
from .routes import Request

PREFIX = "/_local/"


class Admin:
    """``POST /_local/<command>`` with a JSON object; answers JSON."""

    def __init__(self, secret: str, calls: CallLog, faults: PlannedFaults, control: ControlPlane) -> None:
        self._secret = secret
        self._calls = calls
        self._faults = faults
        self._control = control
        self._commands: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "fail_next": self._fail_next,
            "fail_at_random": self._fail_at_random,
            "clear_faults": lambda _: self._faults.clear(),
            "calls": lambda _: self._calls.as_dicts(),
            "reset_calls": lambda _: self._calls.clear(),
            "resources": lambda _: self._resources(),
            "training_log": lambda arguments: self._control.jobs.find(arguments["job_name"]).log_text(),
            "register_image": self._register_image,
        }

    async def handle(self, request: Request, body: bytes) -> Reply:
        """Answer one command."""
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._secret}".encode()):
            return _reply(403, {"error": "This path needs the secret key of the local service."})
        command = self._commands.get(request.path[len(PREFIX) :])
        if command is None or request.method != "POST":
            return _reply(
                404, {"error": f"Unknown command {request.path}; known: {', '.join(sorted(self._commands))}."}
            )
        try:
            result = await asyncio.to_thread(command, json.loads(body or b"{}"))
        except ApiError as error:
            return _reply(400, {"error": error.message})
        except (ValueError, KeyError, TypeError) as error:
            return _reply(400, {"error": str(error)})
        return _reply(200, {"result": result})

    def _fail_next(self, arguments: Mapping[str, Any]) -> None:
        fault = fault_of(arguments["kind"], arguments["arguments"])
        check_fault(arguments["operation"], fault)
        self._faults.add(arguments["operation"], fault, int(arguments["times"]), arguments["match"])

    def _fail_at_random(self, arguments: Mapping[str, Any]) -> None:
        operation = arguments["operation"]
        faults = [fault_of(given["kind"], given["arguments"]) for given in arguments["faults"]]
        for fault in faults:
            check_fault(operation, fault)
        self._faults.add_at_random(
            operation, faults, float(arguments["rate"]), int(arguments["seed"]), arguments["match"]
        )

    def _register_image(self, arguments: Mapping[str, Any]) -> None:
        split_specification(arguments["handler"])
        self._control.account.registered_images[arguments["image"]] = arguments["handler"]

    def _resources(self) -> dict[str, Any]:
        control = self._control
        return {
            "training_jobs": {run.name: run.status for run in control.jobs.all()},
            "models": control.models.names(),
            "endpoint_configs": control.configs.names(),
            "endpoints": control.endpoints.names(),
            **control.account.store.inventory(),
        }


def _reply(status: int, content: Mapping[str, Any]) -> Reply:
    return Reply(status, json.dumps(content).encode("utf-8"), {"content-type": "application/json"})
