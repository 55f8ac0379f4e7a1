/** Labels, spelled without what people leave out or put in: case, spaces, hyphens, underscores and points. */

export interface LabelNode<Target> {
  readonly next: Map<string, LabelNode<Target>>;
  target?: Target;
}

export const isIgnoredInLabel = (character: string): boolean =>
  character === " " ||
  character === "-" ||
  character === "_" ||
  character === "." ||
  character === "\t" ||
  character === "\f" ||
  character === "\u00a0" ||
  character === "\u2010" ||
  character === "\u2011";

/** One character of a label in lower case; what has no single lower-case character stays. */
export const foldCharacter = (character: string): string => {
  const lower = character.toLowerCase();
  return lower.length === 1 ? lower : character;
};

export const foldLabel = (label: string): string => {
  let folded = "";
  for (let at = 0; at < label.length; at++) {
    const character = label.charAt(at);
    if (!isIgnoredInLabel(character)) folded += foldCharacter(character);
  }
  return folded;
};

/** A tree of the labels' characters from the last to the first: labels are looked for backwards from their colon. */
export const createLabelIndex = <Target>(
  labels: Iterable<readonly [label: string, target: Target]>,
): LabelNode<Target> => {
  const root: LabelNode<Target> = { next: new Map() };
  for (const [label, target] of labels) {
    const folded = foldLabel(label);
    let node = root;
    for (let at = folded.length - 1; at >= 0; at--) {
      const character = folded.charAt(at);
      let child = node.next.get(character);
      if (child === undefined) {
        child = { next: new Map() };
        node.next.set(character, child);
      }
      node = child;
    }
    node.target = target;
  }
  return root;
};
