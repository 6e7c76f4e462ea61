import ftplib
import socket
import ssl
import telnetlib

import paramiko
import requests
from pysnmp.hlapi import CommunityData, UsmUserData


def fetch(url, key):
    # ruleid: python-certificate-check-off
    requests.get(url, verify=False, timeout=1)
    session = requests.Session()
    # ruleid: python-certificate-check-off
    session.verify = False
    # ruleid: python-certificate-check-off
    session.post(url, verify=False)
    # ok: python-certificate-check-off
    requests.get(url, verify="/etc/ca.pem", timeout=1)
    # ruleid: python-http-no-timeout
    requests.get(url)
    # ok: python-http-no-timeout
    requests.get(url, timeout=5)
    # ruleid: python-http-no-timeout-none
    requests.get(url, timeout=None)
    # ok: python-http-no-timeout-none
    requests.get(url, timeout=3)
    # ruleid: python-credentials-over-http
    requests.get("http://example.com/", auth=("me", key), timeout=5)
    # ok: python-credentials-over-http
    requests.get("https://example.com/", auth=("me", key), timeout=5)


def contexts(sock, client):
    # ruleid: python-ssl-context-unverified
    context = ssl._create_unverified_context()
    # ruleid: python-ssl-context-unverified
    context.check_hostname = False
    # ruleid: python-ssl-context-unverified
    context.verify_mode = ssl.CERT_NONE
    # ok: python-ssl-context-unverified
    good = ssl.create_default_context()
    # ruleid: python-ssl-old-protocol
    ssl.SSLContext(ssl.PROTOCOL_TLSv1)
    # ok: python-ssl-old-protocol
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # ruleid: python-ssl-wrap-socket
    ssl.wrap_socket(sock)
    # ok: python-ssl-wrap-socket
    good.wrap_socket(sock, server_hostname="example.com")
    # ruleid: python-paramiko-unknown-host
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    # ok: python-paramiko-unknown-host
    client.set_missing_host_key_policy(paramiko.RejectPolicy())


def services(app):
    # ruleid: python-telnet
    telnetlib.Telnet("host")
    # ok: python-telnet
    paramiko.SSHClient()
    # ruleid: python-ftp
    ftplib.FTP("host")
    # ok: python-ftp
    ftplib.FTP_TLS("host")
    # ruleid: python-snmp-insecure
    CommunityData("public", mpModel=0)
    # ruleid: python-snmp-insecure
    UsmUserData("me")
    # ok: python-snmp-insecure
    UsmUserData("me", "auth", "privacy")
    sock = socket.socket()
    # ruleid: python-bind-all-interfaces
    sock.bind(("0.0.0.0", 80))
    # ruleid: python-bind-all-interfaces
    app.run(host="0.0.0.0")
    # ok: python-bind-all-interfaces
    sock.bind(("127.0.0.1", 80))
