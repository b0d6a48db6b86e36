"""Lambda as far as tests need it: an Invoke API in front of real runtimes (awslambdaric), each behind Lambda's own Runtime API."""

import base64
import collections
import json
import os
import pathlib
import queue
import struct
import subprocess
import sys
import threading
import time
import uuid
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

INTEGRATION = "application/vnd.awslambda.http-integration-response"


def frame(payload=b"", **headers):
    """One frame of application/vnd.amazon.eventstream."""
    fields = b"".join(
        struct.pack(">B", len(name)) + name + struct.pack(">BH", 7, len(value)) + value
        for name, value in ((f":{name}".replace("_", "-").encode(), value.encode()) for name, value in headers.items()))
    prelude = struct.pack(">II", 16 + len(fields) + len(payload), len(fields))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + fields + payload
    return message + struct.pack(">I", zlib.crc32(message))


def chunk(payload):
    return frame(payload, message_type="event", event_type="PayloadChunk", content_type="application/octet-stream")


def complete(**members):
    return frame(json.dumps(members).encode(), message_type="event", event_type="InvokeComplete", content_type="application/json")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def chunks(self):
        """A chunked body, piece by piece; then its trailers are in `self.trailers`."""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.trailers = {}
        while line := self.rfile.readline().strip():
            name, value = line.decode().split(":", 1)
            self.trailers[name.lower()] = value.strip()

    def read(self):
        if self.headers.get("transfer-encoding") == "chunked":
            return b"".join(self.chunks())
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    # A runtime that is stopped hangs up.
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Runtime:
    """One function in a process of its own: `code` defines `handler(event, context)`."""

    def __init__(self, work, name, code):
        self.events, self.answers = queue.Queue(), {}
        runtime = self

        class RuntimeApi(Handler):
            """https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

            def do_GET(self):
                invocation, event = runtime.events.get()
                deadline = str(int((time.time() + 60) * 1000))
                self.reply(200, event, Content_Type="application/json", Lambda_Runtime_Aws_Request_Id=invocation, Lambda_Runtime_Deadline_Ms=deadline,
                           Lambda_Runtime_Invoked_Function_Arn=f"arn:aws:lambda:us-east-1:000000000000:function:{name}")

            def do_POST(self):
                invocation, outcome = self.path.split("/")[-2:]
                answer = runtime.answers.get(invocation)
                if self.headers.get("lambda-runtime-function-response-mode") == "streaming":
                    answer.put(("streaming", self.headers["content-type"]))
                    for piece in self.chunks():
                        answer.put(("piece", piece))
                    self.reply(202)
                    return answer.put(("end", self.trailers))
                body = self.read()
                self.reply(202)
                if answer:
                    answer.put((outcome, body))

        self.server = serve(RuntimeApi)
        directory = work / name
        directory.mkdir(parents=True)
        environment = {
            **os.environ, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}", "_HANDLER": "function.handler",
            "LAMBDA_TASK_ROOT": str(directory), "AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_LOG_GROUP_NAME": "g", "AWS_LAMBDA_LOG_STREAM_NAME": "s",
            "AWS_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"}
        log = open(directory / "log", "wb")
        command = self.command(directory, code, environment)
        self.process = subprocess.Popen(command, cwd=directory, env=environment, stdout=log, stderr=log)

    def command(self, directory, code, environment):
        (directory / "function.py").write_text(code)
        return [sys.executable, "-m", "awslambdaric", "function.handler"]

    def stream(self, event):
        """The content type of what it streams; then its pieces; then the frame that ends them."""
        invocation = str(uuid.uuid4())
        answer = self.answers[invocation] = queue.Queue()
        self.events.put((invocation, event))
        outcome, content = answer.get(timeout=20)
        if outcome != "streaming":
            # It does not stream: all at once.
            yield "application/octet-stream"
            if outcome == "error":
                return (yield complete(ErrorCode="Unhandled", ErrorDetails=content.decode()))
            yield chunk(content)
            return (yield complete())
        yield content
        while (item := answer.get(timeout=20))[0] == "piece":
            yield chunk(item[1])
        kind = item[1].get("lambda-runtime-function-error-type")
        details = base64.b64decode(item[1].get("lambda-runtime-function-error-body", ""))
        yield complete(ErrorCode=kind, ErrorDetails=details.decode()) if kind else complete()

    def invoke(self, event):
        invocation = str(uuid.uuid4())
        self.answers[invocation] = queue.Queue()
        self.events.put((invocation, event))
        outcome = self.answers[invocation].get(timeout=20)
        del self.answers[invocation]
        return outcome

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.server.shutdown()
        self.server.server_close()


class NodeRuntime(Runtime):
    """AWS's runtime for Node.js, which knows `awslambda.streamifyResponse`. Its native part carries only answers that are not
    streamed; here Node's own HTTP client does."""

    PACKAGE = "aws-lambda-ric@3.3.0"
    CARRIER = """
const http = require("http"), [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const post = (outcome) => (id, body) =>
  http.request({host, port, method: "POST", path: `/2018-06-01/runtime/invocation/${id}/${outcome}`}, (answer) => answer.resume()).end(body);
const modules = require("module"), load = modules._load;
modules._load = (name, ...rest) =>
  name.endsWith("/rapid-client.node") ? {initializeClient() {}, done: post("response"), error: post("error")} : load(name, ...rest);
"""

    def command(self, directory, code, environment):
        home = pathlib.Path(os.environ["BINARY_UNDER_TEST"]).resolve().parents[1] / "lambda-ric"
        if not (home / "node_modules" / "aws-lambda-ric").exists():
            home.mkdir(parents=True, exist_ok=True)
            options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(home)]
            subprocess.run(["npm", "install", *options, self.PACKAGE], check=True, timeout=300)
        (directory / "function.js").write_text(code)
        (directory / "carrier.js").write_text(self.CARRIER)
        environment["AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1"] = "true"
        program = home / "node_modules" / "aws-lambda-ric" / "bin" / "index.mjs"
        return ["node", "--require", str(directory / "carrier.js"), str(program), "function.handler"]


