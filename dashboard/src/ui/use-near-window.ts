import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Calls `onNear` each time the element comes near the window; what it does usually moves the element away again. */
export const useNearWindow = (element: RefObject<Element | null>, onNear: (() => void) | undefined): void => {
  const latest = useRef(onNear);
  latest.current = onNear;
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) latest.current?.();
      },
      { rootMargin: "300px" },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
};
