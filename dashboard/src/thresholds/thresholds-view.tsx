import { useState } from "preact/hooks";
import { ApiProblem, messageOf } from "../api/problem.ts";
import { formatCount } from "../format.ts";
import { linkTo } from "../router.ts";
import { maySend } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Skeleton } from "../ui/notice.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { type Clash, rebaseThresholds, type ThresholdSet } from "./rebase-thresholds.ts";
import { ThresholdFields } from "./threshold-fields.tsx";
import { readThresholds, type StandingThresholds, saveThresholds } from "./thresholds.ts";
import "./thresholds.css";

/** At which counts a store's items are low. */
const ThresholdsView = ({ store }: { store: string }) => {
  const { api } = usePage();
  const [loaded, reload] = useLoaded((signal) => readThresholds(api, store, signal), store);
  return (
    <>
      <div class="view-head">
        <h1>Thresholds of {store}</h1>
        <a class="button" href={linkTo(["stores", store])}>
          Back to the stock
        </a>
      </div>
      <p class="threshold-lead muted">
        An item is low when its count is at or below its threshold, and out at 0. Changing a threshold sets
        the levels anew and tells nobody; staff hear of it when a count falls to its threshold.
      </p>
      {loaded.state === "loading" && <Skeleton lines={6} label="Loading thresholds" />}
      {loaded.state === "failed" && <Failure error={loaded.error} retry={reload} />}
      {loaded.state === "ready" && <ThresholdForm store={store} standing={loaded.value} />}
    </>
  );
};
export default ThresholdsView;

type Outcome =
  | { readonly kind: "saved"; readonly changedLevels: number }
  | { readonly kind: "conflict"; readonly clashes: readonly Clash[] }
  | { readonly kind: "failed"; readonly message: string };

const ThresholdForm = ({ store, standing }: { store: string; standing: StandingThresholds }) => {
  const { api, caller } = usePage();
  const [base, setBase] = useState<StandingThresholds>(standing);
  const [mine, setMine] = useState<ThresholdSet>(standing);
  const [outcome, setOutcome] = useState<Outcome>();
  const [isSaving, setSaving] = useState(false);
  const [isValid, setValid] = useState(true);
  const mayChange = maySend(caller);
  const isChanged = JSON.stringify([mine.default, mine.items]) !== JSON.stringify([base.default, base.items]);

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSaving(true);
    try {
      const saved = await saveThresholds(api, store, base.etag, mine);
      setBase(saved);
      setMine(saved);
      setOutcome({ kind: "saved", changedLevels: saved.changedLevels });
    } catch (error) {
      if (error instanceof ApiProblem && error.code === "thresholds_changed") await takeTheirs();
      else setOutcome({ kind: "failed", message: messageOf(error) });
    } finally {
      setSaving(false);
    }
  };

  /** What somebody else saved meanwhile, with the reader's own changes on top, to be looked at and saved. */
  const takeTheirs = async (): Promise<void> => {
    try {
      const theirs = await readThresholds(api, store);
      const { merged, clashes } = rebaseThresholds(base, mine, theirs);
      setBase(theirs);
      setMine(merged);
      setOutcome({ kind: "conflict", clashes });
    } catch (error) {
      setOutcome({ kind: "failed", message: messageOf(error) });
    }
  };

  return (
    <form class="thresholds" onSubmit={save}>
      <ThresholdFields
        set={mine}
        change={(next) => {
          setMine(next);
          setOutcome(undefined);
        }}
        setValid={setValid}
        mayChange={mayChange}
      />
      <div role="status">{outcome && <OutcomeNote outcome={outcome} />}</div>
      {mayChange && (
        <div class="threshold-save">
          <button type="submit" class="primary" disabled={!isChanged || isSaving || !isValid}>
            {isSaving ? "Saving…" : "Save"}
          </button>
          {isChanged && !isSaving && (
            <button
              type="button"
              onClick={() => {
                setMine(base);
                setOutcome(undefined);
              }}
            >
              Undo my changes
            </button>
          )}
        </div>
      )}
    </form>
  );
};

const OutcomeNote = ({ outcome }: { outcome: Outcome }) => {
  if (outcome.kind === "failed") return <p class="error">{outcome.message}</p>;
  if (outcome.kind === "saved") {
    const { changedLevels } = outcome;
    const moved =
      changedLevels === 0
        ? "No item's level changed."
        : changedLevels === 1
          ? "1 item's level changed."
          : `${formatCount(changedLevels)} items' levels changed.`;
    return <p class="threshold-note">Saved. {moved}</p>;
  }
  return (
    <div class="threshold-note">
      <p>
        <strong>Nothing is saved yet:</strong> somebody changed these thresholds after you had opened them.
        Theirs are shown now, with your changes on top. Look at them and save again.
      </p>
      {outcome.clashes.length > 0 && (
        <ul>
          {outcome.clashes.map(({ item, mine, theirs }) => (
            <li key={item ?? ""}>
              {item ?? "Every other item"}: {wordsOf(theirs)} is theirs, {wordsOf(mine)} is yours
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};

const wordsOf = (threshold: number | null | undefined): string => {
  if (threshold === undefined) return "none of its own";
  return threshold === null ? "never" : formatCount(threshold);
};
