#include "suite/yaml_reader.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "unit/suite/reading.h"

namespace benchhost::suite {
namespace {

using test::contains;
using test::errors_of;
using test::good;

TEST_CASE("a suite is read with all that it can say") {
  const Suite suite = good(R"(name: full
description: |
  Two lines
  of text
labels: {team: core, ticket: "42"}
seed: 7
defaults:
  devices: [cpu, "opencl:*", {kind: cuda, vendor: "NVIDIA*", where: "mem.bytes >= 4 GiB"}]
  precision: 1 %
  time: 1.5 s
  invocations: {min: 8, max: 40}
  timeout: 2 min
  priority: high
  tags: nightly
  labels: {suite: nightly}
  thresholds: 3 %
  environment: {governor: performance, turbo: false, max_load: 0.5, min_free_memory: 1 GiB}
entries:
  - id: main
    benchmarks: ["cpu_stream.*", "!*.nstream"]
    parameters:
      type: [fp32, fp64]
      bytes: {log2: [16 KiB, 64 KiB], step: 1, per_octave: 2}
      threads: {range: [1, 4], step: 1}
      stores: sweep
    zip: {m: [1, 2], n: [3, 4]}
    exclude: "param.threads > 1 && param.bytes < 32 KiB"
    invocations: 3
    exclusive: true
    share_device: false
    thresholds: {rate: 5 %}
    labels: {suite: own}
    tags: [a, b]
  - benchmarks: adapter.run
    inputs: "sort/*"
    settings: {executable: ./sort, sizes: [1, 2]}
reports: [console, {format: html, file: out.html}]
)");
  CHECK(suite.name == "full");
  CHECK(suite.description == "Two lines\nof text\n");
  CHECK(suite.labels == Labels{{"team", "core"}, {"ticket", "42"}});
  CHECK(suite.seed == 7);
  REQUIRE(suite.entries.size() == 2);
  CHECK(suite.digest.size() == 64);
  REQUIRE(suite.reports.size() == 2);
  CHECK(suite.reports[1].format == "html");
  CHECK(suite.reports[1].file == "out.html");

  const Entry& entry = suite.entries[0];
  CHECK(entry.id == "main");
  CHECK(entry.at == Position{"s.yaml", 19, 5});
  REQUIRE(entry.benchmarks.size() == 2);
  CHECK(entry.benchmarks[1].text == "!*.nstream");
  CHECK(entry.benchmarks[1].at == Position{"s.yaml", 20, 34});
  REQUIRE(entry.parameters.size() == 4);
  CHECK(entry.parameters[0].sweep.values.size() == 2);
  CHECK(entry.parameters[1].sweep.form == Sweep::Form::log2);
  CHECK(entry.parameters[1].sweep.per_octave == 2);
  CHECK(entry.parameters[1].sweep.first.text == "16 KiB");
  CHECK(entry.parameters[2].sweep.form == Sweep::Form::linear);
  CHECK(entry.parameters[3].sweep.form == Sweep::Form::suggested);
  REQUIRE(entry.zips.size() == 1);
  CHECK(entry.zips[0].axes.size() == 2);
  CHECK(entry.exclude.size() == 1);

  const Settings& own = entry.measure;
  REQUIRE(own.devices.has_value());
  REQUIRE(own.devices->size() == 3);
  CHECK((*own.devices)[1].pattern == "opencl:*");
  CHECK((*own.devices)[2].where == "mem.bytes >= 4 GiB");
  CHECK(own.precision_ratio == 0.01);
  CHECK(own.time_ns == 1'500'000'000);
  CHECK(own.invocations == Invocations{3, 3});
  CHECK(own.timeout_ns == 120'000'000'000);
  CHECK(own.priority == Priority::high);
  CHECK(own.exclusive == true);
  CHECK(own.share_device == false);
  CHECK(own.tags == std::vector<std::string>{"nightly", "a", "b"});
  CHECK(own.labels == Labels{{"suite", "own"}});
  REQUIRE(own.thresholds.size() == 2);
  CHECK(own.thresholds[0].metric == "*");
  CHECK(own.thresholds[1].change == 0.05);
  CHECK(own.environment.size() == 4);

  const Entry& second = suite.entries[1];
  CHECK(second.measure.invocations == Invocations{8, 40});
  REQUIRE(second.settings.size() == 2);
  CHECK(second.settings[1].sweep.values[0].is_list);
}

TEST_CASE("a plain text 'sweep' asks for the author's sweep and a quoted one is a value") {
  const Suite suite = good("name: s\nentries:\n  - benchmarks: x\n    parameters: {a: sweep, b: \"sweep\"}\n");
  CHECK(suite.entries[0].parameters[0].sweep.form == Sweep::Form::suggested);
  CHECK(suite.entries[0].parameters[1].sweep.form == Sweep::Form::values);
}

TEST_CASE("aliases stand for what they name") {
  const Suite suite = good("name: s\nentries:\n  - benchmarks: &b [x, y]\n  - benchmarks: *b\n");
  CHECK(suite.entries[1].benchmarks.size() == 2);
  CHECK(suite.entries[1].benchmarks[0].text == "x");
}

TEST_CASE("CRLF and a byte order mark change no place") {
  CHECK(errors_of("\xEF\xBB\xBFname: s\r\nentries:\r\n  - benchmarks: x\r\n    prioriti: high\r\n") ==
        "s.yaml:4:5: an entry has no key 'prioriti' (did you mean 'priority'?)\n");
}

TEST_CASE("columns count code points") {
  CHECK(contains(errors_of("name: s\nentries:\n  - {benchmarks: µµ, bogus: 1}\n"), "s.yaml:3:22: "));
}

TEST_CASE("all errors of a suite are found at once") {
  const std::string errors =
      errors_of("nam: s\nentries:\n  - benchmark: x\n    precision: 7\n    time: 30\n    timeout: 0 s\n");
  CHECK(contains(errors, "s.yaml:1:1: a suite has no key 'nam' (did you mean 'name'?)\n"));
  CHECK(contains(errors, "s.yaml:1:1: a suite needs the key 'name'\n"));
  CHECK(contains(errors, "s.yaml:3:5: an entry has no key 'benchmark' (did you mean 'benchmarks'?)\n"));
  CHECK(contains(errors, "s.yaml:3:5: an entry needs the key 'benchmarks'\n"));
  CHECK(contains(errors, "s.yaml:4:16: '7' without % is 100 % or more (write 7 % or 0.07)\n"));
  CHECK(contains(errors, "s.yaml:5:11: "));
  CHECK(contains(errors, "s.yaml:6:14: a duration of 0\n"));
}

TEST_CASE("each wrong node is refused where it stands") {
  struct Row {
    const char* text;
    const char* expected;
  };
  const Row rows[] = {
      {"name: s\nname: t\nentries: []\n", "s.yaml:2:1: the key 'name' stands twice, first in line 1"},
      {"name: s\nentries:\n  - benchmarks: x\n    parameters: {a: 1, a: 2}\n", "s.yaml:4:24: the key 'a' stands twice"},
      {"name: \"s\nentries: []\n", "s.yaml:1:7: the quote \" opened here is never closed"},
      {"name: 's\nentries: []\n", "s.yaml:1:7: the quote ' opened here is never closed"},
      {"name: 'it''s\nentries: []\n", "s.yaml:1:7: the quote ' opened here is never closed"},
      {"name: \"s\\\"\nentries: []\n", "s.yaml:1:7: the quote \" opened here is never closed"},
      {"name: 010\n", "s.yaml:1:7: '010' is 10 to YAML 1.2 and 8 to YAML 1.1: write 10, or \"010\" in quotes"},
      {"name: 089\n", "'089' is 89 to YAML 1.2 and a text to YAML 1.1: write 89, or \"089\" in quotes"},
      {"name: -010\n", "'-010' is -10 to YAML 1.2 and -8 to YAML 1.1: write -10"},
      {"name: 0o10\n",
       "s.yaml:1:7: '0o10' is a number to YAML 1.2 and a text to YAML 1.1: write 8, or \"0o10\" in quotes"},
      {"name: 1_000\n", "'1_000' is a number to YAML 1.1 and a text to YAML 1.2: write 1000, or \"1_000\" in quotes"},
      {"name: 1:30\n", "'1:30' is a number to base 60"},
      {"name: yes\n", "s.yaml:1:7: 'yes' is a text to YAML 1.2 and true to YAML 1.1: write true, or \"yes\" in quotes"},
      {"name: Off\n", "s.yaml:1:7: 'Off' is a text to YAML 1.2 and false to YAML 1.1: write false"},
      {"name: s\nentries:\n  - benchmarks: x\n    exclusive: on\n", "s.yaml:4:16: 'on' is a text"},
      {"name: s\nentries:\n\t- benchmarks: x\n", "s.yaml:3:1: a tab in the indentation (indent with blanks)"},
      {"name: s\x01\n", "s.yaml:1:8: control character U+0001"},
      {"name: s\xC2\x85\n", "s.yaml:1:8: control character U+0085"},
      {"name: a\xE2\x80\xAE"
       "b\n",
       "s.yaml:1:8: invisible or direction-changing character U+202E"},
      {"name: a\xE2\x80\x8B\n", "s.yaml:1:8: invisible or direction-changing character U+200B"},
      {"name: a\xEF\xBB\xBF\n", "s.yaml:1:8: invisible or direction-changing character U+FEFF"},
      {"name: \xFF\n", "s.yaml:1:7: byte 0xFF is no UTF-8 (save the file as UTF-8)"},
      {"name: \xC0\xAF\n", "s.yaml:1:7: byte 0xC0 is no UTF-8"},
      {"\xFF\xFEn", "s.yaml:1:1: the file is encoded as UTF-16"},
      {"name: s\rentries: []\n", "s.yaml:1:8: a carriage return stands alone"},
      {"", "s.yaml:1:1: the file is empty"},
      {" \n\n", "s.yaml:1:1: the file is empty"},
      {"# only this\n", "s.yaml:1:1: the file holds only comments"},
      {"- a\n", "s.yaml:1:1: a suite is a mapping of keys to values, not a list"},
      {"name: s\nentries: x\n", "s.yaml:2:10: entries are a list with at least one entry"},
      {"name: s\nentries: []\n", "s.yaml:2:10: entries are a list with at least one entry"},
      {"name: s\n", "s.yaml:1:1: a suite needs the key 'entries'"},
      {"name: s\n---\nname: t\n", "s.yaml:2:1: a second document begins here (write one suite per file)"},
      {"name: !!str s\n", "s.yaml:1:7: the tag <tag:yaml.org,2002:str> has no meaning in a suite"},
      {"name: !python/object s\n", "the tag <!python/object> has no meaning in a suite"},
      {"? [a, b]\n: c\n", "s.yaml:1:3: a key must be a text"},
      {"name: s\nentries: &a [*a]\n", "s.yaml:2:14: an alias inside of what it stands for"},
      {"name: *nowhere\n", "s.yaml:1:7: this is no YAML: "},
      {"name: [a, b\n", "this is no YAML: "},
      {"name:\n", "s.yaml:1:1: 'name' has no value"},
      {"name: ~\n", "s.yaml:1:1: 'name' has no value"},
      {"name: s\n<<: {a: 1}\n", "s.yaml:2:1: a suite has no key '<<' (merge keys are not read"},
      {"name: s\nincludes: x.yaml\n", "s.yaml:2:11: an include in a text that lies in no folder"},
      {"name: s\nseed: 1e3\n", "s.yaml:2:7: expected a whole number from 0 to 18446744073709551615, not '1e3'"},
      {"name: s\nseed: \"1\"\n", "(remove the quotes)"},
      {"name: s\nseed: 18446744073709551616\n", "s.yaml:2:7: expected a whole number"},
      {"name: s\nseed: -1\n", "s.yaml:2:7: expected a whole number"},
      {"name: s\ndefaults: {priority: hihg}\n", "s.yaml:2:22: 'hihg' is no priority (did you mean 'high'?)"},
      {"name: s\ndefaults: {time: 30}\n", "s.yaml:2:18: "},
      {"name: s\ndefaults: {time: 30 sx}\n", "s.yaml:2:18: "},
      {"name: s\ndefaults: {precision: 0}\n", "s.yaml:2:23: expected a share over 0 and up to 1"},
      {"name: s\ndefaults: {precision: 1}\n", "s.yaml:2:23: '1' without % is 100 % or more (write 1 % or 0.01)"},
      {"name: s\ndefaults: {precision: 1.0}\n", "s.yaml:2:23: '1.0' without % is 100 % or more"},
      {"name: s\ndefaults: {thresholds: 3}\n", "s.yaml:2:24: '3' without % is 100 % or more (write 3 % or 0.03)"},
      {"name: s\ndefaults: {thresholds: {a: 5}}\n", "s.yaml:2:28: '5' without % is 100 % or more (write 5 % or 0.05)"},
      {"name: s\ndefaults: {precision: nan}\n", "s.yaml:2:23: expected a share over 0 and up to 1"},
      {"name: s\ndefaults: {invocations: 0}\n", "s.yaml:2:25: expected a whole number from 1 to 10000, not '0'"},
      {"name: s\ndefaults: {invocations: {min: 5, max: 3}}\n", "s.yaml:2:25: min 5 is more than max 3"},
      {"name: s\ndefaults: {invocations: {min: 5}}\n", "s.yaml:2:25: invocations needs the key 'max'"},
      {"name: s\ndefaults: {exclusive: \"true\"}\n", "s.yaml:2:23: expected true or false (remove the quotes)"},
      {"name: s\ndefaults: {environment: {govenor: x}}\n",
       "s.yaml:2:26: environment has no key 'govenor' (did you mean 'governor'?)"},
      {"name: s\ndefaults: {environment: {turbo: 1}}\n", "s.yaml:2:33: expected true or false"},
      {"name: s\ndefaults: {environment: {min_free_memory: lots}}\n", "s.yaml:2:43: "},
      {"name: s\ndefaults: {thresholds: {\"[\": 1 %}}\n", "s.yaml:2:25: "},
      {"name: s\ndefaults: {thresholds: {a: 200 %}}\n", "s.yaml:2:28: expected a share over 0"},
      {"name: s\ndefaults: {devices: []}\n", "s.yaml:2:21: an empty list of devices"},
      {"name: s\ndefaults: {devices: {knd: cpu}}\n",
       "s.yaml:2:22: a device selector has no key 'knd' (did you mean 'kind'?)"},
      {"name: s\ndefaults: {devices: \"nam=x\"}\n",
       "s.yaml:2:21: a device selector has no key 'nam' (did you mean 'name'?)"},
      {"name: s\ndevices: cpu\ndefaults: {devices: cpu}\n", "s.yaml:3:12: devices are given twice"},
      {"name: s\nreports: []\n", "s.yaml:2:10: an empty list"},
      {"name: s\nentries:\n  - {benchmarks: x, zip: []}\n", "s.yaml:3:26: an empty list"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: {range: [\"\", 2]}}}\n",
       "s.yaml:3:46: the end of a range is empty"},
      {"name: s\nreports: pdf\n", "s.yaml:2:10: 'pdf' is no report format"},
      {"name: s\nlabels: {\"a b\": c}\n", "s.yaml:2:10: 'a b' is no id"},
      {"name: s\nlabels: [a]\n", "s.yaml:2:9: labels are a mapping"},
      {"name: s\nentries:\n  - benchmarks: \"[a\"\n", "s.yaml:3:17: "},
      {"name: s\nentries:\n  - benchmarks: []\n", "s.yaml:3:17: an empty list"},
      {"name: s\nentries:\n  - benchmarks: [\"!a\"]\n", "s.yaml:3:5: all patterns take away and none picks"},
      {"name: s\nentries:\n  - benchmarks: \"\"\n", "s.yaml:3:17: a benchmark is empty"},
      {"name: s\nentries:\n  - {id: a, benchmarks: x}\n  - {id: a, benchmarks: x}\n",
       "s.yaml:4:10: the id 'a' is used twice, first at s.yaml:3:10"},
      {"name: s\nentries:\n  - {id: \"a\xCC\x88\", benchmarks: x}\n", "s.yaml:3:10: '"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: []}}\n", "s.yaml:3:37: an empty list gives no case"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: }}\n", "s.yaml:3:37: a value is missing"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: {rnge: [1, 2]}}}\n",
       "s.yaml:3:38: a sweep has no key 'rnge' (did you mean 'range'?)"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: {range: [1, 2, 3]}}}\n",
       "s.yaml:3:45: 'range' is a list of"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: {log2: [1, 2], step: 0}}}\n",
       "s.yaml:3:58: expected a whole number from 1"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: {log2: [1, 2], per_octave: 0}}}\n",
       "s.yaml:3:64: expected a whole"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: {range: [1, 2], per_octave: 2}}}\n",
       "s.yaml:3:53: a range has no key"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: [[[1]]]}}\n", "s.yaml:3:39: a list in a list of lists"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: [a]}\n", "s.yaml:3:33: parameters are a mapping"},
      {"name: s\nentries:\n  - {benchmarks: x, parameters: {a: 1}, zip: {a: [1], b: [2]}}\n",
       "s.yaml:3:47: parameter 'a' stands in this entry twice"},
      {"name: s\nentries:\n  - {benchmarks: x, zip: {a: [1]}}\n", "s.yaml:3:26: zip is a mapping of two or more"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::string errors = errors_of(row.text);
    CAPTURE(errors);
    CHECK(contains(errors, row.expected));
  }
}

