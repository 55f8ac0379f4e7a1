/**
 * Measures ways in turns, so that a slow moment of the machine hits all alike: one round that is thrown away as
 * warm-up, then `rounds` that count. The order turns around with each round, so that none always follows the same.
 * @param ways each does its work once and answers its figure, or throws where its result is wrong
 * @returns the figures of each way, one a round, in the rounds' order
 */
export const alternate = async <Name extends string, Figure>(
  ways: Readonly<Record<Name, (round: number) => Promise<Figure>>>,
  rounds: number,
  say: (line: string) => void,
): Promise<Record<Name, Figure[]>> => {
  const entries = Object.entries(ways) as [Name, (round: number) => Promise<Figure>][];
  const figures = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Record<
    Name,
    Figure[]
  >;
  for (let round = -1; round < rounds; round++) {
    for (const [name, way] of round % 2 === 0 ? entries : entries.toReversed()) {
      say(round < 0 ? `warm-up: ${name}` : `round ${round + 1} of ${rounds}: ${name}`);
      const figure = await way(round);
      if (round >= 0) figures[name].push(figure);
    }
  }
  return figures;
};
