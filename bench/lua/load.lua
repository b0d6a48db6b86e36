-- 1,000 requests made ready before the run, one per route and in a fixed scattered order, sent in
-- turn. Every scenario sends the same paths, so that `routes` differs from `plain` in nothing
-- but the number of routes in the gateway.
local prepared, count, turn = {}, 1000, 0

function init(_)
  local headers = { Host = os.getenv("BENCH_HOST") }
  local method, body = os.getenv("BENCH_METHOD"), nil
  if method == "POST" then
    body = string.rep("x", 4096)
    headers["Content-Type"] = "application/octet-stream"
  end
  for index = 0, count - 1 do
    local path = string.format("/api/v1/service%03d/items/%03d", (index * 617) % count, index)
    prepared[index + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  turn = turn % count + 1
  return prepared[turn]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
