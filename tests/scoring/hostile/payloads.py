"""What code that got to run in the child may try, and which tier stops it.

Each harm is bounded to something that the test made: a file, a port, a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from governance.scoring.tiers import TIERS

KILLED: Final = "killed"
REFUSED: Final = "refused"
LIMIT: Final = "stopped at its limit"
OVER: Final = "stopped when it is seen"
CRASH: Final = "ends alone"
THROUGH: Final = "**gets through**"
MAY: Final = "**may get through**"  # by the host and by who started it

EVERYWHERE: Final = (LIMIT, LIMIT, LIMIT)
BY_CALL: Final = (THROUGH, KILLED, KILLED)
BY_RIGHT: Final = (THROUGH, REFUSED, REFUSED)
NOWHERE: Final = (REFUSED, REFUSED, REFUSED)
MAY_BY_CALL: Final = (MAY, KILLED, KILLED)
MAY_BY_RIGHT: Final = (MAY, REFUSED, REFUSED)
NO_RIGHT: Final = (REFUSED, KILLED, KILLED)
X86: Final = "os.uname().machine == 'x86_64'"


@dataclass(frozen=True)
class Payload:
    """``does`` is run in the child with names of the test's; ``ends`` says how, tier by tier."""

    tries: str
    does: str
    ends: tuple[str, str, str]

    def end(self, tier: str) -> str:
        return self.ends[TIERS.index(tier)]


_CALL = "ask(libc.syscall({x86} if " + X86 + " else {arm}, {more}))"


def call(x86: int, arm: int, more: str) -> str:
    return _CALL.format(x86=x86, arm=arm, more=more)


