"""Lists and imports of the management API, timed from a signed request's first byte to its answer's last. What a client takes
to make objects of a page (botocore: about as long as all else) is not in it.

Loading 100,000 routes call by call would take longer than all else, so the rows are copies: one API and its routes are made
through the API, and the database is filled with their rows under other ids while the server is down.
"""

import argparse
import json
import pathlib
import sqlite3
import statistics
import subprocess
import tempfile
import time

from conftest import Postgres
from gatewright import Process
from raw import Raw

COLUMNS = {"apis": ["api_id", "body"], "routes": ["api_id", "route_id", "route_key", "body"]}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--apis", type=int, default=10_000)
    arguments.add_argument("--routes", type=int, default=10)
    options = arguments.parse_args()
    print("| database | what | calls | median ms | most ms |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as work:
        measure("SQLite", {}, pathlib.Path(work) / "sqlite", options, fill_sqlite)
        postgres = Postgres()
        url = postgres.database()
        try:
            measure("Postgres", {"GATEWRIGHT_DATABASE_URL": url}, pathlib.Path(work) / "postgres", options,
                    lambda _, rows: fill_postgres(postgres, url, rows))
        finally:
            postgres.stop()


def measure(name, environment, data, options, fill):
    process = Process("serve", data, environment).start()
    client = process.client()
    api = client.create_api(Name="copied", ProtocolType="HTTP", Description="d", Tags={"a": "b"})["ApiId"]
    routes = [client.create_route(ApiId=api, RouteKey=f"GET /r{number}")["RouteId"] for number in range(options.routes)]
    documents = wire(process, [f"/v2/apis/{api}"] + [f"/v2/apis/{api}/routes/{route}" for route in routes])
    process.stop()
    fill(data, copies(documents, options.apis - 1))
    process.start()
    raw = Raw(process)
    times, apis = pages(raw, "/v2/apis")
    assert len(apis) == options.apis
    show(name, f"GetApis, {options.apis:,} in pages of 500", times)
    times = []
    for api in apis[:: max(1, len(apis) // 1000)]:
        page_times, routes = pages(raw, f"/v2/apis/{api['apiId']}/routes")
        assert len(routes) == options.routes
        times += page_times
    show(name, f"GetRoutes of one API, {options.routes} of {options.apis * options.routes:,}", times)
    body = json.dumps({"body": json.dumps(document(300))}).encode()
    show(name, "ImportApi, 300 routes", [timed(raw, "PUT", "/v2/apis", body=body)[0] for _ in range(5)])
    process.stop()


def pages(raw, path):
    """The time of each page, and all items."""
    times, items, query = [], [], "maxResults=500"
    while True:
        time_taken, page = timed(raw, "GET", path, query)
        times.append(time_taken)
        items += page["items"]
        if "nextToken" not in page:
            return times, items
        query = f"maxResults=500&nextToken={page['nextToken']}"


def timed(raw, *call, **members):
    """Milliseconds and the answer."""
    began = time.perf_counter()
    status, _, body = raw(*call, **members)
    taken = (time.perf_counter() - began) * 1000
    assert status < 300, body
    return taken, json.loads(body)


def show(name, what, times):
    print(f"| {name} | {what} | {len(times)} | {statistics.median(times):.1f} | {max(times):.1f} |", flush=True)


def wire(process, paths):
    """Resources as they are stored: the answers' bytes without what is filled in for answers only."""
    raw, found = Raw(process), []
    for path in paths:
        answer = json.loads(raw("GET", path)[2])
        answer.pop("apiEndpoint", None)
        found.append(answer)
    return found


def copies(documents, count):
    api, *routes = documents
    for number in range(count):
        api_id = f"c{number:09}"
        yield "apis", [api_id, json.dumps({**api, "apiId": api_id})]
        for index, route in enumerate(routes):
            route_id = f"r{index:06}"
            yield "routes", [api_id, route_id, route["routeKey"], json.dumps({**route, "routeId": route_id})]


def fill_sqlite(data, rows):
    (path,) = [file for file in data.iterdir() if file.read_bytes()[:15] == b"SQLite format 3"]
    database = sqlite3.connect(path)
    for table, values in rows:
        columns = COLUMNS[table]
        database.execute(f"insert into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})", values)
    database.commit()
    database.close()


def fill_postgres(postgres, url, rows):
    tables = {table: [] for table in COLUMNS}
    for table, values in rows:
        tables[table].append("\t".join(value.replace("\\", "\\\\") for value in values))
    for table, lines in tables.items():
        copy = f"copy {table} ({', '.join(COLUMNS[table])}) from stdin"
        subprocess.run([*postgres.prefix, postgres.bin / "psql", "-q", "-d", url, "-c", copy], input="\n".join(lines) + "\n",
                       text=True, check=True, cwd="/")
    subprocess.run([*postgres.prefix, postgres.bin / "psql", "-q", "-d", url, "-c", "analyze"], check=True, cwd="/")


def document(routes):
    return {"openapi": "3.0.1", "info": {"title": "bench", "version": "1"}, "paths": {
        f"/r{number}/{{id}}": {"get": {"x-amazon-apigateway-integration": {
            "type": "http_proxy", "httpMethod": "GET", "uri": f"http://127.0.0.1:9/{number}", "payloadFormatVersion": "1.0"}}}
        for number in range(routes)}}


if __name__ == "__main__":
    main()
