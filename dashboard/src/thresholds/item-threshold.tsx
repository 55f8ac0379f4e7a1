import { useState } from "preact/hooks";
import { ApiProblem, messageOf } from "../api/problem.ts";
import { formatCount } from "../format.ts";
import { maySend } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Skeleton } from "../ui/notice.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { rebaseThresholds, thresholdOf } from "./rebase-thresholds.ts";
import { ThresholdInput } from "./threshold-input.tsx";
import { readThresholds, type StandingThresholds, saveThresholds } from "./thresholds.ts";
import "./thresholds.css";

/** One item's threshold: its own or its store's. */
export const ItemThreshold = ({ store, item }: { store: string; item: string }) => {
  const { api } = usePage();
  const [loaded, reload] = useLoaded((signal) => readThresholds(api, store, signal), `${store}\u001f${item}`);
  return (
    <section class="item-threshold" aria-labelledby="item-threshold">
      <h3 id="item-threshold">Threshold</h3>
      {loaded.state === "loading" && <Skeleton lines={2} label="Loading the threshold" />}
      {loaded.state === "failed" && <Failure error={loaded.error} retry={reload} />}
      {loaded.state === "ready" && <Choice store={store} item={item} standing={loaded.value} />}
    </section>
  );
};

interface ChoiceProps {
  readonly store: string;
  readonly item: string;
  readonly standing: StandingThresholds;
}

const Choice = ({ store, item, standing }: ChoiceProps) => {
  const { api, caller } = usePage();
  const [base, setBase] = useState(standing);
  const own = thresholdOf(base, item);
  const [isOwn, setOwn] = useState(own !== undefined);
  const [value, setValue] = useState<number | null>(own ?? null);
  const [isFaulty, setFaulty] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const [note, setNote] = useState<{ isError: boolean; text: string }>();
  const inherited = base.default === null ? "never low" : `low at or below ${formatCount(base.default)}`;
  if (!maySend(caller)) {
    const ownWords = own === null ? "Never low" : `Low at or below ${formatCount(own ?? 0)}`;
    return <p>{own === undefined ? `As other items of the store: ${inherited}` : ownWords}</p>;
  }
  const wanted = isOwn ? value : undefined;

  const save = async (): Promise<void> => {
    setSaving(true);
    setNote(undefined);
    const others = Object.entries(base.items).filter(([name]) => name !== item);
    const mine = {
      default: base.default,
      items: Object.fromEntries(wanted === undefined ? others : [...others, [item, wanted]]),
    };
    try {
      const saved = await saveThresholds(api, store, base.etag, mine).catch(async (error: unknown) => {
        if (!(error instanceof ApiProblem) || error.code !== "thresholds_changed") throw error;
        // Somebody else's change of other items does not concern this one.
        const theirs = await readThresholds(api, store);
        const { merged, clashes } = rebaseThresholds(base, mine, theirs);
        setBase(theirs);
        if (clashes.length === 0) return saveThresholds(api, store, theirs.etag, merged);
        const [{ theirs: other } = { theirs: undefined }] = clashes;
        const words = other === undefined ? "none of its own" : other === null ? "never" : formatCount(other);
        throw new Error(
          `Nothing is saved: somebody set it to "${words}" meanwhile. Save again to replace that.`,
        );
      });
      setBase(saved);
      setNote({ isError: false, text: "Saved." });
    } catch (error) {
      setNote({ isError: true, text: messageOf(error) });
    } finally {
      setSaving(false);
    }
  };

  return (
    <>
      <fieldset class="threshold-choice">
        <legend class="visually-hidden">Threshold</legend>
        <label class="threshold-radio">
          <input type="radio" name="own-threshold" checked={!isOwn} onChange={() => setOwn(false)} />
          As other items of the store: {inherited}
        </label>
        <label class="threshold-radio">
          <input type="radio" name="own-threshold" checked={isOwn} onChange={() => setOwn(true)} />
          Its own
        </label>
        {isOwn && (
          <ThresholdInput
            label="Low at or below"
            value={value}
            change={setValue}
            markFaulty={setFaulty}
            mayChange
          />
        )}
      </fieldset>
      <div class="threshold-save">
        <button type="button" onClick={save} disabled={isSaving || (isOwn && isFaulty) || wanted === own}>
          {isSaving ? "Saving…" : "Save threshold"}
        </button>
        <span role="status">{note && <span class={note.isError ? "error" : "muted"}>{note.text}</span>}</span>
      </div>
    </>
  );
};
