import type { InstanceId, MessageFault, RequestFault, Target } from "./fault-plan.ts";

/** One thing that the suite did to the system, for the report and for what the checker may excuse. */
export interface Fault {
  /** Epoch milliseconds, by the suite's own clock. */
  readonly at: number;
  readonly kind:
    | RequestFault
    | MessageFault
    | "SIGKILL"
    | "SIGTERM"
    | "outage"
    | "poisoned"
    | "cloud-killed"
    | "clock"
    | "disk-full"
    | "client-cut"
    | "client-stalled";
  readonly instance?: InstanceId;
  readonly target?: Target;
  readonly operation?: string;
  /** Messages that had been received and not deleted at that moment. */
  readonly inFlight: number;
}

/** An SNS publication as it went over the wire. */
export interface Publication {
  readonly at: number;
  readonly instance: InstanceId;
  readonly generation: number;
  readonly lines: readonly string[];
  /** False: no answer, or another than SNS's own, came to the worker. */
  readonly answered: boolean;
}

/** A transition's record that was given its `PublishedAt`, or had one already. */
interface RecordWritten {
  readonly at: number;
  readonly instance: InstanceId;
  readonly generation: number;
  /** Store + U+001F + item. */
  readonly storeItem: string;
  readonly version: string;
}

/** What the suite saw and did during a run. */
export interface Journal {
  readonly faults: Fault[];
  readonly publications: Publication[];
  readonly records: RecordWritten[];
  /** Milliseconds from a worker's death to the end of each message that it held. */
  readonly recoveries: number[];
  /** Processes that ended though nobody had ended them. */
  readonly crashes: string[];
}

export const createJournal = (): Journal => ({
  faults: [],
  publications: [],
  records: [],
  recoveries: [],
  crashes: [],
});
