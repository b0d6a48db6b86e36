"""An upstream of the test's own: says what it was sent, to the byte, and answers what it is told to."""

import contextlib
import json
import socket
import threading
from urllib.parse import unquote


class Echo:
    """HTTP/1.1 by hand, so that nothing is normalised. `answers` maps a path to the bytes of an answer; any other path is
    answered 200 with the request itself as JSON: method, target, headers as a list of pairs, body."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url, self.authority = f"http://127.0.0.1:{self.port}", f"127.0.0.1:{self.port}"
        self.answers, self.requests = {}, 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        # A gateway that gives up on either end resets the connection, which some tests are about.
        with contextlib.suppress(ConnectionError), connection, connection.makefile("rb") as stream:
            while (line := stream.readline()):
                method, target, _ = line.decode("latin-1").split(" ", 2)
                headers = []
                while (line := stream.readline().rstrip(b"\r\n")):
                    name, value = line.decode("latin-1").split(":", 1)
                    headers.append([name.lower(), value.strip()])
                body = self.body(stream, dict(headers))
                if body is None:
                    return  # broken off, which some tests are about
                self.requests += 1
                seen = {"method": method, "target": target, "headers": headers, "body": body.decode("latin-1")}
                connection.sendall(self.answers.get(unquote(target.split("?")[0])) or answer(json.dumps(seen).encode()))

    def body(self, stream, headers):
        if headers.get("transfer-encoding") != "chunked":
            return stream.read(int(headers.get("content-length", 0)))
        whole = b""
        while (line := stream.readline()) and (size := int(line.split(b";")[0], 16)):
            whole += stream.read(size)
            stream.readline()
        if not line:
            return None
        while stream.readline().rstrip(b"\r\n"):
            pass
        return whole

    def stop(self):
        self.listener.close()


def answer(body, status="200 OK", headers=("content-type: application/json",)):
    lines = [f"HTTP/1.1 {status}", *headers, f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
