#include "core/reading/html_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/mail/utf8.h"
#include "core/reading/html_entities.h"

namespace backstop::reading {
namespace {

// Longer than any name of html_entities.inc, and than any number that is a character.
constexpr std::size_t kReferenceBytes = 32;

constexpr std::string_view kBlocks[] = {
    "address", "article", "aside", "blockquote", "body",     "br",     "caption", "center", "dd",
    "dir",     "div",     "dl",    "dt",         "fieldset", "figure", "footer",  "form",   "h1",
    "h2",      "h3",      "h4",    "h5",         "h6",       "head",   "header",  "hr",     "html",
    "legend",  "li",      "main",  "menu",       "nav",      "ol",     "option",  "p",      "pre",
    "section", "summary", "table", "tbody",      "tfoot",    "thead",  "title",   "tr",     "ul"};
// Elements whose content no browser shows, or as something else than text.
constexpr std::string_view kRawElements[] = {"script", "style",  "title",  "xml",
                                             "iframe", "object", "applet", "noembed"};

bool stands_in(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The character of "#8364", "#x20ac" or "euro"; 0 when it is none.
char32_t parse_reference(std::string_view name) {
  if (!name.starts_with('#')) return html_entity(name);
  name.remove_prefix(1);
  const bool hex = name.starts_with('x') || name.starts_with('X');
  if (hex) name.remove_prefix(1);
  std::uint32_t code = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, code, hex ? 16 : 10);
  if (name.empty() || stop != end) return 0;
  return error == std::errc() && code != 0 ? char32_t{code} : U'\ufffd';
}

// HTML §13.2.5.80: numbers of C1 controls mean windows-1252.
std::string render_character(char32_t code) {
  if (code >= 0x80 && code < 0xa0) {
    const char byte = static_cast<char>(code);
    return mail::decode_charset(std::string_view(&byte, 1), "windows-1252");
  }
  std::string text;
  mail::append_utf8(text, code);
  return text;
}

}  // namespace

void HtmlText::begin_word(std::string& out) {
  if (!line_begun_ && quote_depth_ > 0) out.append("> ");
  if (line_begun_ && space_) out.push_back(' ');
  line_begun_ = true;
  space_ = false;
}

void HtmlText::end_line(std::string& out) {
  if (line_begun_) out.push_back('\n');
  line_begun_ = false;
  space_ = false;
}

void HtmlText::put(char c, std::string& out) {
  if (!ascii::is_space(c)) {
    begin_word(out);
    out.push_back(c);
  } else if (pre_depth_ > 0 && c == '\n') {
    line_begun_ = true;
    end_line(out);
  } else {
    space_ = true;
  }
}

// As much of the text as is plain.
std::size_t HtmlText::take_text(std::string_view bytes, std::string& out) {
  const auto plain = [](char c) { return c != '<' && c != '&' && c > ' '; };
  const auto is_plain = [plain](char c) { return static_cast<signed char>(c) < 0 || plain(c); };
  const auto end = std::find_if_not(bytes.begin(), bytes.end(), is_plain);
  const auto n = static_cast<std::size_t>(end - bytes.begin());
  if (n == 0) return 0;
  begin_word(out);
  out.append(bytes.substr(0, n));
  return n;
}

// Content that is not shown, up to what may be its end tag.
std::size_t HtmlText::take_raw(std::string_view bytes) {
  return held_.empty() ? std::min(bytes.find('<'), bytes.size()) : 0;
}

// As much of what is in a tag or a comment as does nothing.
std::size_t HtmlText::skip_unseen(std::string_view bytes) const {
  switch (state_) {
    case State::TagRest:
      if (quote_ != 0) return std::min(bytes.find(quote_), bytes.size());
      return static_cast<std::size_t>(
          std::ranges::find_if(bytes, [](char c) { return c == '>' || c == '"' || c == '\''; }) -
          bytes.begin());
    case State::Comment:
      return dashes_ == 0 ? std::min(bytes.find('-'), bytes.size()) : 0;
    case State::Declaration:
      return std::min(bytes.find('>'), bytes.size());
    default:
      return 0;
  }
}

void HtmlText::feed(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    std::size_t taken = 0;
    if (state_ == State::Text) taken = take_text(bytes, out);
    if (state_ == State::Raw) taken = take_raw(bytes);
    if (state_ >= State::TagRest && state_ != State::Raw) taken = skip_unseen(bytes);
    if (taken == 0) {
      take(bytes.front(), out);
      taken = 1;
    }
    bytes.remove_prefix(taken);
  }
}

