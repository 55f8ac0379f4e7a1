import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import t from "tap";
import { checkPorts } from "../start/check-ports.ts";
import { readOptions } from "../start/options.ts";
import { listPorts } from "../start/services.ts";

const check = (environment: Record<string, string>): Promise<void> =>
  checkPorts("127.0.0.1", listPorts(readOptions([], environment)));

t.test("two things on one port are refused before anything starts", async (t) => {
  await t.rejects(check({ PORT: "4566" }), {
    message: "PORT and AWS_PORT both lead to port 4566: give each its own.",
  });
  await t.rejects(check({ AWS_PORT: "9103" }), /^OPERATIONS_PORT and AWS_PORT both lead to port 9103/);
  await t.rejects(check({ AWS_PORT: "8000" }), /^AWS_PORT and DYNAMODB_PORT both lead to port 8000/);
  await t.rejects(check({ OPERATIONS_PORT: "65535" }), /^OPERATIONS_PORT is too large: .* port 65536/);
});

t.test("a port that stays taken is named with its variable", async (t) => {
  const holder = createServer().listen(0, "127.0.0.1");
  t.teardown(() => holder.close());
  await once(holder, "listening");
  const { port } = holder.address() as AddressInfo;
  await t.rejects(checkPorts("127.0.0.1", [{ port, variable: "PORT" }]), {
    message: `Port ${port} is taken: stop what listens on it, or set PORT to another port.`,
  });
});
