import { recordProgram } from "./network/adapters/pulumi-program.ts";
const r = await recordProgram({directory: process.argv[2]!, stack: process.argv[3]});
for (const x of r.resources) if (/jobDefinition|awsx|logGroup|rds\/instance|secret/i.test(x.type)) console.log(x.type, x.id, JSON.stringify(x.inputs).slice(0,600), "OUT", JSON.stringify(x.outputs).slice(0,900), Object.fromEntries(Object.entries(x.propertyDependencies)));
