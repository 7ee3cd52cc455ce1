import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const files = new aws.efs.FileSystem("files");
const { databaseA, databaseB, databaseGroup } = endpointsOnly({
  container: { volumes: [{ name: "files", efsVolumeConfiguration: { fileSystemId: files.id } }] },
  jobsToDatabase: { fromPort: 2049, toPort: 5432 },
});
for (const [zone, subnet] of Object.entries({ a: databaseA, b: databaseB })) {
  new aws.efs.MountTarget(zone, {
    fileSystemId: files.id,
    subnetId: subnet.id,
    securityGroups: [databaseGroup.id],
  });
}
