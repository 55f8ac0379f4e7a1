import { topology } from "@stockwire/contracts/topology";
import { openBridgeState } from "./bridge-state.ts";
import { createClients, destroyClients, type Environment } from "./clients.ts";
import { type Cloud, type CloudOptions, logToStandardError } from "./cloud.ts";
import { provision } from "./provision/provision.ts";
import { startPipes } from "./start-pipes.ts";

/**
 * Provisions an AWS-compatible endpoint that somebody else runs and starts the stream pipe against it; bucket
 * notifications are the endpoint's own. Its own variables go on to the services, except credentials, which
 * they find where this process found them.
 * @param environment names the endpoint (`AWS_ENDPOINT_URL`); default: this process's
 */
export const connectCloud = async (
  options: CloudOptions & { readonly environment?: Environment } = {},
): Promise<Cloud> => {
  const { dataDir, log = logToStandardError, environment = process.env } = options;
  const clients = createClients(environment);
  const database = openBridgeState(dataDir);
  try {
    const variables = await provision(clients, topology, { bucketEvents: true, log });
    const pipes = startPipes(clients, topology, variables, { database, log });
    return {
      environment: { ...endpointVariables(environment), ...variables },
      stop: async () => {
        await pipes.stop();
        destroyClients(clients);
        database.close();
      },
    };
  } catch (error) {
    destroyClients(clients);
    database.close();
    throw error;
  }
};

const endpointVariables = (environment: Environment): Record<string, string> => {
  const found: Record<string, string> = { AWS_REGION: environment.AWS_REGION || "us-east-1" };
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith("AWS_ENDPOINT_URL") && value) found[name] = value;
  }
  return found;
};
