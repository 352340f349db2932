"""The rules every test runs under are real: no network, and no skip without a listed reason."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dalle_explore import files


def test_a_connection_to_another_machine_is_refused():
    with pytest.raises(AssertionError, match="198.51.100.1"):
        socket.create_connection(("198.51.100.1", 80), timeout=1)  # RFC 5737: an example address
    with pytest.raises(AssertionError, match="without a network"):
        socket.getaddrinfo("example.org", 443)


def test_this_machine_may_talk_to_itself():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(b"hello")
            with server.accept()[0] as peer:
                assert peer.recv(5) == b"hello"


def test_the_cache_folder_is_one_of_the_tests_own(tmp_path_factory):
    assert files.home().is_relative_to(tmp_path_factory.getbasetemp())


def test_a_skip_without_a_listed_reason_fails(tmp_path):
    fixtures = ("browser.py", "browser_host.js", "joined.py", "laboratory.py", "house.py")
    fixtures += ("player_rig.py",)
    for name in ("conftest.py", *fixtures):
        shutil.copy(Path(__file__).with_name(name), tmp_path)
    (tmp_path / "test_skips.py").write_text(
        "import pytest\n"
        "@pytest.mark.skip(reason='needs a GPU')\n"
        "def test_listed(): pass\n"
        "def test_listed_inside(): pytest.skip('needs POSIX signals')\n"
        "@pytest.mark.skip(reason='tired')\n"
        "def test_unlisted(): pass\n"
        "def test_unlisted_inside(): pytest.skip('flaky')\n",
        encoding="utf-8",
    )
    (tmp_path / "test_module.py").write_text(
        "import pytest\npytest.skip('slow', allow_module_level=True)\n", encoding="utf-8"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--continue-on-collection-errors",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:playwright",
            "--rootdir",
            tmp_path,
            ".",
        ],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
        capture_output=True,
        encoding="utf-8",
    )
    assert "1 failed, 2 skipped, 2 errors" in done.stdout, done.stdout + done.stderr
    for reason in ("tired", "flaky", "slow"):
        assert f"does not list: {reason}" in done.stdout
    for reason in ("needs a GPU", "needs POSIX signals"):
        assert f"does not list: {reason}" not in done.stdout
