import { componentLibrary } from "../base/component-library.ts";

componentLibrary();