class Lambda:
    """Lambda's Invoke API over runtimes; remembers what it was asked."""

    def __init__(self, work, functions, node_functions=None):
        self.runtimes = {name: Runtime(work, name, code) for name, code in functions.items()}
        self.runtimes.update((name, NodeRuntime(work, name, code)) for name, code in (node_functions or {}).items())
        # By name: the content type of a streamed answer, and what makes its pieces of a connection.
        self.streams = {}
        self.calls, self.connections, self.answers = [], collections.Counter(), {}
        # Of calls that were answered.
        self.request_ids = set()
        # By name: calls wait for these to be set.
        self.gates = {}
        service = self

        class InvokeApi(Handler):
            """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""

            def do_POST(self):
                target, event = urlsplit(self.path), self.read()
                _, date, functions, name, invocations = unquote(target.path).split("/")
                streamed = (date, functions, invocations) == ("2021-11-15", "functions", "response-streaming-invocations")
                assert streamed or (date, functions, invocations) == ("2015-03-31", "functions", "invocations")
                qualifier = parse_qs(target.query).get("Qualifier", [None])[0]
                service.calls.append((name, qualifier, dict(self.headers.items()), event))
                service.connections[self.client_address] += 1
                if name in service.gates:
                    service.gates[name].wait(timeout=20)
                if name in service.answers:
                    status, body = service.answers[name]
                    return self.reply(status, body)
                if streamed and name in service.streams:
                    content_type, pieces = service.streams[name]
                    return self.stream(content_type, pieces(self.connection))
                if name not in service.runtimes:
                    return self.reply(404, b'{"Message":"Function not found"}')
                if streamed:
                    pieces = service.runtimes[name].stream(event)
                    return self.stream(next(pieces), pieces)
                outcome, body = service.runtimes[name].invoke(event)
                failed = {"X_Amz_Function_Error": "Unhandled"} if outcome == "error" else {}
                return self.reply(200, body, X_Amz_Executed_Version="$LATEST", **failed)

            def end_headers(self):
                request_id = str(uuid.uuid4())
                service.request_ids.add(request_id)
                self.send_header("x-amzn-RequestId", request_id)
                super().end_headers()

            def stream(self, content_type, pieces):
                """https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html"""
                self.send_response(200)
                self.send_header("content-type", content_type)
                self.send_header("transfer-encoding", "chunked")
                self.send_header("x-amz-executed-version", "$LATEST")
                self.end_headers()
                for piece in pieces:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")

        self.server = serve(InvokeApi)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def events(self):
        """The events since the last time, as JSON."""
        calls, self.calls = self.calls, []
        return [json.loads(event) for _, _, _, event in calls]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        for runtime in self.runtimes.values():
            runtime.stop()
