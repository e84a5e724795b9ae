// From a template to a project of somebody's own. A template is a project that builds as it stands: its names are the
// marks that are replaced, so that nothing in it has to be mended before it can be tested.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "scaffold/names.h"

namespace benchhost::scaffold {

/// A language in which a plugin can be begun.
struct Language {
  std::string_view name;   ///< of --lang and of the template's folder
  std::string_view title;  ///< for people
};

/// All of them, in the order in which help lists them.
[[nodiscard]] const std::vector<Language>& languages();

/// Errors: BH0001 with the nearest name.
[[nodiscard]] Result<Language> find_language(std::string_view name);

struct ProjectFile {
  std::string path;  ///< relative, parts joined by '/'
  std::string content;
  friend bool operator==(const ProjectFile&, const ProjectFile&) = default;
};

/// Which files of a template's folder belong to a project: not the settings of editors and formatters of the tree that
/// the template lies in, nor what somebody's build of the template left there.
[[nodiscard]] bool belongs_to_project(std::string_view file_name);

/// The files of a new project. `files` are those of the language's template, in which the plugin is called
/// example_LANG, its id is org.example.example_LANG, its vendor Example Ltd, its licence "MIT" and the Rust crate of
/// the SDK ../../rust. Errors: BH0001 of check_names; BH0002 if the template is none: without a CMakeLists.txt, or one
/// that never says the name that is to be replaced.
[[nodiscard]] Result<std::vector<ProjectFile>> make_project(const Language& language,
                                                            const std::vector<ProjectFile>& files, const Names& names);

}  // namespace benchhost::scaffold
