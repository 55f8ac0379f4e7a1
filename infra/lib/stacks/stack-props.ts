import type { Topology } from "@stockwire/contracts/topology";
import type { StackProps } from "aws-cdk-lib";
import type { Names } from "../names.ts";
import type { EnvironmentParameters } from "../parameters.ts";

/** What every stack is told. */
export interface StockwireStackProps extends StackProps {
  readonly parameters: EnvironmentParameters;
  readonly names: Names;
  readonly topology: Topology;
}
