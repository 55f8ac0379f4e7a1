import { signal } from "@preact/signals";

/** `auto` follows the system. */
export type Theme = "auto" | "light" | "dark";

const STORAGE = "stockwire.theme";
const NEXT: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };

const stored = localStorage.getItem(STORAGE);
export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "auto");

export const applyTheme = (): void => {
  if (theme.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
};

export const nextTheme = (): void => {
  theme.value = NEXT[theme.value];
  localStorage.setItem(STORAGE, theme.value);
  applyTheme();
};
