import { type Static, Type } from "typebox";

const StringValue = Type.Object({ S: Type.String() });
const NumberValue = Type.Object({ N: Type.String() });

const LevelValue = Type.Object({
  S: Type.Union([Type.Literal("ok"), Type.Literal("low"), Type.Literal("out"), Type.Literal("retired")]),
});

const InventoryImage = Type.Object({
  Store: StringValue,
  Item: StringValue,
  Count: NumberValue,
  Level: LevelValue,
  Version: StringValue,
  UploadId: StringValue,
  UpdatedAt: StringValue,
});

/**
 * A change of one Inventory item, as an EventBridge Pipe hands a DynamoDB stream record to its target.
 * Source: EventBridge user guide, "Amazon DynamoDB stream as a source".
 */
export const InventoryStreamRecord = Type.Object({
  eventID: Type.String(),
  eventName: Type.Union([Type.Literal("INSERT"), Type.Literal("MODIFY")]),
  dynamodb: Type.Object({
    NewImage: InventoryImage,
    OldImage: Type.Optional(InventoryImage),
  }),
});
export type InventoryStreamRecord = Static<typeof InventoryStreamRecord>;
