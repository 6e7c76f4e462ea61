"""What a scanner behind the walls can neither see nor touch, tried from inside by one that wants to."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from support import fakes

from secgate.model import Status, Task
from secgate.scan import confine, sight
from secgate.scan.run import run


class Quiet:
    def started(self, task: Task) -> None: ...

    def finished(self, result) -> None: ...


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """Return a function that runs Python code as a scanner and gives what it prints and the walls around it."""
    for folder in (tmp_path, *list(tmp_path.parents)[:4]):
        if folder.owner() and folder.stat().st_uid == os.geteuid() and str(folder).count("/") > 1:
            folder.chmod(0o755)

    def go(body: str):
        scanner = fakes.scanner()
        task = Task(scanner, "check", scanner.commands["check"], files=("a.py",))
        tool = fakes.program(tmp_path, f"value = None\n{body}\njson.dump(value, open(out, 'w'))\n")
        (result,) = run([task], fakes.bench(tmp_path, {"fake": tool}), 1, Quiet())
        assert result.status is Status.FINISHED, (result.reason, result.stderr)
        return json.loads(result.output), set(result.walls)

    return go


def walled(wall: str, walls: set[str]) -> None:
    if wall not in walls:
        pytest.skip(f"this machine gives no such wall: {wall}")


ATTEMPT = """
def attempt(what):
    try:
        return repr(what())
    except OSError as error:
        return error.errno
