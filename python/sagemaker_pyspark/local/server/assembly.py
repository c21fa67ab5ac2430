"""The parts of the server, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask
from a2wsgi import WSGIMiddleware
from moto.moto_server.werkzeug_app import create_backend_app

from .admin import Admin
from .app import Access, AsgiApplication, Dispatcher, Services
from .call_log import CallLog, PlannedFaults
from .control.account import Account
from .control.api import ControlPlane
from .external_s3 import ExternalS3
from .object_store import ObjectStore
from .runtime import Runtime
from .validation import service_model

_WORKERS = 16


@dataclass(frozen=True)
class Assembled:
    """The application and what its process needs to end it well."""

    application: Dispatcher
    account: Account
    control: ControlPlane


def assemble(settings: Mapping[str, Any], port: int, internal_key_id: str) -> Assembled:
    """Build the application for these settings."""
    service_model()
    endpoint_url = f"http://127.0.0.1:{port}"
    store = ObjectStore(endpoint_url, internal_key_id, settings["secret_access_key"], settings["region"])
    account = Account(
        settings["region"],
        settings["account_id"],
        settings["transition_seconds"],
        Path(settings["work_dir"]),
        store,
    )
    control = ControlPlane(account)
    calls, faults = CallLog(), PlannedFaults()
    services = Services(
        s3=_asgi(_s3(settings)),
        sts=_asgi(create_backend_app("sts")),
        control=control,
        runtime=Runtime(account, control.endpoints, settings["invocation_timeout_seconds"]),
        admin=Admin(settings["secret_access_key"], calls, faults, control),
    )
    access = Access(settings["access_key_id"], settings["secret_access_key"], internal_key_id)
    return Assembled(
        Dispatcher(services, access, calls, faults, settings["max_payload_bytes"], settings["account_id"]),
        account,
        control,
    )


def _with_plain_bodies(application: flask.Flask) -> flask.Flask:
    """Have what is sent taken for data, whatever its content type says: `urllib` and `curl` send a form's."""
    own: type[Any] = application.request_class

    def is_form(request: Any) -> bool:
        return request.method != "PUT" and bool(own.want_form_data_parsed.fget(request))

    # Moto goes on with requests of its own kind only.
    application.request_class = type("PlainRequest", (own,), {"want_form_data_parsed": property(is_form)})
    return application


def _in_memory() -> Any:
    """The S3 that keeps objects in memory."""
    application = _with_plain_bodies(create_backend_app("s3"))

    def with_address(environ: dict[str, Any], start_response: Any) -> Any:
        # As it was sent: the decoded path would be decoded once more, and what follows a semicolon cut off.
        raw = environ["asgi.scope"]["raw_path"].decode("ascii").replace(";", "%3B")
        return application({**environ, "RAW_URI": raw}, start_response)

    return with_address


def _s3(settings: Mapping[str, Any]) -> Any:
    if settings["s3_endpoint_url"] is None:
        return _in_memory()
    key, secret = settings["s3_access_key_id"], settings["s3_secret_access_key"]
    return ExternalS3(settings["s3_endpoint_url"], settings["region"], key, secret)


def _asgi(wsgi_application: Any) -> AsgiApplication:
    application: AsgiApplication = WSGIMiddleware(wsgi_application, workers=_WORKERS)
    return application
