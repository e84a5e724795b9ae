// Invocations with their segments and samples. A sample row holds its value and nothing else; a segment names the range
// of ids that is its own. Ids are given out in blocks under the write lock, so ranges never overlap.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "common/base/utf8.h"
#include "store/error_ids.h"
#include "store/record_json.h"
#include "store/sqlite_store_body.h"
#include "store/validate.h"

namespace benchhost::store {

Result<InvocationId> SqliteStore::put_invocation_row(ResultId result, const Invocation& v) {
  const std::optional<std::string> phase =
      v.phase ? std::optional<std::string>(protocol::phase_name(*v.phase)) : std::nullopt;
  // A value of the calibration or the usage, NULL where the whole record is absent.
  const auto of_calibration = [&v](auto member) {
    using T = std::remove_cvref_t<decltype((*v.calibration).*member)>;
    return v.calibration ? std::optional<T>((*v.calibration).*member) : std::optional<T>();
  };
  const auto maybe_calibration = [&v](auto member) {
    return v.calibration ? (*v.calibration).*member : std::optional<double>();
  };
  const auto maybe_usage = [&v](auto member) {
    using T = std::remove_cvref_t<decltype((*v.usage).*member)>;
    return v.usage ? (*v.usage).*member : T();
  };
  using protocol::Calibration;
  using protocol::Usage;
  BH_CHECK(connection_.run(
      "INSERT INTO invocations(result, position, outcome, code, reason, phase, flags, started_wall_ns, duration_ns, "
      "exit_code, signal, clock, clock_step_ns, clock_cost_ns, n, fit_overhead_ns, fit_cost_ns, fit_residual_ratio, "
      "warmup_class, peak_rss_bytes, rss_at_prepare_bytes, minor_faults, major_faults, voluntary_switches, "
      "involuntary_switches, user_ns, system_ns, steal_ns, cores) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      result, v.index, protocol::outcome_name(v.outcome), v.code, v.reason, phase, list_text(v.flags),
      v.started_wall_ns, v.duration_ns, v.exit_code, v.signal, of_calibration(&Calibration::clock),
      of_calibration(&Calibration::clock_step_ns), of_calibration(&Calibration::clock_cost_ns),
      of_calibration(&Calibration::n), maybe_calibration(&Calibration::fit_overhead_ns),
      maybe_calibration(&Calibration::fit_cost_ns), maybe_calibration(&Calibration::fit_residual_ratio),
      of_calibration(&Calibration::warmup_class), maybe_usage(&Usage::peak_rss_bytes),
      maybe_usage(&Usage::rss_at_prepare_bytes), maybe_usage(&Usage::minor_faults), maybe_usage(&Usage::major_faults),
      maybe_usage(&Usage::voluntary_switches), maybe_usage(&Usage::involuntary_switches), maybe_usage(&Usage::user_ns),
      maybe_usage(&Usage::system_ns), maybe_usage(&Usage::steal_ns),
      v.usage ? std::optional<std::string>(cores_text(v.usage->cores)) : std::nullopt));
  return connection_.last_row();
}

Result<void> SqliteStore::put_counts(InvocationId id, const Invocation& v) {
  std::int64_t position = 0;
  for (const protocol::EventCount& e : v.counts ? v.counts->events : std::vector<protocol::EventCount>()) {
    const auto scaled = e.running_ratio ? std::optional<bool>(*e.running_ratio < 1) : std::nullopt;
    BH_CHECK(connection_.run(
        "INSERT INTO event_counts(invocation, position, event, value, running_ratio, is_scaled, is_user_only, "
        "batches, iterations, null_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id, position++, e.event, e.value, e.running_ratio, scaled, e.user_only, v.counts->batches, v.counts->iterations,
        e.null_reason));
  }
  position = 0;
  for (const protocol::ZoneEnergy& z : v.energy ? v.energy->zones : std::vector<protocol::ZoneEnergy>()) {
    BH_CHECK(connection_.run(
        "INSERT INTO energies(invocation, position, zone, joules, window_ns, batches, iterations, null_reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        id, position++, z.zone, z.joules, v.energy->window_ns, v.energy->batches, v.energy->iterations, z.null_reason));
  }
  return {};
}

Result<void> SqliteStore::put_segments(InvocationId id, const std::vector<protocol::Segment>& segments) {
  BH_TRY(const auto greatest, connection_.integer("SELECT max(id) FROM samples"));
  std::int64_t next = greatest.value_or(0) + 1;
  std::int64_t position = 0;
  for (const protocol::Segment& s : segments) {
    BH_CHECK(connection_.run(
        "INSERT INTO segments(invocation, position, quantity, phase, n, first_batch, batch_step, metric, "
        "label, thread, first_sample, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id, position++, protocol::quantity_name(s.quantity), protocol::segment_phase_name(s.phase), s.n, s.first_batch,
        s.batch_step, s.metric, s.label, s.index, next, std::uint64_t{s.size()}));
    // Several rows a statement: a third of the time of one row each.
    constexpr std::size_t kRows = 8;
    static constexpr const char* kInsertMany =
        "INSERT INTO samples(id, value) VALUES (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)";
    BH_TRY(Cursor many, connection_.query(kInsertMany));
    BH_TRY(Cursor one, connection_.query("INSERT INTO samples(id, value) VALUES (?, ?)"));
    const auto insert = [&](Cursor& cursor, std::size_t from, std::size_t rows) -> Result<void> {
      cursor.rewind();
      for (std::size_t r = 0; r < rows; ++r) {
        const int at = static_cast<int>(2 * r) + 1;
        cursor.bind(at, next++);
        if (s.is_real()) {
          cursor.bind(at + 1, s.reals[from + r]);
        } else {
          cursor.bind(at + 1, s.integers[from + r]);
        }
      }
      BH_TRY(const bool row, cursor.step());
      static_cast<void>(row);
      return {};
    };
    std::size_t at = 0;
    for (; at + kRows <= s.size(); at += kRows) BH_CHECK(insert(many, at, kRows));
    for (; at < s.size(); ++at) BH_CHECK(insert(one, at, 1));
  }
  return {};
}

Result<InvocationId> SqliteStore::add_invocation(ResultId result, const Invocation& v) {
  BH_CHECK(check_invocation(v));
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  BH_TRY(const RunId run, need_open(result));
  BH_TRY(const auto taken,
         connection_.integer("SELECT id FROM invocations WHERE result = ? AND position = ?", result, v.index));
  if (taken) return make_error(kRefused, fmt::format("invocation {} of result {} is stored already", v.index, result));
  BH_TRY(const InvocationId id, put_invocation_row(result, v));
  std::int64_t position = 0;
  for (const auto& item : v.work) {
    BH_CHECK(connection_.run("INSERT INTO work_items(invocation, position, key, amount) VALUES (?, ?, ?, ?)", id,
                             position++, item.key, item.amount));
  }
  for (const std::uint64_t batch : v.disturbed_batches) {
    BH_CHECK(connection_.run("INSERT INTO disturbed_batches(invocation, batch) VALUES (?, ?) ON CONFLICT DO NOTHING",
                             id, batch));
  }
  position = 0;
  for (const auto& h : v.histograms) {
    BH_CHECK(
        connection_.run("INSERT INTO histograms(invocation, position, metric, thread, count, sum, least, greatest, "
                        "buckets, precision_bits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        id, position++, h.metric, h.index, h.count, h.sum, h.least, h.greatest, buckets_text(h.buckets),
                        h.precision_bits));
  }
  if (v.times) {
    BH_CHECK(
        connection_.run("INSERT INTO phase_times(invocation, prepare_ns, settle_ns, measure_ns) VALUES (?, ?, ?, ?)",
                        id, v.times->prepare_ns, v.times->settle_ns, v.times->measure_ns));
  }
  BH_CHECK(put_counts(id, v));
  position = 0;
  for (const auto& line : v.logs) {
    BH_CHECK(connection_.run("INSERT INTO logs(invocation, line, level, source, text) VALUES (?, ?, ?, ?, ?)", id,
                             position++, line.level, line.source, to_valid_utf8(line.text)));
  }
  position = 0;
  for (const auto& artefact : v.artefacts) {
    BH_CHECK(
        connection_.run("INSERT INTO artefacts(invocation, position, name, media_type, data) VALUES (?, ?, ?, ?, ?)",
                        id, position++, artefact.name, artefact.media_type, Blob{artefact.data}));
  }
  BH_CHECK(put_segments(id, v.segments));
  Json body;
  body.set("result", result)
      .set("invocation", std::uint64_t{v.index})
      .set("outcome", protocol::outcome_name(v.outcome));
  BH_TRY(const std::int64_t event, put_event(run, "invocation_done", body));
  static_cast<void>(event);
  BH_CHECK(transaction.commit());
  return id;
}

}  // namespace benchhost::store
