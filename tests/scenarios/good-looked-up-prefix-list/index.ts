import { prefixListOf } from "../base/prefix-list.ts";

prefixListOf();
