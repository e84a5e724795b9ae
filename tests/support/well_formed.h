// Whether a text is well-formed XML, as far as documents go that benchhost writes: elements, attributes, text, the five
// entities and numeric ones, a declaration and a document type. Independent of the code that writes them.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::test {

/// "" if it is; else what is wrong, and where.
inline std::string why_not_well_formed(std::string_view xml) {
  std::vector<std::string> open;
  std::set<std::string, std::less<>> ids;
  bool any = false;
  const auto at = [&](std::size_t i) { return " near '" + std::string(xml.substr(i, 40)) + "'"; };
  const auto name_end = [&](std::size_t i) {
    while (i < xml.size() && std::string_view(" \t\n\r/>=").find(xml[i]) == std::string_view::npos) ++i;
    return i;
  };
  const auto bad_text = [&](std::string_view text) -> bool {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if ((byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r') || byte == 0x7f || text[i] == '<') return true;
      if (text[i] != '&') continue;
      const std::size_t end = text.find(';', i);
      if (end == std::string_view::npos) return true;
      const std::string_view entity = text.substr(i + 1, end - i - 1);
      static const std::set<std::string_view> known = {"amp", "lt", "gt", "quot", "apos", "#39"};
      if (!known.contains(entity)) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < xml.size();) {
    if (xml[i] != '<') {
      const std::size_t end = std::min(xml.find('<', i), xml.size());
      const std::string_view text = xml.substr(i, end - i);
      if (bad_text(text)) return "bad text" + at(i);
      if (open.empty() && text.find_first_not_of(" \n\r\t") != std::string_view::npos) return "text outside" + at(i);
      i = end;
      continue;
    }
    if (xml.substr(i, 2) == "<?" || xml.substr(i, 2) == "<!") {
      i = xml.find('>', i);
      if (i == std::string_view::npos) return "unended declaration";
      ++i;
      continue;
    }
    if (xml.substr(i, 2) == "</") {
      const std::size_t end = name_end(i + 2);
      if (open.empty() || open.back() != xml.substr(i + 2, end - i - 2)) return "wrong end tag" + at(i);
      if (end >= xml.size() || xml[end] != '>') return "bad end tag" + at(i);
      open.pop_back();
      i = end + 1;
      continue;
    }
    const std::size_t begin = i;
    std::size_t end = name_end(i + 1);
    const std::string name(xml.substr(i + 1, end - i - 1));
    if (name.empty()) return "no name" + at(begin);
    if (open.empty() && any) return "a second root" + at(begin);
    any = true;
    std::set<std::string> attributes;
    for (;;) {
      while (end < xml.size() && std::string_view(" \n\t\r").find(xml[end]) != std::string_view::npos) ++end;
      if (end >= xml.size()) return "unended tag" + at(begin);
      if (xml[end] == '>' || xml[end] == '/') break;
      const std::size_t stop = name_end(end);
      const std::string attribute(xml.substr(end, stop - end));
      if (!attributes.insert(attribute).second) return "attribute twice" + at(begin);
      if (xml.substr(stop, 2) != "=\"") return "bare attribute" + at(begin);
      const std::size_t close = xml.find('"', stop + 2);
      if (close == std::string_view::npos) return "unended attribute" + at(begin);
      const std::string_view value = xml.substr(stop + 2, close - stop - 2);
      if (bad_text(value)) return "bad attribute" + at(begin);
      if (attribute == "id" && !ids.emplace(value).second) return "id twice" + at(begin);
      end = close + 1;
    }
    if (xml[end] == '/') {
      if (xml.substr(end, 2) != "/>") return "bad tag" + at(begin);
      i = end + 2;
      continue;
    }
    open.push_back(name);
    i = end + 1;
  }
  if (!open.empty()) return "'" + open.back() + "' is not ended";
  return any ? "" : "no element";
}

}  // namespace benchhost::test
