"""Nothing that one system has and another has not: static, and by a run without it.  (No test runs on Windows.)"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parent
MODULES = {
    "fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "syslog", "posix", "crypt", "nis", "spwd", "msvcrt", "winreg",
}  # fmt: skip
NAMES = {
    module: set(names.split())
    for module, names in {
        "os": """
            fork forkpty getuid geteuid getgid getpgid getppid killpg setsid setpgid mkfifo mknod sched_getaffinity
            sched_setaffinity statvfs fstatvfs uname getloadavg sysconf nice chown lchown fchown wait wait3 wait4
            WEXITSTATUS openpty ttyname tcgetpgrp pipe2 posix_fallocate posix_fadvise sendfile fdatasync sync fchdir
            chroot getgroups getresuid setuid ctermid O_BINARY O_DIRECTORY O_NOFOLLOW O_NONBLOCK O_CLOEXEC O_SYNC
            O_DSYNC O_NOATIME O_NOCTTY O_TMPFILE""",
        "signal": """
            SIGHUP SIGUSR1 SIGUSR2 SIGKILL SIGALRM SIGSTOP SIGCONT SIGPIPE SIGQUIT SIGCHLD SIGTSTP SIGWINCH SIGXFSZ
            SIGXCPU pthread_sigmask pthread_kill alarm setitimer getitimer pause sigwait sigpending siginterrupt
            sigtimedwait SIG_BLOCK SIG_UNBLOCK SIG_SETMASK""",
        "time": "tzset pthread_getcpuclockid clock_gettime clock_gettime_ns CLOCK_MONOTONIC CLOCK_REALTIME",
        "socket": "AF_UNIX",
        "errno": "EDQUOT",
        "select": "poll epoll kqueue",
    }.items()
}
ARGUMENTS = {"preexec_fn", "pass_fds", "start_new_session", "process_group", "umask", "dir_fd"}
FILES = sorted(ROOT.rglob("*.py"))


def guarded(tree: ast.AST) -> set[int]:
    """Nodes under ``if hasattr(…)`` or in a ``try`` that expects not to find them."""
    safe: set[int] = set()
    for node in ast.walk(tree):
        tried = isinstance(node, ast.Try) and any(
            "AttributeError" in ast.dump(h.type) or "ImportError" in ast.dump(h.type) for h in node.handlers if h.type
        )
        if tried or (isinstance(node, ast.If) and "hasattr" in ast.dump(node.test)):
            assert isinstance(node, ast.Try | ast.If)
            safe |= {id(n) for part in node.body for n in ast.walk(part)}
    return safe


def of_one_system(text: str) -> Iterator[str]:
    """What a source uses that not every system has."""
    tree = ast.parse(text)
    safe = guarded(tree)
    for node in ast.walk(tree):
        if id(node) in safe:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module.split(".")[0] in MODULES:
                yield node.module
            yield from (f"{node.module}.{a.name}" for a in node.names if a.name in NAMES.get(node.module, ()))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in NAMES.get(node.value.id, ()):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Call):
            yield from (f"{k.arg}=" for k in node.keywords if k.arg in ARGUMENTS)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "%-d" in node.value:
            yield "%-d"


def test_nothing_of_one_system_is_used_unguarded() -> None:
    assert {str(p.relative_to(ROOT)): used for p in FILES if (used := list(of_one_system(p.read_text("utf-8"))))} == {}


def test_what_is_of_one_system_is_recognised() -> None:
    text = """
import fcntl, os, signal
from signal import SIGHUP
os.sched_getaffinity(0); os.O_DIRECTORY
subprocess.Popen([], preexec_fn=None)
if hasattr(signal, "alarm"): signal.alarm(1)
try: os.fork()
except AttributeError: pass
getattr(os, "O_NOFOLLOW", 0)
"""
    assert sorted(of_one_system(text)) == ["fcntl", "os.O_DIRECTORY", "os.sched_getaffinity", "preexec_fn=", "signal.SIGHUP"]


def without_encoding(text: str) -> Iterator[int]:
    """Lines on which a file is opened as text in whatever encoding the machine has."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        stated = any(k.arg == "encoding" for k in node.keywords)
        texts = [a.value for a in (*node.args, *(k.value for k in node.keywords)) if isinstance(a, ast.Constant)]
        if name in ("read_text", "write_text"):
            own = (
                isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in ("store", "self")
            )
            positional = len(node.args) >= (1 if name == "read_text" else 2)
            if not (stated or positional or own):
                yield node.lineno
        elif name in ("open", "fdopen"):
            modes = [t for t in texts if isinstance(t, str) and 0 < len(t) <= 3 and set(t) <= set("rwxabt+")]
            attribute = isinstance(node.func, ast.Attribute)
            owner = node.func.value.id if attribute and isinstance(node.func.value, ast.Name) else ""
            named = attribute and bool(node.args) and not isinstance(node.args[0], ast.Constant)  # a part of an archive, in bytes
            methods = (owner in ("store", "os", "cls", "Result") or named) and name == "open"
            if not (stated or methods or any("b" in mode for mode in modes) or (attribute and not node.args and owner != "path")):
                yield node.lineno


def test_text_is_read_and_written_as_utf_8() -> None:
    assert {str(p.relative_to(ROOT)): lines for p in FILES if (lines := list(without_encoding(p.read_text("utf-8"))))} == {}
    text = 'open("a")\npath.open("w")\npath.read_text()\npath.write_text("x")\nopen("a", "rb")\nopen("a", encoding="utf-8")\n'
    assert list(without_encoding(text)) == [1, 2, 3, 4]


BARE = """
import os, signal, sys
for name in ("fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "syslog", "readline", "_posixshmem", "_multiprocessing"):
    sys.modules[name] = None
for module, names in ((os, ("sched_getaffinity", "O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK", "O_CLOEXEC", "fork", "getuid")),
                      (signal, ("pthread_sigmask", "SIGHUP", "SIGUSR1", "SIGALRM", "SIGPIPE", "SIGCHLD"))):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
from sim.cli import main
main(sys.argv[1:])
"""


@pytest.mark.costly
@pytest.mark.parametrize("jobs", ["2", pytest.param("1", marks=pytest.mark.slow)])
def test_a_command_without_what_only_posix_has(tmp_path: Path, jobs: str) -> None:
    """The same answer; that it can't lock is said."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent), "PYTHONWARNDEFAULTENCODING": "1"}
    answers = []
    for start in (["-c", BARE], ["-m", "sim"]):
        words = [
            sys.executable,
            *start,
            "run",
            "evacsim:minimal",
            "-n",
            "4",
            "--jobs",
            jobs if start[0] == "-c" else "1",
            "--no-plots",
            "--json",
            "--out",
            start[0],
        ]
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        (answer,) = json.loads(done.stdout)["results"]
        answers.append(answer | {"folder": ""})
        assert ("has no locks" in done.stderr) == (start[0] == "-c")
        assert "EncodingWarning" not in done.stderr or "/sim/" not in done.stderr.split("EncodingWarning")[0]
    assert answers[0] == answers[1]
