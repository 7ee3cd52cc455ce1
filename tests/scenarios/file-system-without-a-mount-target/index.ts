import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const files = new aws.efs.FileSystem("files");
const { databaseA, databaseGroup } = endpointsOnly({
  container: { volumes: [{ name: "files", efsVolumeConfiguration: { fileSystemId: files.id } }] },
  jobsToDatabase: { fromPort: 2049, toPort: 5432 },
  databaseFromJobs: { fromPort: 2049, toPort: 5432 },
});
new aws.efs.MountTarget("files", {
  fileSystemId: files.id,
  subnetId: databaseA.id,
  securityGroups: [databaseGroup.id],
});
