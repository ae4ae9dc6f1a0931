#include "edge/store/history_schema.h"

#include <array>

#include "core/base/ascii.h"

namespace backstop::store {
namespace {

// message: one row for each message; outcome: what many messages have in common, once; look_up: by
// what a row can be found, kept together by day so that writing stays in a few pages; tally: counts
// for each hour, which outlive rows dropped for their number; loss: rows that could not be kept.
constexpr std::array<std::string_view, 3> kSteps{R"(
CREATE TABLE outcome(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  verdict TEXT NOT NULL,
  decision TEXT NOT NULL,
  enforced TEXT NOT NULL,
  reasons TEXT NOT NULL,
  facts TEXT NOT NULL,
  UNIQUE(facts, reasons, kind, verdict, decision, enforced)
);
CREATE TABLE message(
  id INTEGER PRIMARY KEY,
  queue_id TEXT NOT NULL,
  direction INTEGER NOT NULL,
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,
  recipient_count INTEGER NOT NULL,
  client TEXT NOT NULL,
  message_key INTEGER NOT NULL,
  original_key INTEGER NOT NULL,
  is_signed INTEGER NOT NULL,
  outcome INTEGER
);
CREATE TABLE look_up(
  day INTEGER NOT NULL,
  key INTEGER NOT NULL,
  id INTEGER NOT NULL,
  PRIMARY KEY(day, key, id)
) WITHOUT ROWID;
CREATE TABLE tally(
  hour INTEGER NOT NULL,
  domain TEXT NOT NULL,
  what TEXT NOT NULL,
  decision TEXT NOT NULL,
  enforced TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY(hour, domain, what, decision, enforced)
) WITHOUT ROWID;
CREATE TABLE loss(
  at INTEGER PRIMARY KEY,
  count INTEGER NOT NULL
);
)",
                                                 // Whose the facts of an outcome are.
                                                 R"(
ALTER TABLE message ADD COLUMN facts_of TEXT NOT NULL DEFAULT '';
)",
                                                 // What the spam was called, and where it was from.
                                                 R"(
ALTER TABLE message ADD COLUMN subject_key INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN origin_key INTEGER NOT NULL DEFAULT 0;
)"};

// FNV-1a, one bit short of 64.
class Hash {
 public:
  void add(char c) {
    state_ ^= static_cast<unsigned char>(c);
    state_ *= 0x100000001b3ULL;
  }
  std::int64_t value() const { return static_cast<std::int64_t>(state_ >> 1U); }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace

// "BsH1" in ASCII.
const Schema kHistorySchema{.application_id = 0x42734831, .steps = kSteps};

std::int64_t queue_key(std::string_view queue_id) {
  Hash hash;
  hash.add('q');
  for (const char c : queue_id)
    hash.add(c);
  return hash.value();
}

std::int64_t recipient_key(std::string_view shown) {
  Hash hash;
  hash.add('r');
  for (const char c : shown)
    hash.add(ascii::to_lower(c));
  return hash.value();
}

}  // namespace backstop::store
