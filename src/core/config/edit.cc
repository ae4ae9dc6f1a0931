// The places are those that the TOML parser reports; every result is parsed again, so that a form
// which was misjudged is refused and never written.
#include "core/config/edit.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <fmt/core.h>
#include <toml++/toml.h>

#include <optional>
#include <vector>

#include "core/config/config.h"
#include "core/mail/address.h"

namespace backstop::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Offset of a place in the text.  The parser counts code points from 1 and no byte order mark.
std::size_t offset_of(std::string_view text, toml::source_position position) {
  std::size_t at = 0;
  for (toml::source_index line = 1; line < position.line; ++line) {
    const auto newline = text.find('\n', at);
    if (newline == std::string_view::npos) return text.size();
    at = newline + 1;
  }
  for (toml::source_index column = 1; column < position.column && at < text.size(); ++column) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
      ++at;
  }
  return at;
}

std::size_t line_begin(std::string_view text, std::size_t at) {
  const auto newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

// Behind the line that holds `at`, its line end included.
std::size_t line_after(std::string_view text, std::size_t at) {
  const auto newline = text.find('\n', at);
  return newline == std::string_view::npos ? text.size() : newline + 1;
}

std::string_view line_end_of(std::string_view text) {
  const auto newline = text.find('\n');
  return newline != std::string_view::npos && newline > 0 && text[newline - 1] == '\r' ? "\r\n"
                                                                                       : "\n";
}

// A key or text in quotes.  Canonical domains and addresses hold no control characters but what a
// strange local part may have.
std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + "\"";
}

// The subject's table as it stands in the file, or as it is to be made.
struct Place {
  std::string section;  // "domains" or "addresses".
  std::string name;     // As the file spells it.
  const toml::key* key = nullptr;
  const toml::table* table = nullptr;  // Null: there is none.
};

class Editor {
 public:
  // `literal`: the value as TOML.
  Editor(std::string_view text, std::string_view origin, std::string_view subject,
         std::string_view key, std::string literal)
      : mark_(text.starts_with(kByteOrderMark) ? kByteOrderMark : std::string_view()),
        text_(text.substr(mark_.size())),
        origin_(origin),
        subject_(subject),
        key_(key),
        literal_(std::move(literal)),
        end_(line_end_of(text)) {}

  Result<std::string> edit() {
    BS_TRY_VOID(parse_config(text_, origin_));
    toml::parse_result parsed = toml::parse(text_, origin_);
    if (!parsed) return refuse(1, "is not understood");
    BS_TRY(const Place place, find(parsed.table()));
    // A strange local part may not survive being written down and read again.
    if (!is_subject(place.section == "addresses", place.name))
      return refuse(1, "cannot be written; change it by hand");
    wanted_ = parsed.table();
    if (!want(place)) return refuse(1, "is not of the form that is edited");
    const toml::node* const value = place.table == nullptr ? nullptr : place.table->get(key_);
    std::vector<std::string> candidates;
    if (value != nullptr)
      candidates.push_back(replaced(*value));
    else
      candidates = inserted(place);
    for (const std::string& candidate : candidates)
      if (is_wanted(candidate)) return std::string(mark_) + candidate;
    return refuse(place.key == nullptr ? 1 : place.key->source().begin.line,
                  "stands in a form that is not edited; change it by hand");
  }

 private:
  tl::unexpected<Error> refuse(toml::source_index line, std::string_view what) const {
    return fail(Errc::Unsupported, fmt::format("{}:{}", origin_, line),
                fmt::format("the {} of {} {}", key_, subject_, what));
  }

  bool is_subject(bool address, std::string_view key) const {
    if (!address) return mail::canonical_domain(key) == subject_;
    const auto parsed = mail::parse_path(key);
    return parsed && mail::canonical(*parsed) == subject_;
  }

  Result<Place> find(const toml::table& root) const {
    const bool address = subject_.find('@') != std::string_view::npos;
    Place out{.section = address ? "addresses" : "domains",
              .name = std::string(subject_),
              .key = nullptr,
              .table = nullptr};
    const toml::node* const node = root.get(out.section);
    const toml::table* const section = node == nullptr ? nullptr : node->as_table();
    if (section == nullptr) return out;
    if (section->is_inline()) return refuse_inline(out.section, *section);
    for (const auto& [key, child] : *section) {
      const toml::table* const table = child.as_table();
      if (table == nullptr || !is_subject(address, key.str())) continue;
      if (table->is_inline()) return refuse_inline(quote(key.str()), *table);
      if (out.table != nullptr) {
        return refuse(key.source().begin.line,
                      fmt::format("is spelled {} here and {} in line {}: make them one",
                                  quote(key.str()), quote(out.name), out.key->source().begin.line));
      }
      out.name = std::string(key.str());
      out.key = &key;
      out.table = table;
    }
    return out;
  }

