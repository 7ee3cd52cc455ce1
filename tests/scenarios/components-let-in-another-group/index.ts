import { componentLibrary } from "../base/component-library.ts";

componentLibrary({ letsIn: "group of nobody" });
