import type { DatabaseSync } from "node:sqlite";
import { type CreatedObject, nextSequencer, type ObjectCreated, objectCreatedEvent } from "./object-event.ts";

export interface Announcer {
  /** True for buckets whose objects somebody is told of. */
  concerns(bucket: string): boolean;
  /** Publishes the event of a created object, then remembers that it was. Throws where publishing fails. */
  announce(object: CreatedObject, how: ObjectCreated, requestId: string): void;
  /** True when exactly this object (not an earlier one of that key) was announced before. */
  wasAnnounced(object: CreatedObject): boolean;
}

interface AnnouncerOptions {
  readonly database: DatabaseSync;
  readonly region: string;
  /** Topic to tell, by bucket. */
  readonly topics: ReadonlyMap<string, string>;
  readonly publish: (topic: string, message: string) => void;
}

/**
 * Stands in for S3's event notifications. The ledger is written after the publish: a kill between the two repeats
 * an event, as S3 itself may, and never loses one.
 */
export const createAnnouncer = ({ database, region, topics, publish }: AnnouncerOptions): Announcer => {
  const record = database.prepare(
    "INSERT OR REPLACE INTO announced (bucket, key, etag, last_modified) VALUES (?, ?, ?, ?)",
  );
  const find = database.prepare(
    "SELECT 1 FROM announced WHERE bucket = ? AND key = ? AND etag = ? AND last_modified = ?",
  );
  const identity = (object: CreatedObject) =>
    [object.bucket, object.key, object.etag, object.lastModified] as const;
  return {
    concerns: (bucket) => topics.has(bucket),
    announce: (object, how, requestId) => {
      const topic = topics.get(object.bucket);
      if (topic === undefined) return;
      const event = objectCreatedEvent(object, how, { region, requestId, sequencer: nextSequencer() });
      publish(topic, JSON.stringify(event));
      record.run(...identity(object));
    },
    wasAnnounced: (object) => find.get(...identity(object)) !== undefined,
  };
};

/**
 * Announces what was stored and, because of a kill, never announced.
 * @returns how many
 */
export const announceMissed = (announcer: Announcer, objects: readonly CreatedObject[]): number => {
  const missed = objects.filter(
    (object) => announcer.concerns(object.bucket) && !announcer.wasAnnounced(object),
  );
  for (const object of missed) announcer.announce(object, "Put", "AFTER-RESTART");
  return missed.length;
};
