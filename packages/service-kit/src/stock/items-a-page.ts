/**
 * What a Query over a whole store is asked for: half the megabyte that DynamoDB answers at most. Of larger pages the body, its
 * text and its items are still alive when V8 moves what it has to the old generation, and lie there as garbage: a dry run took 40 MB
 * more with 4,000. DynamoDB Local reads all that is left of the store for every page unless it is told how many: a store of 100,000
 * items then takes four times as long.
 */
export const ITEMS_A_PAGE = 2_000;
