import type { Check, Finding } from "@stockwire/contracts/invoice";
import { formatCount } from "../format.ts";
import { CHECK_WORDS, FIELD_WORDS, type Invoice } from "./invoice.ts";
import { type Light, LineLink, litWhileOver } from "./line-link.tsx";

const OUTCOMES: Readonly<Record<Check["outcome"], { readonly sign: string; readonly level: string }>> = {
  passed: { sign: "✓", level: "level-ok" },
  failed: { sign: "✕", level: "level-out" },
  unchecked: { sign: "·", level: "level-none" },
};

/** What was checked, with both figures, and what was found. */
export const InvoiceChecks = ({ invoice, light }: { invoice: Invoice; light: Light }) => {
  const { checks, problems, notes, omitted } = invoice;
  return (
    <>
      <section aria-labelledby="checks">
        <h2 id="checks">Checks</h2>
        <ul class="card check-list">
          {checks.map(({ name, outcome, message }) => (
            <li key={name} class="check-row">
              <span class={`level ${OUTCOMES[outcome].level}`}>
                <span aria-hidden="true">{OUTCOMES[outcome].sign}</span> {outcome}
              </span>
              <span>
                <strong>{CHECK_WORDS[name]}</strong>
                <span class="check-figures muted">{message}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      {problems.length > 0 && <Findings title="Problems" findings={problems} light={light} isProblem />}
      {notes.length > 0 && <Findings title="Notes" findings={notes} light={light} />}
      {omitted > 0 && <p class="hint">{formatCount(omitted)} more problems and notes are not listed.</p>}
    </>
  );
};

interface FindingsProps {
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly light: Light;
  readonly isProblem?: boolean;
}

const Findings = ({ title, findings, light, isProblem = false }: FindingsProps) => (
  <section>
    <h2>{title}</h2>
    <ul class={`card finding-list ${isProblem ? "finding-problems" : ""}`}>
      {findings.map(({ code, message, line, field }, index) => (
        <li key={`${code} ${line} ${index}`} {...litWhileOver(line, light)}>
          <p>{message}</p>
          <p class="finding-line muted">
            <code>{code}</code>
            {field !== null && <span>{field === "items" ? "Items" : FIELD_WORDS[field]}</span>}
            <LineLink line={line} about={message} light={light} />
          </p>
        </li>
      ))}
    </ul>
  </section>
);
