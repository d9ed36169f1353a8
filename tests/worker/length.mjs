/** Whether the full forms of the long tests are wanted: `npm run test:worker -- --long`. */
export const isLong = process.env.MINARA_TEST_LONG === "1";

/** @param {number} short @param {number} long */
export const amount = (short, long) => (isLong ? long : short);
