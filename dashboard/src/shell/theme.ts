import { signal } from "@preact/signals";

/** `auto` follows the system. */
export type Theme = "auto" | "light" | "dark";

const STORAGE = "stockwire.theme";
const NEXT: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };

const read = (): string | null => {
  try {
    return localStorage.getItem(STORAGE);
  } catch {
    return null; // storage is blocked
  }
};

const stored = read();
export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "auto");

export const applyTheme = (): void => {
  if (theme.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
};

export const nextTheme = (): void => {
  theme.value = NEXT[theme.value];
  applyTheme();
  try {
    localStorage.setItem(STORAGE, theme.value);
  } catch {
    // Blocked or full: it holds for this page.
  }
};
