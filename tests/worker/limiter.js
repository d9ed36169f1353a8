// Cloudflare's rate-limit binding as tests and benchmarks need it: so many calls per key and minute.
export default function limiter({ limit }) {
  const counts = new Map();
  return {
    async limit({ key }) {
      const minute = Math.floor(Date.now() / 60_000);
      const entry = counts.get(key);
      const count = entry?.minute === minute ? entry.count + 1 : 1;
      counts.set(key, { minute, count });
      return { success: count <= limit };
    },
  };
}
