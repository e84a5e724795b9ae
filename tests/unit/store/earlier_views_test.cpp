// What users of the earlier framework find: its names, its typical query, and NULL for what nobody knows.
#include <doctest/doctest.h>

#include <string>

#include "contract/store/temp_folder.h"
#include "store/query.h"
#include "unit/store/plain_sql.h"
#include "unit/store/sample_database.h"

namespace benchhost::store {
namespace {

using test::rows_of;

// As its users wrote it, but for the line breaks.
const std::string kTypicalQuery =
    "SELECT m.model_family, h.hardware_type, AVG(pr.throughput_items_per_second) AS avg_throughput "
    "FROM performance_results pr JOIN models m ON pr.model_id = m.model_id "
    "JOIN hardware_platforms h ON pr.hardware_id = h.hardware_id "
    "GROUP BY m.model_family, h.hardware_type ORDER BY avg_throughput DESC";

/// Inference of a model with batches: the rate is its primary number.
protocol::BenchmarkRecord inference(const std::string& id, std::vector<std::string> tags) {
  protocol::BenchmarkRecord b;
  b.id = id;
  b.title = "Inference";
  b.category = "model";
  b.tags = std::move(tags);
  b.metrics = {test::metric("throughput", "{item}/s", true), test::metric("latency", "ns", false)};
  return b;
}

Measurement number(const std::string& metric, double value) {
  Measurement m;
  m.metric = metric;
  m.statistic = "median";
  m.value = value;
  m.invocations = 1;
  return m;
}

struct Fixture {
  test::TempFolder folder;
  std::string path = folder.file("results.db");
  std::unique_ptr<RunStore> store = test::open_sample_store(path);
  RunId run = 0;
  std::uint64_t ordinal = 0;

  Fixture() {
    PluginRow plugin = test::sample_plugin();
    plugin.fingerprint = "sha256:model";
    const std::vector<protocol::BenchmarkRecord> benchmarks = {
        inference("org.example.bert", {"family.bert", "type.encoder", "modality.text"}),
        inference("org.example.any", {})};
    REQUIRE(store->register_plugin(plugin, benchmarks).ok());
    run = *store->begin_run(test::sample_run());
  }

