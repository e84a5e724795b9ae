#pragma once
// Loads a plugin and drives one case of it through the published state machine.

#include "contract/sdk/driver/test_host.h"

#include <benchhost/plugin.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace benchhost::contract {

using Entry = bh_status_t(BH_CALL*)(const bh_offer_t*, bh_answer_t*);

/// The entry of a file that was opened as the worker opens it; it stays loaded.
/// Errors: throws std::runtime_error with the loader's text.
Entry load(const std::string& path);

/// What an entry answered to an offer of [abi_min, abi_max], after the host's own checks.
struct Negotiated {
  bh_status_t status = BH_E_FAILED;
  const bh_plugin_t* plugin = nullptr;  ///< not null only if both sides agreed
  std::uint32_t abi = 0;
  std::string reason;
};
Negotiated negotiate(const std::string& path, std::uint32_t abi_min, std::uint32_t abi_max);

/// A case as enumerate found it, or one of a suite.
struct Case {
  std::uint32_t benchmark = 0;
  std::string input;
  std::string content_digest;
  std::map<std::string, bh_value_t> values;  ///< by parameter; the rest is the default
  std::vector<bh_value_t> settings;
};

struct Plan {
  std::uint32_t cycles = 2;
  std::vector<std::uint64_t> batches = {1, 2, 8};  ///< n of each batch of a cycle; HOT only, others as the policy says
  bool warm_up = true;                             ///< the first batch of the first cycle is one
  bool verifies = true;                            ///< verify is called, if there is one
  std::function<void()> before_run;                ///< called before each run, outside its state
};

struct Outcome {
  bh_status_t status = BH_OK;
  std::string phase;   ///< the call that failed; "" if none did
  std::string reason;  ///< its text
  std::uint64_t checked = 0;
  double error = 0, tolerance = 0;
  bool verified = false;  ///< checked > 0 and error within tolerance
  std::uint32_t cycles = 0;
};

/// Runs a case: create, cycles of prepare, batches, verify, process, teardown; destroy. The first batch of the first
/// cycle is a warm-up. What the plugin told the host is found in `host`.
Outcome drive(TestHost& host, const bh_plugin_t& plugin, const Case& what, const Plan& plan = {});

/// The cases that enumerate adds with these settings. `failed` gets the status and text of enumerate.
std::vector<Case> enumerate(TestHost& host, const bh_plugin_t& plugin, const std::vector<bh_value_t>& settings,
                            Outcome& failed);

/// What is wrong with the descriptors of a plugin, one line each: sizes, lists, mandatory texts, ids, primary metrics,
/// defaults. Empty if nothing is.
std::vector<std::string> descriptor_faults(const bh_plugin_t& plugin, const std::string& note);

}  // namespace benchhost::contract