FILES: Final = (
    Payload("read `/etc/passwd`", "open('/etc/passwd').read()", BY_RIGHT),
    Payload("read another model's file", "open(secret).read()", BY_RIGHT),
    Payload("learn that such a file exists, and its size", "os.stat(secret)",
            (THROUGH, THROUGH, REFUSED)),
    Payload("write a file outside its folder", "open(outside, 'w').write('x')", BY_RIGHT),
    Payload("write over another model's file", "open(secret, 'w').write('x')", BY_RIGHT),
    Payload("cut another model's file off", "os.truncate(secret, 0)", BY_RIGHT),
    Payload("change the mode of such a file", "os.chmod(secret, 0o777)", BY_RIGHT),
    Payload("change the times of such a file", "os.utime(secret, (0, 0))", BY_RIGHT),
    Payload("remove such a file", "os.unlink(secret)", BY_RIGHT),
    Payload("link such a file into its folder", "os.link(secret, 'mine')", BY_RIGHT),
    Payload("list the project's folder", "os.listdir(project)", BY_RIGHT),
    Payload("fill the disk with one file", "open('big', 'wb').write(bytes(2 * limit_file))",
            NOWHERE),
    Payload("open more files than it may", "[open('/dev/null') for _ in range(2000)]",
            NOWHERE),
)  # fmt: skip
ENVIRONMENT: Final = (
    Payload("find a secret in its environment",
            "if not {'DATABASE_URL', 'SECRET_KEY'} & set(os.environ): raise PermissionError",
            NOWHERE),
    Payload("read the environment of who started it",
            "open(f'/proc/{launcher}/environ').read()", MAY_BY_RIGHT),
    Payload("read the memory of who started it", "open(f'/proc/{launcher}/mem', 'rb')",
            MAY_BY_RIGHT),
    Payload("list the machine's processes", "os.listdir('/proc')", BY_RIGHT),
)  # fmt: skip
NETWORK: Final = (
    Payload("connect over TCP", "socket.create_connection(('127.0.0.1', port), 2)", BY_CALL),
    Payload("send a datagram",
            "socket.socket(2, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', port))", BY_CALL),
    Payload("listen on a port", "socket.create_server(('127.0.0.1', 0))", BY_CALL),
    Payload("open a Unix socket", "socket.socket(socket.AF_UNIX)", BY_CALL),
)  # fmt: skip
PROGRAMS: Final = (
    Payload("fork", "os.waitpid(os.fork() or os._exit(0), 0)", BY_CALL),
    Payload("start a shell", "subprocess.run(['/bin/sh', '-c', f'echo x > {outside}'])", BY_CALL),
    Payload("become another program", "os.execv('/bin/true', ['true'])", BY_CALL),
    Payload("leave a process behind",
            "if not os.fork():\n    os.setsid()\n    os.execv('/bin/sleep', ['sleep', '3'])",
            BY_CALL),
    Payload("kill another process", "os.kill(victim, signal.SIGTERM)", BY_CALL),
    Payload("kill every process it may", "libc.kill(-1, 0)", BY_CALL),
    Payload("lower another process's limits",
            "import resource; resource.prlimit(victim, resource.RLIMIT_CORE, (0, 0))", BY_CALL),
    Payload("be traced (ptrace)", call(101, 117, "0, 0, 0, 0"), BY_CALL),
    Payload("read another process's memory", call(310, 270, "victim, 0, 0, 0, 0, 0"), MAY_BY_CALL),
)  # fmt: skip
SYSTEM: Final = (
    Payload("mount a file system", "ask(libc.mount(b'tmpfs', folder.encode(), b'tmpfs', 0, None))",
            NO_RIGHT),
    Payload("leave its root (chroot)", "os.chroot('.')", NO_RIGHT),
    Payload("make new namespaces", "ask(libc.unshare(0x10000000))", MAY_BY_CALL),
    Payload("open an io_uring", call(425, 425, "1, ctypes.byref(ctypes.create_string_buffer(120))"),
            MAY_BY_CALL),
    Payload("load a program into the kernel (bpf)",
            call(321, 280, "0, ctypes.create_string_buffer(b'\\x02' + bytes(3) + b'\\x04' + "
                 "bytes(3) + b'\\x08' + bytes(3) + b'\\x01' + bytes(59)), 72"),
            MAY_BY_CALL),
    Payload("keep a secret in the kernel's key ring",
            call(248, 217, "b'user', b'imprimatur', b'x', 1, -2"), BY_CALL),
    Payload("share memory outside its limit", call(319, 279, "b'x', 0"), BY_RIGHT),
    Payload("make a System V segment",
            "made = libc.shmget(0, 4096, 0o600); ask(made); libc.shmctl(made, 0, None)", BY_RIGHT),
    Payload("raise its own limits",
            "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))",
            NOWHERE),
    Payload("become another user", "os.setuid(1)", NOWHERE),
)  # fmt: skip
LIMITS: Final = (
    Payload("take all memory", "bytearray(8 * limit_memory)", NOWHERE),
    Payload("take all addresses, shared", "import mmap; mmap.mmap(-1, 64 * 1024**3)",
            NOWHERE),
    Payload("take more memory than it may, shared, bit by bit",
            "import mmap, time\nheld = mmap.mmap(-1, 2 * limit_memory)\n"
            "for place in range(0, len(held), 4096): held[place] = 1\ntime.sleep(3)",
            (OVER, OVER, OVER)),
    Payload("take it in several processes",
            "import time\nos.fork()\nheld = b'x' * (limit_memory * 7 // 10)\ntime.sleep(3)",
            (OVER, KILLED, KILLED)),
    Payload("fill a file that lies in memory (memfd)",
            "import mmap\nmade = os.memfd_create('x')\n"
            "[os.write(made, bytes(limit_file // 4)) for _ in range(2 * 4)]", NOWHERE),
    Payload("fill many such files, each within its limit",
            "[os.write(os.memfd_create('x'), bytes(limit_file // 2)) for _ in range(8)]",
            BY_RIGHT),
    Payload("never end", "while True: pass", EVERYWHERE),
    Payload("sleep for ever", "signal.pause()", EVERYWHERE),
    Payload("read where no memory is", "ctypes.string_at(0)", (CRASH, CRASH, CRASH)),
    Payload("abort", "os.abort()", (CRASH, CRASH, CRASH)),
)  # fmt: skip
GROUPS: Final[dict[str, Sequence[Payload]]] = {
    "Files": FILES,
    "Secrets": ENVIRONMENT,
    "Network": NETWORK,
    "Programs and processes": PROGRAMS,
    "The system": SYSTEM,
    "Limits": LIMITS,
}
PAYLOADS: Final = tuple(payload for group in GROUPS.values() for payload in group)


def as_markdown() -> str:
    """The table for docs/sandbox.md. To print it: python -m tests.scoring.hostile.payloads"""
    heads = " | ".join(f"`{tier}`" for tier in TIERS)
    lines = [f"| It tries to | {heads} |", "|---|" + "---|" * len(TIERS)]
    for name, group in GROUPS.items():
        lines.append(f"| **{name}** |" + " |" * len(TIERS))
        for payload in group:
            ends = [payload.end(tier) for tier in TIERS]
            lines.append(f"| {payload.tries} | {' | '.join(ends)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_markdown())
