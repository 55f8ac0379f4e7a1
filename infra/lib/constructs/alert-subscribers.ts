import { CfnCondition, CfnParameter, Fn } from "aws-cdk-lib";
import { CfnSubscription, type Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";

/**
 * Who is told, asked for at deploy: an e-mail address, and a telephone number for short messages. Either may be
 * empty, but each has to be given: without a default CloudFormation refuses to guess.
 */
export const askForSubscribers = (scope: Construct, topic: Topic, who: string): void => {
  subscribe(scope, topic, {
    id: `${who}Email`,
    protocol: "email",
    allowedPattern: "^$|^[^@\\s]+@[^@\\s]+$",
    description: "e-mail address to tell, which has to confirm; empty for none",
  });
  subscribe(scope, topic, {
    id: `${who}Sms`,
    protocol: "sms",
    allowedPattern: "^$|^\\+[1-9][0-9]{6,14}$",
    description: "telephone number to tell, as +491701234567; empty for none",
  });
};

const subscribe = (
  scope: Construct,
  topic: Topic,
  channel: { id: string; protocol: string; allowedPattern: string; description: string },
): void => {
  const { id, protocol, allowedPattern, description } = channel;
  const address = new CfnParameter(scope, id, { allowedPattern, description });
  const isGiven = new CfnCondition(scope, `Has${id}`, {
    expression: Fn.conditionNot(Fn.conditionEquals(address.valueAsString, "")),
  });
  const subscription = new CfnSubscription(scope, `${id}Subscription`, {
    topicArn: topic.topicArn,
    protocol,
    endpoint: address.valueAsString,
  });
  subscription.cfnOptions.condition = isGiven;
};
