#include "conform/requirements.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace benchhost::conform;

TEST_CASE("requirements ascend by number, and each says everything") {
  std::uint32_t before = 0;
  for (const RequirementText& r : requirements()) {
    CAPTURE(r.number());
    CHECK(r.number() > before);
    before = r.number();
    CHECK((r.strictness >= kLeastStrictness && r.strictness <= kMostStrictness));
    for (const std::string_view text : {r.title, r.rule, r.consequence, r.change, r.check}) CHECK_FALSE(text.empty());
    CHECK(find_requirement(r.number()) == &r);
  }
  CHECK(find_requirement(0) == nullptr);
  CHECK(find_requirement(100) == nullptr);
}

TEST_CASE("the document has a chapter for each hundred and a heading for each requirement") {
  const std::string text = requirements_document();
  CHECK(std::ranges::count(text, '\n') > 6 * std::ssize(requirements()));
  for (const RequirementText& r : requirements()) {
    CHECK(text.find("### " + std::to_string(r.number()) + " ") != std::string::npos);
  }
  CHECK(text.find("## The file") < text.find("## What belongs to the process"));
}
