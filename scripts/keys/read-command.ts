import { parseArgs } from "node:util";
import { isKeyId, type KeyRights } from "@stockwire/contracts/api-key";
import type { Scope } from "@stockwire/contracts/items";
import { faultOfName, MAX_STORE_CHARACTERS, normalizeName } from "@stockwire/contracts/names";

export type Command =
  | { readonly name: "create"; readonly rights: KeyRights }
  | { readonly name: "list" }
  | { readonly name: "rotate"; readonly keyId: string; readonly graceMilliseconds: number }
  | { readonly name: "disable"; readonly keyId: string };

const USAGE = `Usage: npm run keys -- create --scopes upload,read [--store Berlin] [--label till-3]
       npm run keys -- list
       npm run keys -- rotate KEYID [--grace 24h]
       npm run keys -- disable KEYID`;

const SCOPES: readonly string[] = ["upload", "read", "admin"] satisfies readonly Scope[];
const MAX_LABEL_CHARACTERS = 128;
const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const text = { type: "string" } as const;

/** @throws Error with lines for the user */
export const readCommand = (args: readonly string[]): Command => {
  const { values, positionals } = parse(args);
  const [name, keyId, ...rest] = positionals;
  const takes = (...options: readonly (keyof typeof values)[]): void => {
    const unknown = Object.keys(values).find((option) => !(options as readonly string[]).includes(option));
    if (unknown !== undefined) throw new Error(`${name} takes no --${unknown}.\n${USAGE}`);
    const surplus = name === "create" || name === "list" ? keyId : rest[0];
    if (surplus !== undefined) throw new Error(`${surplus} is one argument too many.\n${USAGE}`);
  };
  switch (name) {
    case "create":
      takes("scopes", "store", "label");
      return { name, rights: readRights(values) };
    case "list":
      takes();
      return { name };
    case "rotate":
      takes("grace");
      return { name, keyId: readKeyId(keyId), graceMilliseconds: readDuration(values.grace ?? "24h") };
    case "disable":
      takes();
      return { name, keyId: readKeyId(keyId) };
    default:
      throw new Error(USAGE);
  }
};

const parse = (args: readonly string[]) => {
  try {
    const options = { scopes: text, store: text, label: text, grace: text };
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
};

const readRights = (values: {
  readonly scopes?: string | undefined;
  readonly store?: string | undefined;
  readonly label?: string | undefined;
}): KeyRights => {
  const scopes = (values.scopes ?? "").split(",").map((scope) => scope.trim());
  const wrong = scopes.find((scope) => !SCOPES.includes(scope));
  if (wrong !== undefined) {
    throw new Error(`--scopes must be one or more of ${SCOPES.join(", ")}, not ${JSON.stringify(wrong)}.`);
  }
  const label = readName("label", values.label, MAX_LABEL_CHARACTERS);
  const store = readName("store", values.store, MAX_STORE_CHARACTERS);
  return {
    Label: label ?? "",
    Scopes: [...new Set(scopes)] as Scope[],
    ...(store !== undefined && { Store: store }),
  };
};

/** In the form in which names compare. */
const readName = (option: string, given: string | undefined, limit: number): string | undefined => {
  if (given === undefined) return undefined;
  const name = normalizeName(given);
  const fault = faultOfName(name, limit);
  if (fault === undefined) return name;
  const faults = {
    empty: "is empty",
    value_too_long: `has more than ${limit} characters`,
    control_character: "holds a character that does not show",
  };
  throw new Error(`--${option} ${faults[fault]}.`);
};

const readKeyId = (given: string | undefined): string => {
  if (given === undefined) throw new Error(`Which key? \`list\` shows their ids.\n${USAGE}`);
  if (isKeyId(given)) return given;
  throw new Error("That is not the id of a key: `list` shows the ids, 12 digits and letters a to f.");
};

const readDuration = (given: string): number => {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(given) ?? [];
  if (amount === undefined)
    throw new Error(`--grace must be like 30m, 24h or 7d, not ${JSON.stringify(given)}.`);
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
};
