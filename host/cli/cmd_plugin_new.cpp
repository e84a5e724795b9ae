#include "cli/cmd_plugin_new.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/folders.h"
#include "cli/shell_words.h"
#include "cli/workplace.h"
#include "common/base/terminal_text.h"
#include "scaffold/project.h"

namespace benchhost::cli {

namespace fs = std::filesystem;

namespace {

// A template is a handful of sources. Whatever else lies in its folder is somebody's mistake.
constexpr Bytes kMaxFile{1 << 20};
constexpr std::size_t kMaxFiles = 256;
constexpr int kMaxDepth = 8;

/// Where the SDK of this program lies: in an install and in a build tree by the same rule.
struct Sdk {
  fs::path program;
  fs::path prefix;
  fs::path data;

  /// What CMake has to be told to find it.
  [[nodiscard]] std::string cmake_flag(platform::Files& files) const {
    const fs::path package = prefix / "sdk";
    const bool build_tree = platform::exists(files, package / "benchhost-sdk-config.cmake");
    return build_tree ? "-Dbenchhost-sdk_DIR=" + package.string() : "-DCMAKE_PREFIX_PATH=" + prefix.string();
  }
};

Result<Sdk> find_sdk() {
  Sdk sdk;
  BH_TRY(sdk.program, platform::executable_path());
  sdk.prefix = sdk.program.parent_path().parent_path();
  sdk.data = sdk.prefix / BENCHHOST_DATADIR / "benchhost" / "sdk";
  return sdk;
}

/// What to type to start this program again: its name alone where a shell finds it.
std::string program_word(const fs::path& program, const platform::Environment& environment) {
  const std::string path = ':' + environment.get("PATH").value_or("") + ':';
  const bool found = path.find(':' + program.parent_path().string() + ':') != std::string::npos;
  return shell_word(found ? program.filename().string() : program.string());
}

Result<void> read_folder(const fs::path& folder, const std::string& inside, int depth, platform::Files& files,
                         std::vector<scaffold::ProjectFile>& out) {
  BH_TRY(const auto entries, files.list(folder));
  for (const platform::DirectoryEntry& entry : entries) {
    if (!scaffold::belongs_to_project(entry.name)) continue;
    const fs::path path = folder / entry.name;
    if (entry.type == platform::FileType::directory && depth < kMaxDepth) {
      BH_CHECK(read_folder(path, inside + entry.name + '/', depth + 1, files, out));
    } else if (out.size() == kMaxFiles) {
      return make_error("BH0002", fmt::format("the template has more than {} files", kMaxFiles)).in(folder.string());
    } else {
      BH_TRY(std::string content, files.read(path, kMaxFile));
      out.push_back({inside + entry.name, std::move(content)});
    }
  }
  return {};
}

Result<std::vector<scaffold::ProjectFile>> read_template(const Sdk& sdk, const scaffold::Language& language,
                                                         platform::Files& files) {
  const fs::path folder = sdk.data / "template" / language.name;
  if (!platform::exists(files, folder)) {
    return make_error("BH0002",
                      fmt::format("the SDK is not installed beside this benchhost: there is no {}", folder.string()),
                      "install benchhost whole: `cmake --install`");
  }
  std::vector<scaffold::ProjectFile> out;
  BH_CHECK(read_folder(folder, "", 0, files, out));
  return out;
}

Result<void> write_files(const fs::path& folder, const std::vector<scaffold::ProjectFile>& project,
                         platform::Files& files) {
  BH_CHECK(files.make_folder(folder));
  for (const scaffold::ProjectFile& file : project) {
    const fs::path path = folder / file.path;
    BH_CHECK(files.make_folder(path.parent_path()));
    BH_CHECK(files.write(path, file.content));
  }
  return {};
}

/// Takes back what write_files made, deepest first; what somebody else put there meanwhile stays.
void remove_files(const fs::path& folder, const std::vector<scaffold::ProjectFile>& project, platform::Files& files) {
  for (const scaffold::ProjectFile& file : project) {
    for (fs::path path = folder / file.path; path != folder && !path.empty(); path = path.parent_path()) {
      (void)files.remove(path);
    }
  }
  (void)files.remove(folder);
}

Result<void> write_project(const fs::path& folder, const std::vector<scaffold::ProjectFile>& project,
                           platform::Files& files) {
  // Of a link, whatever it points to.
  if (files.link_status(folder).ok()) {
    return make_error("BH0003", fmt::format("{} is there already, and nothing is overwritten", folder.string()),
                      "take another name, or another folder with --dir");
  }
  auto written = write_files(folder, project, files);
  if (!written.ok()) remove_files(folder, project, files);
  return written;
}

std::string next_steps(const scaffold::Names& names, const scaffold::Language& language, const fs::path& folder,
                       const std::string& flag, const std::string& program) {
  const std::string name = names.name;
  std::string text =
      fmt::format("{}: a plugin in {}, {}\n\nNext:\n", names.id, language.title, escape_for_terminal(folder.string()));
  text += fmt::format("  cd {}\n", shell_word(folder.string()));
  text += fmt::format("  cmake -B build {}\n", shell_word(flag));
  text += "  cmake --build build\n  ctest --test-dir build --output-on-failure\n";
  text += fmt::format("  {} run --suite suites/{}.yaml --plugins build/plugins\n", program, name);
  if (names.id == scaffold::default_id(name)) {
    text += "\nThe id begins with org.example: before results are kept, give the plugin one of your own (--id).\n";
  }
  return text;
}

Result<ExitStatus> run_plugin_new(CommandContext& context) {
  Workplace workplace;
  scaffold::Names names;
  names.name = context.args.operands().front();
  BH_CHECK(scaffold::check_name(names.name));
  BH_TRY(const scaffold::Language language, scaffold::find_language(context.args.value("lang").value_or("cpp")));
  BH_TRY(const Sdk sdk, find_sdk());
  names.id = context.args.value("id").value_or(scaffold::default_id(names.name));
  names.vendor = context.args.value("vendor").value_or(names.vendor);
  names.licence = context.args.value("licence").value_or(names.licence);
  names.rust_sdk = (sdk.data / "rust").string();
  BH_TRY(const auto files, read_template(sdk, language, workplace.files));
  BH_TRY(const auto project, scaffold::make_project(language, files, names));
  BH_TRY(const fs::path folder, absolute_path(context.args.value("dir").value_or(names.name)));
  BH_CHECK(write_project(folder, project, workplace.files));

  const std::string flag = sdk.cmake_flag(workplace.files);
  if (context.json) {
    Json paths{JsonArray{}};
    for (const scaffold::ProjectFile& file : project) paths.push(file.path);
    Json json;
    json.set("format", "benchhost.plugin_new").set("version", 1);
    json.set("name", names.name).set("id", names.id).set("language", language.name);
    json.set("folder", folder.string()).set("cmake_flag", flag).set("files", std::move(paths));
    context.console.out(to_pretty_text(json) + '\n');
  } else {
    context.console.text(next_steps(names, language, folder, flag, program_word(sdk.program, workplace.environment)));
  }
  return ExitStatus::ok;
}

}  // namespace

Command plugin_new_command() {
  std::string known;
  for (const scaffold::Language& language : scaffold::languages()) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", language.name);
  }
  CommandSpec spec;
  spec.name = "plugin new";
  spec.operands = "NAME";
  spec.summary = "Begins a plugin: a project that builds, is tested and runs as it stands.";
  spec.options = {{"lang", "LANGUAGE", fmt::format("One of {}; else cpp.", known)},
                  {"id", "ID", "The plugin's id, reverse DNS; else org.example.NAME."},
                  {"vendor", "TEXT", "Who answers for the plugin."},
                  {"licence", "SPDX", "Its licence, an SPDX expression; else MIT."},
                  {"dir", "DIR", "The folder to make; else NAME."}};
  spec.examples = {"plugin new my_bench --lang c",
                   "plugin new my_bench --lang rust --id com.example.my_bench --vendor 'Example Ltd'"};
  spec.min_operands = spec.max_operands = 1;
  return {std::move(spec), run_plugin_new};
}

}  // namespace benchhost::cli
