"""What every test may count on: few threads, no network, a cache folder of its own."""

import os
import re
import socket

import pytest

# Before torch is imported by anybody: tiny tests are slower, not faster, on many threads, and
# several processes that test at a time share the processors.
beside = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
threads = max(1, min(2, (os.cpu_count() or 1) // beside))
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the command line does
# Subprocesses inherit these; libraries that would fetch a file fail at once instead.
os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["MPLBACKEND"] = "agg"
os.environ["PYTHONUTF8"] = "1"

pytest_plugins = ["browser", "joined", "laboratory", "player_rig"]  # what several files need

# Every skip has a listed reason: the text a skip gives (a regular expression), and why it is fair.
LISTED_SKIPS = {
    r"needs POSIX .+": "the claim is about a mechanism that Windows does not have",
    r"needs a C compiler": "the kernel is optional; without it torch draws, which is tested too",
    r"needs a GPU": "proved where one is at hand: python -m pytest --device cuda",
    r"needs bf16 .+": "the processor cannot do it; proved on those that can",
    r"needs Chromium: .+": "a browser is no Python package; .ci/run installs one where it can",
    r"needs the build backend .+": "installed by the extra 'test', absent without it",
    r"needs the peer .+": "installed by the extra 'bench', which nobody else needs",
    r"needs git and a checkout": "an unpacked archive has no list of tracked files",
    r"the bundle is not here yet": "a checkout before the first training has no weights",
    r"this relation joins two bodies only": "the world has no such scene to draw",
    r"symbolic links .+": "Windows asks for a privilege to make them",
}


def pytest_addoption(parser):
    parser.addoption("--device", default="cpu", help="where tests with torch run: cpu or cuda")


@pytest.fixture(scope="module")
def one_thread():
    """Tiny networks are slower, not faster, on several threads."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=["kernel", "torch alone"])
def both_ways(request):
    """What a claim about drawing has to hold with and without the kernel in C."""
    from dalle_explore.kernel import kernel, without_kernel

    if request.param == "torch alone":
        with without_kernel():
            yield
    elif kernel() is None:
        pytest.skip("needs a C compiler")
    else:
        yield


@pytest.fixture(scope="session")
def device(pytestconfig):
    """The device asked for with --device; asking for a GPU that is not there fails, loudly."""
    name = pytestconfig.getoption("--device")
    if name != "cpu":
        import torch

        assert torch.cuda.is_available(), f"--device {name} was given, but torch sees no GPU"
    return name


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """Nothing is read from, or left in, the cache of the person who runs the tests."""
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path_factory.getbasetemp() / "home"))


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Any connection to another machine fails at once; this machine's own sockets work."""
    connect, lookup = socket.socket.connect, socket.getaddrinfo
    here = ("localhost", "127.0.0.1", "::1", "", None)

    def refuse(host):
        raise AssertionError(f"a test tried to reach {host!r}; tests work without a network")

    def guarded_connect(self, address):
        if isinstance(address, tuple) and address[0] not in here:
            refuse(address[0])
        return connect(self, address)

    def guarded_lookup(host, *args, **kwargs):
        if host not in here:
            refuse(host)
        return lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        yield


def refuse_unlisted(report):
    """Turn a skip for a reason that is not in LISTED_SKIPS into a failure."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not any(re.fullmatch(pattern, reason) for pattern in LISTED_SKIPS):
            report.outcome = "failed"
            report.longrepr = f"skipped for a reason tests/conftest.py does not list: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return refuse_unlisted((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return refuse_unlisted((yield))
