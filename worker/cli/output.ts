const codes: readonly (string | undefined)[] = ["EPIPE", "EIO", "ECONNRESET", "ERR_STREAM_DESTROYED"];

/** Whether a stream fails because nobody reads it any more: the pipe's end is closed, the terminal or the connection is gone. */
export const hasReaderLeft = ({ code }: NodeJS.ErrnoException): boolean => codes.includes(code);
