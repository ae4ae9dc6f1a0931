#include "core/reading/html_text.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/lanes.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/mail/utf8.h"
#include "core/reading/html_entities.h"
#include "core/reading/word_set.h"

namespace backstop::reading {
namespace {

using namespace std::string_view_literals;

// Longer than any name of html_entities.inc, and than any number that is a character.
constexpr std::size_t kReferenceBytes = 32;

constexpr WordSet kBlocks{std::array{
    "address"sv, "article"sv, "aside"sv,   "blockquote"sv, "body"sv,  "br"sv,     "caption"sv,
    "center"sv,  "dd"sv,      "dir"sv,     "div"sv,        "dl"sv,    "dt"sv,     "fieldset"sv,
    "figure"sv,  "footer"sv,  "form"sv,    "h1"sv,         "h2"sv,    "h3"sv,     "h4"sv,
    "h5"sv,      "h6"sv,      "head"sv,    "header"sv,     "hr"sv,    "html"sv,   "legend"sv,
    "li"sv,      "main"sv,    "menu"sv,    "nav"sv,        "ol"sv,    "option"sv, "p"sv,
    "pre"sv,     "section"sv, "summary"sv, "table"sv,      "tbody"sv, "tfoot"sv,  "thead"sv,
    "title"sv,   "tr"sv,      "ul"sv}};
// Elements whose content no browser shows, or as something else than text.
constexpr WordSet kRawElements{std::array{"script"sv, "style"sv, "title"sv, "xml"sv, "iframe"sv,
                                          "object"sv, "applet"sv, "noembed"sv}};

// Neither white space nor what begins a tag or a reference.
bool is_plain(char c) {
  return static_cast<signed char>(c) < 0 || (c > ' ' && c != '<' && c != '&');
}

// The same of many: what ends text, whatever follows; and all but that and spaces.
Lanes ends_plain(Lanes x) {
  return ((x >= Lanes{}) & (x < every_lane(' '))) | (x == every_lane('<')) | (x == every_lane('&'));
}
Lanes plain(Lanes x) {
  return ~(ends_plain(x) | (x == every_lane(' ')));
}

constexpr CharSet kTellInTag(">\"'");

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

// As much of the text as is plain: words, with one blank between them.
std::size_t HtmlText::take_text(std::string_view bytes, std::string& out) {
  if (!is_plain(bytes.front())) return 0;
  std::size_t n = 0;
  for (; n + kLanes < bytes.size(); n += kLanes) {
    const Lanes x = load_lanes(bytes.data() + n);
    const Lanes stops =
        ends_plain(x) | ((x == every_lane(' ')) & ~plain(load_lanes(bytes.data() + n + 1)));
    const std::size_t stop = first_lane_of(stops);
    n += stop;
    if (stop != kLanes) break;
    n -= kLanes;
  }
  const auto parts_words = [bytes](std::size_t at) {
    return bytes[at] == ' ' && at + 1 < bytes.size() && is_plain(bytes[at + 1]);
  };
  while (n < bytes.size() && (is_plain(bytes[n]) || parts_words(n)))
    ++n;
  begin_word(out);
  out.append(bytes.substr(0, n));
  return n;
}

// Blanks that only part words.
std::size_t HtmlText::take_blanks(std::string_view bytes) {
  if (pre_depth_ > 0) return 0;
  std::size_t n = 0;
  while (n < bytes.size() && ascii::is_space(bytes[n]))
    ++n;
  space_ = space_ || n > 0;
  return n;
}

// The name of a tag that is there whole, up to what ends it.
std::size_t HtmlText::take_whole_name(std::string_view bytes, std::string& out) {
  if (bytes.size() < 2 || bytes[0] != '<') return 0;
  if (bytes[1] != '/' && !ascii::is_alpha(bytes[1])) return 0;
  std::size_t end = 2;
  while (end < bytes.size() && end <= limits::kHtmlTagBytes && ascii::is_alnum(bytes[end]))
    ++end;
  if (end == bytes.size() || (bytes[end] != '>' && !ascii::is_space(bytes[end]))) return 0;
  held_.assign(bytes.substr(1, end - 1));
  begin_tag_rest(out);
  return end;
}

void HtmlText::begin_tag_rest(std::string& out) {
  raw_after_tag_ = false;
  quote_ = 0;
  state_ = State::TagRest;
  end_tag_name(out);
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
      return kTellInTag.find_in(bytes);
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
    if (state_ == State::Text && taken == 0) taken = take_blanks(bytes);
    if (state_ == State::Text && taken == 0) taken = take_whole_name(bytes, out);
    if (state_ == State::Raw) taken = take_raw(bytes);
    if (state_ >= State::TagRest && state_ != State::Raw) {
      taken = skip_unseen(bytes);
      if (state_ == State::TagRest && taken < bytes.size()) take_tag_rest(bytes[taken++]);
    }
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
    begin_tag_rest(out);
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
  ascii::lower_into(held_.data(), held_);
  std::string_view name = held_;
  const bool closes = name.starts_with('/');
  if (closes) name.remove_prefix(1);
  if (name.ends_with('/')) name.remove_suffix(1);
  if (name == "br") {
    line_begun_ = true;
    return end_line(out);
  }
  if (name == "td" || name == "th") space_ = true;
  if (kBlocks.has(name)) end_line(out);
  const auto nest = [closes](unsigned& depth) {
    if (!closes) ++depth;
    if (closes && depth > 0) --depth;
  };
  if (name == "blockquote") nest(quote_depth_);
  if (name == "pre") nest(pre_depth_);
  if (!closes && kRawElements.has(name)) {
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
