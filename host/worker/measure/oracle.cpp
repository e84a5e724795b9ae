#include "worker/measure/oracle.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "common/base/utf8.h"
#include "worker/loader/field_reader.h"

namespace benchhost::measure {
namespace {

/// Infinities travel as the largest number: an infinite error is known to be wrong, and JSON has no infinity.
std::optional<double> stored(double value) {
  if (std::isnan(value)) return std::nullopt;
  return std::isinf(value) ? std::copysign(std::numeric_limits<double>::max(), value) : value;
}

}  // namespace

bh_verdict_t blank_verdict() {
  bh_verdict_t verdict{};
  verdict.struct_size = sizeof verdict;
  verdict.error = std::numeric_limits<double>::quiet_NaN();
  verdict.tolerance = std::numeric_limits<double>::quiet_NaN();
  return verdict;
}

Judgement judge(const bh_verdict_t& verdict, bh_status_t status, const std::string& text) {
  Judgement j;
  j.verdict.status = status;
  j.verdict.checked = verdict.checked;
  j.verdict.error = stored(verdict.error);
  j.verdict.tolerance = stored(verdict.tolerance);
  if (verdict.what != nullptr) {
    j.verdict.what = to_valid_utf8(cut_utf8(loader::bounded_text(verdict.what, BH_MAX_TEXT), BH_MAX_TEXT));
  }
  const std::string what = j.verdict.what.empty() ? "" : fmt::format(" ({})", j.verdict.what);
  const bool has_tolerance = !std::isnan(verdict.tolerance);
  if (status == BH_E_MISMATCH) {
    j.wrong = true;
    j.reason = text + what;
  } else if (has_tolerance && std::isnan(verdict.error)) {
    j.wrong = true;
    j.reason = fmt::format("the error is not a number, the tolerance is {}{}", verdict.tolerance, what);
  } else if (verdict.error < 0) {
    j.wrong = true;  // a signed difference would pass any tolerance
    j.reason = fmt::format("the error {} is negative: verify gives its absolute value{}", verdict.error, what);
  } else if (has_tolerance && verdict.error > verdict.tolerance) {
    j.wrong = true;
    j.reason = fmt::format("the error {} is above the tolerance {}{}", verdict.error, verdict.tolerance, what);
  }
  j.unverified = verdict.checked == 0;
  if (j.unverified && !j.wrong) j.reason = "verify compared nothing";
  return j;
}

}  // namespace benchhost::measure
