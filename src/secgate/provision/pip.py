"""Where pip would install from: its variables and files, said in uv's words.

uv reads neither. A machine that reaches its package index only through them would have to say everything twice.
"""

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class _Setting:
    """One setting of pip, and how uv is told it."""

    name: str
    variables: tuple[str, ...]
    """Those that are set."""
    unless: tuple[str, ...] = ()
    """Where one of these is given, the user has told uv already."""
    separator: str = ""
    """Between several values; empty: there is one."""


_MACHINE = Path("/etc/pip.conf")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_SETTINGS = (
    _Setting("index-url", ("UV_DEFAULT_INDEX",), ("UV_DEFAULT_INDEX", "UV_INDEX_URL")),
    _Setting("extra-index-url", ("UV_INDEX",), ("UV_INDEX", "UV_EXTRA_INDEX_URL"), " "),
    _Setting("find-links", ("UV_FIND_LINKS",), ("UV_FIND_LINKS",), ","),
    _Setting("trusted-host", ("UV_INSECURE_HOST",), ("UV_INSECURE_HOST",), " "),
    _Setting("cert", ("SSL_CERT_FILE",), _CERTIFICATES),
    _Setting("proxy", ("HTTPS_PROXY", "HTTP_PROXY"), _PROXIES),
)


def for_uv(given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that tell uv what pip is told and uv is not.

    Args:
        given: the environment of the user.
    """
    told = _settings(given)
    result: dict[str, str] = {}
    for one in _SETTINGS:
        if one.name not in told or given.keys() & one.unless:
            continue
        words = told[one.name].split()
        result |= dict.fromkeys(one.variables, one.separator.join(words) if one.separator else " ".join(words))
    return {name: value for name, value in result.items() if value}


def _settings(given: Mapping[str, str]) -> dict[str, str]:
    """Return pip's settings by name; as in pip, `install` wins over `global`, and variables win over files."""
    sections: dict[str, dict[str, str]] = {"global": {}, "install": {}}
    for path in _files(given):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, "utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section, found in sections.items():
            if parser.has_section(section):
                found.update((key.replace("_", "-"), value or "") for key, value in parser.items(section))
    variables = {name[4:].replace("_", "-").lower(): value for name, value in given.items() if name.startswith("PIP_")}
    return sections["global"] | sections["install"] | variables


def _files(given: Mapping[str, str]) -> Iterator[Path]:
    """Yield pip's configuration files, the strongest last."""
    named = given.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return
    for folder in given.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep):
        yield Path(folder, "pip", "pip.conf")
    yield _MACHINE
    if not named and (home := given.get("HOME")):
        yield Path(home, ".pip", "pip.conf")
        yield Path(given.get("XDG_CONFIG_HOME") or Path(home, ".config"), "pip", "pip.conf")
    yield Path(sys.prefix, "pip.conf")
    if named:
        yield Path(named)
