import { useContext } from "preact/hooks";
import type { HostedSignIn } from "../config.ts";
import { formatCount } from "../format.ts";
import type { LiveState } from "../live/live.ts";
import { linkTo, route } from "../router.ts";
import { underWay } from "../send/under-way.ts";
import { mayRead, maySeeInvoices, maySend } from "../session/caller.ts";
import { credential, signOut } from "../session/session.ts";
import { PageContext } from "./context.ts";
import { offline } from "./offline.ts";
import { nextTheme, type Theme, theme } from "./theme.ts";

const THEME_WORDS: Readonly<Record<Theme, string>> = { auto: "Auto", light: "Light", dark: "Dark" };
const STATE_WORDS: Readonly<Record<LiveState, string>> = {
  connecting: "Connecting…",
  live: "Live",
  reconnecting: "Reconnecting…",
  paused: "Paused",
};

export const Header = ({ hosted }: { hosted: HostedSignIn | null }) => {
  const page = useContext(PageContext);
  return (
    <header class="top">
      <div class="top-inner">
        <a class="brand" href={linkTo([])}>
          <Mark /> <span class="narrow-hidden">Stockwire</span>
        </a>
        {page && <Navigation />}
        <div class="top-end">
          <UnderWay />
          {page && mayRead(page.caller) && <Connection state={page.live.state.value} />}
          <button
            type="button"
            class="quiet"
            onClick={nextTheme}
            aria-label={`Colours: ${THEME_WORDS[theme.value]}`}
          >
            <span aria-hidden="true">◐</span> <span class="wide-only">{THEME_WORDS[theme.value]}</span>
          </button>
          {credential.value && (
            <button type="button" class="quiet" onClick={() => leave(hosted)}>
              Sign out
            </button>
          )}
        </div>
      </div>
    </header>
  );
};

const leave = async (hosted: HostedSignIn | null): Promise<void> => {
  const isPerson = credential.value?.kind === "person";
  signOut();
  if (!isPerson || !hosted) return;
  const { leaveForSignOut } = await import("../session/hosted-sign-in.ts");
  leaveForSignOut(hosted);
};

const Navigation = () => {
  const page = useContext(PageContext);
  const [current = ""] = route.value.parts;
  if (!page) return null;
  const { caller } = page;
  const links = [
    { to: "", also: ["stores"], name: "Stock", shown: mayRead(caller) },
    { to: "send", also: ["uploads"], name: "Files", shown: mayRead(caller) || maySend(caller) },
    { to: "alerts", also: [], name: "Alerts", shown: mayRead(caller) },
    { to: "invoices", also: ["expenses"], name: "Invoices", shown: maySeeInvoices(caller) },
  ];
  return (
    <nav aria-label="Main" class="nav">
      {links
        .filter(({ shown }) => shown)
        .map(({ to, also, name }) => (
          <a
            key={to}
            href={linkTo(to === "" ? [] : [to])}
            aria-current={current === to || also.includes(current) ? "page" : undefined}
          >
            {name}
          </a>
        ))}
    </nav>
  );
};

/** Files that are on their way, whatever view is shown. */
const UnderWay = () =>
  underWay.value > 0 && (
    <span role="status">
      <a class="under-way" href={linkTo(["send"])}>
        ↑ {formatCount(underWay.value)} <span class="under-way-word">sending</span>
      </a>
    </span>
  );

/** Whether what is shown is live. Read out when it changes. */
const Connection = ({ state }: { state: LiveState }) => {
  const shown = offline.value ? "offline" : state;
  return (
    <span class={`connection connection-${shown}`} role="status">
      <span class="connection-dot" aria-hidden="true" />
      {offline.value ? "Offline" : STATE_WORDS[state]}
    </span>
  );
};

const Mark = () => (
  <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    <rect width="32" height="32" rx="8" class="mark-ground" />
    <path d="M7 21h4l3-11 4 15 3-8h4" class="mark-line" />
  </svg>
);
