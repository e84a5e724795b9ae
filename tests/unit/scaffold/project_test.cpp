#include "scaffold/project.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace benchhost;
using namespace benchhost::scaffold;

namespace {

Language c() { return find_language("c").value(); }

std::vector<ProjectFile> project_of(const std::vector<ProjectFile>& files, const Names& names) {
  auto made = make_project(c(), files, names);
  REQUIRE(made.ok());
  return *made;
}

}  // namespace

TEST_CASE("a language is found by its name, and a slip gets the nearest") {
  for (const char* name : {"c", "cpp", "rust", "cuda", "opencl"}) CHECK(find_language(name).value().name == name);
  const auto slip = find_language("rsut");
  REQUIRE(!slip.ok());
  CHECK(slip.error().code == "BH0001");
  CHECK(slip.error().help == "did you mean 'rust'? there are c, cpp, rust, cuda, opencl");
  const auto none = find_language("fortran");
  REQUIRE(!none.ok());
  CHECK(none.error().help == "there are c, cpp, rust, cuda, opencl");
  CHECK(!find_language("").ok());
  CHECK(!find_language("C").ok());
}

TEST_CASE("the template's names are replaced in contents and paths") {
  const std::vector<ProjectFile> files = {
      {"CMakeLists.txt", "project(example_c LANGUAGES C)\n"},
      {"example_c.c",
       "BH_PLUGIN(\"org.example.example_c\", \"1\", \"Example Ltd\", \"MIT\", \"https://example.org/example_c\");"},
      {"suites/example_c.yaml", "benchmarks: \"org.example.example_c.*\"\nlibexample_c.so example_c.check\n"},
      {"Cargo.toml", "path = \"../../rust\"\n"}};
  const auto made = project_of(files, {"mine", "com.acme.mine", "Acme", "Apache-2.0", "/a \"b\"\\c/rust"});
  CHECK(made ==
        std::vector<ProjectFile>{
            {"CMakeLists.txt", "project(mine LANGUAGES C)\n"},
            {"mine.c", "BH_PLUGIN(\"com.acme.mine\", \"1\", \"Acme\", \"Apache-2.0\", \"https://example.org/mine\");"},
            {"suites/mine.yaml", "benchmarks: \"com.acme.mine.*\"\nlibmine.so mine.check\n"},
            {"Cargo.toml", "path = \"/a \\\"b\\\"\\\\c/rust\"\n"}});
}

TEST_CASE("what was put in is not replaced again") {
  const auto made = project_of({{"CMakeLists.txt", "example_c org.example.example_c Example Ltd"}},
                               {"example_c_2", "org.example.example_c", "Example Ltd example_c", "MIT", ""});
  CHECK(made.front().content == "example_c_2 org.example.example_c Example Ltd example_c");
}

TEST_CASE("names that cannot be used make no project") {
  CHECK(!make_project(c(), {{"CMakeLists.txt", "example_c"}}, {"Mine", "com.acme.mine"}).ok());
  CHECK(!make_project(c(), {{"CMakeLists.txt", "example_c"}}, {"mine", "mine"}).ok());
}

TEST_CASE("a folder that is no template makes no project") {
  for (const std::vector<ProjectFile>& files :
       {std::vector<ProjectFile>{}, std::vector<ProjectFile>{{"a.c", "example_c"}},
        std::vector<ProjectFile>{{"CMakeLists.txt", "project(other)"}}}) {
    const auto made = make_project(c(), files, {"mine", "com.acme.mine"});
    REQUIRE(!made.ok());
    CHECK(made.error().code == "BH0002");
  }
}

TEST_CASE("files of a project are told from those of the tree around the template") {
  CHECK(belongs_to_project("CMakeLists.txt"));
  CHECK(belongs_to_project(".gitignore"));
  CHECK(!belongs_to_project(".clang-format"));
  CHECK(!belongs_to_project(".git"));
  for (const char* built : {"build", "target", "Cargo.lock"}) CHECK(!belongs_to_project(built));
  CHECK(belongs_to_project("Cargo.toml"));
}
