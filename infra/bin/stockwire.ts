import { buildApp } from "../lib/build-app.ts";

buildApp();
