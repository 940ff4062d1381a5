"use strict";
// Data that would make the page too large are packed: deflated (RFC 1951), in base64.  Unpacked here at once, since browsers of 2022
// have nothing of their own for that; after Mark Adler's puff.c, which explains each step.
const unpacked = (() => {
  const BASES = (first, extra) => extra.reduce((bases, bits) => [...bases, bases[bases.length - 1] + (1 << bits)], [first]);
  const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  const LENGTHS = [...BASES(3, LENGTH_BITS).slice(0, 28), 258];
  const DISTANCE_BITS = Array.from({ length: 30 }, (_, k) => Math.max(0, (k >> 1) - 1));
  const DISTANCES = BASES(1, DISTANCE_BITS);
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

  // A code by the lengths of its symbols: how many of each length, and the symbols in their order.
  function code(lengths) {
    const count = new Uint16Array(16);
    for (const length of lengths) count[length] += 1;
    const offset = new Uint16Array(17);
    for (let length = 1; length < 16; length++) offset[length + 1] = offset[length] + count[length];
    const symbol = new Uint16Array(lengths.length);
    lengths.forEach((length, k) => {
      if (length) symbol[offset[length]++] = k;
    });
    return { count, symbol };
  }
  const FIXED = [
    code(Array.from({ length: 288 }, (_, k) => (k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8))),
    code(Array(30).fill(5)),
  ];

  function inflated(input, size) {
    const out = new Uint8Array(size);
    let [at, from, held, bits] = [0, 0, 0, 0];
    function take(n) {
      while (bits < n) {
        if (from >= input.length) throw new Error("packed data are cut short");
        held |= input[from++] << bits;
        bits += 8;
      }
      const value = held & ((1 << n) - 1);
      held >>>= n;
      bits -= n;
      return value;
    }
    function next({ count, symbol }) {
      let [value, first, index] = [0, 0, 0];
      for (let length = 1; length < 16; length++) {
        value |= take(1);
        if (value - count[length] < first) return symbol[index + value - first];
        index += count[length];
        first = (first + count[length]) << 1;
        value <<= 1;
      }
      throw new Error("packed data are damaged");
    }
    function codes() {
      const [literals, distances, lengths] = [take(5) + 257, take(5) + 1, take(4) + 4];
      const of = Array(19).fill(0);
      for (let k = 0; k < lengths; k++) of[ORDER[k]] = take(3);
      const how = code(of);
      const all = [];
      while (all.length < literals + distances) {
        const symbol = next(how);
        if (symbol < 16) all.push(symbol);
        else if (symbol === 16) all.push(...Array(3 + take(2)).fill(all[all.length - 1]));
        else all.push(...Array(symbol === 17 ? 3 + take(3) : 11 + take(7)).fill(0));
      }
      return [code(all.slice(0, literals)), code(all.slice(literals))];
    }
    let last = 0;
    while (!last) {
      last = take(1);
      const kind = take(2);
      if (kind === 0) {
        held = bits = 0;
        const many = input[from] | (input[from + 1] << 8);
        out.set(input.subarray(from + 4, from + 4 + many), at);
        from += 4 + many;
        at += many;
        continue;
      }
      const [literal, distance] = kind === 1 ? FIXED : codes();
      for (let symbol = next(literal); symbol !== 256; symbol = next(literal)) {
        if (symbol < 256) out[at++] = symbol;
        else {
          const many = LENGTHS[symbol - 257] + take(LENGTH_BITS[symbol - 257]);
          const kind = next(distance);
          const back = DISTANCES[kind] + take(DISTANCE_BITS[kind]);
          for (let k = 0; k < many; k++, at++) out[at] = out[at - back];
        }
      }
    }
    return out;
  }

  return (data) => {
    if (typeof data.packed !== "string") return data;
    const input = Uint8Array.from(atob(data.packed), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(inflated(input, data.bytes)));
  };
})();
