/**
 * As Batch words them. AWS's pages do not list them; they are in what others have recorded of DescribeJobs and of events:
 * "Essential container in task exited" in NASA-IMPACT/hls-orchestration (batch_test_events.py) and, with "Host EC2 (instance
 * i-04b17daec78ef4a0b) terminated.", in AWS's Spot workshop (rendering-with-batch, Monitoring); the timeout's in
 * insitro/redun (aws_batch.py, BATCH_JOB_TIMEOUT_ERROR); the others' in functions that sort such events. Nothing here is
 * decided by them but what the rules of a job ask for.
 */
export const statusReasons = {
  exited: "Essential container in task exited",
  timeout: "Job attempt duration exceeded timeout",
  dependency: "Dependent Job failed",
  child: "Array Child Job failed",
} as const;
