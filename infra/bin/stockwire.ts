import { ensurePage } from "../../dashboard/tools/ensure-page.ts";
import { buildApp } from "../lib/build-app.ts";

buildApp({ page: await ensurePage() });
