// The name of a case as tables show it, taken apart again.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "suite/model.h"

namespace benchhost::cli {

/// `cpu_stream.triad{bytes=64 KiB,type=fp32}@cpu:0`, or less of it.
struct CaseName {
  std::string benchmark;                                        ///< the id, or what of it stands after a dot
  std::string input;                                            ///< "": none
  std::vector<std::pair<std::string, std::string>> parameters;  ///< texts as shown
  std::vector<std::string> devices;                             ///< "cpu:0"; empty: any

  [[nodiscard]] bool is_one_case() const { return !input.empty() || !parameters.empty() || !devices.empty(); }
};

/// Names are for people: long texts in them are cut, and quotes in quotes are as they are. What was cut does not come
/// back as it was. Errors: BH0001, for brackets that do not close and a parameter without '='.
[[nodiscard]] Result<CaseName> parse_case_name(std::string_view name);

/// A parameter of a name as an axis of one value: a list where the text is in brackets.
[[nodiscard]] suite::Axis axis_of(const std::pair<std::string, std::string>& parameter);

}  // namespace benchhost::cli
