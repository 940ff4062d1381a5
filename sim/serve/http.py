"""The server: fixed routes on the loopback interface, for whoever has the token.

What keeps others out, in the order in which it is checked: the address (127.0.0.1 alone is listened to), the ``Host`` header (a
name of another site that leads here is refused: DNS rebinding), the token in the path (compared in constant time; without it all
paths are the same 404), the route, the method, and for what asks for work the ``Origin`` header, the content type and the size.
No part of an address is ever a path of a file.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = "127.0.0.1"
MOST_BODY = 64_000
"""Bytes of a request."""
MOST_CONNECTIONS = 200
"""Connections at a time; another one is closed, so that nobody can fill the memory with idle ones."""
MOST_REQUESTS = 32
"""Requests that are answered side by side; the next one waits."""
SILENCE = 30.0
"""Seconds for which a connection may say nothing."""

Json = dict[str, Any]
Action = Callable[[Any], tuple[HTTPStatus, Json]]
"""What a request for work does: from the JSON that was sent to the status and the JSON to send."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'"


class Server(ThreadingHTTPServer):
    """Serves one page and the actions that it asks for."""

    daemon_threads = True
    allow_reuse_address = False  # else another program could listen beside this one
    request_queue_size = 64

    def __init__(self, port: int, page: Callable[[], tuple[str, str]], actions: Mapping[str, Action]) -> None:
        """Listens on *port* of the loopback interface, 0 for a free one; *page* gives the page and its policy.

        Raises:
            OSError: if that port can't be had.
        """
        self.token = secrets.token_urlsafe(32)
        self.page, self.actions = page, actions
        self.turns = threading.BoundedSemaphore(MOST_REQUESTS)
        self._connections: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), Handler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """The address of the page, token and all."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/"

    @property
    def hosts(self) -> tuple[str, str]:
        """What a browser on this machine calls it."""
        return f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"

    def server_bind(self) -> None:
        """Binds without asking a name server for a name, which the standard library would."""
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # where others could take the port away
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        elif hasattr(socket, "SO_REUSEADDR"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # POSIX: the port of a session that has just ended
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.port

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for the connection, if there aren't too many."""
        if len(self._connections) < MOST_CONNECTIONS:
            self._connections.add(request)
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        """The end of a connection."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Ends all connections too: one that a browser keeps open would be answered still."""
        super().server_close()
        for connection in [*self._connections]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is none of our business."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = SILENCE

    def handle_one_request(self) -> None:
        """As the standard library does, but that a connection without a sound doesn't stop anybody."""
        with suppress(ConnectionError, TimeoutError):
            super().handle_one_request()
            return
        self.close_connection = True

    def __getattr__(self, name: str) -> Any:
        """``do_…`` of every method: one way in, whatever it is."""
        if name.startswith("do_"):
            return self._answered
        raise AttributeError(name)

    def version_string(self) -> str:
        """Not which Python it is."""
        return "evacsim"

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the terminal is for the address, which has the token."""

    def _answered(self) -> None:
        with self.server.turns:
            refusal = self._refusal()
            if refusal is not None:
                self._refuse(*refusal)
            elif self._route() == "":
                page, policy = self.server.page()
                self._send(HTTPStatus.OK, "text/html; charset=utf-8", page.encode(), f"{policy}; frame-ancestors 'none'")
            else:
                self._act(self.server.actions[self._route() or ""])

    def _refusal(self) -> tuple[HTTPStatus, str, str] | None:
        """Why this request isn't answered, with the methods that would be; None if it is."""
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].strip().lower() not in self.server.hosts:
            return HTTPStatus.FORBIDDEN, "this server answers to 127.0.0.1 and localhost alone", ""
        route = self._route()
        if route is None or (route and route not in self.server.actions):
            return HTTPStatus.NOT_FOUND, "there is nothing here: the address in the terminal is the whole address", ""
        method = "POST" if route else "GET"
        if self.command != method:
            return HTTPStatus.METHOD_NOT_ALLOWED, f"expected {method}", method
        if method == "GET":
            return None
        if self.headers.get_all("Origin") != [f"http://{hosts[0].strip().lower()}"]:
            return HTTPStatus.FORBIDDEN, "asked from another page than this server's own", ""
        return self._refused_body()

    def _refused_body(self) -> tuple[HTTPStatus, str, str] | None:
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "expected application/json", ""
        lengths = self.headers.get_all("Content-Length") or []
        if len(lengths) != 1 or "Transfer-Encoding" in self.headers or not (lengths[0].isascii() and lengths[0].isdigit()):
            return HTTPStatus.LENGTH_REQUIRED, "expected one Content-Length", ""
        if len(lengths[0]) > 9 or int(lengths[0]) > MOST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"expected at most {MOST_BODY:,} bytes", ""
        return None

    def _route(self) -> str | None:
        """What stands behind the token, up to a question mark; None without the token."""
        parts = self.path.partition("?")[0].split("/")
        given = parts[1] if len(parts) == 3 and not parts[0] else ""
        same = secrets.compare_digest(given.encode("utf-8", "surrogateescape"), self.server.token.encode())
        return parts[2] if same else None

    def _act(self, action: Action) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            asked = json.loads(data, parse_constant=_no_number)
        except (ValueError, RecursionError):
            self._send_json(HTTPStatus.BAD_REQUEST, {"error": ["expected JSON, in which NaN and Infinity are no numbers"]})
            return
        self._send_json(*action(asked))

    def _refuse(self, status: HTTPStatus, why: str, allow: str) -> None:
        self.close_connection = True  # what was sent with it is not read
        self._send_json(status, {"error": [why]}, {"Allow": allow} if allow else {})

    def _send_json(self, status: HTTPStatus, value: Json, more: Mapping[str, str] = {}) -> None:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        self._send(status, "application/json", text.encode(), NOTHING_RUNS, more)

    def _send(self, status: HTTPStatus, kind: str, body: bytes, policy: str, more: Mapping[str, str] = {}) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Content-Security-Policy": policy, **HEADERS, **more}
        if self.close_connection:
            headers["Connection"] = "close"
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the standard library refuses (a request that is none) in the same form, without a word of what was sent."""
        self.close_connection = True
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = self.protocol_version  # else there would be no status line
        with suppress(OSError):
            self._send_json(HTTPStatus(code), {"error": [HTTPStatus(code).phrase]})


def _no_number(text: str) -> float:
    raise ValueError(text)
