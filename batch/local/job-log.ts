import { mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import type { LogEvent } from "../jobs/job.ts";
import { appendAll, ifThere } from "./folder.ts";

/** Longer lines are cut in pieces: an event of CloudWatch Logs has its bound too. */
const longestLine = 256 * 1024;

/**
 * Writes what an attempt prints, a line an event with the time of its arrival. No output, no file; lines that the disk has no
 * room for are counted.
 */
export class JobLog {
  private readonly file: string;
  private readonly clock: () => number;
  private isThere = false;
  private lost = 0;
  private fault = "";

  constructor(file: string, clock: () => number) {
    this.file = file;
    this.clock = clock;
  }

  /** A stream of the attempt: standard output and standard error each hold half lines of their own. */
  stream(): { write(bytes: Buffer): void; end(): void } {
    const decoder = new TextDecoder();
    let rest = "";
    return {
      write: (bytes) => {
        const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        while (rest.length > longestLine) {
          lines.push(rest.slice(0, longestLine));
          rest = rest.slice(longestLine);
        }
        this.append(lines);
      },
      end: () => {
        rest += decoder.decode();
        if (rest !== "") this.append([rest]);
        rest = "";
      },
    };
  }

  close(): void {
    this.append([]);
  }

  private append(lines: readonly string[]): void {
    const all = this.lost === 0 ? lines : [`${this.lost} lines are lost: ${this.fault}`, ...lines];
    if (all.length === 0) return;
    const time = new Date(this.clock()).toISOString();
    try {
      if (!this.isThere) mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
      appendAll(this.file, all.map((line) => `${time} ${line.replace(/\r$/, "")}\n`).join(""));
      this.isThere = true;
      this.lost = 0;
    } catch (error) {
      // The job is worth more than what it says.
      this.lost += lines.length;
      this.fault = (error as Error).message;
    }
  }
}

/** Bytes of a log that are read at once. */
const pageSize = 1024 * 1024;

/**
 * Whole lines of a log from a byte on, `most` at most.
 * @returns the lines, and the byte after them
 */
export async function readLog(
  file: string,
  from: number,
  most = Number.POSITIVE_INFINITY,
): Promise<{ events: LogEvent[]; next: number }> {
  const handle = await ifThere(open(file, "r"));
  if (handle === undefined) return { events: [], next: from };
  try {
    const piece = Buffer.alloc(pageSize);
    const { bytesRead } = await handle.read(piece, 0, piece.length, from);
    const bytes = piece.subarray(0, bytesRead);
    const events: LogEvent[] = [];
    let begin = 0;
    for (let end = bytes.indexOf(10); end >= 0 && events.length < most; end = bytes.indexOf(10, begin)) {
      events.push(eventOf(bytes.toString("utf8", begin, end)));
      begin = end + 1;
    }
    return { events, next: from + begin };
  } finally {
    await handle.close();
  }
}

/**
 * The last whole lines of a log, or those before a byte, `most` at most.
 * @returns the lines, the first one's byte, and the byte after them
 */
export async function readLogEnd(
  file: string,
  before: number | undefined,
  most: number,
): Promise<{ events: LogEvent[]; previous: number; next: number }> {
  const handle = await ifThere(open(file, "r"));
  if (handle === undefined) return { events: [], previous: 0, next: 0 };
  try {
    const size = before ?? (await handle.stat()).size;
    const from = Math.max(0, size - pageSize);
    const piece = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(piece, 0, piece.length, from);
    const bytes = piece.subarray(0, bytesRead);
    const end = bytes.lastIndexOf(10) + 1;
    let begin = end;
    const events: LogEvent[] = [];
    while (begin > 0 && events.length < most) {
      const start = begin < 2 ? 0 : bytes.lastIndexOf(10, begin - 2) + 1;
      // Its beginning is on the page before.
      if (start === 0 && from > 0) break;
      events.push(eventOf(bytes.toString("utf8", start, begin - 1)));
      begin = start;
    }
    return { events: events.reverse(), previous: from + begin, next: from + end };
  } finally {
    await handle.close();
  }
}

function eventOf(line: string): LogEvent {
  const space = line.indexOf(" ");
  return { timestamp: Date.parse(line.slice(0, space)), message: line.slice(space + 1) };
}
