import * as aws from "@pulumi/aws";
import { peeredVpc } from "../base/peered-vpc.ts";

const { other, otherA } = peeredVpc();
const table = new aws.ec2.RouteTable("otherTable", { vpcId: other.id });
new aws.ec2.RouteTableAssociation("otherA", { subnetId: otherA.id, routeTableId: table.id });
