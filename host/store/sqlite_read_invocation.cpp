// Reading invocations, their segments and samples.
#include <fmt/format.h>

#include <utility>

#include "store/error_ids.h"
#include "store/record_json.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_store_body.h"

namespace benchhost::store {
namespace {

std::optional<int> maybe_int(const Cursor& cursor, int column) {
  const auto value = cursor.maybe_integer(column);
  return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
}

}  // namespace

Result<void> SqliteStore::read_counts(InvocationId id, Invocation& v) {
  BH_CHECK(
      each(connection_.query("SELECT event, value, running_ratio, is_user_only, null_reason, batches, iterations "
                             "FROM event_counts WHERE invocation = ? ORDER BY position",
                             id),
           [&v](Cursor& c) -> Result<void> {
             if (!v.counts) v.counts = protocol::EventCounts{c.natural(5), c.natural(6), {}};
             v.counts->events.push_back({c.text(0), c.maybe_real(1), c.maybe_real(2), c.integer(3) != 0, c.text(4)});
             return {};
           }));
  return each(connection_.query("SELECT zone, joules, null_reason, window_ns, batches, iterations FROM energies "
                                "WHERE invocation = ? ORDER BY position",
                                id),
              [&v](Cursor& c) -> Result<void> {
                if (!v.energy) v.energy = protocol::Energy{c.integer(3), c.natural(4), c.natural(5), {}};
                v.energy->zones.push_back({c.text(0), c.maybe_real(1), c.text(2)});
                return {};
              });
}

Result<StoredInvocation> SqliteStore::read_invocation(InvocationId id) {
  StoredInvocation stored;
  stored.id = id;
  Invocation& v = stored.invocation;
  {
    BH_TRY(Cursor c,
           connection_.query("SELECT position, outcome, code, reason, phase, flags, started_wall_ns, duration_ns, "
                             "exit_code, signal, clock, clock_step_ns, clock_cost_ns, n, fit_overhead_ns, "
                             "fit_cost_ns, fit_residual_ratio, warmup_class, peak_rss_bytes, "
                             "rss_at_prepare_bytes, minor_faults, major_faults, voluntary_switches, "
                             "involuntary_switches, user_ns, system_ns, steal_ns, cores "
                             "FROM invocations WHERE id = ?",
                             id));
    BH_TRY(const bool row, c.step());
    if (!row) return not_found("invocation", id);
    v.index = c.natural32(0);
    BH_TRY(v.outcome, outcome_from_text(c.text(1)));
    v.code = c.text(2);
    v.reason = c.text(3);
    if (!c.is_null(4)) {
      BH_TRY(v.phase, phase_from_text(c.text(4)));
    }
    BH_TRY(v.flags, list_from_text(c.text(5)));
    v.started_wall_ns = c.integer(6);
    v.duration_ns = c.integer(7);
    v.exit_code = maybe_int(c, 8);
    v.signal = maybe_int(c, 9);
    if (!c.is_null(10)) {
      v.calibration = protocol::Calibration{c.text(10),       c.integer(11),    c.real(12),       c.natural(13),
                                            c.maybe_real(14), c.maybe_real(15), c.maybe_real(16), c.text(17)};
    }
    if (!c.is_null(27)) {
      protocol::Usage usage{
          c.maybe_natural(18), c.maybe_natural(19), c.maybe_natural(20), c.maybe_natural(21), c.maybe_natural(22),
          c.maybe_natural(23), c.maybe_integer(24), c.maybe_integer(25), c.maybe_integer(26), {}};
      BH_TRY(usage.cores, cores_from_text(c.text(27)));
      v.usage = std::move(usage);
    }
  }
  BH_CHECK(each(connection_.query("SELECT key, amount FROM work_items WHERE invocation = ? ORDER BY position", id),
                [&v](Cursor& c) -> Result<void> {
                  v.work.push_back({c.text(0), c.real(1)});
                  return {};
                }));
  BH_CHECK(each(connection_.query("SELECT batch FROM disturbed_batches WHERE invocation = ? ORDER BY batch", id),
                [&v](Cursor& c) -> Result<void> {
                  v.disturbed_batches.push_back(c.natural(0));
                  return {};
                }));
  BH_CHECK(each(connection_.query("SELECT metric, thread, count, sum, least, greatest, buckets, precision_bits "
                                  "FROM histograms "
                                  "WHERE invocation = ? ORDER BY position",
                                  id),
                [&v](Cursor& c) -> Result<void> {
                  Histogram h{c.text(0), c.natural32(1), c.natural(2), c.real(3), c.integer(4), c.integer(5), {}};
                  BH_TRY(h.buckets, buckets_from_text(c.text(6)));
                  h.precision_bits = c.natural32(7);
                  v.histograms.push_back(std::move(h));
                  return {};
                }));
  BH_CHECK(each(connection_.query("SELECT prepare_ns, settle_ns, measure_ns FROM phase_times WHERE invocation = ?", id),
                [&v](Cursor& c) -> Result<void> {
                  v.times = protocol::PhaseTimes{c.integer(0), c.integer(1), c.integer(2)};
                  return {};
                }));
  BH_CHECK(read_counts(id, v));
  BH_CHECK(each(connection_.query("SELECT level, source, text FROM logs WHERE invocation = ? ORDER BY line", id),
                [&v](Cursor& c) -> Result<void> {
                  v.logs.push_back({c.text(0), c.text(1), c.text(2)});
                  return {};
                }));
  BH_CHECK(each(connection_.query("SELECT name, media_type FROM artefacts WHERE invocation = ? ORDER BY position", id),
                [&v](Cursor& c) -> Result<void> {
                  v.artefacts.push_back({c.text(0), c.text(1), {}});
                  return {};
                }));
  BH_CHECK(
      each(connection_.query("SELECT id, quantity, phase, n, first_batch, batch_step, metric, label, thread, count "
                             "FROM segments WHERE invocation = ? ORDER BY position",
                             id),
           [&stored](Cursor& c) -> Result<void> {
             SegmentInfo info;
             info.id = c.integer(0);
             BH_TRY(info.segment.quantity, quantity_from_text(c.text(1)));
             BH_TRY(info.segment.phase, segment_phase_from_text(c.text(2)));
             info.segment.n = c.natural(3);
             info.segment.first_batch = c.natural(4);
             info.segment.batch_step = c.natural(5);
             info.segment.metric = c.text(6);
             info.segment.label = c.text(7);
             info.segment.index = c.natural32(8);
             info.count = c.natural(9);
             stored.segments.push_back(std::move(info));
             return {};
           }));
  return stored;
}

Result<std::vector<StoredInvocation>> SqliteStore::invocations(ResultId id) {
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::read));
  BH_TRY(const auto known, connection_.integer("SELECT id FROM results WHERE id = ?", id));
  if (!known) return not_found("result", id);
  BH_TRY(const auto found, ids(connection_.query("SELECT id FROM invocations WHERE result = ? ORDER BY position", id)));
  std::vector<StoredInvocation> all;
  for (const InvocationId one : found) {
    BH_TRY(StoredInvocation stored, read_invocation(one));
    all.push_back(std::move(stored));
  }
  return all;
}

