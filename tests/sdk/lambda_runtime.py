"""Lambda as far as tests need it: an Invoke API in front of real runtimes (awslambdaric), each behind Lambda's own Runtime API."""

import collections
import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def read(self):
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
                body, answer = self.read(), runtime.answers.get(invocation)
                self.reply(202)
                if answer:
                    answer.put((outcome, body))

        self.server = serve(RuntimeApi)
        directory = work / name
        directory.mkdir(parents=True)
        (directory / "function.py").write_text(code)
        environment = {
            **os.environ, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}", "_HANDLER": "function.handler",
            "LAMBDA_TASK_ROOT": str(directory), "AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_LOG_GROUP_NAME": "g", "AWS_LAMBDA_LOG_STREAM_NAME": "s",
            "AWS_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"}
        log = open(directory / "log", "wb")
        command = [sys.executable, "-m", "awslambdaric", "function.handler"]
        self.process = subprocess.Popen(command, cwd=directory, env=environment, stdout=log, stderr=log)

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


class Lambda:
    """Lambda's Invoke API over runtimes; remembers what it was asked."""

    def __init__(self, work, functions):
        self.runtimes = {name: Runtime(work, name, code) for name, code in functions.items()}
        self.calls, self.connections, self.answers = [], collections.Counter(), {}
        # By name: calls wait for these to be set.
        self.gates = {}
        service = self

        class InvokeApi(Handler):
            """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""

            def do_POST(self):
                target, event = urlsplit(self.path), self.read()
                _, date, functions, name, invocations = unquote(target.path).split("/")
                assert (date, functions, invocations) == ("2015-03-31", "functions", "invocations")
                qualifier = parse_qs(target.query).get("Qualifier", [None])[0]
                service.calls.append((name, qualifier, dict(self.headers.items()), event))
                service.connections[self.client_address] += 1
                if name in service.gates:
                    service.gates[name].wait(timeout=20)
                if name in service.answers:
                    status, body = service.answers[name]
                    return self.reply(status, body)
                if name not in service.runtimes:
                    return self.reply(404, b'{"Message":"Function not found"}')
                outcome, body = service.runtimes[name].invoke(event)
                failed = {"X_Amz_Function_Error": "Unhandled"} if outcome == "error" else {}
                return self.reply(200, body, X_Amz_Executed_Version="$LATEST", **failed)

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
