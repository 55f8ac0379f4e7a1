import { join } from "node:path";
import { Platform } from "aws-cdk-lib/aws-ecr-assets";
import { ContainerImage } from "aws-cdk-lib/aws-ecs";
import type { ServiceName } from "./service-catalogue.ts";

const repository = join(import.meta.dirname, "../..");

/**
 * The same image that Compose builds, for ARM64. It is built when deploying, not when synthesizing, and pushed to the
 * registry of the bootstrap stack, which scans every image on push and never lets a tag be overwritten.
 */
export const serviceImage = (service: ServiceName): ContainerImage =>
  ContainerImage.fromAsset(repository, {
    file: "docker/service.Dockerfile",
    buildArgs: { SERVICE: service },
    platform: Platform.LINUX_ARM64,
    assetName: `stockwire-${service}`,
  });

/** AWS's distribution of the OpenTelemetry collector, pushed to our registry: without NAT no other is in reach. */
export const collectorImage = (): ContainerImage =>
  ContainerImage.fromAsset(join(import.meta.dirname, "../collector"), {
    platform: Platform.LINUX_ARM64,
    assetName: "stockwire-collector",
  });
