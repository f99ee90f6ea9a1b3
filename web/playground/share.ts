//! A program as part of an address: compressed JSON behind the `#`, which browsers send to nobody.

/** The start of every such address; another number would be another format. */
const PREFIX = "#v1=";
/** What a link may unpack to: a crafted one must not fill the memory. */
const UNPACKED_BYTES_MAX = 1 << 20;
/** Above this, browsers and messengers cut addresses. */
export const LINK_CHARS_MAX = 32_000;

/** All that the playground shows. */
export interface State {
  language: string;
  files: { path: string; content: string }[];
  stdin: string;
  args: string;
  limits: Record<string, number>;
  interactive: boolean;
}

const through = async (bytes: Uint8Array, stream: CompressionStream | DecompressionStream, max: number) => {
  const reader = new Blob([bytes as BlobPart]).stream().pipeThrough(stream as TransformStream<Uint8Array, Uint8Array>).getReader();
  const pieces: Uint8Array[] = [];
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
    length += value.length;
    if (length > max) {
      await reader.cancel();
      throw new RangeError("the program in this link is too large");
    }
    pieces.push(value);
  }
};

/** `state` as the part of an address behind the `#`, and with it. */
export const pack = async (state: State): Promise<string> => {
  const { language: l, files, stdin: i, args: a, limits: m, interactive: t } = state;
  const short = { l, f: files.map(({ path, content }) => [path, content]), ...(i && { i }), ...(a && { a }), ...(Object.keys(m).length && { m }), ...(t && { t }) };
  const packed = await through(new TextEncoder().encode(JSON.stringify(short)), new CompressionStream("deflate-raw"), Infinity);
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  return PREFIX + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};

const isText = (value: unknown): value is string => typeof value === "string";

/** What `fragment` holds; nothing if it is not one of ours. Fails if it is damaged. */
export const unpack = async (fragment: string): Promise<State | undefined> => {
  if (!fragment.startsWith(PREFIX)) return undefined;
  const binary = atob(fragment.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const text = new TextDecoder("utf-8", { fatal: true }).decode(await through(bytes, new DecompressionStream("deflate-raw"), UNPACKED_BYTES_MAX));
  const { l, f, i = "", a = "", m = {}, t = false } = JSON.parse(text);
  const files = Array.isArray(f) ? f.filter((file) => Array.isArray(file) && file.length === 2 && file.every(isText)) : [];
  if (![l, i, a].every(isText) || !files.length || files.length !== f.length) throw new TypeError("this is no program");
  const limits = Object.entries(m).filter((limit): limit is [string, number] => Number.isSafeInteger(limit[1]));
  return {
    language: l,
    files: files.map(([path, content]) => ({ path, content })),
    stdin: i,
    args: a,
    limits: Object.fromEntries(limits),
    interactive: t === true,
  };
};
