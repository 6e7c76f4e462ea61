"""A web server with one page: the time in UTC."""

import json
from datetime import UTC, datetime
from wsgiref.simple_server import make_server


def application(environ, start_response):
    """Answer every request with the time."""
    body = json.dumps({"now": datetime.now(UTC).isoformat(timespec="seconds")}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def main():
    """Serve until the process is ended."""
    with make_server("127.0.0.1", 8080, application) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
