import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { uploadVersion } from "@stockwire/contracts/keys";
import { createClients } from "@stockwire/local-aws/clients";
import { bareKey, ITEMS } from "./bare-chain.ts";
import { type MeasureDelays, measurer } from "./measure-delays.ts";
import { requireSettled, type SentFile } from "./require-settled.ts";
import { createDoorSender, createSender, type DoorSender } from "./send-file.ts";
import { type BenchCloud, type Keep, startCloud, startDoor, startScript, startService } from "./system.ts";

/** The ways from a file to its notifications, each on a cloud of its own. */

const BARE_CHAIN = join(import.meta.dirname, "bare-chain.ts");
const STEPS_CHAIN = join(import.meta.dirname, "steps-chain.ts");

export const startOurs = async (keep: Keep): Promise<MeasureDelays> => {
  const cloud = await keep(startCloud());
  const api = await keep(startService("upload-api", cloud.environment));
  const services = [
    api,
    await keep(startService("ingest-worker", cloud.environment)),
    await keep(startService("alert-worker", cloud.environment)),
  ];
  return throughDoor(cloud, createSender(api.url, cloud.apiKey), services);
};

export const startSteps = async (keep: Keep): Promise<MeasureDelays> => {
  const cloud = await keep(startCloud());
  const door = await keep(startDoor(cloud.environment));
  const services = [
    door,
    await keep(startScript(STEPS_CHAIN, ["rows"], cloud.environment)),
    await keep(startScript(STEPS_CHAIN, ["alerts"], cloud.environment)),
  ];
  return throughDoor(cloud, createDoorSender(door.url), services);
};

export const startBare = async (keep: Keep): Promise<MeasureDelays> => {
  const cloud = await keep(startCloud());
  const { environment } = cloud;
  const halves = [
    await keep(startScript(BARE_CHAIN, ["rows"], environment)),
    await keep(startScript(BARE_CHAIN, ["publish"], environment)),
  ];
  const { s3 } = createClients(environment);
  const send = (store: string) => {
    const version = uploadVersion(new Date().toISOString(), store);
    const Key = bareKey(version, store);
    return s3.send(new PutObjectCommand({ Bucket: environment.BUCKET_INVENTORY, Key, Body: store }));
  };
  return measurer(cloud, send, pidsOf(halves));
};

const pidsOf = (parts: readonly { readonly pid: number }[]): number[] => parts.map(({ pid }) => pid);

/** Where a file is sent to an API there is a receipt of it, and a round counts when all has been done that the rules ask for. */
const throughDoor = (
  cloud: BenchCloud,
  front: Pick<DoorSender, "send">,
  services: readonly { readonly pid: number }[],
): MeasureDelays => {
  const dynamo = DynamoDBDocumentClient.from(createClients(cloud.environment).dynamodb);
  const sent: SentFile[] = [];
  const send = async (store: string): Promise<void> => {
    const rows = ITEMS.map((item) => `${store},${item},0\n`).join("");
    const { uploadId } = await front.send(Buffer.from(`store,item,count\n${rows}`));
    sent.push({ uploadId, store });
  };
  const measure = measurer(cloud, send, pidsOf(services));
  return async (name, rate, seconds) => {
    const round = await measure(name, rate, seconds);
    await requireSettled(dynamo, cloud.environment, sent.splice(0), ITEMS);
    return round;
  };
};
