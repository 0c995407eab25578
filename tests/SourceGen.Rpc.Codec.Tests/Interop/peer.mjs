// Reads one task a line from standard input, answers one line each: see PeerProcess.cs.
import { createInterface } from "node:readline";
import {
  decode as unpack, decodeTimestampToTimeSpec, encode as pack, encodeTimeSpecToTimestamp, ExtData, ExtensionCodec, EXT_TIMESTAMP,
} from "@msgpack/msgpack";

class Time {
  constructor(sec, nsec) {
    this.sec = sec;
    this.nsec = nsec;
  }
}

// The package's own handling makes a Date, which has no nanoseconds.
const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: EXT_TIMESTAMP,
  encode: (value) => (value instanceof Time ? encodeTimeSpecToTimestamp(value) : null),
  decode: (data) => {
    const { sec, nsec } = decodeTimestampToTimeSpec(data);
    return new Time(sec, nsec);
  },
});

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function bits(number) {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(number);
  return buffer.toString("hex");
}

// JavaScript does not tell 1.0 from 1: a whole float is an integer here, which the cases' JavaScript form says.
function canonical(value) {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "bigint") return { i: value.toString() };
  if (typeof value === "number") {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return { i: value.toString() };
    return { f: Number.isNaN(value) ? "nan" : bits(value) };
  }
  if (typeof value === "string") return { s: value };
  if (value instanceof Uint8Array) return { b: hex(value) };
  if (value instanceof Time) return { t: `${value.sec}.${String(value.nsec).padStart(9, "0")}` };
  if (value instanceof ExtData) return { x: [String(value.type), hex(value.data)] };
  if (Array.isArray(value)) return value.map(canonical);
  return { m: Object.entries(value).map(([key, item]) => [JSON.parse(key), canonical(item)]) };
}

function native(value) {
  if (value === null || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(native);
  const [[kind, content]] = Object.entries(value);
  switch (kind) {
    // Under useBigInt64 the package writes a number beyond 32 bits as a float.
    case "i": return Math.abs(Number(content)) < 2 ** 31 ? Number(content) : BigInt(content);
    case "f": return content === "nan" ? NaN : Buffer.from(content, "hex").readDoubleBE();
    case "s": return content;
    case "b": return Uint8Array.from(Buffer.from(content, "hex"));
    case "t": {
      const [sec, nsec] = content.split(".");
      return new Time(Number(sec), Number(nsec));
    }
    case "x": return new ExtData(Number(content[0]), Uint8Array.from(Buffer.from(content[1], "hex")));
    case "m": return Object.fromEntries(content.map(([key, item]) => [native(key), native(item)]));
    default: throw new Error(`${kind} is no kind of value`);
  }
}

const answers = {
  // Keys become property names, so they are written down with their kind.
  decode: (line) => JSON.stringify(canonical(unpack(Buffer.from(line, "hex"), {
    extensionCodec, useBigInt64: true, mapKeyConverter: (key) => JSON.stringify(canonical(key)),
  }))),
  encode: (line) => hex(pack(native(JSON.parse(line)), { extensionCodec, useBigInt64: true })),
};

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = answers[process.argv[2]](line.trim());
  } catch (error) {
    answer = `${error.name}: ${error.message}`; // the test shows it beside the case
  }
  process.stdout.write(`${answer}\n`);
}
