import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/shell.css";
import { render } from "preact";
import { readConfig } from "./config.ts";
import { heedKeysInAddress, signIn, signOut } from "./session/session.ts";
import { App } from "./shell/app.tsx";
import { applyTheme } from "./shell/theme.ts";

applyTheme();
heedKeysInAddress();

const start = async (): Promise<void> => {
  const config = await readConfig();
  if (config.signIn !== null && new URLSearchParams(location.search).has("state")) {
    const { finishSignIn, isReturning } = await import("./session/hosted-sign-in.ts");
    if (isReturning()) {
      try {
        signIn(await finishSignIn(config.signIn));
      } catch (error) {
        signOut(`Signing in failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  const root = document.getElementById("app");
  if (root) render(<App config={config} />, root);
};

void start();
