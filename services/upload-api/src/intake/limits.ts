const MIB = 1024 * 1024;

/** Files of a request. Together with `MEMORY_PER_REQUEST` this bounds what one request can hold. */
export const MAX_FILES = 100;
/** A file up to this size waits in memory for the rest of its request. */
export const MEMORY_PER_FILE = 1 * MIB;
/** What all files of a request that wait in memory may take together; the next ones go straight to S3. */
export const MEMORY_PER_REQUEST = 8 * MIB;
/** S3 wants at least 5 MiB for every part but the last. */
export const PART_BYTES = 8 * MIB;
export const PARTS_IN_FLIGHT = 2;
/** S3 user guide, "Working with object metadata": 2 KB for all user metadata, names included. */
export const METADATA_BYTES = 2_048;
