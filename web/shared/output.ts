//! A program's output on the page: appended as it comes, once for each frame, bounded in what is kept.

import type { Stream } from "./client";
import { h } from "./dom";

/** How much of the output stays on the page; the oldest goes first. */
const SHOWN_CHARS_MAX = 200_000;
/** How much of it is one element: what goes when something has to go. */
const PIECE_CHARS = 4096;
/** How many pieces of different streams may wait for the next frame. */
const WAITING_MAX = 1000;
/** How much of it a screen reader is told; beyond that it would talk for minutes. */
const SPOKEN_CHARS_MAX = 500;

/** Where output goes to. */
export interface Output {
  write(stream: Stream | "input", text: string): void;
  clear(): void;
  /** Puts on the page what is still to be put there. */
  flush(): void;
  /** All of one stream, as far as it is kept. */
  text(stream: Stream): string;
}

/** Makes `pane` show output; `changed` is called whenever it has grown. */
export const output = (pane: HTMLElement, changed: () => void = () => {}): Output => {
  let kept: Record<string, string> = {};
  let waiting: [string, string][] = [];
  let shown = 0;
  let frame = 0;

  const flush = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    if (!waiting.length) return;
    const follows = pane.scrollTop + pane.clientHeight > pane.scrollHeight - 24;
    for (const [stream, text] of waiting) {
      const last = pane.lastElementChild;
      shown += text.length;
      // Programs that write a character at a time get one element all the same.
      if (last?.className === stream && last.textContent!.length + text.length < PIECE_CHARS) last.append(text);
      else {
        const pieces = document.createDocumentFragment();
        for (let at = 0; at < text.length; at += PIECE_CHARS)
          pieces.append(h("span", { className: stream }, text.slice(at, at + PIECE_CHARS)));
        pane.append(pieces);
      }
    }
    waiting = [];
    if (shown > SPOKEN_CHARS_MAX) pane.ariaLive = "off";
    while (shown > SHOWN_CHARS_MAX && pane.childElementCount > 1) {
      shown -= pane.firstElementChild!.textContent!.length;
      pane.firstElementChild!.remove();
      pane.dataset.cut = "";
    }
    if (follows) pane.scrollTop = pane.scrollHeight;
    changed();
  };

  return {
    flush,
    write(stream, text) {
      // Colours and cursor movements of terminals.
      text = text.replace(/\x1b\[[\d;?]*[A-Za-z]/g, "");
      kept[stream] = ((kept[stream] ?? "") + text).slice(-SHOWN_CHARS_MAX);
      const last = waiting.at(-1);
      if (last?.[0] === stream) last[1] += text;
      else waiting.push([stream, text]);
      // A page in the background draws no frames, but programs go on.
      if (waiting.length > WAITING_MAX) flush();
      frame ||= requestAnimationFrame(flush);
    },
    clear() {
      kept = {};
      waiting = [];
      shown = 0;
      pane.replaceChildren();
      pane.ariaLive = "polite";
      delete pane.dataset.cut;
    },
    text: (stream) => kept[stream] ?? "",
  };
};
