// Reading JSON: Boost.JSON's event parser builds our values. It is used below its DOM because the DOM lets a later
// duplicate win in silence, and because its own conversion of decimals is off by some units in the last place; the
// digits are converted by std::from_chars here.
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <set>
#include <string>

#include "common/base/json.h"

namespace benchhost {
namespace {

namespace bj = boost::json;

constexpr std::size_t kMaxDepth = 64;
/// Objects with more members than this look their names up in a set: no quadratic time on a hostile text.
constexpr std::size_t kSmallObject = 16;

struct Builder {
  // Limits of one string, key and container: the text is in memory already, so they need none of their own.
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  struct Frame {
    bool object = false;
    JsonArray items;
    JsonObject members;
    std::string name;
    std::set<std::string, std::less<>> names;
  };

  std::vector<Frame> frames;
  Json root;
  std::string part;
  /// Cause of a refusal that Boost.JSON does not know.
  std::string refusal;

  bool refuse(std::string cause, bj::error_code& ec) {
    refusal = std::move(cause);
    ec = bj::error::syntax;
    return false;
  }

  bool add(Json value) {
    if (frames.empty()) {
      root = std::move(value);
    } else if (frames.back().object) {
      frames.back().members.emplace_back(std::move(frames.back().name), std::move(value));
    } else {
      frames.back().items.push_back(std::move(value));
    }
    return true;
  }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }

  bool on_object_begin(bj::error_code&) {
    frames.emplace_back().object = true;
    return true;
  }
  bool on_object_end(std::size_t, bj::error_code&) {
    Json value(std::move(frames.back().members));
    frames.pop_back();
    return add(std::move(value));
  }
  bool on_array_begin(bj::error_code&) {
    frames.emplace_back();
    return true;
  }
  bool on_array_end(std::size_t, bj::error_code&) {
    Json value(std::move(frames.back().items));
    frames.pop_back();
    return add(std::move(value));
  }

  bool on_key_part(bj::string_view text, std::size_t, bj::error_code&) {
    part.append(text.data(), text.size());
    return true;
  }
  bool on_key(bj::string_view text, std::size_t, bj::error_code& ec) {
    part.append(text.data(), text.size());
    Frame& frame = frames.back();
    if (is_duplicate(frame)) return refuse("the member \"" + part + "\" stands twice in one object", ec);
    frame.name = std::move(part);
    part.clear();
    return true;
  }
  bool is_duplicate(Frame& frame) const {
    if (frame.members.size() < kSmallObject) {
      for (const auto& member : frame.members) {
        if (member.first == part) return true;
      }
      return false;
    }
    if (frame.names.empty()) {
      for (const auto& member : frame.members) frame.names.insert(member.first);
    }
    return !frame.names.insert(part).second;
  }

  bool on_string_part(bj::string_view text, std::size_t, bj::error_code&) {
    part.append(text.data(), text.size());
    return true;
  }
  bool on_string(bj::string_view text, std::size_t, bj::error_code&) {
    part.append(text.data(), text.size());
    Json value(std::move(part));
    part.clear();
    return add(std::move(value));
  }

  bool on_number_part(bj::string_view text, bj::error_code&) {
    part.append(text.data(), text.size());
    return true;
  }
  bool on_int64(std::int64_t value, bj::string_view, bj::error_code&) {
    part.clear();
    return add(Json(value));
  }
  bool on_uint64(std::uint64_t value, bj::string_view, bj::error_code&) {
    part.clear();
    return add(Json(value));
  }
  bool on_double(double rough, bj::string_view text, bj::error_code& ec) {
    part.append(text.data(), text.size());
    double value = 0;
    const auto read = std::from_chars(part.data(), part.data() + part.size(), value);
    if (read.ec == std::errc::result_out_of_range) {
      if (std::fabs(rough) > 1) return refuse("the number " + part.substr(0, 40) + " is too large for a double", ec);
      value = std::signbit(rough) ? -0.0 : 0.0;  // smaller than the smallest double
    }
    part.clear();
    return add(Json(value));
  }

  bool on_bool(bool value, bj::error_code&) { return add(Json(value)); }
  bool on_null(bj::error_code&) { return add(Json()); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }
};

std::string place_of(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (const char c : text.substr(0, offset)) {
    column = c == '\n' ? 1 : column + 1;
    line += c == '\n' ? 1 : 0;
  }
  return std::to_string(line) + ":" + std::to_string(column);
}

std::string cause_of(const bj::error_code& ec) {
  if (ec == bj::error::too_deep) return "nested deeper than " + std::to_string(kMaxDepth) + " levels";
  if (ec == bj::error::incomplete) return "the text ends too early";
  if (ec == bj::error::extra_data) return "there is more after the end of the value";
  return ec.message();
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  bj::parse_options options;
  options.max_depth = kMaxDepth;
  bj::basic_parser<Builder> parser(options);
  bj::error_code ec;
  std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) {
    if (text.find_first_not_of(" \t\r\n", used) != std::string_view::npos) ec = bj::error::extra_data;
  }
  if (ec) {
    const Builder& builder = parser.handler();
    Error error =
        make_error("BH0004", "not a JSON text: " + (builder.refusal.empty() ? cause_of(ec) : builder.refusal));
    return std::move(error).in(place_of(text, used));
  }
  return std::move(parser.handler().root);
}

}  // namespace benchhost
