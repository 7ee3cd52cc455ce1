import { stores } from "../base/stores.ts";

stores({ searchPort: 9200 });
