#include "core/scenario/texts.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/base/assert.h"
#include "core/scenario/embedded.h"
#include "core/scenario/values.h"

namespace backstop::scenario {
namespace {

constexpr std::array<std::string_view, kPlaces> kPlaceNames{"mta",          "mta-domain",
                                                            "to",           "victim",
                                                            "victim-local", "victim-domain",
                                                            "date",         "original-date",
                                                            "retry-date",   "id",
                                                            "original-id",  "queue",
                                                            "ticket",       "b",
                                                            "subject",      "status",
                                                            "diagnostic",   "remote",
                                                            "ip",           "person",
                                                            "host",         "part",
                                                            "inline",       "filler"};

template <std::size_t N>
std::size_t index_of(std::string_view word, const std::array<std::string_view, N>& words) {
  const auto found = std::ranges::find(words, word);
  BS_ASSERT(found != words.end());
  return static_cast<std::size_t>(found - words.begin());
}

using Key = std::tuple<Text::Use, reading::Kind, std::string>;
using Shelf = Mix<const Text*>;

// By what is asked for, so that nothing is searched for each message.
class Shelves {
 public:
  Shelves() {
    for (const Text& text : texts())
      shelves_[{text.use(), text.kind(), text.language()}].push_back({&text, text.weight()});
    for (const Text& text : texts())
      uses_[text.use()].push_back({&text, text.weight()});
  }
  const Shelf* find(Text::Use use, reading::Kind kind, std::string_view language) const {
    const auto found = shelves_.find({use, kind, std::string(language)});
    return found == shelves_.end() ? nullptr : &found->second;
  }
  const Shelf& of_use(Text::Use use) const { return uses_.at(use); }

 private:
  std::map<Key, Shelf> shelves_;
  std::map<Text::Use, Shelf> uses_;
};

const Shelves& shelves() {
  static const Shelves kShelves;
  return kShelves;
}

const Text* pick_returning(const Shelf& shelf, Returns returns, double unit) {
  double whole = 0;
  for (const auto& each : shelf)
    whole += each.what->can_return(returns) ? each.weight : 0;
  double left = unit * whole;
  const Text* last = nullptr;
  for (const auto& each : shelf) {
    if (!each.what->can_return(returns)) continue;
    last = each.what;
    left -= each.weight;
    if (left < 0) break;
  }
  return last;
}

}  // namespace

Text::Text(std::string_view name, std::string_view text) : name_(name) {
  bool says_returns = false;
  while (true) {
    const std::size_t end = text.find('\n');
    BS_ASSERT(end != text.npos);
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.empty()) break;
    const std::size_t sign = line.find(" = ");
    BS_ASSERT(sign != line.npos);
    says_returns = says_returns || line.starts_with("returns");
    read_option(line.substr(0, sign), line.substr(sign + 3));
  }
  if (!says_returns) returns_[static_cast<std::size_t>(Returns::Little)] = true;
  read_body(text);
}

void Text::read_option(std::string_view name, std::string_view value) {
  static constexpr std::array<std::string_view, 5> kUses{"answer", "spam", "letter", "newsletter",
                                                         "ordinary"};
  static constexpr std::array<std::string_view, 3> kSenders{"null", "person", "list"};
  if (name == "kind") {
    const auto use = std::ranges::find(kUses, value);
    if (use != kUses.end()) {
      use_ = static_cast<Use>(use - kUses.begin());
      return;
    }
    Mix<reading::Kind> kind;
    BS_ASSERT(read_kinds(value, kind));
    kind_ = kind.front().what;
  } else if (name == "language") {
    language_ = value;
  } else if (name == "weight") {
    BS_ASSERT(read_amount(value, weight_));
  } else if (name == "sender") {
    sender_ = static_cast<AnswerSender>(index_of(value, kSenders));
  } else {
    BS_ASSERT(name == "returns");
    Mix<Returns> returns;
    BS_ASSERT(read_returns(value, returns));
    for (const auto& each : returns)
      returns_[static_cast<std::size_t>(each.what)] = true;
  }
}

void Text::read_body(std::string_view text) {
  pieces_.emplace_back();
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t end = c == '{' ? text.find('}') : text.npos;
    if (end != text.npos) {
      pieces_.back().place = index_of(text.substr(1, end - 1), kPlaceNames);
      pieces_.emplace_back();
      text.remove_prefix(end + 1);
      continue;
    }
    if (c == '\n') pieces_.back().literal += '\r';
    pieces_.back().literal += c;
    text.remove_prefix(1);
  }
}

void Text::render(const Places& places, std::string& to) const {
  for (const Piece& piece : pieces_) {
    to += piece.literal;
    if (piece.place < kPlaces) to += places[piece.place];
  }
}

const std::vector<Text>& texts() {
  static const std::vector<Text> kTexts = [] {
    std::vector<Text> out;
    for (const auto& [name, text] : text_files())
      out.emplace_back(name, text);
    return out;
  }();
  return kTexts;
}

const Text& pick_text(Text::Use use, double unit) {
  return *pick(shelves().of_use(use), unit);
}

const Text& pick_answer(reading::Kind kind, std::string_view language, Returns returns,
                        double unit) {
  const Shelf* shelf = shelves().find(Text::Use::Answer, kind, language);
  if (shelf == nullptr) shelf = shelves().find(Text::Use::Answer, kind, "en");
  BS_ASSERT(shelf != nullptr);
  if (const Text* const text = pick_returning(*shelf, returns, unit)) return *text;
  return *pick(*shelf, unit);
}

bool has_answer(reading::Kind kind) {
  return shelves().find(Text::Use::Answer, kind, "en") != nullptr;
}

}  // namespace backstop::scenario
