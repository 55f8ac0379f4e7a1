import { defineConfig } from "vite";

/** A static site with relative addresses: it works at any path, from the API, S3 or CloudFront alike. */
export default defineConfig({
  base: "./",
  build: {
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // The content security policy allows files of the page alone.
    assetsInlineLimit: 0,
    // A few kilobytes: views that are fetched later do not wait for styles, nor fail for want of them.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
