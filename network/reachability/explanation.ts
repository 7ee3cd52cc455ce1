/** A resource by type and id, as AWS names them. */
export interface Component {
  readonly type: string;
  readonly id: string;
}

/** Why packets do not get through, or why that is not known; with the component that decides, and what would help. */
export interface Explanation {
  /** AWS's explanation code (VPC Reachability Analyzer guide) in capitals, ours in kebab-case. */
  readonly code: string;
  readonly component: Component;
  readonly message: string;
  readonly fix?: string;
}
