// As much of the Solidity ABI as the example transactions need.

const word = (value) => BigInt(value).toString(16).padStart(64, "0");
const isDynamic = (type) => type === "bytes" || type.endsWith("[]");

/** @returns {string} hex without 0x */
export function encode(types, values) {
  const tails = types.map((type, index) => (isDynamic(type) ? encodeDynamic(type, values[index]) : ""));
  let offset = types.length * 32;
  const heads = types.map((type, index) => {
    if (!isDynamic(type)) return word(values[index]);
    const head = word(offset);
    offset += tails[index].length / 2;
    return head;
  });
  return heads.join("") + tails.join("");
}

function encodeDynamic(type, value) {
  if (type === "bytes") return word(value.length / 2) + value.padEnd(Math.ceil(value.length / 64) * 64, "0");
  const item = type.slice(0, -2);
  return word(value.length) + encode(value.map(() => item), value);
}

/** An address as the 20 bytes it stands for, lower case, without 0x. */
export const addressBytes = (address) => address.slice(2).toLowerCase();
