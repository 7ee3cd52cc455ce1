/** How far a stream was read: CloudWatch's own token, good for a day, and the time of the last line, for when it is not. */
export interface LogPosition {
  readonly token: string;
  readonly lastTimestamp: number;
}

export const positionText = ({ token, lastTimestamp }: LogPosition): string => `${lastTimestamp} ${token}`;

/** undefined: nothing was read. */
export function parsePosition(text: string | undefined): LogPosition | undefined {
  const [, time, token] = /^(\d+) (.*)$/s.exec(text ?? "") ?? [];
  return token === undefined || token === "" ? undefined : { token, lastTimestamp: Number(time) };
}
