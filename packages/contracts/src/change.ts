import { type Static, Type } from "typebox";

/** What an upload would do, or has done, to one item; a line of the list of changes. */
export const Change = Type.Object({
  store: Type.String(),
  item: Type.String(),
  line: Type.Integer({
    description: "physical line in the file, from 1; 0 where the file does not name the item",
  }),
  before: Type.Union([Type.Integer(), Type.Null()], { description: "null: no such item" }),
  after: Type.Union([Type.Integer(), Type.Null()], { description: "null: no such item" }),
  change: Type.Union(
    [
      Type.Literal("added"),
      Type.Literal("changed"),
      Type.Literal("unchanged"),
      Type.Literal("stale"),
      Type.Literal("retired"),
      Type.Literal("put_back"),
      Type.Literal("removed"),
      Type.Literal("kept"),
    ],
    {
      description:
        "validated: added, changed, unchanged, or stale (a newer upload has decided). replace: retired. " +
        "undo: put_back, removed, or kept as it is because a later upload has touched it",
    },
  ),
  by: Type.Optional(Type.String({ description: "the later upload, where one has touched the item" })),
});
export type Change = Static<typeof Change>;