void HtmlText::take(char c, std::string& out) {
  switch (state_) {
    case State::Reference:
      if (take_reference(c, out)) return;
      [[fallthrough]];
    case State::Text:
      if (c == '<' || c == '&') {
        state_ = c == '<' ? State::TagName : State::Reference;
        held_.clear();
      } else {
        put(c, out);
      }
      return;
    case State::TagName:
      return take_tag_name(c, out);
    case State::TagRest:
      return take_tag_rest(c);
    case State::Comment:
      return take_comment(c);
    case State::Declaration:
      if (c == '>') state_ = State::Text;
      return;
    case State::Raw:
      held_.push_back(ascii::to_lower(c));
      if (held_ == "</" + raw_name_) {
        held_.clear();
        raw_after_tag_ = false;
        quote_ = 0;
        state_ = State::TagRest;
      } else if (!("</" + raw_name_).starts_with(held_)) {
        held_.assign(c == '<' ? "<" : "");
      }
      return;
  }
}

void HtmlText::take_tag_name(char c, std::string& out) {
  const bool opens = !held_.empty() || ascii::is_alpha(c) || c == '/' || c == '!' || c == '?';
  if (!opens) {
    put('<', out);
    state_ = State::Text;
    return take(c, out);
  }
  const bool too_long = held_.size() == limits::kHtmlTagBytes;
  if (c == '>' || ascii::is_space(c) || too_long) {
    if (too_long) held_.clear();
    raw_after_tag_ = false;
    quote_ = 0;
    state_ = State::TagRest;
    end_tag_name(out);
    return take(c, out);
  }
  held_.push_back(c);
  if (held_ == "!--") {
    state_ = State::Comment;
    dashes_ = 2;
  } else if (held_ == "?" || (held_.size() == 2 && held_[0] == '!' && held_[1] != '-')) {
    state_ = State::Declaration;
  }
}

// Decides what a tag does, when its name is known.
void HtmlText::end_tag_name(std::string& out) {
  if (held_.find('@') != std::string::npos) {
    put('<', out);
    for (const char c : held_)
      put(c, out);
    put('>', out);
    return;
  }
  std::string name = ascii::lower(held_);
  const bool closes = name.starts_with('/');
  if (closes) name.erase(0, 1);
  if (name.ends_with('/')) name.pop_back();
  if (name == "br") {
    line_begun_ = true;
    return end_line(out);
  }
  if (name == "td" || name == "th") space_ = true;
  if (stands_in(kBlocks, name)) end_line(out);
  const auto nest = [closes](unsigned& depth) {
    if (!closes) ++depth;
    if (closes && depth > 0) --depth;
  };
  if (name == "blockquote") nest(quote_depth_);
  if (name == "pre") nest(pre_depth_);
  if (!closes && stands_in(kRawElements, name)) {
    raw_after_tag_ = true;
    raw_name_ = name;
  }
}

void HtmlText::take_tag_rest(char c) {
  if (quote_ != 0) {
    if (c == quote_) quote_ = 0;
  } else if (c == '"' || c == '\'') {
    quote_ = c;
  } else if (c == '>') {
    state_ = raw_after_tag_ ? State::Raw : State::Text;
    held_.clear();
  }
}

void HtmlText::take_comment(char c) {
  if (c == '>' && dashes_ >= 2) {
    state_ = State::Text;
  } else {
    dashes_ = c == '-' ? dashes_ + 1 : 0;
  }
}

// False when `c` is not of the reference, which is over.
bool HtmlText::take_reference(char c, std::string& out) {
  if (c == ';') {
    end_reference(true, out);
    return true;
  }
  if ((ascii::is_alnum(c) || (c == '#' && held_.empty())) && held_.size() < kReferenceBytes) {
    held_.push_back(c);
    return true;
  }
  // What stands in a link's query is none.
  if (c == '=') held_.push_back(c);
  end_reference(false, out);
  return c == '=';
}

void HtmlText::end_reference(bool closed, std::string& out) {
  state_ = State::Text;
  const char32_t code = parse_reference(held_);
  if (code == 0xa0 || (code < 0x80 && code != 0)) {
    put(code == 0xa0 ? ' ' : static_cast<char>(code), out);
  } else if (code != 0) {
    begin_word(out);
    out.append(render_character(code));
  } else {
    put('&', out);
    for (const char c : held_)
      put(c, out);
    if (closed) put(';', out);
  }
  held_.clear();
}

void HtmlText::finish(std::string& out) {
  if (state_ == State::Reference) end_reference(false, out);
  if (state_ == State::TagName && held_.empty()) put('<', out);
  end_line(out);
  *this = HtmlText();
}

std::string render_html_text(std::string_view html) {
  HtmlText reader;
  std::string out;
  reader.feed(html, out);
  reader.finish(out);
  return out;
}

}  // namespace backstop::reading