TEST_CASE("a precision asked of fewer than five invocations is warned of, once for all that say it alike") {
  const auto warned = [](const std::string& text) {
    const SuiteReading reading = read_suite_text(text, "s.yaml");
    CHECK(reading.suite.has_value());
    return test::warnings_of(reading.diagnostics);
  };
  const std::string two = "entries:\n  - {benchmarks: x}\n  - {benchmarks: y}\n";
  const std::string few = warned("name: s\ndefaults: {precision: 1 %, invocations: {min: 2, max: 30}}\n" + two);
  CHECK(contains(few, "s.yaml:4:5: the precision of 1 % may be reached by chance after 2 invocations"));
  CHECK(contains(few, "min: 5"));
  CHECK(std::ranges::count(few, '\n') == 1);
  CHECK(warned("name: s\ndefaults: {precision: 1 %, invocations: {min: 5, max: 30}}\n" + two).empty());
  CHECK(warned("name: s\ndefaults: {invocations: {min: 2, max: 30}}\n" + two).empty());
  // Exactly three are run whatever comes out.
  CHECK(warned("name: s\ndefaults: {precision: 1 %, invocations: 3}\n" + two).empty());
  const std::string own = warned(
      "name: s\ndefaults: {precision: 1 %}\nentries:\n  - {benchmarks: x}\n"
      "  - {benchmarks: y, invocations: {min: 3, max: 9}}\n");
  CHECK(contains(own, "s.yaml:5:5: "));
}