  tl::unexpected<Error> refuse_inline(std::string_view name, const toml::table& table) const {
    return refuse(
        table.source().begin.line,
        fmt::format("stands in an inline table, {} = {{ ... }}, which is not edited: write "
                    "it as a table of its own, with a [...] line",
                    name));
  }

  // Makes wanted_ hold the new value.
  bool want(const Place& place) {
    if (wanted_.get(place.section) == nullptr) wanted_.insert(place.section, toml::table{});
    toml::table* const section = wanted_.get(place.section)->as_table();
    if (section == nullptr) return false;
    if (section->get(place.name) == nullptr) section->insert(place.name, toml::table{});
    toml::table* const table = section->get(place.name)->as_table();
    if (table == nullptr) return false;
    const toml::parse_result value = toml::parse(fmt::format("value = {}", literal_), origin_);
    if (!value) return false;
    table->insert_or_assign(key_, *value.table().get("value"));
    return true;
  }

  bool is_wanted(std::string_view candidate) const {
    const toml::parse_result parsed = toml::parse(candidate, origin_);
    return parsed && parsed.table() == wanted_ && parse_config(candidate, origin_).has_value();
  }

  std::string replaced(const toml::node& value) const {
    std::string out(text_);
    const std::size_t begin = offset_of(text_, value.source().begin);
    const std::size_t end = offset_of(text_, value.source().end);
    if (begin < end) out.replace(begin, end - begin, literal_);
    return out;
  }

  // A whole line at the beginning of a line, or behind a last one that has no end.
  std::string with_line(std::size_t at, std::string_view line) const {
    std::string out(text_);
    const bool unended = at > 0 && text_[at - 1] != '\n';
    out.insert(at, fmt::format("{}{}{}", unended ? end_ : "", line, end_));
    return out;
  }

  std::string assignment(std::string_view prefix) const {
    return fmt::format("{}{} = {}", prefix, key_, literal_);
  }

  // From the most to the least fitting.
  std::vector<std::string> inserted(const Place& place) const {
    std::vector<std::string> out;
    if (place.table != nullptr) {
      const std::size_t begin = offset_of(text_, place.table->source().begin);
      if (begin < text_.size() && text_[begin] == '[') out.push_back(below_header(begin));
      for (const auto& [key, child] : *place.table)
        out.push_back(beside(key, child));
    }
    const std::string name = place.table == nullptr ? std::string(subject_) : place.name;
    const std::string header = fmt::format("[{}.{}]", place.section, quote(name));
    const std::string_view gap = text_.empty() ? std::string_view() : end_;
    out.push_back(
        with_line(text_.size(), fmt::format("{}{}{}{}", gap, header, end_, assignment(""))));
    // Where the section is made of dotted keys it may take no table; the first line may.
    out.push_back(with_line(0, assignment(fmt::format("{}.{}.", place.section, quote(name)))));
    return out;
  }

  // `header`: where a [table] line begins.  Indented as the line that follows.
  std::string below_header(std::size_t header) const {
    const std::size_t at = line_after(text_, header);
    const std::string_view next = text_.substr(at, line_after(text_, at) - at);
    const auto visible = next.find_first_not_of(" \t");
    const bool usable =
        visible != std::string_view::npos && next[visible] != '\r' && next[visible] != '\n';
    return with_line(at, assignment(usable ? next.substr(0, visible) : ""));
  }

  // A line with the same dots before it, behind that of another value of the table.
  std::string beside(const toml::key& key, const toml::node& child) const {
    const std::size_t at = offset_of(text_, key.source().begin);
    const std::size_t line = line_begin(text_, at);
    const std::size_t behind = line_after(text_, offset_of(text_, child.source().end));
    return with_line(behind, assignment(text_.substr(line, at - line)));
  }

  std::string_view mark_;
  std::string_view text_;
  std::string_view origin_;
  std::string_view subject_;
  std::string_view key_;
  std::string literal_;
  std::string_view end_;
  toml::table wanted_;
};

}  // namespace

Result<std::string> with_mode(std::string_view text, std::string_view origin,
                              std::string_view subject, policy::Mode mode) {
  return Editor(text, origin, subject, "mode", quote(policy::name_of(mode))).edit();
}

Result<std::string> with_forced_until(std::string_view text, std::string_view origin,
                                      std::string_view domain, Instant until) {
  return Editor(text, origin, domain, "forced_until", render_instant(until)).edit();
}

}  // namespace backstop::config
