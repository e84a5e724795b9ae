#include "report/html_style.h"

#include <fmt/format.h>

#include "common/base/digest.h"

namespace benchhost::report {

namespace {

// Colours of series: Okabe and Ito 2008, told apart by people with each kind of colour blindness; darkened or lightened
// until each has a contrast of 3 to 1 with the page. Beside its colour each series has a mark of its own.
constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--page:#fff;--ink:#1a1c1e;--soft:#55595e;--line:#d9dce0;--wash:#f4f5f7;--bad:#b3261e;--good:#1b6e3c;--warn:#8a5a00;
--c0:#0072b2;--c1:#d55e00;--c2:#008060;--c3:#b0508a;--c4:#a87400;--c5:#2c8fc7;--c6:#55595e;--c7:#7d6d00}
@media (prefers-color-scheme:dark){:root{--page:#16181b;--ink:#e6e8ea;--soft:#a6abb1;--line:#363b41;--wash:#1f2226;--bad:#ff8a80;--good:#7fd6a0;--warn:#f0c060;
--c0:#5ab4ee;--c1:#ff8c4b;--c2:#2bcfa2;--c3:#e6a3c8;--c4:#f5b82e;--c5:#9ad0f5;--c6:#b4b9bf;--c7:#e8dc5a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1rem;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 .25rem}
h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
h3{font-size:1rem;margin:1.5rem 0 .3rem}
p{margin:.4rem 0}
a{color:var(--c0)}
nav ul,.legend{list-style:none;margin:.4rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem}
.lead{color:var(--soft)}
.note{color:var(--soft);font-size:.8125rem;margin:.2rem 0}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr));gap:0 1.5rem;margin:.6rem 0}
.facts div{display:grid;grid-template-columns:9rem 1fr;gap:.75rem;padding:.15rem 0;border-bottom:1px solid var(--line)}
.facts .wide{grid-column:1/-1}
dt{color:var(--soft)}
dd{margin:0}
.warnings{border-left:4px solid var(--warn);background:var(--wash);padding:.5rem .9rem;margin:.8rem 0}
.warnings ul{margin:.2rem 0;padding-left:1.1rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th,td{overflow-wrap:normal}
th{font-weight:600;background:var(--wash);white-space:nowrap}
td.number,th.number{text-align:right;white-space:nowrap}
td.name{min-width:12rem;overflow-wrap:anywhere}
td.words{min-width:11rem;max-width:28rem;overflow-wrap:anywhere}
.bad{color:var(--bad)}
.good{color:var(--good)}
.warn{color:var(--warn)}
code{font:.8125rem/1.4 ui-monospace,monospace}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr));gap:1.2rem}
figure{margin:0;break-inside:avoid}
figcaption{font-weight:600;font-size:.875rem}
figure svg:not(.key){display:block;width:100%;height:auto;max-width:34rem}
svg text{font:11px system-ui,sans-serif;fill:var(--ink)}
svg .mid{text-anchor:middle}
svg .end{text-anchor:end}
.legend{font-size:.8125rem;gap:.1rem .9rem}
.key{width:24px;height:12px;vertical-align:-1px}
.grid{stroke:var(--line);stroke-width:1;fill:none}
.line{fill:none;stroke:var(--series);stroke-width:1.6;stroke-linejoin:round}
.dashed .line{stroke-dasharray:5 3}
.interval,.range{fill:none;stroke:var(--series);stroke-width:1;opacity:.55}
.rule{fill:none;stroke:var(--soft);stroke-width:1;stroke-dasharray:1 2}
.mark{fill:var(--series)}
.dot{fill:none;stroke:var(--series);stroke-width:2.6;stroke-linecap:round}
.c0{--series:var(--c0)}.c1{--series:var(--c1)}.c2{--series:var(--c2)}.c3{--series:var(--c3)}
.c4{--series:var(--c4)}.c5{--series:var(--c5)}.c6{--series:var(--c6)}.c7{--series:var(--c7)}
footer{margin:2.5rem 0 1rem;color:var(--soft);font-size:.8125rem}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--line:#bbb;--wash:#fff;--bad:#900;--good:#060;--warn:#640;
--c0:#0072b2;--c1:#d55e00;--c2:#008060;--c3:#b0508a;--c4:#a87400;--c5:#2c8fc7;--c6:#55595e;--c7:#7d6d00}
body{max-width:none;padding:0;font-size:10pt}
nav{display:none}
.scroll{overflow:visible}
.plots{grid-template-columns:1fr 1fr}
h2,h3{break-after:avoid}
tr{break-inside:avoid}
thead{display:table-header-group}}
)css";

std::string base64(const Sha256Digest& bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t b = 0; b < 3; ++b) three = three << 8 | (i + b < bytes.size() ? bytes[i + b] : 0u);
    for (std::size_t c = 0; c < 4; ++c) {
      out += i + c > bytes.size() ? '=' : kLetters[three >> (18 - 6 * c) & 63u];
    }
  }
  return out;
}

}  // namespace

std::string_view html_style() { return kStyle; }

std::string content_policy() {
  return fmt::format("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
                     base64(sha256(kStyle)));
}

}  // namespace benchhost::report
