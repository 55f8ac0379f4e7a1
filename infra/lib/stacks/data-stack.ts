import type { PipeDeclaration } from "@stockwire/contracts/topology";
import { RemovalPolicy, Stack } from "aws-cdk-lib";
import type { Key } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { askForApiAddress } from "../api-address.ts";
import { askForSubscribers } from "../constructs/alert-subscribers.ts";
import { StreamPipe } from "../constructs/stream-pipe.ts";
import { createTopicKey } from "../constructs/topic-key.ts";
import { createBuckets } from "../constructs/topology-buckets.ts";
import { createQueues, orderRedrives, PIPE_DEAD_LETTERS } from "../constructs/topology-queues.ts";
import { createTables } from "../constructs/topology-tables.ts";
import { createTopics, subscribeQueues } from "../constructs/topology-topics.ts";
import type { StockwireStackProps } from "./stack-props.ts";

/** Everything that holds something: the topology, as declared. Buckets, tables, queues and the key stay when it goes. */
export class DataStack extends Stack {
  readonly topicKey: Key;

  constructor(scope: Construct, id: string, { parameters, names, topology, ...props }: StockwireStackProps) {
    super(scope, id, { ...props, terminationProtection: parameters.isProtected });
    this.topicKey = createTopicKey(this, `alias/${names.of("topics")}`);
    const queues = createQueues(this, topology, names);
    orderRedrives(topology, queues);
    const topics = createTopics(this, topology, names, this.topicKey);
    subscribeQueues(topology, topics, queues);
    const pages = [askForApiAddress(this, "whose page sends big files"), ...parameters.api.origins];
    createBuckets(this, topology, names, parameters.buckets, topics, pages);
    const tables = createTables(this, topology, names, parameters.tables);

    const staff = topics.get("NoStock");
    if (staff) askForSubscribers(this, staff, "Alert");

    const logGroup = new LogGroup(this, "PipeLog", {
      logGroupName: `/aws/vendedlogs/pipes/${names.of("pipes")}`,
      retention: parameters.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const [name, declaration] of Object.entries<PipeDeclaration>(topology.pipes)) {
      const [table, queue] = [tables.get(declaration.sourceTable), queues.get(declaration.targetQueue)];
      const deadLetters = queues.get(PIPE_DEAD_LETTERS);
      if (!table || !queue || !deadLetters) throw new Error(`the pipe ${name} lacks an end`);
      const shared = { declaration, table, queue, deadLetters, logGroup, limits: parameters.pipe };
      new StreamPipe(this, name, { name: names.of(name), ...shared });
    }
  }
}
