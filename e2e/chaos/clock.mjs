/**
 * Preloaded (`--import`) into a service under test: its clock is off by the milliseconds that stand in the file
 * CHAOS_CLOCK_FILE, which the suite rewrites while the service runs. `performance.now` keeps running, as a monotonic
 * clock does.
 */
import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";

const file = process.env.CHAOS_CLOCK_FILE ?? "";
const RealDate = Date;
const realNow = Date.now.bind(Date);
let shift = 0;

const read = () => {
  try {
    shift = Number(readFileSync(file, "utf8")) || 0;
  } catch {
    // Just being written, or not yet there: what was read last holds.
  }
};
read();
setInterval(read, 50).unref();
// A process that is killed writes no compile cache (NODE_COMPILE_CACHE); its successor would start slowly again.
setTimeout(flushCompileCache, 4_000).unref();

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(realNow() + shift);
    else super(...given);
  }
  static now() {
    return realNow() + shift;
  }
};
