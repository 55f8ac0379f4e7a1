import {
  observeWindowOffset,
  observeWindowRect,
  type VirtualItem,
  Virtualizer,
  windowScroll,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";

/** The rows of a long list that stand in the window, and how high the whole of it is. */
export interface WindowRows {
  readonly rows: readonly VirtualItem[];
  /** In pixels, as are all here. */
  readonly height: number;
  /** Where the list begins in the document. */
  readonly top: number;
}

const OVERSCAN = 12;

/** @param list the element that holds the rows, of `count` times `rowHeight` pixels */
export const useWindowRows = (
  count: number,
  rowHeight: number,
  list: RefObject<HTMLElement | null>,
): WindowRows => {
  const [, again] = useReducer((round: number, _: null) => round + 1, 0);
  const [top, setTop] = useState(0);
  const options = {
    count,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: top,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    initialOffset: () => window.scrollY,
    initialRect: { width: window.innerWidth, height: window.innerHeight },
    onChange: () => again(null),
  };
  const [virtualizer] = useState(() => new Virtualizer<Window, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => {
    virtualizer._willUpdate();
    // What stands above the list can change its height at any time.
    const offset = list.current ? list.current.getBoundingClientRect().top + window.scrollY : 0;
    if (Math.abs(offset - top) > 1) setTop(offset);
  });
  return { rows: virtualizer.getVirtualItems(), height: virtualizer.getTotalSize(), top };
};
