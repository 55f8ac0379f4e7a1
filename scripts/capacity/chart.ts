interface Line {
  readonly name: string;
  readonly colour: string;
  /** In order of x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const WIDTH = 760;
const PANEL = { left: 70, right: 20, top: 34, height: 150, gap: 46 } as const;

/** Panels below each other with one x axis in minutes, as an SVG that reads on light and on dark ground. */
export const renderChart = (title: string, panels: readonly Panel[], minutes: number): string => {
  const height = 40 + panels.length * (PANEL.top + PANEL.height + PANEL.gap) + 24;
  const drawn = panels.map((panel, index) => {
    const top = 40 + index * (PANEL.top + PANEL.height + PANEL.gap) + PANEL.top;
    return renderPanel(panel, top, minutes);
  });
  const names = panels[0]?.lines ?? [];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${PANEL.left}" y="24" font-size="15" fill="#222">${escapeXml(title)}</text>`,
    ...drawn.flat(),
    ...names.map(
      ({ name, colour }, index) =>
        `<text x="${PANEL.left + index * 165}" y="${height - 12}" fill="${colour}">■ ${escapeXml(name)}</text>`,
    ),
    "</svg>",
  ].join("\n")}\n`;
};

const renderPanel = ({ title, lines }: Panel, top: number, minutes: number): string[] => {
  const bottom = top + PANEL.height;
  const highest = roundUp(Math.max(1, ...lines.flatMap(({ points }) => points.map(([, y]) => y))));
  const x = (minute: number) => round(PANEL.left + (minute / minutes) * (WIDTH - PANEL.left - PANEL.right));
  const y = (value: number) => round(bottom - (value / highest) * PANEL.height);
  const right = WIDTH - PANEL.right;
  const rules = [0, 0.5, 1].map((part) => {
    const value = part * highest;
    return (
      `<line x1="${PANEL.left}" y1="${y(value)}" x2="${right}" y2="${y(value)}" stroke="#ddd"/>` +
      `<text x="${PANEL.left - 8}" y="${y(value) + 4}" text-anchor="end" fill="#555">${value.toLocaleString("en-GB")}</text>`
    );
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const minute = part * minutes;
    const anchor = part === 1 ? "end" : "middle";
    return `<text x="${x(minute)}" y="${bottom + 16}" text-anchor="${anchor}" fill="#555">${round(minute)} min</text>`;
  });
  return [
    `<text x="${PANEL.left}" y="${top - 10}" fill="#222">${escapeXml(title)}</text>`,
    ...rules,
    ...ticks,
    ...lines.map(({ colour, points }) => {
      const path = points.map(([minute, value]) => `${x(minute)},${y(value)}`).join(" ");
      return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
    }),
  ];
};

const round = (value: number): number => Math.round(value * 10) / 10;

/** The next of 1, 2, 4, 5, 10, 20, 40, 50 … that is not less. */
const roundUp = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 10].find((step) => step * power >= value) ?? 10) * power;
};

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
