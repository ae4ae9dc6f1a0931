// RFC 5322 §3.4 address lists with the obsolete forms (§4.4), and what mailers write besides.
#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/mail/comment.h"
#include "core/mail/header_text.h"
#include "core/mail/utf8.h"

namespace backstop::mail {
namespace {

// What ends an atom: white space and the specials, but the dot and the backslash.
constexpr CharSet kEndsAtom("()<>@,;:\"[] \t\r\n\v\f");
constexpr CharSet kEndsAngle(">,;");
// What a quoted string does not hold as it stands.
constexpr CharSet kStopsQuoted("\"\\\r\n");

constexpr std::size_t kAddressesUsual = 2;

class AddressScanner {
 public:
  explicit AddressScanner(std::string_view text) : text_(text) {}

  std::vector<Address> parse(std::size_t count_max) {
    std::vector<Address> out;
    while (out.size() < count_max) {
      skip_blanks();
      if (done()) break;
      const std::size_t before = at_;
      if (out.empty()) out.reserve(std::min(count_max, kAddressesUsual));
      if (Address address; parse_mailbox(address)) out.push_back(std::move(address));
      if (at_ == before) ++at_;
    }
    return out;
  }

 private:
  bool done() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  bool at(char c) const { return !done() && peek() == c; }

  void skip_blanks() {
    while (!done()) {
      if (ascii::is_space(peek())) {
        ++at_;
      } else if (peek() == '(') {
        skip_comment();
      } else {
        return;
      }
    }
  }

  void skip_comment() { at_ = std::min(comment_end(text_, at_) + 1, text_.size()); }

  std::string take_quoted() {
    std::string out;
    ++at_;
    while (!done()) {
      const std::size_t stop = kStopsQuoted.find_in(text_, at_);
      out.append(text_.substr(at_, stop - at_));
      at_ = stop;
      if (done() || peek() == '"') break;
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      if (peek() != '\r' && peek() != '\n') out.push_back(peek());
      ++at_;
    }
    if (!done()) ++at_;
    return out;
  }

  std::string_view take_atom() {
    const std::size_t begin = at_;
    at_ = kEndsAtom.find_in(text_, at_);
    return text_.substr(begin, at_ - begin);
  }

  // Words joined by dots, with blanks around the dots (obs-local-part); `words` counts those that
  // only blanks part: more than one is a phrase.
  std::string take_words(unsigned& words) {
    std::string out;
    words = 0;
    bool joined = false;
    while (!done()) {
      skip_blanks();
      if (done()) break;
      const bool quoted = peek() == '"';
      std::string unquoted;
      if (quoted) unquoted = take_quoted();
      const std::string_view word = quoted ? unquoted : take_atom();
      if (!quoted && word.empty()) break;
      joined = joined || (!quoted && word.front() == '.');
      if (!joined) {
        ++words;
        out.clear();  // Of a phrase only the last word may be a local part.
      }
      out.append(word);
      joined = (!quoted && word.back() == '.') || (!done() && (peek() == '"' || peek() == '.'));
    }
    return out;
  }

  std::string take_domain() {
    std::string out;
    while (true) {
      skip_blanks();
      if (done()) break;
      if (peek() == '[') {
        const std::size_t end = text_.find(']', at_);
        const std::size_t stop = end == text_.npos ? text_.size() : end + 1;
        for (; at_ < stop; ++at_) {
          if (!ascii::is_space(peek())) out.push_back(peek());
        }
        break;
      }
      const std::string_view atom = take_atom();
      if (atom.empty()) break;
      out.append(atom);
      skip_blanks();
      // Only a dot joins; anything else after a blank is not of the domain.
      if (out.back() != '.' && !at('.')) break;
    }
    if (out.ends_with('.')) out.pop_back();
    return out;
  }

  void skip_to_angle_or_end() {
    while (!done() && peek() != ',' && peek() != ';' && peek() != '<') {
      if (peek() == '(') {
        skip_comment();
      } else if (peek() == '"') {
        take_quoted();
      } else {
        ++at_;
      }
    }
  }

  // Behind '<'.  A source route is dropped (§4.4).
  bool take_angle(Address& address) {
    while (at('<'))
      ++at_;
    skip_blanks();
    while (at('@') || at(',')) {
      ++at_;
      take_domain();
      skip_blanks();
      if (at(':')) {
        ++at_;
        break;
      }
    }
    unsigned words = 0;
    address.local = take_words(words);
    address.domain.clear();
    bool sound = words == 1 && !address.local.empty();
    if (at('@')) {
      ++at_;
      address.domain = take_domain();
      sound = sound && !address.domain.empty();
    } else {
      // "<undisclosed-recipients:;>" and alike are nobody.
      sound = sound && (done() || peek() == '>');
    }
    at_ = kEndsAngle.find_in(text_, at_);
    if (at('>')) ++at_;
    return sound;
  }

  // One mailbox; false for the opening or closing of a group, and what is no address.
  bool parse_mailbox(Address& address) {
    unsigned words = 0;
    address.local = take_words(words);
    if (at('<')) return take_angle(address);
    if (at(':')) {  // The name of a group.
      ++at_;
      return false;
    }
    bool sound = words != 0 && !address.local.empty();
    if (at('@')) {
      ++at_;
      address.domain = take_domain();
      sound = sound && !address.domain.empty();
    } else {
      // "MAILER-DAEMON": a name on this host.  More words are a name of no mailbox.
      sound = sound && words == 1 && (done() || peek() == ',' || peek() == ';');
    }
    // Mailers leave out the quotes of a display name that has specials or is an address itself.
    skip_to_angle_or_end();
    if (at('<')) return take_angle(address);
    if (!done()) ++at_;
    return sound;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Address> parse_address_list(std::string_view raw, std::size_t count_max) {
  if (is_utf8(raw)) return AddressScanner(raw).parse(count_max);
  const std::string text = decode_charset(raw, "windows-1252");
  return AddressScanner(text).parse(count_max);
}

}  // namespace backstop::mail
