"""A real Dask scheduler with real workers: the same bytes as here, whatever dies; nothing hangs; nobody else's work is hurt."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cli import _explain, main
from sim.experiment import Cluster, ClusterError, Lost, Point, Result, RunSpec, SilentProgress, WorkerPool, execute, run_points
from sim.experiment import cluster as cluster_module
from sim.experiment.blocks import TABLES
from sim.experiment.cluster import difference, scheduler_address
from sim.experiment.identity import fingerprint
from tests.experiment import certificates
from tests.experiment.dask_site import ROOT, Site, end
from tests.experiment.fake_model import ENGINE, source


class Sites:
    """Two clusters, started together: workers in the care of nannies, and workers without."""

    def __init__(self, folder: Path) -> None:
        self.nursed, self.plain = Site(folder / "nursed"), Site(folder / "plain")
        self.nursed.work("--nworkers", "2")
        self.workers = [self.plain.work("--no-nanny") for _ in range(2)]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    found = Sites(tmp_path_factory.mktemp("sites"))
    try:
        yield found
    finally:
        for site in (found.nursed, found.plain):
            site.close()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Certificates, by what they are."""
    return certificates.make(tmp_path / "tls")


@pytest.fixture
def safe(tmp_path: Path, files: dict[str, Path]) -> Iterator[Site]:
    """A cluster that wants them."""
    wanted = ("--tls-ca-file", str(files["ca"]), "--tls-cert", str(files["cert"]), "--tls-key", str(files["key"]))
    found = Site(tmp_path / "safe", wanted)
    try:
        found.work("--no-nanny", "--nthreads", "2")
        yield found
    finally:
        found.close()


