// Runs ctl/checks/ask.js as the containers run it, against servers of its own and a real Redis.
// Arguments: ask.js, redis-server or an empty word. Prints what each question was answered: status and text.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";

const [script, redisServer] = process.argv.slice(2);
const text = readFileSync(script, "utf8");
const { presigned } = createRequire(import.meta.url)(script);
const said = {};

async function ask(name, env, ...words) {
  const child = spawn(process.execPath, ["-", ...words], { env: { PATH: process.env.PATH, ...env } });
  let out = "";
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (out += data));
  child.stdin.end(text);
  const status = await new Promise((resolve) => child.on("close", resolve));
  said[name] = [status, out.trim()];
}

function serve(answer) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const [status, told, headers] = answer(request, body);
    response.writeHead(status, headers);
    response.end(told);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve([server, server.address().port])));
}

// The example of the documentation of S3.
said.signature = presigned("GET", "https://examplebucket.s3.amazonaws.com/test.txt", {
  key: "AKIAIOSFODNN7EXAMPLE",
  secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
  date: new Date("2013-05-24T00:00:00Z"),
  seconds: 86400,
});

const servers = [];
const start = async (answer) => {
  const [server, port] = await serve(answer);
  servers.push(server);
  return port;
};

// A port at which nobody is.
const [nobody, gone] = await serve(() => [200, ""]);
await new Promise((resolve) => nobody.close(resolve));

const health = await start(({ url }) => [url === "/health" ? 200 : 503, ""]);
await ask("health", {}, "health", `http://127.0.0.1:${health}/health`);
await ask("unhealthy", {}, "health", `http://127.0.0.1:${health}/other`);

const clickhouse = await start(({ headers, url }, body) => {
  const login = Buffer.from(headers.authorization.split(" ")[1], "base64").toString();
  if (login !== "default:S3cr3t@x" || url !== "/") return [403, "S3cr3t@x", { "x-clickhouse-exception-code": "516" }];
  return [200, `${body}\t1\n`];
});
const at = (password) => ({ CLICKHOUSE_URL: `http://default:${password}@127.0.0.1:${clickhouse}?secure=false` });
await ask("clickhouse", at("S3cr3t%40x"), "clickhouse", "select 1");
await ask("clickhouse refused", at("S3cr3t-wrong"), "clickhouse", "select 1");
await ask("clickhouse gone", { CLICKHOUSE_URL: `http://default:S3cr3t@127.0.0.1:${gone}` }, "clickhouse", "select 1");

const kept = new Map();
const store = await start(({ method, url, headers }, body) => {
  const asked = new URL(url, `http://${headers.host}`);
  const stamp = asked.searchParams.get("X-Amz-Date");
  const date = new Date(stamp.replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5"));
  const right = presigned(method, asked.origin + asked.pathname, { key: "trigger", secret: "S3cr3t", region: "us-east-1", date });
  if (right !== asked.href) return [403, ""];
  if (method === "PUT") kept.set(asked.pathname, body);
  if (method === "DELETE") kept.delete(asked.pathname);
  return kept.has(asked.pathname) || method === "DELETE" ? [200, kept.get(asked.pathname)] : [404, ""];
});
const keys = (secret) => ({
  OBJECT_STORE_BASE_URL: `http://127.0.0.1:${store}`,
  OBJECT_STORE_ACCESS_KEY_ID: "trigger",
  OBJECT_STORE_SECRET_ACCESS_KEY: secret,
});
await ask("object store", keys("S3cr3t"), "object-store", "packets");
said.left = kept.size;
await ask("object store refused", keys("S3cr3t-wrong"), "object-store", "packets");
await ask("object store without keys", { OBJECT_STORE_BASE_URL: "http://127.0.0.1:1" }, "object-store", "packets");

const proxy = await start(({ url }) => [url.startsWith("/containers/json") ? 200 : 403, "[]"]);
await ask("docker proxy", { DOCKER_HOST: `tcp://127.0.0.1:${proxy}` }, "docker-proxy");
const wide = await start(() => [200, "[]"]);
await ask("docker proxy too wide", { DOCKER_HOST: `tcp://127.0.0.1:${wide}` }, "docker-proxy");
await ask("docker proxy gone", { DOCKER_HOST: `tcp://127.0.0.1:${gone}` }, "docker-proxy");

await ask("unreachable", {}, "unreachable", "127.0.0.1", String(gone));
await ask("reachable", {}, "unreachable", "127.0.0.1", String(wide));
await ask("s2", { REALTIME_STREAMS_S2_ENDPOINT: `http://127.0.0.1:${wide}/v1` }, "s2");
await ask("s2 gone", { REALTIME_STREAMS_S2_ENDPOINT: `http://127.0.0.1:${gone}/v1` }, "s2");

if (redisServer) {
  const [free, port] = await serve(() => [200, ""]);
  await new Promise((resolve) => free.close(resolve));
  const redis = spawn(redisServer, ["--port", String(port), "--bind", "127.0.0.1", "--requirepass", "S3cr3t", "--save", "", "--maxmemory", "100mb", "--maxmemory-policy", "noeviction"], { stdio: "ignore" });
  const env = (password) => ({ REDIS_HOST: "127.0.0.1", REDIS_PORT: String(port), REDIS_PASSWORD: password, REDIS_TLS_DISABLED: "true" });
  for (let tries = 0; tries < 50 && said.redis?.[0] !== 0; tries++) {
    await pause(100);
    await ask("redis", env("S3cr3t"), "redis");
  }
  await ask("redis refused", env("S3cr3t-wrong"), "redis");
  redis.kill();
}
await ask("redis gone", { REDIS_HOST: "127.0.0.1", REDIS_PORT: String(gone), REDIS_PASSWORD: "S3cr3t", REDIS_TLS_DISABLED: "true" }, "redis");

for (const server of servers) server.close();
console.log(JSON.stringify(said));
