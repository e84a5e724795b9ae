#include "suite/benchmark_match.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "common/base/suggest.h"
#include "suite/convert.h"

namespace benchhost::suite {
namespace {

constexpr const char* kUnknown = "BH0102";

/// All ids and what follows their dots: what a pattern without special bytes could have meant.
std::vector<std::string> names_of(const std::vector<PluginInput>& plugins) {
  std::vector<std::string> out;
  for (const PluginInput& plugin : plugins) {
    for (const protocol::BenchmarkRecord& benchmark : plugin.record->benchmarks) {
      std::string_view rest = benchmark.id;
      while (true) {
        out.emplace_back(rest);
        const auto dot = rest.find('.');
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
      }
    }
  }
  return out;
}

std::string help_for(const Placed& pattern, const std::vector<PluginInput>& plugins) {
  const std::vector<std::string> names = names_of(plugins);
  if (names.empty())
    return "no plugin was found: `benchhost list plugins` says where they are searched and what was refused";
  std::string near = did_you_mean(pattern.text, names);
  return near.empty() ? "`benchhost list benchmarks` shows what there is" : near;
}

}  // namespace

bool matches_id(const Glob& glob, std::string_view id) {
  while (true) {
    if (glob.matches(id)) return true;
    const auto dot = id.find('.');
    if (dot == std::string_view::npos) return false;
    id.remove_prefix(dot + 1);
  }
}

std::vector<BenchmarkRef> match_benchmarks(const Entry& entry, const std::vector<PluginInput>& plugins,
                                           Diagnostics& diagnostics) {
  std::set<BenchmarkRef> picked;
  const std::size_t errors_before = diagnostics.errors().size();
  for (const Placed& pattern : entry.benchmarks) {
    const bool takes_away = pattern.text.starts_with('!');
    const auto glob = Glob::parse(std::string_view(pattern.text).substr(takes_away ? 1 : 0));
    if (!glob.ok()) {
      diagnostics.error(glob.error(), pattern.at);
      continue;
    }
    bool any = false;
    for (std::size_t p = 0; p < plugins.size(); ++p) {
      for (std::uint32_t b = 0; b < plugins[p].record->benchmarks.size(); ++b) {
        if (!matches_id(*glob, plugins[p].record->benchmarks[b].id)) continue;
        any = true;
        if (takes_away)
          picked.erase({p, b});
        else
          picked.insert({p, b});
      }
    }
    if (!any)
      diagnostics.error(kUnknown, fmt::format("no benchmark matches '{}'", pattern.text), pattern.at,
                        help_for(pattern, plugins));
  }
  if (picked.empty() && !entry.benchmarks.empty() && diagnostics.errors().size() == errors_before) {
    diagnostics.error(kUnknown, "the patterns take away every benchmark that they pick", entry.benchmarks.front().at,
                      "a pattern that begins with ! takes away; what follows it may pick again");
  }
  return {picked.begin(), picked.end()};
}

protocol::Value absolute_paths(const protocol::Value& value, const std::string& folder) {
  protocol::Value out = value;
  for (protocol::Scalar& scalar : out.scalars) {
    auto* const text = std::get_if<std::string>(&scalar);
    if (text == nullptr || text->empty()) continue;
    *text = (std::filesystem::path(folder) / *text).lexically_normal().string();
  }
  return out;
}

std::optional<std::vector<protocol::Value>> settings_for(const Entry& entry, const protocol::PluginRecord& plugin,
                                                         Diagnostics& diagnostics) {
  std::vector<protocol::Value> out;
  bool good = true;
  for (const protocol::ParamRecord& declared : plugin.settings) {
    protocol::Value value = declared.default_value;
    const auto given = std::ranges::find(entry.settings, declared.name, &Axis::name);
    if (given != entry.settings.end()) {
      auto converted = convert(given->sweep.values.front(), declared);
      if (!converted.ok()) {
        diagnostics.error(std::move(converted).error());
        good = false;
        continue;
      }
      value = std::move(converted).value();
    }
    out.push_back(declared.is_path() ? absolute_paths(value, entry.folder) : std::move(value));
  }
  return good ? std::optional(std::move(out)) : std::nullopt;
}

std::vector<EnumerationRequest> plan_enumerations(const Suite& suite, const std::vector<PluginInput>& plugins,
                                                  Diagnostics& diagnostics) {
  std::vector<EnumerationRequest> out;
  for (const Entry& entry : suite.entries) {
    // Unknown benchmarks are said by expand, which reads the same entries.
    Diagnostics ignored;
    std::set<std::size_t> done;
    for (const auto& [plugin, benchmark] : match_benchmarks(entry, plugins, ignored)) {
      if (!plugins[plugin].record->has_enumerate || !done.insert(plugin).second) continue;
      auto settings = settings_for(entry, *plugins[plugin].record, diagnostics);
      if (!settings) continue;
      const bool asked = std::ranges::any_of(out, [&, index = plugin](const EnumerationRequest& r) {
        return r.plugin == index && r.settings == *settings;
      });
      if (!asked) out.push_back({plugin, *std::move(settings)});
    }
  }
  std::ranges::stable_sort(out, {}, &EnumerationRequest::plugin);
  return out;
}

}  // namespace benchhost::suite
