/**
 * What a Query over a whole store is asked for: about the megabyte that DynamoDB answers at most anyway. DynamoDB Local reads
 * all that is left of the store for every page unless it is told how many: a store of 100,000 items then takes four times as long.
 */
export const ITEMS_A_PAGE = 4_000;
