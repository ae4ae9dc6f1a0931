#include "edge/store/review_schema.h"

#include <array>

namespace backstop::store {
namespace {

// message_group: messages with one fingerprint; group_domain: for which domains of ours; sample: a
// few messages of a group; answer: what the operator said, by the group's name, and what hints he
// saw.
constexpr std::array<std::string_view, 2> kSteps{R"(
CREATE TABLE message_group(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  message_id TEXT NOT NULL,
  answer_form TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  count INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  hints INTEGER NOT NULL,
  recipients TEXT NOT NULL,
  kind TEXT NOT NULL,
  verdict TEXT NOT NULL,
  reasons TEXT NOT NULL,
  source TEXT NOT NULL,
  paths TEXT NOT NULL
);
CREATE INDEX group_age ON message_group(last);
CREATE TABLE group_domain(
  message_group INTEGER NOT NULL,
  domain TEXT NOT NULL,
  PRIMARY KEY(message_group, domain)
) WITHOUT ROWID;
CREATE TABLE sample(
  id INTEGER PRIMARY KEY,
  message_group INTEGER NOT NULL,
  at INTEGER NOT NULL,
  queue_id TEXT NOT NULL,
  recipients TEXT NOT NULL,
  decision TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX sample_group ON sample(message_group);
CREATE TABLE answer(
  name TEXT PRIMARY KEY,
  answer INTEGER NOT NULL,
  at INTEGER NOT NULL,
  paths TEXT NOT NULL
) WITHOUT ROWID;
)",
                                                 R"(
ALTER TABLE answer ADD COLUMN hints INTEGER NOT NULL DEFAULT 15;
)"};

}  // namespace

// "BsR1" in ASCII.
const Schema kReviewSchema{.application_id = 0x42735231, .steps = kSteps};

}  // namespace backstop::store
