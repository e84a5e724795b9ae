// What makes a case the same case on another day: its canonical text, its key, and its name for people.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/protocol/descriptor.h"
#include "common/protocol/value.h"

namespace benchhost::suite {

/// canonical_set of what is identity (sdk params.h): parameters that are apart are left out, added ones while they have
/// their default, and `contents[i]`, where not "", stands for the text of path parameter i. Requires: values and
/// contents parallel to the parameters.
[[nodiscard]] std::string canonical_parameters(const protocol::BenchmarkRecord& benchmark,
                                               const std::vector<protocol::Value>& values,
                                               const std::vector<protocol::Value>& contents);

/// JSON array text [benchmark id, canonical parameters, input, [device models], workload revision]; never changes.
[[nodiscard]] std::string canonical_identity(const protocol::BenchmarkRecord& benchmark, const std::string& parameters,
                                             const std::string& input, const std::vector<std::string>& device_models);

/// `cpu_stream.triad{bytes=64 KiB,type=fp32}@cpu:0`; an input stands in brackets after the benchmark.
[[nodiscard]] std::string display_name(const std::string& benchmark_id, const std::string& input,
                                       const std::vector<std::pair<std::string, std::string>>& parameters,
                                       const std::string& device);

}  // namespace benchhost::suite
