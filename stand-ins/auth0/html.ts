import { ApiError, type ApiResponse } from './response.ts';

const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:30rem;margin:4rem auto;padding:0 1.25rem}h1{font-size:1.5rem}
fieldset{margin:1.5rem 0;padding:.5rem 1.25rem 1rem;border:1px solid #8886;border-radius:10px}
label{display:block;padding:.2rem 0}legend{padding:0 .5rem;font-weight:600}
button{margin:0 .5rem .5rem 0;padding:.5rem 1.5rem;cursor:pointer;border:1px solid #1d6b66;border-radius:6px;background:#1d6b66;color:#fff;font:inherit;font-weight:600}
button.other{border-color:#8888;background:none;color:inherit}
button.link{padding:.5rem 0;border:0;background:none;color:inherit;font-weight:400;text-decoration:underline}
footer{margin-top:3rem;font-size:.85rem}`;

/** Renders a page. An `ApiError` becomes a page that says why the link can't be used. */
export function toPage(render: () => string): ApiResponse {
  try {
    return { status: 200, headers, html: render() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const page = html('This link can’t be used', `<p>${escapeHtml(error.message)}</p>`);
    return { status: error.status, headers, html: page };
  }
}

export function html(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main><h1>${escapeHtml(title)}</h1>
${content}</main>
<footer>This page stands in for Auth0’s setup assistant.</footer>
</html>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
