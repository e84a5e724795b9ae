// A user's model: load and first inference once per process, layers as labelled times, the model as a parameter or a
// case.
#include <benchhost/plugin.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace bb = benchhost;

namespace {

/// A stack of dense layers: "MLP layers width" as text is the whole model; weights come from the layer's number.
struct Model {
  std::uint32_t width = 0;
  std::vector<std::vector<float>> weights;

  explicit Model(const std::string& path) {
    std::ifstream in(path);
    std::string magic;
    std::uint32_t layers = 0;
    if (!(in >> magic >> layers >> width) || magic != "MLP" || layers == 0 || width == 0 || layers > 100 ||
        width > 4096)
      throw bb::Error(BH_E_IO, "'" + path + "' is no model: its text is MLP, layers and width");
    for (std::uint32_t l = 0; l < layers; ++l) {
      weights.emplace_back(std::size_t{width} * width);
      for (std::size_t i = 0; i < weights[l].size(); ++i) weights[l][i] = static_cast<float>((i * 7 + l) % 5) * 0.01f;
    }
  }
  std::vector<float> layer(std::size_t l, const std::vector<float>& in) const {
    std::vector<float> out(width);
    for (std::size_t j = 0; j < width; ++j)
      for (std::size_t i = 0; i < width; ++i) out[j] += weights[l][j * width + i] * in[i];
    return out;
  }
};

constexpr bb::Metric self_time(const char* id, const char* title, const char* what) {
  return bb::metric(id, title, BH_UNIT_NS, BH_KIND_TIME, BH_DIRECTION_LOWER, BH_DOMAIN_SELF, what);
}

struct First final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.example.model.first", "First inference",
                "Opens the model and runs it once, in a new process each time; the page cache is warm.",
                BH_CATEGORY_MODEL)
          .batch(BH_BATCH_ONCE)
          .flags(BH_BENCHMARK_FRESH_PROCESS);
  static constexpr bb::Param parameters[] = {
      bb::param("model", bb::str(""), "model file; empty: that of the case").path()};
  static constexpr bb::Metric metrics[] = {bb::time("total", "Load and first inference", "all of run").primary(),
                                           self_time("load", "Load", "open and build"),
                                           self_time("layer", "Layer", "each layer of the first inference").labelled(),
                                           bb::metric("width", "Width", BH_UNIT_COUNT("element"), BH_KIND_COUNT,
                                                      BH_DIRECTION_NONE, BH_DOMAIN_NONE, "of every layer")};

  bb::Prepare p;
  std::string path;
  std::uint32_t bytes_index;
  std::vector<float> out, again;

  explicit First(const bb::Prepare& prepare) : p(prepare), path(p.str("model")) {
    if (path.empty()) path = (std::filesystem::path(p.settings.str("models")) / p.input()).string();
    if (!std::filesystem::exists(path)) throw bb::Error(BH_E_NOT_FOUND, "'" + path + "' does not exist; set 'model'");
    // Known only here: a metric of this model.
    bytes_index = p.declare(bb::metric("file.size", "Size of the file", BH_UNIT_BYTES, BH_KIND_BYTES, BH_DIRECTION_NONE,
                                       BH_DOMAIN_NONE, "as stored"));
  }
  std::vector<float> infer(const Model& model, bool report) {
    std::vector<float> x(model.width, 1.0f);
    for (std::size_t l = 0; l < model.weights.size(); ++l) {
      const std::int64_t start = p.host->now_ns(p.host);
      x = model.layer(l, x);
      if (report)
        p.check(p.host->report_labelled(p.host, p.metric("layer"), ("layer " + std::to_string(l)).c_str(),
                                        static_cast<double>(p.host->now_ns(p.host) - start)));
    }
    return x;
  }
  void run(const bb::Batch&) override {  // open: files, memory and building are what is measured
    const std::int64_t start = p.host->now_ns(p.host);
    const Model model(path);
    p.report("load", static_cast<double>(p.host->now_ns(p.host) - start));
    p.host->progress(p.host, 1, 2, "loaded");
    out = infer(model, true);
  }
  void verify(bb::Verdict& verdict) override {
    const Model model(path);
    std::vector<double> x(model.width, 1.0);  // another way: in double, columns first
    for (const auto& w : model.weights) {
      std::vector<double> y(model.width);
      for (std::size_t i = 0; i < model.width; ++i)
        for (std::size_t j = 0; j < model.width; ++j) y[j] += static_cast<double>(w[j * model.width + i]) * x[i];
      x = y;
    }
    double worst = 0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double error = std::fabs(static_cast<double>(out[j]) - x[j]) / (std::fabs(x[j]) + 1e-30);
      if (error > worst || std::isnan(error)) worst = error;
    }
    verdict.checked = x.size();
    verdict.error = worst;
    verdict.tolerance = 1e-4;
    verdict.what = "largest relative error against double";
  }
  void process() override {
    p.report("width", static_cast<double>(out.size()));
    p.check(p.host->report(p.host, bytes_index, static_cast<double>(std::filesystem::file_size(path))));
  }
};

struct Models : bb::Plugin<First> {
  static constexpr bb::Param settings[] = {bb::param("models", bb::str(""), "folder of *.mlp files").path()};
  static void enumerate(const bb::Enumerate& e) {
    const std::filesystem::path folder(e.str("models"));
    if (!std::filesystem::is_directory(folder))
      throw bb::Error(BH_E_NOT_FOUND, "'" + folder.string() + "' is no folder; set 'models'");
    for (const auto& file : std::filesystem::directory_iterator(folder))
      if (file.path().extension() == ".mlp") e.add(0, file.path().filename().string());
  }
};

}  // namespace

BH_PLUGIN_CXX("org.example.model", "1.0.0", "Example Ltd", "MIT", "https://example.org/model", Models);