  CaseStart infer(const std::string& benchmark, std::uint64_t batch, const std::string& input = "") {
    CaseStart s = test::sample_case(ordinal++, batch);
    s.plugin_fingerprint = "sha256:model";
    s.case_.benchmark = benchmark;
    s.case_.workload_revision = 1;
    s.case_.key = benchmark + std::to_string(batch) + input;
    s.case_.parameters = {{"batch", protocol::uint_value(batch)}, {"precision", protocol::choice_value("fp32")}};
    s.case_.input = input;
    return s;
  }
  void passed(const CaseStart& start, double throughput) {
    CaseEnd end;
    end.measurements = {number("throughput", throughput), number("latency", 2.5e6)};
    const auto result = store->start_case(run, start);
    REQUIRE(result.ok());
    REQUIRE(store->add_invocation(*result, test::sample_invocation(0)).ok());
    REQUIRE(store->finish_case(*result, end).ok());
  }
};

TEST_CASE_FIXTURE(Fixture, "the typical query of the earlier framework runs unchanged, here and in any SQLite shell") {
  passed(infer("org.example.bert", 1), 100);
  passed(infer("org.example.bert", 8), 300);
  passed(infer("org.example.any", 1, "user.onnx"), 50);
  const test::Rows expected = {{"bert", "cpu", "200.0"}, {"NULL", "cpu", "50.0"}};
  CHECK(rows_of(path, kTypicalQuery) == expected);
  const auto answer = query_database(path, kTypicalQuery, {});
  REQUIRE_MESSAGE(answer.ok(), to_text(answer.ok() ? Error{} : answer.error()));
  REQUIRE(answer->rows.size() == 2);
  CHECK(std::get<std::string>(answer->rows[0][0]) == "bert");
  CHECK(std::get<double>(answer->rows[0][2]) == 200);
  CHECK(std::holds_alternative<std::monostate>(answer->rows[1][0]));
  // The documented form of it too, and every view whole.
  for (const char* view :
       {"models", "hardware_platforms", "test_runs", "performance_results", "hardware_compatibility"}) {
    CAPTURE(view);
    const auto whole = query_database(path, std::string("SELECT * FROM ") + view, {});
    CHECK_MESSAGE(whole.ok(), to_text(whole.ok() ? Error{} : whole.error()));
  }
}

TEST_CASE_FIXTURE(Fixture, "each view has the columns that its users name, and no other") {
  const auto columns = [this](const std::string& view) {
    std::string all;
    for (const auto& row : rows_of(path, "SELECT name FROM pragma_table_info('" + view + "')")) all += row[0] + " ";
    return all;
  };
  CHECK(columns("models") == "model_id model_name model_family model_type modality parameters_million last_updated ");
  CHECK(columns("hardware_platforms") ==
        "hardware_id hardware_type device_name platform memory_gb simulation_mode simulation_warning "
        "detection_timestamp ");
  CHECK(columns("test_runs") ==
        "run_id test_name test_type started_at completed_at execution_time_seconds success metadata ");
  CHECK(columns("performance_results") ==
        "result_id run_id model_id hardware_id test_case batch_size precision throughput_items_per_second "
        "average_latency_ms memory_peak_mb simulation_mode simulation_details metrics created_at ");
  CHECK(columns("hardware_compatibility") ==
        "compatibility_id run_id model_id hardware_id is_compatible detection_success initialization_success "
        "error_message error_type created_at ");
}

TEST_CASE_FIXTURE(Fixture, "a model is an input, and cases of one model have one model") {
  passed(infer("org.example.bert", 1), 100);
  passed(infer("org.example.bert", 8), 300);
  passed(infer("org.example.any", 1, "user.onnx"), 50);
  passed(infer("org.example.any", 2, "user.onnx"), 60);
  passed(infer("org.example.any", 1, "other.onnx"), 70);
  const auto models = rows_of(path,
                              "SELECT model_name, model_family, model_type, modality, parameters_million, "
                              "last_updated FROM models ORDER BY model_id");
  REQUIRE(models.size() == 3);
  CHECK(models[0] ==
        std::vector<std::string>{"org.example.bert", "bert", "encoder", "text", "NULL", "2023-11-14 22:13:20"});
  CHECK(models[1][0] == "user.onnx");
  CHECK(models[2][0] == "other.onnx");
  CHECK(rows_of(path, "SELECT count(*), count(DISTINCT model_id) FROM performance_results")[0] ==
        std::vector<std::string>{"5", "3"});
}

TEST_CASE_FIXTURE(Fixture, "a result is told in the units of the earlier columns") {
  passed(infer("org.example.bert", 8), 300);
  const auto rows = rows_of(path,
                            "SELECT batch_size, precision, throughput_items_per_second, average_latency_ms, "
                            "memory_peak_mb, simulation_mode, simulation_details, "
                            "json_extract(metrics, '$.throughput.value'), created_at FROM performance_results");
  REQUIRE(rows.size() == 1);
  // 12,345,678 bytes are 11.77 MiB.
  CHECK(rows[0][4].substr(0, 5) == "11.77");
  CHECK(rows[0][0] == "8");
  CHECK(rows[0][1] == "fp32");
  CHECK(rows[0][2] == "300.0");
  CHECK(rows[0][3] == "2.5");
  CHECK(rows[0][5] == "0");
  CHECK(rows[0][6] == "NULL");
  CHECK(rows[0][7] == "300.0");
  CHECK(rows[0][8] == "2023-11-14 22:13:20");
}

TEST_CASE_FIXTURE(Fixture, "hardware benchmarks have results without a model, and failures are told as incompatible") {
  REQUIRE(store->record_case(run, test::sample_case(ordinal++, 64), test::sample_end(1)).ok());
  CaseEnd failed;
  failed.outcome = protocol::Outcome::crashed;
  failed.reason = "SIGSEGV";
  failed.phase = protocol::Phase::preparing;
  REQUIRE(store->record_case(run, infer("org.example.bert", 1), failed).ok());
  CaseEnd lost;
  lost.outcome = protocol::Outcome::infra_error;
  lost.reason = "the worker could not be started";
  REQUIRE(store->record_case(run, infer("org.example.bert", 2), lost).ok());
  CaseStart yardstick = test::sample_case(ordinal++, 128);
  yardstick.role = "yardstick";
  REQUIRE(store->record_case(run, yardstick, test::sample_end(1)).ok());
  CHECK(rows_of(path, "SELECT model_id, batch_size, throughput_items_per_second FROM performance_results") ==
        test::Rows{{"NULL", "NULL", "NULL"}});
  CHECK(rows_of(path,
                "SELECT is_compatible, detection_success, initialization_success, error_message, error_type FROM "
                "hardware_compatibility ORDER BY compatibility_id") ==
        test::Rows{{"1", "1", "1", "NULL", "NULL"},
                   {"0", "1", "0", "SIGSEGV", "crashed"},
                   {"NULL", "1", "NULL", "the worker could not be started", "infra_error"}});
}

TEST_CASE_FIXTURE(Fixture, "a run is told while it goes on, and when it has ended") {
  CHECK(rows_of(path,
                "SELECT test_name, completed_at, success, json_extract(metadata, '$.labels.purpose') FROM "
                "test_runs") == test::Rows{{"quick", "NULL", "NULL", "nightly"}});
  REQUIRE(store->finish_run(run, {1'700'000'100'000'000'000, 1, "", std::nullopt}).ok());
  CHECK(rows_of(path, "SELECT started_at, completed_at, execution_time_seconds, success FROM test_runs") ==
        test::Rows{{"2023-11-14 22:13:20", "2023-11-14 22:15:00", "100.0", "0"}});
}

}  // namespace
}  // namespace benchhost::store
