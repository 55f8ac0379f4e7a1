import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

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

/** Only what is read here; promtool checks the rest. */
interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly record?: string;
      readonly alert?: string;
      readonly expr: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

interface RuleTestFile {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts?: readonly unknown[];
    }[];
  }[];
}

/** The rules in the text of a rule file. */
export const parseRules = (text: string): Rule[] =>
  (parse(text) as RuleFile).groups.flatMap(({ rules }) =>
    rules.map(({ record, alert, expr, labels, annotations }) => ({
      kind: alert === undefined ? "record" : "alert",
      name: alert ?? record ?? "",
      expr: expr.trim(),
      fields: { ...labels, ...annotations },
    })),
  );

/** Each expectation of an alert in the text of a rule test: it fires, or nothing of the kind does. */
export const parseRuleTests = (text: string): RuleTest[] =>
  (parse(text) as RuleTestFile).tests.flatMap((test) =>
    (test.alert_rule_test ?? []).map(({ alertname, exp_alerts }) => ({
      alert: alertname,
      fires: (exp_alerts ?? []).length > 0,
    })),
  );

export const readRules = (): Rule[] => readAll("rules/*.yml").flatMap(parseRules);

export const readRuleTests = (): RuleTest[] => readAll("tests/*.yml").flatMap(parseRuleTests);

const readAll = (pattern: string): string[] =>
  globSync(pattern, { cwd: PROMETHEUS_FOLDER })
    .sort()
    .map((file) => readFileSync(join(PROMETHEUS_FOLDER, file), "utf8"));
