#include "suite/sweep_values.h"

#include <fmt/format.h>

#include <cmath>

#include "common/stats/portable_math.h"
#include "suite/convert.h"

namespace benchhost::suite {
namespace {

using protocol::ParamRecord;
using protocol::Scalar;
using protocol::Value;
using protocol::ValueType;

constexpr const char* kWrong = "BH0103";
// BH_SWEEP_* of the SDK, which the host wing does not include.
constexpr std::uint32_t kSweepNone = 0;
constexpr std::uint32_t kSweepList = 1;
constexpr std::uint32_t kSweepLinear = 2;
constexpr std::uint32_t kSweepLog2 = 3;

using Scalars = std::vector<Scalar>;

Error refuse(std::string message, std::string help = {}) {
  return make_error(kWrong, std::move(message), std::move(help));
}

Error too_many() {
  return refuse(fmt::format("the sweep has more than {} values", kMostSweepValues), "take a larger step");
}

/// Distance of two integers of one type, which an int64 need not hold.
template <class T>
std::uint64_t distance(T first, T last) {
  return static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
}

template <class T>
Result<Scalars> linear_integers(T first, T last, T step) {
  if (step <= 0) return refuse("the step of a range is more than 0");
  if (first > last) return refuse("the range ends before it begins", "write [smallest, largest]");
  const std::uint64_t count = distance(first, last) / static_cast<std::uint64_t>(step) + 1;
  if (count > kMostSweepValues || count == 0) return too_many();
  Scalars out;
  out.reserve(count);
  for (std::uint64_t k = 0; k < count; ++k)
    out.emplace_back(static_cast<T>(static_cast<std::uint64_t>(first) + k * static_cast<std::uint64_t>(step)));
  return out;
}

Result<Scalars> linear_reals(double first, double last, double step) {
  if (!(step > 0)) return refuse("the step of a range is more than 0");
  if (first > last) return refuse("the range ends before it begins", "write [smallest, largest]");
  // 0.1 + 2 * 0.1 is not 0.3: an end that is missed by less than this part of a step is meant to be met.
  constexpr double kSlack = 1e-9;
  const double steps = std::floor((last - first) / step + kSlack);
  if (!(steps < static_cast<double>(kMostSweepValues))) return too_many();
  Scalars out;
  const auto count = static_cast<std::uint64_t>(steps) + 1;
  out.reserve(count);
  for (std::uint64_t k = 0; k < count; ++k) {
    // One rounding, so that compilers which contract and those which do not give the same bits.
    out.emplace_back(std::min(last, std::fma(static_cast<double>(k), step, first)));
  }
  return out;
}

/// first * 2^(steps / per_octave) as a real; exact for whole octaves.
double grown(double first, std::uint64_t steps, std::uint32_t per_octave) {
  const auto octaves = static_cast<int>(steps / per_octave);
  const std::uint64_t rest = steps % per_octave;
  constexpr double kLn2 = 0.693147180559945309417232121458;
  const double part =
      rest == 0 ? 1.0 : stats::portable_exp(kLn2 * static_cast<double>(rest) / static_cast<double>(per_octave));
  return std::ldexp(first * part, octaves);
}

/// Turns 0, step, 2 * step, … of a log2 sweep up to this: no number type spans more octaves than a double.
constexpr std::uint64_t kMostOctaves = 2200;

/// Turns are counted, not values: of many turns that round to one integer one value is left.
Error too_many_turns() {
  return refuse(fmt::format("the sweep takes more than {} steps", kMostSweepValues), "take a larger step");
}

template <class T>
Result<Scalars> log2_integers(T first, T last, std::uint64_t step, std::uint32_t per_octave) {
  Scalars out;
  T previous = 0;
  const std::uint64_t most = kMostOctaves * per_octave;
  std::uint64_t turns = 0;
  for (std::uint64_t k = 0;; k += step) {
    if (++turns > kMostSweepValues) return too_many_turns();
    const auto octaves = k / per_octave;
    T value = 0;
    if (k % per_octave == 0) {
      // Whole octaves stay exact where a double would not hold all digits.
      if (octaves >= 64 || (last >> octaves) < first) break;
      value = static_cast<T>(first << octaves);
    } else {
      const double real = grown(static_cast<double>(first), k, per_octave);
      if (real > static_cast<double>(last)) break;
      const double rounded = std::floor(real + 0.5);
      if (rounded > static_cast<double>(last)) break;
      value = static_cast<T>(rounded);
    }
    if (out.empty() || value != previous) out.emplace_back(value);
    previous = value;
    if (step > most - k) break;
  }
  return out;
}

Result<Scalars> log2_reals(double first, double last, std::uint64_t step, std::uint32_t per_octave) {
  constexpr double kSlack = 1e-12;  // relative: an end that is missed by rounding alone is met
  Scalars out;
  const std::uint64_t most = kMostOctaves * per_octave;
  for (std::uint64_t k = 0;; k += step) {
    const double value = grown(first, k, per_octave);
    if (!(value <= last * (1 + kSlack))) break;
    if (out.size() == kMostSweepValues) return too_many_turns();
    out.emplace_back(std::min(value, last));
    if (step > most - k) break;
  }
  return out;
}

bool is_number(ValueType type) {
  return type == ValueType::int64 || type == ValueType::uint64 || type == ValueType::real;
}

Scalar one_of_type(ValueType type) {
  if (type == ValueType::int64) return std::int64_t{1};
  if (type == ValueType::uint64) return std::uint64_t{1};
  return 1.0;
}

std::uint64_t octave_step(const Scalar& scalar) {
  if (const auto* u = std::get_if<std::uint64_t>(&scalar)) return *u;
  if (const auto* i = std::get_if<std::int64_t>(&scalar)) return *i < 0 ? 0 : static_cast<std::uint64_t>(*i);
  return 0;
}

Result<std::vector<Value>> checked(Scalars scalars, const ParamRecord& p, const Position& at) {
  std::vector<Value> out;
  out.reserve(scalars.size());
  for (Scalar& scalar : scalars) {
    Value value{p.type, false, {std::move(scalar)}};
    BH_CHECK(check_range(value, p, at));
    out.push_back(std::move(value));
  }
  return out;
}

Result<Scalars> placed(Result<Scalars> result, const Position& at) {
  if (!result.ok()) return std::move(result).error().in(to_text(at));
  return result;
}

Result<std::vector<Value>> suggested(const Sweep& sweep, const ParamRecord& p) {
  switch (p.sweep) {
    case kSweepNone: {
      if (p.type == ValueType::choice) return p.choices;
      if (p.type == ValueType::boolean && !p.list)
        return std::vector<Value>{protocol::bool_value(false), protocol::bool_value(true)};
      return std::vector<Value>{p.default_value};
    }
    case kSweepList:
      return p.sweep_values;
    case kSweepLinear: {
      const Scalar step = p.sweep_step.type == ValueType::none ? one_of_type(p.type) : p.sweep_step.scalars.front();
      BH_TRY(Scalars scalars,
             placed(linear_values(p.sweep_first.scalars.front(), p.sweep_last.scalars.front(), step), sweep.at));
      return checked(std::move(scalars), p, sweep.at);
    }
    case kSweepLog2: {
      const std::uint64_t step = p.sweep_step.type == ValueType::none ? 1 : octave_step(p.sweep_step.scalars.front());
      BH_TRY(Scalars scalars, placed(log2_values(p.sweep_first.scalars.front(), p.sweep_last.scalars.front(), step,
                                                 p.sweep_per_octave == 0 ? 1 : p.sweep_per_octave),
                                     sweep.at));
      return checked(std::move(scalars), p, sweep.at);
    }
    default:
      return refuse(fmt::format("parameter '{}' is meant to be searched, which a suite cannot ask for", p.name),
                    "give its values as a list or range")
          .in(to_text(sweep.at));
  }
}

}  // namespace

Result<Scalars> linear_values(const Scalar& first, const Scalar& last, const Scalar& step) {
  if (const auto* u = std::get_if<std::uint64_t>(&first))
    return linear_integers(*u, std::get<std::uint64_t>(last), std::get<std::uint64_t>(step));
  if (const auto* i = std::get_if<std::int64_t>(&first))
    return linear_integers(*i, std::get<std::int64_t>(last), std::get<std::int64_t>(step));
  return linear_reals(std::get<double>(first), std::get<double>(last), std::get<double>(step));
}

Result<Scalars> log2_values(const Scalar& first, const Scalar& last, std::uint64_t step, std::uint32_t per_octave) {
  if (step == 0) return refuse("the step of a log2 range is more than 0");
  const auto check = [&](auto a, auto b) -> Result<void> {
    if (!(a > 0)) return refuse("a log2 range begins above 0");
    if (a > b) return refuse("the range ends before it begins", "write [smallest, largest]");
    return {};
  };
  if (const auto* u = std::get_if<std::uint64_t>(&first)) {
    BH_CHECK(check(*u, std::get<std::uint64_t>(last)));
    return log2_integers(*u, std::get<std::uint64_t>(last), step, per_octave);
  }
  if (const auto* i = std::get_if<std::int64_t>(&first)) {
    BH_CHECK(check(*i, std::get<std::int64_t>(last)));
    return log2_integers(*i, std::get<std::int64_t>(last), step, per_octave);
  }
  BH_CHECK(check(std::get<double>(first), std::get<double>(last)));
  return log2_reals(std::get<double>(first), std::get<double>(last), step, per_octave);
}

Result<std::vector<Value>> sweep_values(const Sweep& sweep, const ParamRecord& p) {
  if (sweep.form == Sweep::Form::suggested) return suggested(sweep, p);
  if (sweep.form == Sweep::Form::values) {
    std::vector<Value> out;
    out.reserve(sweep.values.size());
    for (const Literal& literal : sweep.values) {
      BH_TRY(Value value, convert(literal, p));
      out.push_back(std::move(value));
    }
    return out;
  }
  if (p.list || !is_number(p.type))
    return refuse(fmt::format("parameter '{}' is {} and has no ranges", p.name, protocol::type_name(p.type, p.list)),
                  "give its values as a list")
        .in(to_text(sweep.at));
  BH_TRY(Scalar first, convert_scalar(sweep.first, p));
  BH_TRY(Scalar last, convert_scalar(sweep.last, p));
  Result<Scalars> scalars = Scalars();
  if (sweep.form == Sweep::Form::linear) {
    Scalar step = one_of_type(p.type);
    if (sweep.step) {
      BH_TRY(step, convert_scalar(*sweep.step, p));
    } else if (p.type == ValueType::real) {
      return refuse(fmt::format("a range of parameter '{}' needs a step", p.name)).in(to_text(sweep.at));
    }
    scalars = linear_values(first, last, step);
  } else {
    ParamRecord octaves;
    octaves.name = "step";
    octaves.type = ValueType::uint64;
    std::uint64_t step = 1;
    if (sweep.step) {
      BH_TRY(const Scalar written, convert_scalar(*sweep.step, octaves));
      step = octave_step(written);
    }
    scalars = log2_values(first, last, step, sweep.per_octave);
  }
  BH_TRY(Scalars good, placed(std::move(scalars), sweep.at));
  return checked(std::move(good), p, sweep.at);
}

}  // namespace benchhost::suite