def joined(site: Site, workers: int, notice: Callable[[str], None] = lambda text: None) -> Cluster:
    """The pool of a cluster, once so many workers are there."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        try:
            pool = Cluster(site.address, notice)
        except ClusterError as error:
            if "has no workers" not in str(error):
                raise
            continue
        if pool.jobs == workers:
            return pool
        pool.close()
        time.sleep(0.2)
    raise AssertionError("the workers do not come up")


class Once(SilentProgress):
    """Does something when the first replications are in, and remembers what it is told."""

    def __init__(self, act: Callable[[], Any] = lambda: None) -> None:
        self.act: Callable[[], Any] | None = act
        self.notices: list[str] = []

    def advance(self, count: int, seconds: float, workers: int) -> None:
        act, self.act = self.act, None
        if act is not None:
            act()

    def notice(self, text: str) -> None:
        self.notices.append(text)


def go(out: Path, n: int, workers: WorkerPool, progress: Any = None, **behaviour: Any) -> Result:
    return execute(source(**behaviour), RunSpec(n=n, out=out), workers, progress=progress, engine=ENGINE)


def contents(result: Result) -> list[bytes]:
    return [(result.folder / f"{table}.parquet").read_bytes() for table in TABLES]


def here(out: Path, n: int) -> list[bytes]:
    """What one process makes of it, never interrupted."""
    with WorkerPool() as workers:
        return contents(go(out / "here", n, workers))


def stored(out: Path) -> int:
    return len(list(out.rglob("*.block")))


def test_the_same_bytes_as_one_process(sites: Sites, tmp_path: Path) -> None:
    with joined(sites.nursed, 2) as workers:
        assert workers.room == 6
        assert contents(go(tmp_path, 147, workers)) == here(tmp_path, 147)
        failing = go(tmp_path / "failing", 30, workers, fail=[4, 25])
        assert [(f.replication, f.stage) for f in failing.failed] == [(4, "simulate"), (25, "simulate")]


def test_points_of_a_study_are_what_runs_are(sites: Sites, tmp_path: Path) -> None:
    points = [Point(k, source(digest=f"d{k}", mark=k), 25) for k in range(4)]
    found: dict[int, Result] = {}
    with joined(sites.nursed, 2) as workers:
        run_points(points, RunSpec(out=tmp_path / "there"), workers, found.__setitem__, engine=ENGINE)
    with WorkerPool() as workers:
        for k, point in enumerate(points):
            alone = execute(point.source, RunSpec(n=25, out=tmp_path / "here"), workers, engine=ENGINE)
            assert found[k].table("missions").equals(alone.table("missions"))


def test_a_schedule_is_read_by_its_workers(sites: Sites, tmp_path: Path) -> None:
    """What moved stays there; the ranges over all replications are those of one process."""
    with joined(sites.nursed, 2):
        pass
    there = sim.schedule("evacsim:minimal", n=6, out=tmp_path / "there", plots=False, cluster=sites.nursed.address)
    here = sim.schedule("evacsim:minimal", n=6, jobs=1, out=tmp_path / "here", plots=False)
    assert there.tables["ranges"].equals(here.tables["ranges"])
    assert {**there.summary, "folder": ""} == {**here.summary, "folder": ""}


def test_a_worker_that_dies_costs_nothing(sites: Sites, tmp_path: Path) -> None:
    with joined(sites.nursed, 2) as workers:
        pids = workers._client.run(os.getpid)
        progress = Once(lambda: os.kill(next(iter(pids.values())), signal.SIGKILL))
        result = go(tmp_path, 120, workers, progress, slow=0.02)
    assert (result.failed, progress.act) == ([], None)
    assert contents(result) == here(tmp_path, 120)


@pytest.mark.slow
def test_a_scenario_that_kills_its_workers_fails_and_no_other(sites: Sites, tmp_path: Path) -> None:
    """It costs four workers: Dask tries each job on two of them, and the job is tried twice, the second time alone."""
    with joined(sites.nursed, 2) as workers:
        result = go(tmp_path, 30, workers, die=[13])
        again = go(tmp_path, 30, workers)  # the cluster serves on
    assert {f.stage for f in result.failed} == {"worker"}
    numbers = [f.replication for f in result.failed]
    assert 13 in numbers
    assert numbers == [*range(numbers[0], numbers[-1] + 1)]  # the rest of its job, whose size depends on the pace
    assert len(numbers) <= 10
    assert again.failed == []
    assert contents(again) == here(tmp_path, 30)


PROGRAM = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from sim.experiment import Cluster, RunSpec, SilentProgress, execute
from tests.experiment.fake_model import ENGINE, source
class Say(SilentProgress):
    def advance(self, count, seconds, workers): print("advance", flush=True)
try:
    with Cluster({address!r}) as workers:
        execute(source(slow=0.05), RunSpec(n=300, out=Path({out!r})), workers, progress=Say(), engine=ENGINE)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.first(1)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_command_that_ends_leaves_nothing_behind(sites: Sites, tmp_path: Path, number: signal.Signals) -> None:
    joined(sites.nursed, 2).close()
    program = PROGRAM.format(path=sys.path, address=sites.nursed.address, out=str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "advance\n"
    process.send_signal(number)
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (130 if number == signal.SIGINT else -number, "")
    kept = stored(tmp_path)
    assert kept > 0
    with joined(sites.nursed, 2) as workers:
        begun = time.monotonic()
        assert contents(go(tmp_path, 300, workers)) == here(tmp_path, 300)
        assert time.monotonic() - begun < 20
        assert not [key for key in workers._client.run_on_scheduler(_tasks) if key.startswith("evacsim")]


def _tasks(dask_scheduler: Any) -> list[str]:
    time.sleep(0.2)  # what the client lets go of is on its way
    return [str(key) for key in dask_scheduler.tasks]


_tasks.__module__ = "__main__"  # travels as it is: a scheduler has no tests


def other_code(folder: Path) -> str:
    """A copy of evacsim with a model that differs by a comment."""
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__", "_scenarios"))
    with (folder / "sim" / "model" / "names.py").open("a") as file:
        file.write("# not the same\n")
    (folder / "tests").symlink_to(ROOT / "tests")
    return str(folder)


def other_numpy(folder: Path) -> str:
    """A place where numpy says that it is of another version."""
    (folder / "numpy-1.0.dist-info").mkdir()
    (folder / "numpy-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n")
    return os.pathsep.join([str(folder), str(ROOT)])


def without(folder: Path) -> str:
    """A place where evacsim is not there, though it may be installed."""
    (folder / "sim").mkdir()
    (folder / "sim" / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'sim'\", name='sim')\n")
    return str(folder)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("other", "why"),
    [
        (other_code, "would not give the same results: evacsim's code"),
        pytest.param(other_numpy, "would not give the same results: numpy 1.0 there", marks=pytest.mark.slow),
        (without, "ModuleNotFoundError: No module named 'sim'"),
    ],
    ids=["code", "package", "without"],
)
def test_workers_of_another_kind_are_refused(
    sites: Sites, tmp_path: Path, other: Callable[[Path], str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that joins in the middle ends the run, none of its work counts; one that is there before lets none begin."""
    (tmp_path / "other").mkdir()
    with joined(sites.plain, 2) as workers:
        stranger = sites.plain.work("--no-nanny", path=other(tmp_path / "other"))
        with pytest.raises(Lost, match=why) as lost:
            go(tmp_path, 20_000, workers, slow=0.01)
    assert "finished replications are kept" in str(lost.value)
    assert stored(tmp_path) > 0
    with pytest.raises(ClusterError, match=r"^worker tcp://[0-9.:]* would not give the same results") as refused:
        Cluster(sites.plain.address)
    assert "\n" not in str(refused.value)
    end(stranger)
    monkeypatch.setattr(cluster_module, "WORKERLESS", 5.0)
    with joined(sites.plain, 2) as workers:  # a worker without evacsim did not take the others with it
        assert contents(go(tmp_path, 60, workers)) == here(tmp_path, 60)


