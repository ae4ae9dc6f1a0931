// A scenario: what happens to a mail server in made-up weeks, and what is expected of whoever
// guards it, in one readable text.  docs/formats/scenario.md gives the grammar.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/reading/reading.h"

namespace backstop::scenario {

// One of several, each as often as its weight says.
template <class T>
struct Weighted {
  T what;
  double weight = 0;
};
template <class T>
using Mix = std::vector<Weighted<T>>;

// When a part of it goes on, from the beginning of the scenario.
struct Span {
  Seconds starts{};
  Seconds lasts{};  // 0: to the end.
};

// The guarded server.
struct Site {
  std::string domain = "example.com";
  std::uint64_t domains = 1;  // Further ones are d2.DOMAIN and so on; runs take turns in them.
  bool enforces = true;
  std::uint64_t users = 40;  // People of each domain, beside its role addresses.
  bool catch_all = false;    // Every address is taken; else unknown ones are refused at RCPT.
  bool sends_mail = true;
  std::string service = {};     // That sends for us unsigned; its Message-IDs' right-hand side.
  double ordinary_per_day = 0;  // Mail that comes in and is no answer.
};

// Mail of ours that goes out.
struct OwnMail {
  enum class Way : std::uint8_t {
    Server,   // By this server, which signs it.
    Service,  // By Site::service: unsigned, and its answers come to our From address.
    Forward,  // Somebody else's, sent on under a rewritten sender (SRS).
  };
  Span span;
  Way way = Way::Server;
  double messages = 0;        // Of one day; of the whole span where it is a mailing.
  bool is_mailing = false;    // One message to many, with List-* fields.
  double fails = 0.02;        // Share that cannot be delivered.
  double asynchronous = 0.1;  // Share of these that others return; our own server reports the rest.
  double auto_replies = 0.01;    // Share that is answered by a machine.
  std::uint64_t senders = 0;     // Different ones; 0: every user.
  std::uint64_t partners = 400;  // Addresses they write to again and again.
};

// How forged addresses are chosen.
enum class Forging : std::uint8_t {
  Held,   // A few random ones, again and again.
  Fresh,  // A new one for each message.
  Names,  // Of a list, some more often.
  Real,   // People who exist.
  Roles,  // info@, abuse@ and their like.
};
inline constexpr unsigned kForgings = 5;
std::string_view name_of(Forging forging);

// What addresses nobody has look like.
enum class LocalStyle : std::uint8_t { Random, FirstnameLastname, Dotted, WordDigits };
inline constexpr unsigned kLocalStyles = 4;
std::string_view name_of(LocalStyle style);

// How much of the original comes back.
enum class Returns : std::uint8_t { Full, Headers, Little };
inline constexpr unsigned kReturns = 3;
std::string_view name_of(Returns returns);

// A spam run in our name, and what comes back of it.
struct Run {
  Span span{.starts = Seconds{0}, .lasts = std::chrono::hours{30}};  // Of the spam.
  double messages = 2'000'000;
  double undeliverable = 0.40;
  double backscatter = 0.09;
  std::optional<double> answers = {};  // Instead of the product of these three.
  // It comes in bursts: so long is one, and so much faster than the mean.
  Seconds burst_least = std::chrono::minutes{10};
  Seconds burst_most = std::chrono::minutes{60};
  double peak = 6.9;  // 1: steady.
  // When an answer follows its original: at once, within hours, when a queue gives up.
  double delay_quick = 0.70;
  double delay_slow = 0.20;
  Mix<reading::Kind> kinds;  // Of all answers; delays come beside what expires in a queue.
  Mix<std::string> languages;
  Mix<Returns> returns;  // Of bounces and notices.
  Mix<Forging> forges;
  LocalStyle locals = LocalStyle::Random;
  std::uint64_t addresses = 3;      // Of Held, Real and Roles.
  std::uint64_t names = 2000;       // Of Names.
  std::uint64_t sources = 5000;     // Servers that answer.
  double mean_bytes = 14'000;       // Of an answer that returns the original whole.
  bool sender_passes_dkim = false;  // The answers are signed by who sends them.
};

// Servers that ask for a forged sender and send nothing.
struct Callouts {
  Span span;
  double sessions = 0;  // In the whole span.
  std::uint64_t clients = 500;
  bool exist = true;  // They ask for addresses that exist.
};

// Somebody tries which addresses exist.
struct Dictionary {
  Span span;
  double tries = 0;  // In the whole span.
  std::uint64_t clients = 3;
};

// Bounces made up around the header of a message of ours, which somebody got hold of.
struct Poison {
  Span span;
  double bounces = 0;               // In the whole span.
  std::uint64_t victims = 100'000;  // So many people they are about.
};

// A new key signs, and the old one only verifies.
struct KeyChange {
  Seconds at{};
};

// What can be expected of a played scenario.
enum class Figure : std::uint8_t {
#define BACKSTOP_FIGURE(enumerator, sort, name, text) enumerator,
#include "core/scenario/figures.inc"
#undef BACKSTOP_FIGURE
};
std::string_view name_of(Figure figure);      // "genuine.lost"
std::string_view sentence_of(Figure figure);  // What it counts.
bool is_amount(Figure figure);                // It grows with the scenario's scale.
unsigned figure_count();

enum class Comparison : std::uint8_t { Equal, AtMost, AtLeast, Less, More };
std::string_view name_of(Comparison comparison);  // "<="

struct Expectation {
  Figure figure{};
  Comparison comparison = Comparison::Equal;
  std::optional<double> value = {};  // Seconds of a time, a fraction of a share; nothing: "none".
  unsigned line = 0;
  std::string text = {};  // As it was written.

  // `found`: nothing where there was nothing to measure.
  bool holds(std::optional<double> found) const;
};

struct Scenario {
  std::string title = {};
  Instant begins{};
  Seconds lasts = Days{7};
  Site site;
  std::vector<OwnMail> own;
  std::vector<Run> runs;
  std::vector<Callouts> callouts;
  std::vector<Dictionary> dictionaries;
  std::vector<Poison> poisons;
  std::vector<KeyChange> key_changes;
  std::vector<Expectation> expected;

  // `span` with its end, within the scenario.
  Instant start_of(const Span& span) const { return begins + span.starts; }
  Seconds length_of(const Span& span) const {
    return span.lasts.count() > 0 ? span.lasts : lasts - span.starts;
  }
};

// Errors: Errc::Invalid, `where` is "origin:line"; Errc::Limit for a text that is too long.
Result<Scenario> parse_scenario(std::string_view text, std::string_view origin);

// Every amount times `scale`, and the amounts that are expected.  REQUIRES: scale > 0.
void scale(Scenario& scenario, double scale);

}  // namespace backstop::scenario
