// A YAML text as a tree in which each node knows its place: what yaml-cpp's own nodes do not tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suite/diagnostics.h"
#include "suite/model.h"

namespace benchhost::suite {

struct YamlMember;

/// A node with its aliases replaced by what they stand for. line and column start at 1; the column counts code points.
struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  bool quoted = false;  ///< scalar in quotes or a block scalar: a text, whatever it looks like
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string text;                 ///< scalar
  std::vector<YamlNode> items;      ///< sequence
  std::vector<YamlMember> members;  ///< mapping, in the order of the text; keys are scalars, unique
};

struct YamlMember {
  YamlNode key;
  YamlNode value;
};

/// Reads one document. Refused beyond YAML's own rules: a second document, repeated keys, keys that are no text,
/// explicit tags, quotes that do not end, aliases that hold themselves or stand for more than kMostNodes, nesting over
/// kMostDepth, text that is not UTF-8, control and direction-changing characters, tabs in indentation, and plain
/// scalars that YAML 1.1 and 1.2 read differently (010, 1_000, 1:30, yes, on). CRLF and a UTF-8 byte order mark are
/// read as if they were not there. Requires: text is at most kMostFileBytes. Errors: nullopt, and what is wrong in
/// `diagnostics`, placed in `file`.
[[nodiscard]] std::optional<YamlNode> parse_yaml(std::string_view text, const std::string& file,
                                                 Diagnostics& diagnostics);

}  // namespace benchhost::suite
