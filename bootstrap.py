#!/usr/bin/env python3
"""Makes .venv and installs a lock file into it. Needs nothing but Python itself.

    python3 bootstrap.py requirements.lock
    python3 bootstrap.py --command          only the command `imprimatur`, beside this very Python

A stamp in .venv holds the lock's hash and is written last, so that an installation cut short is
noticed and done again. Old Pythons have to be able to read this file too, to be refused in words:
no syntax newer than 3.6.
"""

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
# First a line of shell, for a path with blanks in it could not stand behind "#!"; to Python those
# two lines are a text that nobody uses.
COMMAND = """#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
# Written by bootstrap.py: the command of the server in this folder.
import os
import runpy
import sys

sys.path[1:1] = [{root!r}, {client!r}]
complete = os.path.exists({root!r} + "/governance/cli/__main__.py")
runpy.run_module("governance.cli" if complete else "imprimatur_client.cli", None, "__main__", True)
"""


class CannotInstall(Exception):
    pass


def main(lock_name):
    if sys.version_info < OLDEST:
        newer = (
            shutil.which("python3.13") or shutil.which("python3.12") or shutil.which("python3.11")
        )
        if newer and runs(newer):
            os.execv(newer, [newer, os.path.abspath(__file__), lock_name])  # noqa: S606
        raise CannotInstall(
            f"Imprimatur needs Python {version(OLDEST)} or newer and this is "
            f"{version(sys.version_info)}: install one, then make PYTHON=python3.12 (or its path)."
        )
    lock = os.path.join(ROOT, lock_name)
    stamp = os.path.join(VENV, "installed-" + lock_name)
    wanted = fingerprint(lock)
    if read(stamp) == wanted and os.path.exists(PYTHON):
        write_command(PYTHON)  # an older bootstrap knew of none
        return
    with Alone():
        if read(stamp) == wanted and os.path.exists(PYTHON):
            return  # another run has done it meanwhile
        make_venv()
        if os.path.exists(stamp):
            os.remove(stamp)
        print(f"Installing {lock_name} into .venv: once, a minute or two.", flush=True)
        install(lock)
        write_command(PYTHON)
        with open(stamp, "w") as file:
            file.write(wanted)


def write_command(python):
    """`imprimatur` beside `python`, unless it stands there as it should."""
    path = os.path.join(os.path.dirname(python), "imprimatur")
    client = os.path.join(ROOT, "client")
    text = COMMAND.format(python=shlex.quote(python), root=ROOT, client=client)
    if read(path) == text and os.access(path, os.X_OK):
        return
    beside = f"{path}.{os.getpid()}"
    with open(beside, "w") as file:
        file.write(text)
    os.chmod(beside, 0o755)  # noqa: S103
    os.replace(beside, path)  # whoever runs it just now sees the old one or the new


def runs(python):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.call([python, "-c", "import venv"], **quiet) == 0


def version(numbers):
    return ".".join(str(number) for number in numbers[:2])


def fingerprint(lock):
    with open(lock, "rb") as file:
        text = file.read()
    # Another Python, another place: the scripts in .venv would point nowhere.
    place = f"{ROOT} {version(sys.version_info)}"
    return hashlib.sha256(text + place.encode()).hexdigest()


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


class Alone:
    """Two of us in one .venv would spoil it: the second waits for the first."""

    def __enter__(self):
        self.folder = os.open(ROOT, os.O_RDONLY)
        try:
            fcntl.flock(self.folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another installation is under way: waiting for it.", flush=True)
            fcntl.flock(self.folder, fcntl.LOCK_EX)

    def __exit__(self, *error):
        os.close(self.folder)


def make_venv():
    uv = shutil.which("uv")
    if venv_works(need_pip=not uv):
        return
    if os.path.isdir(VENV):
        shutil.rmtree(VENV)  # half made, or made by another Python
    command = [sys.executable, "-m", "venv", VENV]
    if not os.access(ROOT, os.W_OK):
        raise CannotInstall(f"Cannot write in {ROOT}: run as the account that owns it.")
    if uv:
        command = [uv, "venv", "--quiet", "--python", sys.executable, VENV]
    if subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotInstall(
            "This Python cannot make a virtual environment: install its venv module "
            "(on Debian and Ubuntu: apt install python3-venv), or install uv."
        )


def venv_works(need_pip):
    modules = "sys, pip" if need_pip else "sys"
    check = f"import {modules}; print('%d.%d' % sys.version_info[:2])"
    try:
        found = subprocess.check_output([PYTHON, "-c", check], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return False
    return found.decode().strip() == version(sys.version_info)


def install(lock):
    uv = shutil.which("uv")
    command = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    if uv:
        # The confined scoring process may not write bytecode, so it is compiled now, as pip does.
        command = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON]
    # Only ready-made packages: nothing here needs a compiler, and nothing runs while installing.
    command += ["--require-hashes", "--only-binary", ":all:", "-r", lock]
    if subprocess.call(command):
        raise CannotInstall(
            "The packages could not be installed (the lines above say why): "
            "put that right and run the same command again."
        )


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["--command"]:
            write_command(sys.executable)
        else:
            main(sys.argv[1] if len(sys.argv) > 1 else "requirements.lock")
    except CannotInstall as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. Run the same command again to finish the installation.")