TEST_CASE("quoted texts may look like anything") {
  const Suite suite =
      good("name: \"yes\"\ndescription: '010'\nentries:\n  - benchmarks: x\n    labels: {a: \"1:30\", b: \"on\"}\n");
  CHECK(suite.name == "yes");
  CHECK(suite.entries[0].measure.labels[0].second == "1:30");
}

TEST_CASE("an id of 10 KB is refused and cut in the message") {
  const std::string errors =
      errors_of("name: s\nentries:\n  - {id: " + std::string(10'240, 'a') + ", benchmarks: x}\n");
  CHECK(contains(errors, "s.yaml:3:10: "));
  CHECK(errors.size() < 500);
}

TEST_CASE("an alias bomb ends at its limit") {
  std::string bomb = "name: s\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int k = 0; k < 9; ++k) bomb += ", " + below;
    bomb += "]\n";
  }
  const std::string errors = errors_of(bomb);
  CHECK(contains(errors, "stand for more than 100000 values"));
  CHECK(contains(errors, "s.yaml:"));
}

TEST_CASE("nested anchors end at the limit too") {
  std::string text = "name: s\nx: ";
  for (int i = 0; i < 28; ++i) text += "[&a" + std::to_string(i) + " ";
  text += "[";
  for (int i = 0; i < 20'000; ++i) text += "x, ";
  text += "x]" + std::string(28, ']') + "\n";
  const std::string errors = errors_of(text);
  CHECK(contains(errors, "anchors hold more than 100000 values"));
  CHECK_FALSE(contains(errors, "s.yaml:1:"));
}

TEST_CASE("nesting of a hundred thousand levels ends at the limit") {
  for (const char* open : {"[", "{a: ", "- ", "? "}) {
    CAPTURE(open);
    std::string text = "name: s\nx:\n  ";
    for (int i = 0; i < 100'000; ++i) text += open;
    CHECK(contains(errors_of(text), "nested more than 32 deep"));
  }
}

TEST_CASE("more values than the limit are refused") {
  std::string text = "name: s\nentries: [";
  for (std::size_t i = 0; i <= kMostNodes; ++i) text += "a, ";
  CHECK(contains(errors_of(text + "a]\n"), "more than 100000 values"));
  // Said where the limit is crossed: a suite, its first key, name and second key, and the list are five values.
  std::string lines = "name: s\nentries:\n";
  for (std::size_t i = 0; i < kMostNodes; ++i) lines += "- a\n";
  CHECK(contains(errors_of(lines), "s.yaml:" + std::to_string(kMostNodes - 5 + 3) + ":3: more than 100000 values"));
}

TEST_CASE("a text over the size limit is refused unread") {
  const std::string text = "name: s\n" + std::string(kMostFileBytes, '#');
  CHECK(contains(errors_of(text), "s.yaml: larger than 1048576 bytes"));
}

TEST_CASE("errors are kept up to a limit") {
  std::string text = "name: s\n";
  for (int i = 0; i < 1000; ++i) text += "k" + std::to_string(i) + ": 1\n";
  const SuiteReading reading = read_suite_text(text, "s.yaml");
  CHECK(reading.diagnostics.errors().size() == Diagnostics::kMost);
}

}  // namespace
}  // namespace benchhost::suite
