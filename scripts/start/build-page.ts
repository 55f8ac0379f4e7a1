import { ensurePage } from "../../dashboard/tools/ensure-page.ts";

/**
 * Builds the dashboard where that is needed. Stockwire is of use without it, so a page that cannot be built is told and
 * left out.
 * @returns its directory
 */
export const buildPage = async (
  print: (line: string) => void,
  build: () => Promise<string> = ensurePage,
): Promise<string | undefined> => {
  try {
    return await build();
  } catch (error) {
    print(`${error instanceof Error ? error.message : error} Starting without the dashboard.`);
    return undefined;
  }
};
