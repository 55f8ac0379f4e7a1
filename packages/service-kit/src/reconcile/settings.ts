import { Type } from "typebox";

export const reconcileSettings = {
  RECONCILE_MINUTES: Type.Number({
    minimum: 0,
    maximum: 240,
    default: 5,
    description: "minutes between two looks for files and alerts that were lost on the way; 0: never",
  }),
};
