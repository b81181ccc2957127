#!/usr/bin/env python3
"""Makes .venv and installs a lock file into it. Needs nothing but Python itself.

    python3 bootstrap.py requirements.lock

A stamp in .venv holds the lock's hash and is written last, so that an installation cut short is
noticed and done again. Written for old Pythons too: they have to be able to read the refusal.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)


class CannotInstall(Exception):
    pass


def main(lock_name):
    if sys.version_info < OLDEST:
        raise CannotInstall(
            "Imprimatur needs Python %d.%d or newer and this is %d.%d: "
            "install one and run make PYTHON=python3.12 (or its path)."
            % (OLDEST + tuple(sys.version_info[:2]))
        )
    lock = os.path.join(ROOT, lock_name)
    stamp = os.path.join(VENV, "installed-" + lock_name)
    wanted = fingerprint(lock)
    if read(stamp) == wanted and os.path.exists(PYTHON):
        return
    with Alone():
        if read(stamp) == wanted and os.path.exists(PYTHON):
            return  # another run has done it meanwhile
        make_venv()
        if os.path.exists(stamp):
            os.remove(stamp)
        print("Installing %s into .venv: once, a minute or two." % lock_name, flush=True)
        install(lock)
        with open(stamp, "w") as file:
            file.write(wanted)


def fingerprint(lock):
    with open(lock, "rb") as file:
        text = file.read()
    # Another Python, another place: the scripts in .venv would point nowhere.
    place = "%s %s.%s" % ((ROOT,) + tuple(sys.version_info[:2]))
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
        import fcntl

        try:
            self.file = open(os.path.join(ROOT, ".bootstrap-lock"), "w")
        except OSError as error:
            raise CannotInstall(
                "Cannot write in %s (%s): run as the account that owns it." % (ROOT, error.strerror)
            )
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another installation is under way: waiting for it.", flush=True)
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *error):
        self.file.close()


def make_venv():
    uv = shutil.which("uv")
    if venv_works(need_pip=not uv):
        return
    if os.path.isdir(VENV):
        shutil.rmtree(VENV)  # half made, or made by another Python
    command = [sys.executable, "-m", "venv", VENV]
    if uv:
        command = [uv, "venv", "--quiet", "--python", sys.executable, VENV]
    if subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotInstall(
            "This Python cannot make a virtual environment: install its venv module "
            "(on Debian and Ubuntu: apt install python3-venv), or install uv."
        )


def venv_works(need_pip):
    check = "import sys%s; print('%%d.%%d' %% sys.version_info[:2])" % (", pip" if need_pip else "")
    try:
        found = subprocess.check_output([PYTHON, "-c", check], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return False
    return found.decode().strip() == "%d.%d" % tuple(sys.version_info[:2])


def install(lock):
    uv = shutil.which("uv")
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", PYTHON]
    # Only ready-made packages: nothing here needs a compiler, and nothing runs while installing.
    command += ["--require-hashes", "--only-binary", ":all:", "-r", lock]
    if subprocess.call(command):
        raise CannotInstall(
            "The packages could not be installed (the lines above say why): "
            "put that right and run the same command again."
        )


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "requirements.lock")
    except CannotInstall as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. Run the same command again to finish the installation.")
