#include "suite/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "suite/text_check.h"
#include "suite/yaml_reader.h"

// yaml-cpp's event interface is used rather than its nodes: a node has lost repeated keys, unterminated quotes and
// whether 010 was quoted, follows aliases for ever, and is built by recursion. Events come while the text is read, so a
// limit that is exceeded stops the parser where it stands.
namespace benchhost::suite {
namespace {

constexpr const char* kUnreadable = "BH0101";

/// Stops the parser from inside a callback; caught in parse_yaml and nowhere else.
struct Stop {};

/// Turns yaml-cpp's marks (0-based, bytes) into places in a text, each in bounded time however long its lines are.
class Lines {
 public:
  /// Requires: text is UTF-8.
  explicit Lines(std::string_view text) : text_(text) {
    starts_.push_back(0);
    std::size_t points = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (i % kStride == 0) points_.push_back(points);
      points += begins_point(text[i]) ? 1 : 0;
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
    points_.push_back(points);
  }

  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> place(const YAML::Mark& mark) const {
    if (mark.is_null()) return {1, 1};
    const auto line = std::min(static_cast<std::size_t>(std::max(mark.line, 0)), starts_.size() - 1);
    const std::size_t start = starts_[line];
    const std::size_t byte = std::min(start + static_cast<std::size_t>(std::max(mark.column, 0)), text_.size());
    return {static_cast<std::uint32_t>(line + 1),
            static_cast<std::uint32_t>(points_before(byte) - points_before(start) + 1)};
  }

  /// The text from a mark on.
  [[nodiscard]] std::string_view from(const YAML::Mark& mark) const {
    return text_.substr(std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size()));
  }

 private:
  static constexpr std::size_t kStride = 256;

  static bool begins_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

  [[nodiscard]] std::size_t points_before(std::size_t byte) const {
    std::size_t points = points_[byte / kStride];
    for (std::size_t i = byte - byte % kStride; i < byte; ++i) points += begins_point(text_[i]) ? 1 : 0;
    return points;
  }

  std::string_view text_;
  std::vector<std::size_t> starts_;
  std::vector<std::size_t> points_;  ///< code points before each multiple of kStride
};

/// yaml-cpp takes the end of the text for a closing quote.
bool ends_its_quotes(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != quote) return true;
      ++i;
    }
  }
  return false;
}

std::size_t size_of(const YamlNode& node) {
  std::size_t size = 1;
  for (const YamlNode& item : node.items) size += size_of(item);
  for (const auto& [key, value] : node.members) size += size_of(key) + size_of(value);
  return size;
}

