import { stores } from "../base/stores.ts";

stores();
