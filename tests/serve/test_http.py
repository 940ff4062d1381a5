"""Who is answered: whoever has the token, from this machine, from the page itself; everybody else gets a refusal and no more."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest

from sim.serve import http
from sim.serve.http import MOST_BODY, Server

CALLS: list[Any] = []


def echo(given: Any) -> tuple[HTTPStatus, dict[str, Any]]:
    CALLS.append(given)
    return HTTPStatus.OK, {"got": given}


@pytest.fixture
def server() -> Iterator[Server]:
    CALLS.clear()
    server = Server(0, lambda: ("<p>the page</p>", "default-src 'none'"), {"echo": echo})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def ask(
    server: Server, method: str, path: str, body: bytes | None = None, **headers: str | None
) -> tuple[HTTPResponse, dict[str, Any] | str]:
    """A request with the headers of the page, but for those that are given; None leaves one out."""
    own = {"Host": server.hosts[0]}
    if method == "POST":
        own |= {
            "Origin": f"http://{server.hosts[0]}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body or b"")),
        }
    own |= {name.replace("_", "-"): text for name, text in headers.items()}  # type: ignore[dict-item]
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, text in own.items():
        if text is not None:
            connection.putheader(name, text)
    connection.endheaders(body)
    response = connection.getresponse()
    data = response.read().decode()
    connection.close()
    return response, json.loads(data) if response.headers["Content-Type"] == "application/json" and data else data


def test_the_page_and_its_actions(server: Server) -> None:
    response, page = ask(server, "GET", f"/{server.token}/?q=1")
    assert (response.status, page) == (200, "<p>the page</p>")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    response, said = ask(server, "POST", f"/{server.token}/echo", b'{"a": 1}')
    assert (response.status, said) == (200, {"got": {"a": 1}})
    for each in (response, ask(server, "GET", "/")[0]):
        assert each.headers["X-Content-Type-Options"] == "nosniff"
        assert each.headers["Referrer-Policy"] == "no-referrer"
        assert each.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in each.headers["Content-Security-Policy"]
        assert each.headers["Server"] == "evacsim"
        assert each.headers["Access-Control-Allow-Origin"] is None


def test_it_listens_to_the_loopback_interface_alone(server: Server) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"
    assert len(server.token) >= 43  # 32 bytes, six bits a character
    assert Server(0, server.page, {}).token != server.token


@pytest.mark.parametrize(
    "path",
    ["/", "/echo", "//", "/{t}", "/{s}/", "/{t}x/", "/{t}/echo/", "/{t}/../{t}/", "/{t}/..%2fecho", "/{t}/etc/passwd",
     "/?{t}/", "/{t}/sim/cli.py", "/{t}/results", "http://127.0.0.1/{t}/", "/\xe9/", "/%00/"],
)  # fmt: skip
def test_nothing_else_is_there(server: Server, path: str) -> None:
    """The same refusal for a wrong token and for what would be a path of a file."""
    raw = path.format(t=server.token, s=server.token[:-1])
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(f"GET {raw} HTTP/1.1\r\nHost: {server.hosts[0]}\r\n\r\n".encode("latin-1"))
        status, _, rest = connection.makefile("rb").read().partition(b"\r\n")
    assert b" 404 " in status, status
    assert server.token.encode() not in rest


@pytest.mark.parametrize(
    "host", [None, "", "evil.example", "evil.example:{p}", "127.0.0.1", "127.0.0.1:1", "[::1]:{p}", "0.0.0.0:{p}"]
)
def test_a_name_that_leads_here_is_refused(server: Server, host: str | None) -> None:
    given = host.format(p=server.port) if host else host
    assert ask(server, "GET", f"/{server.token}/", Host=given)[0].status == 403
    assert ask(server, "GET", f"/{server.token}/", Host=f"LOCALHOST:{server.port}")[0].status == 200


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://127.0.0.1:{p}", "http://127.0.0.1:1", "http://localhost:{p}"]
)
def test_another_page_can_ask_for_nothing(server: Server, origin: str | None) -> None:
    given = origin.format(p=server.port) if origin else origin
    assert ask(server, "POST", f"/{server.token}/echo", b"{}", Origin=given)[0].status == 403
    local = f"localhost:{server.port}"
    assert ask(server, "POST", f"/{server.token}/echo", b"{}", Host=local, Origin=f"http://{local}")[0].status == 200
    assert len(CALLS) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "FOO", "GET", "POST"])
def test_other_methods(server: Server, method: str) -> None:
    path, allowed = ("echo", "POST") if method != "POST" else ("", "GET")
    response, _ = ask(server, method, f"/{server.token}/{path}")
    assert (response.status, response.headers["Allow"]) == (405, allowed)
    assert not CALLS


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (415, {"Content_Type": "text/plain"}),
        (415, {"Content_Type": None}),
        (411, {"Content_Length": None}),
        (411, {"Content_Length": "-1"}),
        (411, {"Content_Length": "²"}),
        (411, {"Transfer_Encoding": "chunked"}),
        (413, {"Content_Length": str(MOST_BODY + 1)}),
        (413, {"Content_Length": "9" * 4000}),
    ],
)
def test_what_is_sent_is_limited(server: Server, status: int, headers: dict[str, str | None]) -> None:
    given = {name: text if text is None else text.encode().decode("latin-1") for name, text in headers.items()}
    assert ask(server, "POST", f"/{server.token}/echo", b"{}", **given)[0].status == status
    assert not CALLS


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": NaN}', b"[1e999, Infinity]", b"[" * 30_000, b"\xff"])
def test_what_is_no_json_is_said(server: Server, body: bytes) -> None:
    response, said = ask(server, "POST", f"/{server.token}/echo", body)
    assert response.status == 400
    assert isinstance(said, dict)
    assert len(said["error"]) == 1
    assert not CALLS


def test_what_is_no_request_is_refused_without_an_echo(server: Server) -> None:
    for sent in (b"\x00\x01<b> / HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(sent)
            answer = connection.makefile("rb").read()
        assert answer.split(b" ")[1][:1] in b"45", answer[:80]
        assert b"<b>" not in answer


def test_silent_connections_stop_nobody(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those beyond the limit are closed, those below it wait for their end, and the page is there all the while."""
    monkeypatch.setattr(http.Handler, "timeout", 0.5)
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(http.MOST_CONNECTIONS + 20)]
    closed = 0
    for connection in idle:
        connection.settimeout(0.01)
        with suppress(TimeoutError):
            closed += connection.recv(1) == b""
    assert closed >= 20
    time.sleep(1.0)  # longer than a silent one may be
    assert ask(server, "GET", f"/{server.token}/")[0].status == 200
    for connection in idle:
        connection.close()


def test_a_connection_that_is_kept_open_ends_with_the_server() -> None:
    """And one that ended makes room for another, however many there have been."""
    server = Server(0, lambda: ("", ""), {"echo": echo})
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    for _ in range(http.MOST_CONNECTIONS + 10):
        assert ask(server, "GET", "/")[0].status == 404
    kept = HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(2):
        kept.request("GET", f"/{server.token}/")
        response = kept.getresponse()
        assert response.status == 200
        response.read()
    assert kept.sock is not None
    server.shutdown()
    server.server_close()
    assert kept.sock.recv(1) == b""
