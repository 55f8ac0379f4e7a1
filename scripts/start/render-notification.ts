import type { Notification } from "@stockwire/local-aws/read-inbox";

/** Lines of a digest that are shown before the rest is only counted. */
const SHOWN = 3;

/** What would have been mailed, on one line where it is one; a digest keeps its first lines and a count. */
export const renderNotification = ({ subject, message }: Notification): string => {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  const shown = lines.slice(0, SHOWN).join("\n      ");
  const rest = lines.length - SHOWN;
  return `  ✉ ${subject}  ${shown}${rest > 0 ? `\n      … and ${rest} more lines` : ""}`;
};
