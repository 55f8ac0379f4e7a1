import { useState } from "preact/hooks";
import { messageOf } from "../api/problem.ts";

/** Saves a file when pressed, and says when that failed. */
export const SaveButton = ({ name, save }: { name: string; save: () => Promise<void> }) => {
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<string>();
  const press = async (): Promise<void> => {
    setSaving(true);
    setError(undefined);
    try {
      await save();
    } catch (thrown) {
      setError(messageOf(thrown));
    } finally {
      setSaving(false);
    }
  };
  return (
    <>
      <button type="button" onClick={press} disabled={isSaving}>
        {isSaving ? "Fetching…" : name}
      </button>
      {error !== undefined && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
    </>
  );
};
