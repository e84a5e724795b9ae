// What a backend module reported as wrong, and what the worker has to do about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <benchhost/backend.h>

namespace benchhost::device {

/// What follows from a fault, in rising order of harm; a worse one wins (backend.h, section 5).
enum class Action : std::uint32_t {
  none = 0,
  fail_call = 1,      ///< the call failed and the device is well: the status went back to the plugin
  retry_case = 2,     ///< tear the case down and try it again, as often as --retries says
  reopen_device = 3,  ///< close and open the device, rerun the case once
  end_worker = 4,     ///< store the case, end this worker, start another
  drop_device = 5,    ///< as end_worker, and take the device out of the run
};

[[nodiscard]] std::string_view to_text(Action action);

/// A copy of a bh_be_fault_t.
struct Fault {
  Action action = Action::none;
  bh_status_t status = BH_OK;
  std::int64_t api_code = 0;  ///< of the vendor's API; 0: none
  std::string call;           ///< function of the vendor's API; "": none
  std::string text;           ///< what, and what to do
  std::string device;         ///< "cpu:0"; "": the module as a whole
};

/// One line: "clFinish: text [api -5]".
[[nodiscard]] std::string to_text(const Fault& fault);

}  // namespace benchhost::device
