// Entry of the thread that reads, transforms and encodes.
import { importTypeScript } from "../../typescript.js";

await importTypeScript(new URL("./producer-thread.ts", import.meta.url));
