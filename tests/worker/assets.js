// Cloudflare's static assets as tests need them: the files of one folder, with the types without which a browser takes
// none of them.
const TYPES = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

export default {
  async fetch(request, { FILES }) {
    const { pathname } = new URL(request.url);
    const path = pathname === "/" ? "/index.html" : pathname;
    const found = await FILES.fetch(`http://files${path}`, { method: request.method });
    const headers = new Headers(found.headers);
    const type = TYPES[path.slice(path.lastIndexOf(".") + 1)];
    if (found.ok && type) headers.set("content-type", type);
    return new Response(found.body, { status: found.status, headers });
  },
};
