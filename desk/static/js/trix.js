// Load Trix under a CSP without inline styles. It writes two <style> elements as it loads, which would be refused with
// an error each; css/trix.css has their rules. For that moment it gets inert elements instead.
let loading = null;

export function trix() {
  loading ??= load();
  return loading;
}

async function load() {
  const make = document.createElement.bind(document);
  document.createElement = (name, options) => make(name === "style" ? "template" : name, options);
  try {
    const { default: Trix } = await import("../vendor/trix.esm.min.js");
    Trix.config.attachments.preview.caption = { name: false, size: false };
    Trix.config.lang.captionPlaceholder = "";
    const parse = Trix.models.HTMLParser.parse;
    Trix.models.HTMLParser.parse = function (html, options) {
      return parse.call(this, unstyled(html), options);
    };
    return Trix;
  } finally {
    delete document.createElement;
    document.querySelectorAll("template[data-tag-name]").forEach((inert) => inert.remove());
  }
}

// What is pasted, and what Trix reads of itself while a caption is written, has styles that would be refused with an
// error each.
function unstyled(html) {
  return html?.replace(/<[^>]+>/g, (tag) => tag.replace(/\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/gi, ""));
}
