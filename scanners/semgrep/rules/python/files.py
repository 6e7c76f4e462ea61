import os
import stat
import tarfile
import tempfile
import urllib.request
import zipfile


def temporary():
    # ruleid: python-tempfile-race
    tempfile.mktemp()
    # ok: python-tempfile-race
    tempfile.mkstemp()
    # ruleid: python-fixed-temporary-path
    open("/tmp/report.txt", "w")
    # ok: python-fixed-temporary-path
    open("/tmp/report.txt")
    # ok: python-fixed-temporary-path
    open("/srv/report.txt", "w")


def archives(path, folder):
    with tarfile.open(path) as tar:
        # ruleid: python-tarfile-extract
        tar.extractall(folder)
    with tarfile.open(path) as tar:
        # ok: python-tarfile-extract
        tar.extractall(folder, filter="data")
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            # ruleid: python-archive-member-path
            open(os.path.join(folder, member.filename), "wb")
            # ok: python-archive-member-path
            open(os.path.join(folder, os.path.basename(member.filename)), "wb")
        # ok: python-tarfile-extract
        archive.extractall(folder)


def modes(path):
    # ruleid: python-permissive-mode
    os.chmod(path, 0o777)
    # ruleid: python-permissive-mode
    os.chmod(path, stat.S_IRUSR | stat.S_IWOTH)
    # ok: python-permissive-mode
    os.chmod(path, 0o644)
    # ok: python-permissive-mode
    os.chmod(path, 0o755)
    # ruleid: python-umask-zero
    os.umask(0)
    # ok: python-umask-zero
    os.umask(0o077)


def fetch(url):
    # ruleid: python-urlopen-dynamic
    urllib.request.urlopen(url)
    # ok: python-urlopen-dynamic
    urllib.request.urlopen("https://example.com/")


def remove(user, path):
    # ruleid: python-assert-authorisation
    assert user.is_admin
    # ok: python-assert-authorisation
    assert path
    if not user.is_admin:
        raise PermissionError
