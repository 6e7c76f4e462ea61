import asyncio
import os
import shlex
import subprocess

import paramiko


def shell(name, client):
    # ruleid: python-subprocess-shell-true
    subprocess.run("ls " + name, shell=True)
    # ruleid: python-subprocess-shell-true
    subprocess.Popen(name, stdout=None, shell=True)
    # ok: python-subprocess-shell-true
    subprocess.run("ls | wc -l", shell=True)
    # ok: python-subprocess-shell-true
    subprocess.run(["ls", name])
    # ruleid: python-os-system-dynamic
    os.system(f"rm {name}")
    # ruleid: python-os-system-dynamic
    subprocess.getoutput("id %s" % name)
    # ok: python-os-system-dynamic
    os.system("sync")
    # ruleid: python-ssh-exec-dynamic
    client.exec_command("cat " + name)
    # ok: python-ssh-exec-dynamic
    client.exec_command("uptime")
    # ruleid: python-explicit-shell-dynamic
    subprocess.run(["sh", "-c", "cat " + name])
    # ruleid: python-explicit-shell-dynamic
    os.execl("/bin/bash", "bash", "-c", name)
    # ok: python-explicit-shell-dynamic
    subprocess.run(["sh", "-c", 'cat "$1"', "sh", name])
    # ruleid: python-shell-wildcard
    os.system("chown root *")
    # ok: python-shell-wildcard
    os.system("chown root ./*")


async def run(name):
    # ruleid: python-asyncio-shell-dynamic
    await asyncio.create_subprocess_shell("grep " + name)
    # ok: python-asyncio-shell-dynamic
    await asyncio.create_subprocess_exec("grep", name)
