"""A real JupyterLab for tests: one server a session, one notebook file a test, no network.

``lab([cell, ...])`` opens a notebook whose kernel is ready. Its page is one of Playwright's.
"""

import ast
import contextlib
import dataclasses
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from house import ROOT

READY = 120_000  # milliseconds for JupyterLab, and for a kernel, to start
IDLE = "() => jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
# Otherwise a dialog about news opens, and saving interferes.
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


@dataclasses.dataclass
class Notebook:
    """A notebook in JupyterLab, with its kernel."""

    page: Any
    address: str
    path: Path

    def command(self, name: str, **arguments: Any) -> None:
        """Run a command of JupyterLab and wait until it has come to its end."""
        self.page.evaluate(
            "([name, args]) => jupyterapp.commands.execute(name, args)", [name, arguments]
        )

    def run_all(self, wait: bool = True) -> None:
        """Run all cells; with ``wait=False`` return while they run."""
        if wait:
            self.command("notebook:run-all-cells")
            self.wait_idle()
        else:
            self.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")

    def wait_idle(self, timeout: int = READY) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(IDLE, timeout=timeout)

    def output(self, cell: int = -1) -> Any:
        """The output area of a cell (counted from 0, or from the end), as a locator."""
        cells = self.page.locator(".jp-Notebook .jp-CodeCell")
        count = cells.count()
        return cells.nth(cell % count).locator(".jp-OutputArea").first

    def value(self, expression: str) -> Any:
        """What a Python expression is in the kernel, as far as it can be written as a literal."""
        for _ in range(50):
            reply = self.page.evaluate(
                """async (code) => {
                  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                  const wanted = { it: code };
                  const asked = kernel.requestExecute(
                    { code: "", silent: true, store_history: false, user_expressions: wanted });
                  return (await asked.done).content.user_expressions?.it ?? null;
                }""",
                expression,
            )
            if reply is not None:
                break
            self.page.wait_for_timeout(100)  # what waits when a cell fails or is interrupted
        assert reply["status"] == "ok", (
            f"{expression}: {reply.get('ename')}: {reply.get('evalue')}"
        )
        return ast.literal_eval(reply["data"]["text/plain"])

    def interrupt(self) -> None:
        """What the stop button does."""
        self._kernel("interrupt")

    def restart(self) -> None:
        """Restart the kernel without asking; everything in it is gone."""
        self._kernel("restart")
        self.wait_idle()

    def _kernel(self, verb: str) -> None:
        self.page.evaluate(
            "(verb) => jupyterapp.shell.currentWidget.sessionContext.session.kernel[verb]()", verb
        )

    def kill(self) -> None:
        """End the kernel for good, as when its machine goes away; it does not come back."""
        self._kernel("shutdown")

    def crash(self) -> None:
        """Kill the process of the kernel, as the system does when memory ends."""
        os.kill(
            self.value("__import__('os').getpid()"), getattr(signal, "SIGKILL", signal.SIGTERM)
        )

    def theme(self, name: str) -> None:
        """Take the theme "JupyterLab Dark" or "JupyterLab Light"."""
        self.command("apputils:change-theme", theme=name)
        light = str(name.endswith("Light")).lower()
        self.page.wait_for_function(
            "(light) => document.body.dataset.jpThemeLight === light", arg=light, timeout=READY
        )

    def reload(self) -> None:
        """Load the page anew: the kernel lives on, the views are made again."""
        self.command("docmanager:save")
        self._load(self.address)

    def _load(self, address: str) -> None:
        page = self.page
        page.goto(address, wait_until="domcontentloaded", timeout=READY)
        page.wait_for_function("() => !!window.jupyterapp", timeout=READY)
        page.evaluate("async () => { await jupyterapp.restored; }")
        context = "() => !!jupyterapp.shell.currentWidget?.sessionContext"
        page.wait_for_function(context, timeout=READY)
        page.evaluate(
            """async () => {
              const widget = jupyterapp.shell.currentWidget;
              await widget.context.ready;
              await widget.sessionContext.ready;
            }"""
        )
        self.wait_idle()


@dataclasses.dataclass(frozen=True)
class Server:
    """A running JupyterLab."""

    base: str
    root: Path

    def ask(self, method: str, path: str) -> Any:
        """One request to its REST interface."""
        request = urllib.request.Request(f"{self.base}/api{path}", method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")


@pytest.fixture(scope="session")
def jupyter_server(tmp_path_factory) -> Iterator[Server]:
    """JupyterLab, for all tests of a session."""
    with jupyter(tmp_path_factory.mktemp("lab")) as server:
        yield server


@contextlib.contextmanager
def jupyter(folder: Path) -> Iterator[Server]:
    """Run JupyterLab with settings, data and notebooks of its own, in a folder."""
    settings, root = folder / "config" / "labconfig", folder / "notebooks"
    settings.mkdir(parents=True)
    root.mkdir()
    (settings / "default_setting_overrides.json").write_text(json.dumps(OVERRIDES))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "DALLE_EXPLORE_HOME": str(folder / "home"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        "--ServerApp.disable_check_xsrf=True",
        f"--ServerApp.root_dir={root}",
        "--LabApp.expose_app_in_browser=True",
    ]
    with open(folder / "log.txt", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=root,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = Server(f"http://127.0.0.1:{port}", root)
        try:
            _wait(server, process, folder / "log.txt")
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=20)


def _wait(server: Server, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + READY / 1000
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            server.ask("GET", "")
            return
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture
def lab(watched, jupyter_server):
    """Open notebooks: ``notebook = lab([cell, ...], dark=False, viewport=..., run=True)``."""
    made = []

    def show(cells: Sequence[str], *, run: bool = True, **options: Any) -> Notebook:
        seen = watched(viewport=options.pop("viewport", (1200, 900)), checked=False, **options)
        notebook = open_notebook(seen.page, jupyter_server, cells, run=run)
        made.append((seen, notebook))
        return notebook

    yield show
    for seen, _ in made:
        assert not seen.sent_out, f"the page wanted from elsewhere: {seen.sent_out}"
    for kernel in jupyter_server.ask("GET", "/kernels") if made else ():
        with contextlib.suppress(OSError):
            jupyter_server.ask("DELETE", f"/kernels/{kernel['id']}")


def open_notebook(page: Any, server: Server, cells: Sequence[str], *, run: bool) -> Notebook:
    """Write a notebook of some cells and open it in a page; its kernel is ready then."""
    path = server.root / f"{secrets.token_hex(4)}.ipynb"
    path.write_text(json.dumps(_notebook(cells)), encoding="utf-8")
    address = f"{server.base}/lab/workspaces/{path.stem}/tree/{path.name}"
    notebook = Notebook(page, address, path)
    notebook._load(f"{address}?reset")
    if run:
        notebook.run_all()
    return notebook


def _notebook(cells: Sequence[str]) -> dict[str, Any]:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{place}",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for place, source in enumerate(cells)
        ],
    }
