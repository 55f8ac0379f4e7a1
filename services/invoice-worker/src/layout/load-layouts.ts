import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { checkTemplate, LayoutError } from "./check-template.ts";
import { createLayout, type Layout } from "./layout.ts";

/** The templates that the service ships with. */
export const SHIPPED_LAYOUTS = join(import.meta.dirname, "../../layouts");

/**
 * Reads every `*.json` of a directory. The layout named `default` comes first, the others follow by name: that order
 * decides between layouts that fit a file equally well. Throws LayoutError for the first template at fault.
 */
export const loadLayouts = (directory = SHIPPED_LAYOUTS): readonly Layout[] => {
  const files = readdirSync(directory).filter((name) => name.endsWith(".json"));
  const layouts = files.map((file) => readLayout(join(directory, file)));
  if (layouts.length === 0) throw new LayoutError(`${directory}: there is no layout (*.json)`);
  layouts.sort((one, other) => rank(one.name).localeCompare(rank(other.name), "en"));
  const repeated = layouts.find((layout, index) => layouts[index - 1]?.name === layout.name);
  if (repeated) throw new LayoutError(`${directory}: two layouts are named ${repeated.name}`);
  return layouts;
};

const readLayout = (path: string): Layout => {
  const source = basename(path);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LayoutError(`${source}: is not JSON`, { cause: error });
  }
  return createLayout(checkTemplate(content, source));
};

const rank = (name: string): string => (name === "default" ? "" : name);
