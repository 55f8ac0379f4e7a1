import { inventoryTarget } from "../../services/ingest-worker/test/fuzz/inventory-target.ts";
import { invoiceTarget } from "../../services/invoice-worker/test/fuzz/invoice-target.ts";
import type { FuzzTarget } from "./target.ts";

export const targets: readonly FuzzTarget[] = [inventoryTarget, invoiceTarget] as readonly FuzzTarget[];
