#include "scaffold/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/suggest.h"

namespace benchhost::scaffold {
namespace {

using Replacements = std::vector<std::pair<std::string, std::string>>;

/// Inside quotation marks of TOML.
std::string quoted_inside(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// Every mark by its replacement, in one pass, so that what was put in is never replaced again. Of several marks that
/// begin at one place the first of the list is meant.
std::string replaced(std::string_view text, const Replacements& marks) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto mark = std::ranges::find_if(marks, [&](const auto& m) { return text.substr(at).starts_with(m.first); });
    if (mark == marks.end()) {
      out += text[at++];
    } else {
      out += mark->second;
      at += mark->first.size();
    }
  }
  return out;
}

}  // namespace

const std::vector<Language>& languages() {
  static const std::vector<Language> all = {{"c", "C99"},
                                            {"cpp", "C++17"},
                                            {"rust", "Rust"},
                                            {"cuda", "C++17 with a CUDA kernel"},
                                            {"opencl", "C++17 with an OpenCL kernel"}};
  return all;
}

Result<Language> find_language(std::string_view name) {
  std::vector<std::string> names;
  for (const Language& language : languages()) {
    if (language.name == name) return language;
    names.emplace_back(language.name);
  }
  std::string help = did_you_mean(name, names);
  const std::string all = fmt::format("there are {}", fmt::join(names, ", "));
  return make_error("BH0001", fmt::format("there is no template for the language '{}'", name),
                    help.empty() ? all : help + " " + all);
}

bool belongs_to_project(std::string_view file_name) {
  if (file_name == "build" || file_name == "target" || file_name == "Cargo.lock") return false;
  return !file_name.starts_with('.') || file_name == ".gitignore";
}

Result<std::vector<ProjectFile>> make_project(const Language& language, const std::vector<ProjectFile>& files,
                                              const Names& names) {
  BH_CHECK(check_names(names));
  const std::string name = fmt::format("example_{}", language.name);
  const Replacements marks = {{default_id(name), names.id},
                              {name, names.name},
                              {"Example Ltd", names.vendor},
                              {"\"MIT\"", '"' + names.licence + '"'},
                              {"\"../../rust\"", '"' + quoted_inside(names.rust_sdk) + '"'}};
  std::vector<ProjectFile> project;
  bool builds = false;
  for (const ProjectFile& file : files) {
    project.push_back({replaced(file.path, marks), replaced(file.content, marks)});
    builds = builds || (file.path == "CMakeLists.txt" && file.content.find(name) != std::string::npos);
  }
  if (!builds) {
    return make_error("BH0002",
                      fmt::format("the template for {} has no CMakeLists.txt that builds {}", language.name, name),
                      "install the SDK again: it was changed");
  }
  return project;
}

}  // namespace benchhost::scaffold
