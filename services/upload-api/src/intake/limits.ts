const MIB = 1024 * 1024;

/**
 * What one request can hold: `MEMORY_PER_REQUEST`, and for the one file that is arriving `MEMORY_PER_FILE` or three
 * parts (`PART_LIMITS`), one filling and two on their way. A file that has arrived in parts holds nothing.
 */

/** Files of a request. */
export const MAX_FILES = 100;
/** A file up to this size waits in memory for the rest of its request. */
export const MEMORY_PER_FILE = 1 * MIB;
/** What all files of a request that wait in memory may take together; the next ones go straight to S3. */
export const MEMORY_PER_REQUEST = 8 * MIB;
export const PART_LIMITS = { partBytes: 8 * MIB, inFlight: 2 } as const;
/** S3 user guide, "Working with object metadata": 2 KB for all user metadata, names included. */
export const METADATA_BYTES = 2_048;
