import type { ComponentChildren } from "preact";
import { messageOf } from "../api/problem.ts";

/** A state that fills a view: nothing there, or something that failed. */
export const Notice = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="notice">
    <h2>{title}</h2>
    {children}
  </div>
);

/** What failed and a way to try again. */
export const Failure = ({ error, retry }: { error: unknown; retry?: () => void }) => (
  <div class="notice failure" role="alert">
    <h2>That did not work</h2>
    <p>{messageOf(error)}</p>
    {retry && (
      <button type="button" onClick={retry}>
        Try again
      </button>
    )}
  </div>
);

/** Grey lines of the size of what is coming, so that nothing jumps when it comes. */
export const Skeleton = ({ lines, label = "Loading" }: { lines: number; label?: string }) => (
  <div class="skeleton" role="status">
    <span class="visually-hidden">{label}</span>
    {Array.from({ length: lines }, (_, index) => (
      <span key={index} class="skeleton-line" aria-hidden="true" />
    ))}
  </div>
);
