// What went wrong, as the plugin and the host's functions say it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <benchhost/base.h>

namespace benchhost::measure {

/// A code of this version of the ABI; any other is BH_E_FAILED (sdk base.h, "Status").
[[nodiscard]] bh_status_t known_status(bh_status_t status);
/// "BH_E_IO", or "status 17" for a code that does not exist.
[[nodiscard]] std::string status_name(bh_status_t status);

/// Texts of failures. Thread: any.
class Faults {
 public:
  /// Forgets the texts of the call before.
  void begin_call();

  /// bh_host.fail. Allocates nothing beyond the first few texts of a call.
  void say(std::string_view text);
  /// A function of the host failed on this thread: its text for last_error.
  bh_status_t refuse(bh_status_t status, std::string text);
  /// A function was called where its tag does not allow it: as refuse(BH_E_STATE), and the case is protocol_error.
  bh_status_t violate(std::string text);

  /// Text of the last function that failed on this thread, "" if none did. Valid until: the next one on this thread.
  [[nodiscard]] const char* last_error();
  /// Why the call in progress failed: the first text, the others as its context; "" if nobody said anything.
  [[nodiscard]] std::string reason() const;
  /// First call out of its state, "" if there was none.
  [[nodiscard]] std::string violation() const;
  /// Number of texts since begin_call: in a timed run each spoils the batch.
  [[nodiscard]] std::size_t texts() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
  std::map<std::thread::id, std::string> last_;
  std::string refused_in_call_;
  std::string violation_;
};

}  // namespace benchhost::measure
