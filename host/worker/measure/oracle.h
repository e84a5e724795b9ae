// What verify found, judged.
#pragma once

#include <string>

#include <benchhost/plugin.h>

#include "common/protocol/message.h"

namespace benchhost::measure {

/// Judgement of one verify.
struct Judgement {
  protocol::Verdict verdict;  ///< as it is stored
  bool wrong = false;         ///< the case fails as BH_E_MISMATCH
  bool unverified = false;    ///< nothing was compared
  std::string reason;         ///< unless right
};

/// A verdict as the plugin finds it: zeroed, error and tolerance not applicable (NaN).
[[nodiscard]] bh_verdict_t blank_verdict();

/// `status` and `text`: what verify answered and said. checked == 0 is unverified whatever verify answered; an error
/// above the tolerance, a negative one, or one of NaN against a tolerance is wrong whatever verify answered. Any other
/// failure of verify is the caller's: it is no judgement of the results.
[[nodiscard]] Judgement judge(const bh_verdict_t& verdict, bh_status_t status, const std::string& text);

}  // namespace benchhost::measure
