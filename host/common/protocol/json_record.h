// How records become JSON and back: each record lists its members once, and one visitor writes them while another reads
// them, so that the two directions cannot drift apart. Private to this folder.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"
#include "common/protocol/value.h"

namespace benchhost::protocol::detail {

/// Specialised for every record: `template <class V, class R> static void visit(V& v, R& r)` calls v("name", r.member)
/// for each member. kName is what error messages call the record.
template <class T>
struct Members;

/// Specialised for every enumeration that travels: the number of its enumerators, which begin at 0.
template <class T>
inline constexpr std::uint32_t kEnumerators = 0;

template <class T>
concept Record = requires {
  Members<T>::kName;
};

template <class T>
concept Unsigned = std::same_as<T, std::uint32_t> || std::same_as<T, std::uint64_t>;

template <class T>
concept Signed = std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t>;

// ---- Writing ------------------------------------------------------------------------------------------------------

inline Json put(bool v) { return Json(v); }
inline Json put(double v) { return Json(v); }
inline Json put(const std::string& v) { return Json(v); }
inline Json put(const Value& v) { return to_json(v); }
template <Unsigned T>
Json put(T v) {
  return Json(std::uint64_t{v});
}
template <Signed T>
Json put(T v) {
  return Json(std::int64_t{v});
}
template <class T>
requires std::is_enum_v<T> Json put(T v) { return Json(static_cast<std::uint64_t>(v)); }
template <Record T>
Json put(const T& record);
template <class T>
Json put(const std::optional<T>& v);
template <class A, class B>
Json put(const std::pair<A, B>& v);
template <class T>
Json put(const std::vector<T>& list);

struct Writer {
  JsonObject object;
  template <class T>
  void operator()(const char* name, const T& value) {
    object.emplace_back(name, put(value));
  }
};

template <Record T>
Json put(const T& record) {
  Writer writer;
  Members<T>::visit(writer, record);
  return Json(std::move(writer.object));
}
template <class T>
Json put(const std::optional<T>& v) {
  return v ? put(*v) : Json();
}
template <class A, class B>
Json put(const std::pair<A, B>& v) {
  return Json(JsonArray{put(v.first), put(v.second)});
}
template <class T>
Json put(const std::vector<T>& list) {
  JsonArray array;
  array.reserve(list.size());
  for (const T& item : list) array.push_back(put(item));
  return Json(std::move(array));
}

// ---- Reading ------------------------------------------------------------------------------------------------------

/// What was expected where; empty while all is well. Paths grow outwards as the readers return.
struct Problem {
  std::string path;
  std::string expected;

  bool set(std::string what) {
    expected = std::move(what);
    return false;
  }
  void enter(std::string_view outer) {
    const bool joined = path.empty() || path.front() == '[';
    path = std::string(outer) + (joined ? "" : ".") + path;
  }
};

inline bool get(const Json& json, bool& out, Problem& problem) {
  if (!json.is_bool()) return problem.set("true or false");
  out = json.as_bool();
  return true;
}
inline bool get(const Json& json, double& out, Problem& problem) {
  if (!json.is_number() || !std::isfinite(json.as_double(0))) return problem.set("a finite number");
  out = json.as_double(0);
  return true;
}
inline bool get(const Json& json, std::string& out, Problem& problem) {
  if (!json.is_string()) return problem.set("a text");
  out = json.as_string();
  return true;
}
inline bool get(const Json& json, Value& out, Problem& problem) {
  Result<Value> value = value_from_json(json);
  if (!value) return problem.set("a value (" + value.error().message + ")");
  out = std::move(value).value();
  return true;
}
template <Unsigned T>
bool get(const Json& json, T& out, Problem& problem) {
  // as_uint answers its fallback where the value is negative: two fallbacks tell that from a value.
  const std::uint64_t v = json.as_uint(0);
  if (!json.is_integer() || v != json.as_uint(1) || !std::in_range<T>(v)) return problem.set("an unsigned integer");
  out = static_cast<T>(v);
  return true;
}
template <Signed T>
bool get(const Json& json, T& out, Problem& problem) {
  const std::int64_t v = json.as_int(0);
  if (!json.is_integer() || v != json.as_int(1) || !std::in_range<T>(v)) return problem.set("an integer");
  out = static_cast<T>(v);
  return true;
}
template <class T>
requires std::is_enum_v<T>
bool get(const Json& json, T& out, Problem& problem) {
  static_assert(kEnumerators<T> > 0, "say how many enumerators the enumeration has");
  std::uint32_t number = 0;
  if (!get(json, number, problem)) return false;
  if (number >= kEnumerators<T>) return problem.set("a number below " + std::to_string(kEnumerators<T>));
  out = static_cast<T>(number);
  return true;
}
template <Record T>
bool get(const Json& json, T& out, Problem& problem);
template <class T>
bool get(const Json& json, std::optional<T>& out, Problem& problem);
template <class A, class B>
bool get(const Json& json, std::pair<A, B>& out, Problem& problem);
template <class T>
bool get(const Json& json, std::vector<T>& out, Problem& problem);

struct Reader {
  const JsonObject& object;
  Problem& problem;
  bool good = true;

  template <class T>
  void operator()(const char* name, T& out) {
    if (!good) return;
    const Json* found = nullptr;
    for (const auto& [key, value] : object) {
      if (key == name) found = &value;
    }
    if (found == nullptr) {
      good = problem.set("to be there");
    } else {
      good = get(*found, out, problem);
    }
    if (!good) problem.enter(name);
  }
};

template <Record T>
bool get(const Json& json, T& out, Problem& problem) {
  if (!json.is_object()) return problem.set(std::string("an object (") + Members<T>::kName + ")");
  Reader reader{json.members(), problem};
  Members<T>::visit(reader, out);
  return reader.good;
}
template <class T>
bool get(const Json& json, std::optional<T>& out, Problem& problem) {
  out.reset();
  return json.is_null() || get(json, out.emplace(), problem);
}
template <class A, class B>
bool get(const Json& json, std::pair<A, B>& out, Problem& problem) {
  if (json.items().size() != 2) return problem.set("a list of two");
  return get(json.items()[0], out.first, problem) && get(json.items()[1], out.second, problem);
}
template <class T>
bool get(const Json& json, std::vector<T>& out, Problem& problem) {
  if (!json.is_array()) return problem.set("a list");
  out.clear();
  out.reserve(json.items().size());
  for (const Json& item : json.items()) {
    if (!get(item, out.emplace_back(), problem)) {
      problem.enter("[" + std::to_string(out.size() - 1) + "]");
      return false;
    }
  }
  return true;
}

/// Code of every record that cannot be read.
inline constexpr const char* kBadRecord = "BH0302";

template <Record T>
Result<T> read_record(const Json& json) {
  T record;
  Problem problem;
  if (get(json, record, problem)) return record;
  return make_error(kBadRecord, std::string(Members<T>::kName) + ": expected " +
                                    (problem.path.empty() ? "" : "'" + problem.path + "' ") +
                                    (problem.expected == "to be there" ? "" : "to be ") + problem.expected);
}

}  // namespace benchhost::protocol::detail
