import { useEffect, useRef, useState } from "preact/hooks";

/** How long a change is shown, in milliseconds. */
const SHOWN_MS = 1_600;

/** True for a moment after `value` was another; not for the first one. */
export const useChanged = (value: string): boolean => {
  const before = useRef(value);
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    setChanged(true);
    const timer = setTimeout(() => setChanged(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return changed;
};
