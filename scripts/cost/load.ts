/** What a month brings in. */
export interface Load {
  readonly stores: number;
  /** Inventory files of one store in a day. */
  readonly filesPerDay: number;
  /** Rows of a file; a store's files name the same items each time. */
  readonly rows: number;
  /** Share of a file's rows whose count differs from the table's, 0 to 1. */
  readonly changed: number;
  /** Invoices in a day, of all senders. */
  readonly invoicesPerDay: number;
}

/** What follows from a load for a month of 730 hours. */
export interface Month {
  readonly files: number;
  readonly rows: number;
  readonly changedRows: number;
  readonly alerts: number;
  readonly invoices: number;
}

export const HOURS = 730;
const DAYS = HOURS / 24;
/** Share of changed rows that run out, come back or fall low: an assumption, the same for both designs. */
const CROSSING_SHARE = 0.01;

/** @throws RangeError that names the figure at fault */
export const checkLoad = (load: Load): Load => {
  for (const [name, value] of Object.entries(load)) {
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`${name} must be 0 or more, not ${value}`);
  }
  if (load.changed > 1) throw new RangeError(`changed is a share from 0 to 1, not ${load.changed}`);
  return load;
};

export const monthOf = (load: Load): Month => {
  const files = load.stores * load.filesPerDay * DAYS;
  const changedRows = files * load.rows * load.changed;
  return {
    files,
    rows: files * load.rows,
    changedRows,
    alerts: changedRows * CROSSING_SHARE,
    invoices: load.invoicesPerDay * DAYS,
  };
};
