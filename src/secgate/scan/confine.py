"""Starts one scanner behind walls, as a program of its own.

    python -ISB confine.py ORDER PROGRAM ARGUMENT…

ORDER is JSON, see `Order`. Where the kernel allows, the scanner gets namespaces of its own: no network, no other
processes, and a file system that holds the system's programs, what `visible` and `writable` name, and nothing else;
started as root it also becomes another user. Where the kernel does not allow it, what is left is done all the same,
and the walls that stand are written to `status`, a descriptor, as one JSON object a line. The exit code is the
program's, 128 and the signal's number if a signal ended it.

It starts once for every scanner, so it imports little (`pathlib` would cost as much as all the rest) and nothing of
secgate. The processes: this one stays outside and waits; a child enters the namespaces; the child's child is process 1
in there, builds the file system, and starts and reaps the scanner.
"""

import ctypes
import json
import os
import resource
import signal
import struct
import sys
from typing import NoReturn, TypedDict

LINUX = sys.platform == "linux"
SYSTEM = ("bin", "sbin", "usr", "lib", "lib32", "lib64", "libx32", "etc", "opt", "nix", "gnu")
SETTINGS = ("sys", "sysrq-trigger", "irq", "bus", "fs")
"""Below /proc: the machine's settings, which the kernel gives to user 0 whatever rights it has."""
DEVICES = ("null", "zero", "full", "random", "urandom")
LINKS = (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2"))

# linux/sched.h, linux/mount.h and linux/prctl.h
NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
NOSUID, NODEV, NOEXEC, BIND, REC, PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
ATTR_RDONLY, ATTR_NOSUID, AT_FDCWD, AT_RECURSIVE, MOUNT_SETATTR = 1, 2, -100, 0x8000, 442
KEYCTL = {"x86_64": 250, "aarch64": 219}
JOIN_SESSION_KEYRING = 1
SET_PDEATHSIG, CAPBSET_DROP, SET_NO_NEW_PRIVS = 1, 24, 38
LAST_CAPABILITY = 63

libc = ctypes.CDLL(None, use_errno=True)


class Order(TypedDict):
    """What the gate asks for."""

    root: str
    """An empty folder, to build the file system in."""
    cwd: str
    visible: list[str]
    """Files and folders that can be read, absolute."""
    writable: list[str]
    user: int
    """The user and group to become, if started as root."""
    network: bool
    """True leaves the network open."""
    limits: dict[str, int]
    """By name in the module `resource`."""
    status: int


def main() -> NoReturn:
    """Do what the command line says."""
    order: Order = json.loads(sys.argv[1])
    argv = sys.argv[2:]
    os.set_inheritable(order["status"], False)
    _die_with_the_parent()
    inside = _inside(order, argv) if LINUX else 0
    if inside:
        _tell(order, walls=["files", "gate", *([] if order["network"] else ["network"])])
        sys.exit(_code(inside))
    walls = []
    if os.geteuid() == 0 and _reachable(argv[0], order["visible"]):
        walls.append("gate")
    if not order["network"] and _alone():
        walls.append("network")
    _tell(order, walls=walls)
    os.chdir(order["cwd"])
    _start(order, argv, own_user="gate" in walls)


def _tell(order: Order, **words: object) -> None:
    os.write(order["status"], json.dumps(words).encode() + b"\n")


def _code(child: int) -> int:
    """Wait for a child; return its exit code, or 128 and the number of the signal that ended it."""
    return _as_code(os.waitpid(child, 0)[1])


def _as_code(status: int) -> int:
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _inside(order: Order, argv: list[str]) -> int:
    """Start the program in namespaces of its own; return the child to wait for, 0 where the kernel allows none."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ready)
        _enter(order, argv, tell)
    os.close(tell)
    with os.fdopen(ready) as answer:
        if answer.read() == "ready":
            return child
    os.waitpid(child, 0)
    return 0


def _enter(order: Order, argv: list[str], tell: int) -> NoReturn:
    """Enter the namespaces and become the parent of their first process. Ends without a word where that fails."""
    try:
        _die_with_the_parent()
        _unshare(NEWNS | NEWUTS | NEWIPC | NEWPID | (0 if order["network"] else NEWNET))
        first = os.fork()
        if first == 0:
            _die_with_the_parent()
            _build(order)
            os.write(tell, b"ready")
            os.close(tell)
            _first(order, argv)
        os.close(tell)
        os._exit(_code(first))
    except OSError:
        os._exit(1)


def _first(order: Order, argv: list[str]) -> NoReturn:
    """Be process 1: start the program, reap what it orphans, and take everything along at its end."""
    program = os.fork()
    if program == 0:
        os.setsid()
        _start(order, argv, own_user=True)
    while True:
        ended, status = os.wait()
        if ended == program:
            os._exit(_as_code(status))


def _start(order: Order, argv: list[str], *, own_user: bool) -> NoReturn:
    """Give up every right, and become the program."""
    try:
        for name, value in order["limits"].items():
            _limit(getattr(resource, name), value)
        become = order["user"] if own_user and os.geteuid() == 0 else os.geteuid()
        _hand_over(order, become)
        if LINUX:
            for capability in range(LAST_CAPABILITY + 1):
                libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
            _checked(libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0))
            if keyctl := KEYCTL.get(os.uname().machine):
                # What the caller keeps in its session's keyring stays there.
                libc.syscall(keyctl, JOIN_SESSION_KEYRING, None)
        if become != os.geteuid():
            os.setgroups([])
            os.setresgid(become, become, become)
            os.setresuid(become, become, become)
            _die_with_the_parent()
        os.execv(argv[0], argv)
    except OSError as error:
        _tell(order, error=f"{error.strerror}: {argv[0]}")
        os._exit(127)


def _hand_over(order: Order, user: int) -> None:
    """Give the program's folders, and its output, to the user that it will be: some open `/dev/stdout` again."""
    if user == os.geteuid():
        return
    owner = user
    try:
        os.fchown(1, user, user)
    except PermissionError:  # root in a container may lack the right to give things away, not to share with a group
        owner = -1
        os.setgroups([user])
        os.fchown(1, owner, user)
        os.fchmod(1, 0o660)
    for place in order["writable"]:
        for folder, _, names in os.walk(place):
            for path in (folder, *(f"{folder}/{name}" for name in names)):
                os.chown(path, owner, user, follow_symlinks=False)
                if owner == -1 and not os.path.islink(path):
                    os.chmod(path, 0o770 if os.path.isdir(path) else 0o660)


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _reachable(program: str, needed: list[str]) -> bool:
    """Return whether any user at all can start the program and reach what it needs."""
    try:
        folders = {folder for place in map(os.path.realpath, [program, *needed]) for folder in _parents(place)}
        return all(os.stat(folder).st_mode & 0o001 for folder in folders) and os.stat(program).st_mode & 0o005 == 0o005
    except OSError:
        return False


def _parents(path: str) -> list[str]:
    return [path[:index] or "/" for index, letter in enumerate(path) if letter == "/"]


def _alone() -> bool:
    """Return whether there is no network to begin with."""
    try:
        return os.listdir("/sys/class/net") == ["lo"]
    except OSError:
        return False


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _die_with_the_parent() -> None:
    """End when the parent ends. A change of the user takes this back."""
    if LINUX:
        _checked(libc.prctl(SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def _unshare(flags: int) -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        _checked(libc.unshare(flags))
        return
    _checked(libc.unshare(flags | NEWUSER))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _mount(source: str, place: str, kind: str, flags: int, data: str = "") -> None:
    words = (word.encode() if word else None for word in (source, place, kind))
    _checked(libc.mount(*words, ctypes.c_ulong(flags), data.encode() or None))


def _build(order: Order) -> None:
    """Make the file system and change into it."""
    root = order["root"]
    _mount("", "/", "", REC | PRIVATE)
    _mount("tmpfs", root, "tmpfs", NOSUID | NODEV, "mode=755,size=64m")
    for name in SYSTEM:
        if os.path.isdir(f"/{name}"):
            _bind(f"/{name}", root, ATTR_RDONLY)
    for place in sorted(order["visible"]):
        _bind(place, root, ATTR_RDONLY)
    for place in sorted(order["writable"]):
        _bind(place, root, 0)
    _devices(root)
    _processes(root)
    os.chroot(root)
    os.chdir(order["cwd"])


def _devices(root: str) -> None:
    os.makedirs(f"{root}/dev/shm")
    for name in DEVICES:
        _bind(f"/dev/{name}", root, 0)
    for name, aim in LINKS:
        os.symlink(aim, f"{root}/dev/{name}")
    _mount("tmpfs", f"{root}/dev/shm", "tmpfs", NOSUID | NODEV | NOEXEC, "mode=1777,size=64m")


def _processes(root: str) -> None:
    """Show its own processes, and the machine's settings for reading only."""
    os.makedirs(f"{root}/proc")
    _mount("proc", f"{root}/proc", "proc", NOSUID | NODEV | NOEXEC)
    for name in SETTINGS:
        if os.path.exists(f"{root}/proc/{name}"):
            _mount(f"{root}/proc/{name}", f"{root}/proc/{name}", "", BIND | REC)
            _restrict(f"{root}/proc/{name}", ATTR_RDONLY | ATTR_NOSUID)


def _bind(place: str, root: str, flags: int) -> None:
    """Show a file, folder or link under the same name below `root`."""
    here = f"{root}{place}"
    if os.path.islink(place):
        os.makedirs(os.path.dirname(here), exist_ok=True)
        os.symlink(os.readlink(place), here)
        return
    if os.path.isdir(place):
        os.makedirs(here, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(here), exist_ok=True)
        os.close(os.open(here, os.O_CREAT | os.O_WRONLY, 0o444))
    _mount(place, here, "", BIND | REC)
    _restrict(here, flags | ATTR_NOSUID)


def _restrict(place: str, flags: int) -> None:
    """Take something away from a mount and all mounts below it; mount_setattr(2), Linux 5.12."""
    attributes = struct.pack("=4Q", flags, 0, 0, 0)
    path = place.encode()
    _checked(libc.syscall(MOUNT_SETATTR, AT_FDCWD, path, AT_RECURSIVE, attributes, len(attributes)))


if __name__ == "__main__":
    main()
