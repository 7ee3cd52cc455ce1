import { moduleOutputs } from "../base/module-outputs.ts";

moduleOutputs({ tables: "a subnet" });
