/** The tag of jobs that `node batch submit` makes; its value is their queue's name. By it who submits may end jobs of that queue alone. */
export const queueTag = "batch-preflight";

/** @param queue its name or ARN */
export const queueNameOf = (queue: string): string => queue.slice(queue.lastIndexOf("/") + 1);
