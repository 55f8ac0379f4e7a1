import { setTimeout as pause } from "node:timers/promises";
import { createClients } from "@stockwire/local-aws/clients";
import { ITEMS } from "./bare-chain.ts";
import { whileWatching } from "./processes.ts";
import { type Delays, openInbox, readDelays } from "./read-delays.ts";
import type { BenchCloud } from "./system.ts";

const PATIENCE_SECONDS = 180;

/** Sends a file for a store. */
export type Send = (store: string) => Promise<unknown>;

/** Sends at the rate whatever the answers: a system that falls behind is not waited for. */
const sendAtRate = async (stores: readonly string[], rate: number, send: Send): Promise<void> => {
  const started = performance.now();
  const sent: Promise<unknown>[] = [];
  for (const [index, store] of stores.entries()) {
    await pause(Math.max(0, started + (index * 1000) / rate - performance.now()));
    sent.push(send(store));
  }
  await Promise.all(sent);
};

/** Sends so many files a second of stores whose names begin like this, for so many seconds. */
export type MeasureDelays = (name: string, rate: number, seconds: number) => Promise<Round>;

/** Of one way at one rate: its delays, and what they took of the machine. */
export interface Round extends Delays {
  readonly files: number;
  /** From the first file sent to the last notification. */
  readonly seconds: number;
  /** CPU seconds by part. */
  readonly cpu: Readonly<Record<string, number>>;
}

/**
 * Sends files and reads how long they took, when the last notification has come.
 * @param services process ids of what works on the files
 */
export const measurer = (cloud: BenchCloud, send: Send, services: readonly number[]): MeasureDelays => {
  const inbox = openInbox(cloud.environment);
  const clients = createClients(cloud.environment);
  const table = cloud.environment.TABLE_INVENTORY ?? "";
  const processes = {
    "DynamoDB Local": cloud.dynamoPid,
    "S3, SQS, SNS": cloud.pid,
    ...Object.fromEntries(services.map((pid) => [`service ${pid}`, pid])),
    sender: process.pid,
  };
  return async (name, rate, length) => {
    const stores = Array.from({ length: rate * length }, (_, index) => `${name} ${index}`);
    let arrivals: ReadonlyMap<string, number> = new Map();
    const { seconds, cpu } = await whileWatching(processes, async () => {
      const arriving = inbox.arrived(stores.length * ITEMS.length, length + PATIENCE_SECONDS);
      [arrivals] = await Promise.all([arriving, sendAtRate(stores, rate, send)]);
    });
    const ofServices = services.reduce((sum, pid) => sum + (cpu[`service ${pid}`] ?? 0), 0);
    const delays = await readDelays(clients, table, stores, ITEMS, arrivals);
    return { ...delays, files: stores.length, seconds, cpu: { ...cpu, services: ofServices } };
  };
};
