import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import { createLogger } from "../src/logger.ts";
import { createTaskProtection } from "../src/task-protection.ts";
import { until } from "./helpers.ts";

type Answer = { readonly status: number; readonly body: string; readonly afterMilliseconds?: number };

const GRANTED: Answer = { status: 200, body: '{"protection":{"ProtectionEnabled":true}}' };

/** ECS's agent, as far as task protection goes: keeps what it was asked and answers as it is told to. */
const startAgent = async (t: Test, answers: Answer[] = []) => {
  const asked: { method: string | undefined; path: string | undefined; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    asked.push({
      method: request.method,
      path: request.url,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    const answer = answers.shift() ?? GRANTED;
    await new Promise((resolve) => setTimeout(resolve, answer.afterMilliseconds ?? 0));
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const warnings: unknown[] = [];
  const log = createLogger("test", "warn", { write: (line) => warnings.push(JSON.parse(line)) });
  const { port } = server.address() as AddressInfo;
  return { asked, warnings, log, agentUri: `http://127.0.0.1:${port}/api/task` };
};

const ON = { ProtectionEnabled: true, ExpiresInMinutes: 5 };
const OFF = { ProtectionEnabled: false };

t.test("protection is asked for with the first work and given up after the last", async (t) => {
  const agent = await startAgent(t);
  const protection = createTaskProtection({ ...agent, lingerSeconds: 0.05 });
  protection.begin();
  protection.begin();
  protection.end();
  await until(() => agent.asked.length === 1);
  protection.end();
  await until(() => agent.asked.length === 2);
  t.same(agent.asked, [
    { method: "PUT", path: "/api/task/task-protection/v1/state", body: ON },
    { method: "PUT", path: "/api/task/task-protection/v1/state", body: OFF },
  ]);
  t.same(agent.warnings, []);
});

t.test("it is renewed for as long as there is work", async (t) => {
  const agent = await startAgent(t);
  const protection = createTaskProtection({ ...agent, renewSeconds: 0.03, lingerSeconds: 0.01 });
  protection.begin();
  await until(() => agent.asked.length >= 4);
  protection.end();
  await until(() => agent.asked.at(-1)?.body !== undefined && !isOn(agent.asked.at(-1)?.body));
  const count = agent.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 120));
  t.equal(agent.asked.length, count, "and not afterwards");
  t.ok(agent.asked.slice(0, -1).every(({ body }) => isOn(body)));
});

const isOn = (body: unknown): boolean => (body as typeof ON).ProtectionEnabled;

t.test("a task that is never idle can be ended now and then", async (t) => {
  const agent = await startAgent(t);
  const protection = createTaskProtection({ ...agent, renewSeconds: 0.03, longestMinutes: 0.05 / 60 });
  protection.begin();
  await until(() => agent.asked.some(({ body }) => !isOn(body)));
  await until(() => isOn(agent.asked.at(-1)?.body));
  protection.stop();
  t.pass("given up, and taken up again");
});

t.test("work that follows soon keeps it", async (t) => {
  const agent = await startAgent(t);
  const protection = createTaskProtection({ ...agent, lingerSeconds: 0.05 });
  for (let message = 0; message < 20; message++) {
    protection.begin();
    await new Promise((resolve) => setTimeout(resolve, 2));
    protection.end();
  }
  await until(() => agent.asked.length === 2);
  t.same(
    agent.asked.map(({ body }) => body),
    [ON, OFF],
  );
});

t.test("a slow answer to an early wish does not overtake a later one", async (t) => {
  const agent = await startAgent(t, [{ ...GRANTED, afterMilliseconds: 150 }]);
  const protection = createTaskProtection({ ...agent, lingerSeconds: 0.01 });
  protection.begin();
  protection.end();
  await until(() => agent.asked.length === 2);
  t.same(
    agent.asked.map(({ body }) => body),
    [ON, OFF],
  );
});

t.test("refusals are logged and asked again, and never thrown", async (t) => {
  const agent = await startAgent(t, [
    { status: 500, body: '{"error":{"Code":"ServerException"}}' },
    { status: 200, body: '{"failure":{"Reason":"TASK_NOT_VALID"}}' },
    { status: 200, body: "not JSON" },
  ]);
  const protection = createTaskProtection({ ...agent, renewSeconds: 0.03 });
  protection.begin();
  await until(() => agent.asked.length >= 5);
  protection.stop();
  t.equal(agent.warnings.length, 3);
  t.match(agent.warnings[1], { level: "warn", wanted: true, err: { message: /TASK_NOT_VALID/ } });
});

t.test("an agent that is not there costs a warning", async (t) => {
  const agent = await startAgent(t);
  const protection = createTaskProtection({ ...agent, agentUri: "http://127.0.0.1:9/api/task" });
  protection.begin();
  await until(() => agent.warnings.length === 1);
  protection.stop();
  t.pass();
});

t.test("outside ECS nobody is asked", async (t) => {
  const agent = await startAgent(t);
  const protection = createTaskProtection({ log: agent.log, agentUri: "" });
  protection.begin();
  protection.end();
  protection.stop();
  t.same(agent.asked, []);
});
