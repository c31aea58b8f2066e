// Requests of our own carry the CSRF token, as the forms do.
export const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export function send(url, method, body, more = {}) {
  const json = !(body instanceof FormData);
  return fetch(url, {
    method,
    credentials: "same-origin",
    headers: { "X-CSRFToken": token(), Accept: "application/json", ...(json ? { "Content-Type": "application/json" } : {}) },
    body: json ? JSON.stringify(body) : body,
    ...more,
  });
}

document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx?.request;
  if (request && request.method !== "GET") request.headers["X-CSRFToken"] = token();
});

// A piece that cannot be had (signed out meanwhile, gone, broken) is asked for as a page, which says why.
document.addEventListener("htmx:before:response", (event) => {
  const { request, response } = event.detail.ctx ?? {};
  if (request?.method !== "GET" || !response || (response.status < 400 && !response.raw?.redirected)) return;
  event.preventDefault();
  location.assign(request.action);
});