std::size_t depth_of(const YamlNode& node) {
  std::size_t depth = 0;
  for (const YamlNode& item : node.items) depth = std::max(depth, depth_of(item));
  for (const auto& member : node.members) depth = std::max(depth, depth_of(member.value));
  return depth + 1;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const Lines& lines, const std::string& file, Diagnostics& diagnostics)
      : lines_(lines), file_(file), diagnostics_(diagnostics) {}

  [[nodiscard]] YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) stop("a second document begins here", mark, "write one suite per file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    leaf(at(mark, YamlNode::Kind::null), anchor, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) stop("an alias inside of what it stands for", mark, "write the value out");
    const YamlNode& node = found->second;
    count(size_of(node), mark, "aliases stand for more than {} values");
    if (stack_.size() + depth_of(node) > kMostDepth) stop_depth(mark);
    place(node);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(tag, mark);
    YamlNode node = at(mark, YamlNode::Kind::scalar);
    node.quoted = tag == "!";
    node.text = value;
    const std::string_view source = lines_.from(mark);
    if (node.quoted && !source.empty() && (source.front() == '"' || source.front() == '\'') && !ends_its_quotes(source))
      stop(std::string("the quote ") + source.front() + " opened here is never closed", mark, "add the closing quote");
    if (!node.quoted && !is_key()) {
      if (std::string why = ambiguity(value); !why.empty())
        diagnostics_.error(kUnreadable, std::move(why), {file_, node.line, node.column});
    }
    leaf(std::move(node), anchor, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::sequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::mapping);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    YAML::Mark mark;              ///< where it was opened
    std::optional<YamlNode> key;  ///< mapping: read, its value not yet
    std::map<std::string, std::uint32_t> lines_of_keys;
  };

  [[noreturn]] void stop(std::string message, const YAML::Mark& mark, std::string help) {
    const auto [line, column] = lines_.place(mark);
    diagnostics_.error(kUnreadable, std::move(message), {file_, line, column}, std::move(help));
    throw Stop{};
  }
  [[noreturn]] void stop_depth(const YAML::Mark& mark) {
    stop("nested more than " + std::to_string(kMostDepth) + " deep", mark, "no suite needs that: check the brackets");
  }

  [[nodiscard]] YamlNode at(const YAML::Mark& mark, YamlNode::Kind kind) const {
    YamlNode node;
    node.kind = kind;
    std::tie(node.line, node.column) = lines_.place(mark);
    return node;
  }

  void count(std::size_t nodes, const YAML::Mark& mark, std::string_view what) {
    nodes_ += nodes;
    if (nodes_ <= kMostNodes) return;
    std::string message(what);
    message.replace(message.find("{}"), 2, std::to_string(kMostNodes));
    stop(std::move(message), mark, "use ranges instead of lists, or several files");
  }

  void refuse_tag(const std::string& tag, const YAML::Mark& mark) {
    if (!tag.empty() && tag != "?" && tag != "!")
      stop("the tag <" + tag + "> has no meaning in a suite", mark, "remove it");
  }

  [[nodiscard]] bool is_key() const {
    return !stack_.empty() && stack_.back().node.kind == YamlNode::Kind::mapping && !stack_.back().key;
  }

  void leaf(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
    count(1, mark, "more than {} values");
    if (anchor != 0) anchors_.insert_or_assign(anchor, node);
    place(std::move(node));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    refuse_tag(tag, mark);
    if (stack_.size() >= kMostDepth) stop_depth(mark);
    count(1, mark, "more than {} values");
    stack_.push_back({at(mark, kind), anchor, mark, std::nullopt, {}});
  }

  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    if (done.anchor != 0) {
      count(size_of(done.node), done.mark, "anchors hold more than {} values");
      anchors_.insert_or_assign(done.anchor, done.node);
    }
    place(std::move(done.node));
  }

  void place(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.kind == YamlNode::Kind::sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key) {
      parent.node.members.push_back({std::move(*parent.key), std::move(node)});
      parent.key.reset();
    } else {
      check_key(parent, node);
      parent.key = std::move(node);
    }
  }

  void check_key(Open& parent, const YamlNode& key) {
    const Position where{file_, key.line, key.column};
    if (key.kind != YamlNode::Kind::scalar) {
      diagnostics_.error(kUnreadable, "a key must be a text", where, "quote it if it begins with a bracket or is null");
      return;
    }
    const auto [first, fresh] = parent.lines_of_keys.emplace(key.text, key.line);
    if (!fresh)
      diagnostics_.error(kUnreadable,
                         "the key '" + key.text + "' stands twice, first in line " + std::to_string(first->second),
                         where, "keep one of the two");
  }

  const Lines& lines_;
  const std::string& file_;
  Diagnostics& diagnostics_;
  YamlNode root_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

}  // namespace

std::optional<YamlNode> parse_yaml(std::string_view text, const std::string& file, Diagnostics& diagnostics) {
  const std::size_t errors_before = diagnostics.errors().size();
  if (errors_before >= Diagnostics::kMost) return std::nullopt;
  const std::string clean = checked_text(text, file, diagnostics);
  if (diagnostics.errors().size() != errors_before) return std::nullopt;
  const Lines lines(clean);
  TreeBuilder builder(lines, file, diagnostics);
  try {
    std::istringstream stream(clean);
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder))
      diagnostics.error(kUnreadable, "the file holds only comments", {file, 1, 1},
                        "a suite needs at least 'name' and 'entries'; `benchhost suite schema` lists its keys");
    else
      while (parser.HandleNextDocument(builder)) {
      }
  } catch (const Stop&) {  // said already
  } catch (const YAML::Exception& e) {
    const auto [line, column] = lines.place(e.mark);
    diagnostics.error(kUnreadable, "this is no YAML: " + e.msg, {file, line, column},
                      "check indentation, colons, brackets and quotes up to here");
  }
  if (diagnostics.errors().size() != errors_before) return std::nullopt;
  return builder.take_root();
}

}  // namespace benchhost::suite
