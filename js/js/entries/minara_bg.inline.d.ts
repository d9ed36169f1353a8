/** The bytes of minara_bg.wasm; written by the build. */
export function bytes(): Uint8Array<ArrayBuffer>;