Result<protocol::Segment> SqliteStore::segment(SegmentId id) {
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::read));
  protocol::Segment s;
  std::int64_t first = 0;
  std::uint64_t count = 0;
  {
    BH_TRY(Cursor c, connection_.query("SELECT quantity, phase, n, first_batch, batch_step, metric, label, thread, "
                                       "first_sample, count FROM segments WHERE id = ?",
                                       id));
    BH_TRY(const bool row, c.step());
    if (!row) return not_found("segment", id);
    BH_TRY(s.quantity, quantity_from_text(c.text(0)));
    BH_TRY(s.phase, segment_phase_from_text(c.text(1)));
    s.n = c.natural(2);
    s.first_batch = c.natural(3);
    s.batch_step = c.natural(4);
    s.metric = c.text(5);
    s.label = c.text(6);
    s.index = c.natural32(7);
    first = c.integer(8);
    count = c.natural(9);
  }
  BH_CHECK(
      each(connection_.query("SELECT value FROM samples WHERE id >= ?1 AND id < ?1 + ?2 ORDER BY id", first, count),
           [&s](Cursor& c) -> Result<void> {
             if (s.is_real()) {
               s.reals.push_back(c.real(0));
             } else {
               s.integers.push_back(c.integer(0));
             }
             return {};
           }));
  if (s.size() != count) {
    return make_error(kDamaged, fmt::format("segment {} has {} of its {} samples", id, s.size(), count),
                      "`benchhost db check` says more; restore a backup")
        .in(connection_.path());
  }
  return s;
}

Result<std::vector<Artefact>> SqliteStore::artefacts(InvocationId id) {
  std::vector<Artefact> all;
  BH_CHECK(
      each(connection_.query("SELECT name, media_type, data FROM artefacts WHERE invocation = ? ORDER BY position", id),
           [&all](Cursor& c) -> Result<void> {
             all.push_back({c.text(0), c.text(1), c.text(2)});
             return {};
           }));
  return all;
}

}  // namespace benchhost::store
