import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Prometheus's configuration, rules and tests of rules. */
export const PROMETHEUS_FOLDER = join(import.meta.dirname, "../prometheus");

export interface Rule {
  /** The recorded series or the alert. */
  readonly name: string;
  readonly kind: "record" | "alert";
  readonly expr: string;
  /** Labels and annotations by name, with their templates. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface RuleTest {
  readonly alert: string;
  readonly fires: boolean;
}

/**
 * The rules in the text of a rule file. No YAML parser: promtool checks the syntax, and of a rule only its lines
 * `name: value` and the block of its expression are read here.
 */
export const parseRules = (text: string): Rule[] => {
  const starts = [...text.matchAll(/^ *- (record|alert): (.+)$/gm)];
  return starts.map((start, index) => {
    const block = text.slice(start.index, starts[index + 1]?.index ?? text.length);
    return {
      kind: start[1] as Rule["kind"],
      name: (start[2] as string).trim(),
      expr: exprOf(block),
      fields: Object.fromEntries(
        [...block.matchAll(/^ {10}([a-z_]+): +(.+)$/gm)].map(([, name, value]) => [
          name,
          unquote(value ?? ""),
        ]),
      ),
    };
  });
};

/** Each expectation of an alert in the text of a rule test: it fires, or nothing of the kind does. */
export const parseRuleTests = (text: string): RuleTest[] =>
  [...text.matchAll(/alertname: (\w+)(.*(?:\n *exp_alerts:.*)?)/g)].map(([, alert, rest]) => ({
    alert: alert as string,
    fires: !/exp_alerts: \[\]/.test(rest ?? ""),
  }));

export const readRules = (): Rule[] => readAll("rules/*.yml").flatMap(parseRules);

export const readRuleTests = (): RuleTest[] => readAll("tests/*.yml").flatMap(parseRuleTests);

const readAll = (pattern: string): string[] =>
  globSync(pattern, { cwd: PROMETHEUS_FOLDER })
    .sort()
    .map((file) => readFileSync(join(PROMETHEUS_FOLDER, file), "utf8"));

const exprOf = (block: string): string => {
  const [, first = "", rest = ""] = /^ {8}expr: *(.*)\n((?: {10}.*\n)*)/m.exec(`${block}\n`) ?? [];
  return first === "|" ? rest.replaceAll(/^ {10}/gm, "").trim() : first;
};

const unquote = (value: string): string => value.trim().replace(/^'(.*)'$/, "$1");
