// What a case was planned to take, and from what that was reckoned.
#include "store/sqlite_rows.h"
#include "store/sqlite_store_body.h"

namespace benchhost::store {

Result<void> SqliteStore::put_plan(ResultId result, const CasePlan& p) {
  return connection_.run(
      "INSERT INTO plans(result, precision_ratio, time_ns, least_invocations, most_invocations, stopped, "
      "invocation_variance, batch_variance, invocation_cost_ns, batch_cost_ns, planned_invocations, planned_batches, "
      "planned_half_width_ratio, planned_ns, null_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      result, p.precision_ratio, p.time_ns, p.least_invocations, p.most_invocations, p.stopped, p.invocation_variance,
      p.batch_variance, p.invocation_cost_ns, p.batch_cost_ns, p.planned_invocations, p.planned_batches,
      p.planned_half_width_ratio, p.planned_ns, p.null_reason);
}

Result<void> SqliteStore::read_plan(StoredResult& result) {
  return each(
      connection_.query("SELECT precision_ratio, time_ns, least_invocations, most_invocations, stopped, "
                        "invocation_variance, batch_variance, invocation_cost_ns, batch_cost_ns, planned_invocations, "
                        "planned_batches, planned_half_width_ratio, planned_ns, null_reason "
                        "FROM plans WHERE result = ?",
                        result.id),
      [&result](Cursor& c) -> Result<void> {
        CasePlan p;
        p.precision_ratio = c.maybe_real(0);
        p.time_ns = c.maybe_integer(1);
        p.least_invocations = c.natural32(2);
        p.most_invocations = c.natural32(3);
        p.stopped = c.text(4);
        p.invocation_variance = c.maybe_real(5);
        p.batch_variance = c.maybe_real(6);
        p.invocation_cost_ns = c.maybe_real(7);
        p.batch_cost_ns = c.maybe_real(8);
        p.planned_invocations = c.maybe_natural(9);
        p.planned_batches = c.maybe_natural(10);
        p.planned_half_width_ratio = c.maybe_real(11);
        p.planned_ns = c.maybe_real(12);
        p.null_reason = c.text(13);
        result.end->plan = std::move(p);
        return {};
      });
}

}  // namespace benchhost::store