def test_no_scheduler_no_simulation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing listens, or somebody who never answers: one line, exit status 2, soon."""
    monkeypatch.setattr(cluster_module, "CONNECT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute, socket.create_server(("127.0.0.1", 0)) as gone:
        ports = [mute.getsockname()[1], gone.getsockname()[1]]
        gone.close()
        for address in (f"tcp://127.0.0.1:{ports[0]}", f"127.0.0.1:{ports[1]}"):
            begun = time.monotonic()
            with pytest.raises(SystemExit) as left:
                main(["run", str(ROOT / "scenarios" / "minimal.yaml"), "--cluster", address, "--out", str(tmp_path), "-n", "2"])
            assert left.value.code == 2
            (line,) = capsys.readouterr().err.splitlines()
            assert line.startswith(f"evacsim: no Dask scheduler answers at tcp://{address.removeprefix('tcp://')}: ")
            assert time.monotonic() - begun < 10
    assert not list(tmp_path.iterdir())


def test_jobs_and_cluster_exclude_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["run", str(ROOT / "scenarios" / "minimal.yaml"), "--cluster", "tcp://h:1", "--jobs", "2", "--out", str(tmp_path)])
    assert left.value.code == 2
    assert "--jobs is a number of processes here" in capsys.readouterr().err


def test_a_cluster_that_is_lost_is_one_line_and_status_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert _explain(Lost("the Dask scheduler at tcp://h:1 is gone; finished replications are kept")) == 3
    assert _explain(ClusterError("one worker\nanother worker")) == 2
    assert capsys.readouterr().err.splitlines() == [
        "evacsim: the Dask scheduler at tcp://h:1 is gone; finished replications are kept",
        "evacsim: one worker",
        "evacsim: another worker",
    ]


def test_addresses(tmp_path: Path) -> None:
    assert [scheduler_address(a) for a in ("tcp://h:1", "tls://[::1]:8786", "h:1")] == [
        "tcp://h:1",
        "tls://[::1]:8786",
        "tcp://h:1",
    ]
    file = tmp_path / "scheduler.json"
    for wrong in ("h", "tcp://h", "tcp://:1", "http://h:1", "tcp://h:x", "", str(file)):
        with pytest.raises(ClusterError):
            scheduler_address(wrong)
    file.write_text('{"address": "tls://h:5"}')
    assert scheduler_address(str(file)) == "tls://h:5"


def test_differences_are_named() -> None:
    ours = fingerprint()
    assert difference(ours, dict(ours)) == ""
    assert difference(ours, {**ours, "numpy": "0"}) == f"numpy 0 there, {ours['numpy']} here"
    assert "absent there" in difference(ours, {"Python": ours["Python"]})


@pytest.mark.costly
def test_certificates(safe: Site, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dask
    import distributed  # noqa: F401  (else its defaults come inside ours and go with them)

    def holding(files: dict[str, Path]) -> Any:
        given = {"ca-file": files["ca"], "client.cert": files["cert"], "client.key": files["key"]}
        return dask.config.set({f"distributed.comm.tls.{name}": str(path) for name, path in given.items()})

    notices: list[str] = []
    assert safe.address.startswith("tls://")
    with holding(files), joined(safe, 1, notices.append) as workers:
        assert contents(go(tmp_path, 47, workers)) == here(tmp_path, 47)
    assert notices[0].startswith("1 of 1 workers have more than one thread, of which one works")
    with pytest.raises(ClusterError, match="needs certificates: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE"):
        Cluster(safe.address)
    monkeypatch.setattr(cluster_module, "CONNECT", 2.0)
    with holding(certificates.make(tmp_path / "forged")), pytest.raises(ClusterError, match="no Dask scheduler answers"):
        Cluster(safe.address)
    with pytest.raises(ClusterError, match="no Dask scheduler answers"):
        Cluster(safe.address.replace("tls://", "tcp://"))


@pytest.mark.costly
def test_a_scheduler_that_stops_answering_or_dies(sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers gone, scheduler frozen, scheduler killed: each ends the run with one line, and the work is kept."""
    monkeypatch.setattr(cluster_module, "EVERY", 0.2)
    monkeypatch.setattr("sim.experiment.jobs.GRACE", 1.0)
    pid = sites.plain.scheduler.pid
    with joined(sites.plain, 2) as workers, monkeypatch.context() as soon:
        soon.setattr(cluster_module, "ANSWER", 1.0)
        with pytest.raises(Lost, match="has not answered for 1 s; finished"):
            go(tmp_path, 2000, workers, Once(lambda: os.kill(pid, signal.SIGSTOP)), slow=0.01)
    os.kill(pid, signal.SIGCONT)
    progress = Once(lambda: [end(worker) for worker in sites.workers])
    monkeypatch.setattr(cluster_module, "WORKERLESS", 0.5)
    with joined(sites.plain, 2, progress.notice) as workers, pytest.raises(Lost, match=r"has had no workers for 0.5 s; finished"):
        go(tmp_path, 2000, workers, progress, slow=0.01)
    assert progress.notices == [f"no worker is left at {sites.plain.address}; waiting 0.5 s for others"]
    with monkeypatch.context() as soon:
        soon.setattr(cluster_module, "CONNECT", 1.0)
        with pytest.raises(ClusterError, match="has no workers"):
            Cluster(sites.plain.address)
    sites.plain.work("--no-nanny")
    with joined(sites.plain, 1) as workers, pytest.raises(Lost, match="is gone, or has been restarted; finished"):
        go(tmp_path, 2000, workers, Once(lambda: end(sites.plain.scheduler)), slow=0.01)
    kept = stored(tmp_path)
    assert kept > 0
    with WorkerPool(2) as workers:
        assert contents(go(tmp_path, 120, workers)) == here(tmp_path, 120)


def test_the_api_says_the_same(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="expected the address of a Dask scheduler"):
        sim.run(str(ROOT / "scenarios" / "minimal.yaml"), n=2, out=tmp_path, cluster="somewhere")
