// The style sheet of HTML reports. Private to the module.
#pragma once

#include <string>
#include <string_view>

namespace benchhost::report {

[[nodiscard]] std::string_view html_style();
/// The policy of a page that holds that style sheet and no other: nothing is fetched, no script runs, nothing is sent,
/// and a style that text smuggled in would not be obeyed. Source: Content Security Policy Level 3, section 2.3.1.
[[nodiscard]] std::string content_policy();

}  // namespace benchhost::report
