// Cloudflare's rate-limit binding as tests and benchmarks need it: so many calls per key and minute.
export default function limiter({ limit }) {
  const counts = new Map();
  return {
    async limit({ key }) {
      const now = Date.now();
      const last = counts.get(key);
      // The minute begins with the key's first call, so that no test runs across the end of one.
      const entry = last && now < last.ends ? last : { ends: now + 60_000, count: 0 };
      entry.count += 1;
      counts.set(key, entry);
      return { success: entry.count <= limit };
    },
  };
}