"""


def test_another_user_without_rights(inside):
    value, walls = inside("value = [os.getuid(), os.getgroups(), open('/proc/self/status').read()]")
    walled("gate", walls)
    user, groups, status = value
    assert user != 0 or os.geteuid() != 0
    assert groups in ([], [user], [os.getegid()], [65534])
    rights = {line.split(":")[0]: line.split(":")[1].strip() for line in status.splitlines()}
    assert {rights[name] for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb")} == {"0" * 16}
    assert rights["NoNewPrivs"] == "1"


def test_the_gate_can_be_neither_read_nor_killed(inside, monkeypatch):
    monkeypatch.setenv("SECGATE_TEST_TOKEN", "tok-5f2e")
    gate = os.getpid()
    value, walls = inside(
        f"{ATTEMPT}\n"
        f"value = [attempt(lambda: os.kill({gate}, 9)), attempt(lambda: os.kill(os.getppid(), 0)),\n"
        f" attempt(lambda: open('/proc/{gate}/environ').read()), attempt(lambda: open('/proc/{gate}/mem', 'r+b')),\n"
        "  [attempt(lambda: open(f'/proc/{pid}/environ').read())\n"
        "  for pid in os.listdir('/proc') if pid.isdigit() and int(pid) not in (os.getpid(), 1)]]"
    )
    walled("gate", walls)
    assert all(isinstance(one, int) for one in value[:1] + value[2:4])
    assert "tok-5f2e" not in json.dumps(value)


def test_nothing_outside_can_be_read_or_written(inside, tmp_path):
    outside = tmp_path.parent / "outside.txt"
    outside.write_text("private")
    mine = Path(fakes.__file__)
    value, walls = inside(
        f"{ATTEMPT}\n"
        f"value = [attempt(lambda: open({str(outside)!r}).read()), attempt(lambda: open({str(outside)!r}, 'w')),\n"
        f" attempt(lambda: open({str(mine)!r}).read()), attempt(lambda: os.listdir('/home') + os.listdir('/root')),\n"
        " attempt(lambda: open('/etc/secgate-was-here', 'w')), attempt(lambda: open('/usr/x', 'w')),\n"
        " attempt(lambda: open('/proc/sys/kernel/core_pattern', 'w')),\n"
        " attempt(lambda: open('/proc/sysrq-trigger', 'w')),\n"
        f" attempt(lambda: open({str(tmp_path / 'tree' / 'new.py')!r}, 'w'))]"
    )
    walled("files", walls)
    assert all(isinstance(one, int) for one in value), value
    assert outside.read_text() == "private"
    assert not Path("/etc/secgate-was-here").exists()


def test_no_network_is_there(inside):
    value, walls = inside(
        f"import socket\n{ATTEMPT}\n"
        "sock = socket.socket()\nsock.settimeout(3)\n"
        "value = [attempt(lambda: sock.connect(('127.0.0.1', 9))), attempt(lambda: sock.connect(('192.0.2.1', 80))),\n"
        " [name for _, name in socket.if_nameindex()]]"
    )
    walled("network", walls)
    assert all(isinstance(one, int) for one in value[:2])
    assert value[2] == ["lo"]


def test_it_can_work_in_its_own_folders(inside):
    value, _ = inside(
        "value = []\n"
        "for place in ('.', os.environ['HOME'], os.environ['TMPDIR'], '/dev/shm'):\n"
        "    open(place + '/x', 'w').write('y')\n    value.append(os.listdir(place))"
    )
    assert value == [["x"]] * 4


def test_limits_hold(inside):
    value, _ = inside(
        "import resource\n"
        "names = ('RLIMIT_CORE', 'RLIMIT_AS', 'RLIMIT_FSIZE')\n"
        "value = [resource.getrlimit(getattr(resource, name))[0] for name in names]\n"
        "try:\n    bytearray(17 << 30)\nexcept MemoryError:\n    value.append('refused')"
    )
    assert value[0] == 0
    assert all(0 < one < 1 << 40 for one in value[1:3])
    assert value[3] == "refused"


def test_without_namespaces_it_starts_all_the_same_and_says_so(tmp_path):
    """In a container that forbids namespaces, what is left is done and told."""
    ready, tell = os.pipe()
    order = confine.Order(
        root=str(tmp_path / "is-not-there"),
        cwd="/",
        visible=[],
        writable=[],
        user=61999,
        network=False,
        limits={},
        status=tell,
    )
    argv = [sys.executable, "-ISB", confine.__file__, json.dumps(order), "/bin/sh", "-c", "id -u; exit 7"]
    done = subprocess.run(argv, pass_fds=(tell,), capture_output=True, check=False)
    os.close(tell)
    with os.fdopen(ready) as told:
        walls = json.loads(told.readline())["walls"]
    assert done.returncode == 7
    assert "files" not in walls
    if os.geteuid() == 0:
        assert (walls[0], done.stdout) == ("gate", b"61999\n")


def test_a_program_needs_its_installation_and_its_interpreter(tmp_path):
    python = tmp_path / "python" / "bin"
    python.mkdir(parents=True)
    (python / "python3.11").write_bytes(b"\x7fELF")
    tool = tmp_path / "tools" / "x" / "bin"
    tool.mkdir(parents=True)
    (tool / "python").symlink_to(python / "python3.11")
    (tool.parent / "pyvenv.cfg").write_text(f"home = {python}\n")
    (tool / "x").write_text(f"#!{tool / 'python'}\n")
    outside = tmp_path / "alias"
    outside.symlink_to(tool / "x")
    assert sight.needed(tool / "x") == (str(tmp_path / "python"), str(tool.parent))
    assert sight.needed(outside) == (str(outside), str(tmp_path / "python"), str(tool.parent))
    assert sight.needed(Path("/bin/sh")) == ()
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n")
    assert sight.needed(script) == (str(tmp_path),)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert sight.needed(loop) == (str(loop),)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root, and setpriv")
def test_root_that_may_give_nothing_away_shares_with_that_scanner_only(tmp_path):
    """In a container that has the rights SETUID, SETGID and KILL and no others, as the action starts it."""
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    work, status = tmp_path / "work", tmp_path / "status"
    (work / "inner").mkdir(parents=True)
    (work / "inner/file").write_text("x\n")
    script = (
        f"id -u; id -g; cat {work}/inner/file; echo y > {work}/inner/new && cat {work}/inner/new; echo >> /dev/stdout"
    )
    with tempfile.TemporaryFile() as out, status.open("wb") as told:
        order = {
            "root": str(tmp_path), "cwd": str(work), "visible": [], "writable": [str(work)], "user": 64123,
            "network": False, "limits": {}, "status": told.fileno(),
        }  # fmt: skip
        subprocess.run(
            ["setpriv", "--bounding-set=-all,+setuid,+setgid,+kill", "--inh-caps=-all", sys.executable, "-ISB",
             confine.__file__, json.dumps(order), "/bin/sh", "-c", script],
            stdout=out, check=True, pass_fds=(told.fileno(),), timeout=60,
        )  # fmt: skip
        out.seek(0)
        assert out.read().split() == [b"64123", b"64123", b"x", b"y"]
    assert "gate" in json.loads(status.read_text().splitlines()[0])["walls"]
    shared = [(one.stat().st_gid, one.stat().st_mode & 0o777) for one in (work, work / "inner", work / "inner/file")]
    assert shared == [(64123, 0o770), (64123, 0o770), (64123, 0o660)]
