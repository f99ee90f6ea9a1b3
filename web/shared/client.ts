//! A run over the network: sends a program, passes on what comes back. Server-sent events when standard input is known
//! beforehand, a WebSocket when it is typed while the program runs. It shows nothing; `result.ts` puts endings into words.

/** The longest silence before a connection counts as lost. The server sends keep-alive comments far more often. */
const SILENCE_MS_MAX = 60_000;
/** The longest event that is put together before the connection counts as broken. */
const EVENT_CHARS_MAX = 8 << 20;

/** A file of a program. */
export interface ProgramFile {
  path: string;
  content: string;
  encoding?: "utf8" | "base64";
}

/** What is run: the body of the requests. */
export interface Program {
  language: string;
  version?: string;
  source?: string;
  files?: ProgramFile[];
  stdin?: string;
  args?: string[];
  limits?: Record<string, number>;
  cache?: boolean;
  collect_files?: boolean;
}

/** How a run ended. */
export interface Run {
  language: string;
  version: string;
  stage: "compile" | "run";
  termination:
    | { kind: "exited"; code: number }
    | { kind: "crashed"; reason: string }
    | { kind: "limit_exceeded"; resource: string };
  truncated: boolean;
  usage: { wall_us: number; cpu_us: number; memory_bytes_peak: number; output_bytes: number };
  cached?: boolean;
}

/** Why there was no run. */
export interface Problem {
  message: string;
  suggestion?: string;
}

/** Which stream something was written to. */
export type Stream = "stdout" | "stderr";

/** What happens during a run. `finished` or `failed` is called once, last; neither after an abort. */
export interface Listener {
  output(stream: Stream, text: string): void;
  finished(run: Run): void;
  failed(problem: Problem): void;
}

/** Where programs are run. */
export interface Target {
  /** Origin of the server. */
  server: string;
  /** Publishable key, if the server asks for one. */
  key?: string | null;
}

/** An event of either protocol. */
type Message = { type: string; text?: string; error?: Problem } & Partial<Run>;

const LOST: Problem = {
  message: "The connection was lost before the program ended.",
  suggestion: "Run it again.",
};

const unreachable = (server: string): Problem => ({
  message: `${server} cannot be reached.`,
  suggestion: "Check your connection, then run it again.",
});

/** Hands an event to the listener; true when it was the last. */
const handle = (type: string, message: Message, listener: Listener): boolean => {
  if (type === "stdout" || type === "stderr") listener.output(type, message.text ?? "");
  else if (type === "finished") {
    listener.finished(message as unknown as Run);
    return true;
  } else if (type === "error") {
    listener.failed(message.error ?? LOST);
    return true;
  }
  return false;
};

/** Runs `program`; resolves when all is over. Aborting `signal` ends the program. */
export const execute = async (
  target: Target,
  program: Program,
  signal: AbortSignal,
  listener: Listener,
): Promise<void> => {
  const silence = new AbortController();
  let timer = 0;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
  };
  signal.addEventListener("abort", () => silence.abort());
  alive();
  let answered = false;
  try {
    const response = await fetch(target.server + "/v1/execute", {
      method: "POST",
      // A reader's cookies are none of a snippet's business.
      credentials: "omit",
      headers: {
        "Content-Type": "application/json",
        ...(target.key && { "X-API-Key": target.key }),
      },
      body: JSON.stringify(program),
      signal: silence.signal,
    });
    answered = true;
    if (!response.ok || !response.body) {
      const { error } = await response.json().catch(() => ({}));
      return listener.failed(
        error ?? { message: `${target.server} answered with status ${response.status}.` },
      );
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let buffer = ""; ; ) {
      const { done, value } = await reader.read();
      if (done || buffer.length > EVENT_CHARS_MAX) break;
      alive();
      const events = (buffer + value).split(/\r?\n\r?\n/);
      buffer = events.pop()!;
      for (const event of events) {
        let type = "";
        let data = "";
        for (const line of event.split(/\r?\n/)) {
          const [, field, content] = /^(\w+): ?(.*)/.exec(line) ?? [];
          if (field === "event") type = content!;
          else if (field === "data") data += content;
        }
        if (data && handle(type, JSON.parse(data), listener)) return;
      }
    }
    listener.failed(LOST);
  } catch {
    if (!signal.aborted) listener.failed(answered ? LOST : unreachable(target.server));
  } finally {
    clearTimeout(timer);
    // Also ends what the server still sends after the last event.
    silence.abort();
  }
};

/** The typing side of an interactive run. */
export interface Input {
  send(text: string): void;
  end(): void;
}

/** Runs `program` with a standard input that is sent while it runs. Aborting `signal` ends the program. */
export const interact = (
  target: Target,
  program: Program,
  signal: AbortSignal,
  listener: Listener,
): { input: Input; done: Promise<void> } => {
  const url = new URL("/v1/ws", target.server);
  url.protocol = url.protocol.replace("http", "ws");
  // Browsers send no headers of ours with a WebSocket.
  if (target.key) url.searchParams.set("key", target.key);
  const socket = new WebSocket(url);
  const send = (message: object) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const done = new Promise<void>((resolve) => {
    let over = false;
    let opened = false;
    const end = (problem?: Problem) => {
      if (!over && problem && !signal.aborted) listener.failed(problem);
      over = true;
      socket.close();
      resolve();
    };
    signal.addEventListener("abort", () => {
      send({ type: "cancel" });
      end();
    });
    socket.onopen = () => {
      opened = true;
      send({ type: "run", ...program, stdin_open: true });
    };
    socket.onmessage = ({ data }) => {
      const message: Message = JSON.parse(data);
      if (over || !handle(message.type, message, listener)) return;
      over = true;
      end();
    };
    socket.onclose = () => end(opened ? LOST : unreachable(target.server));
  });
  return {
    input: { send: (text) => send({ type: "stdin", text }), end: () => send({ type: "stdin_close" }) },
    done,
  };
};
