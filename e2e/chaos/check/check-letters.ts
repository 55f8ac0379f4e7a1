import type { Receipt } from "@stockwire/contracts/receipt";
import type { Sent } from "../client.ts";
import type { Evidence } from "../evidence.ts";
import type { Journal } from "../journal.ts";
import type { Report } from "./violation.ts";

const ATTEMPTS = 5;

/**
 * Rule 7: what was given up lies in a dead-letter queue, with its reason and its attempts, and nothing else does. Looked at
 * before the redrive; afterwards the queues must be empty.
 */
export const checkGivenUp = (
  receipts: readonly Receipt[],
  letters: Evidence["letters"],
  { faults }: Journal,
  report: Report,
): void => {
  for (const { uploadId, status, filename, links } of receipts) {
    if (status !== "failed") continue;
    // The message names the object; the API's objects are named after their upload, a drop's after its file.
    const isThere = letters.some(
      ({ body }) => body.includes(uploadId) || body.includes(encodeURIComponent(filename)),
    );
    if (!isThere) report(`${filename} (${links.self}) was given up and is in no dead-letter queue`);
  }
  const wereFaults = faults.some(({ kind }) => CAUSES.has(kind));
  for (const { queue, reason, message, attempts = 0, body } of letters) {
    if (!wereFaults) report(`${queue}: a dead letter though nothing failed: ${reason}: ${message}`);
    else if (attempts < ATTEMPTS)
      report(`${queue}: given up after ${attempts} attempts: ${reason}: ${message}`);
    if (queue !== "alert" && !isOfGivenUp(body, receipts))
      report(`${queue}: a dead letter of no upload that was given up: ${reason}: ${message}`);
    if (reason === "moved_by_sqs") report(`${queue}: a dead letter without a reason`);
  }
};

/** The message names the object; the API's objects are named after their upload, a drop's after its file. */
const isOfGivenUp = (body: string, receipts: readonly Receipt[]): boolean =>
  receipts.some(
    ({ uploadId, filename, status }) =>
      status === "failed" && (body.includes(uploadId) || body.includes(encodeURIComponent(filename))),
  );

/** Faults that can make an attempt fail; the others only delay or repeat. */
const CAUSES: ReadonlySet<string> = new Set([
  "throttled",
  "failed-before",
  "failed-after",
  "answer-lost",
  "request-cut",
  "answer-cut",
  "answer-stalled",
  "outage",
  "poisoned",
  "cloud-killed",
  "disk-full",
  "clock",
]);

export const checkNoLetters = ({ letters }: Evidence, report: Report): void => {
  for (const { queue, reason, message } of letters)
    report(`${queue}: still there after the redrive: ${reason}: ${message}`);
};

/** An ended request leaves no parts; one whose process or whose S3 died may, until S3 itself removes them. */
export const checkParts = (
  unfinishedBefore: number,
  sent: readonly Sent[],
  { unfinishedParts }: Evidence,
  { faults }: Journal,
  report: Report,
): void => {
  const excused = faults.filter(
    ({ kind, instance, target }) =>
      kind === "SIGKILL" ||
      kind === "cloud-killed" ||
      (target === "s3" && instance !== undefined && kind !== "delayed"),
  ).length;
  const begunTwice = sent.reduce((sum, { partsLeft = 0 }) => sum + partsLeft, 0);
  const left = unfinishedParts - unfinishedBefore - begunTwice;
  if (left > excused) report(`${left} unfinished multipart uploads, ${excused} excused`);
};
