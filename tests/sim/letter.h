// One message as it is handed to the door, and the truth about it, which only the generator knows.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.h"

namespace backstop::sim {

using Fields = std::vector<std::pair<std::string, std::string>>;  // Name; value, folds as "\r\n\t".

// A message of ours as it left: what the generator remembers of it, told by nobody else.
struct Sent {
  std::string sender;    // As the user gave it.
  std::string envelope;  // As it left: perhaps with a tag.
  std::vector<std::string> recipients;
  std::string message_id;   // With its brackets.
  std::string envelope_id;  // ENVID, given by the client or by us; "" without one.
  Instant at{};
  Fields header;  // As it left, our own additions on top.
  std::string body;
  bool is_list = false;
  bool has_token = false;
  bool in_ledger = false;  // The ledger was there when it left.
  unsigned ring = 0;       // Which ring made its token: World::ring_number().
  unsigned key = 0;
  // How often anything that names it came back, however it was judged; no proof of it can have
  // been used more often.
  unsigned answers = 0;
  std::map<std::string, unsigned> answers_of = {};  // Likewise, of one recipient in one kind.
  // How often its token and its Message-ID were good for the one stranger of its storm.
  unsigned stolen_token = 0;
  unsigned stolen_id = 0;
};

enum class Class {
  Outgoing,
  Answer,    // Somebody answers a message of ours.
  Twin,      // The same form, about a message that was never ours.
  Stolen,    // A copy of a header of ours, by somebody we never wrote to.
  Innocent,  // Mail that is no answer to a message at all.
};

struct Truth {
  Class what = Class::Innocent;
  std::shared_ptr<Sent> sent;  // What it answers; of Outgoing: itself.
  // What it is, as the reader should call it; "" where that is open.
  std::string kind;
  // Of Answer and Stolen: which proofs came back unharmed.
  bool shows_token = false;
  bool shows_envid = false;  // The token, as ENVID.
  bool shows_message_id = false;
  bool shows_tag = false;
  bool shows_writer = false;  // It is addressed to our sender, or returns who wrote it.
  std::string party;          // Who failed or answers.
  bool knows_party = false;   // We wrote to it.
  // Of Twin: enough came back, and nothing in it can excuse that there is no proof.
  bool has_no_excuse = false;
  bool has_false_tag = false;  // Its first recipient carries one that nobody here made.
  unsigned copied_key = 0;  // That of the token it changed; 0: none.  While it is away, who knows.
  // Fields that claim to be ours and have to go.
  unsigned false_verdicts = 0;
  unsigned false_results = 0;
};

struct Letter {
  Truth truth;
  std::string client = "198.51.100.7";
  std::string client_name = "mx.remote.test";
  std::string login;
  std::string sender;       // "" is the null sender.
  std::string envelope_id;  // ENVID as the client gives it; "" without one.
  std::vector<std::string> recipients;
  Fields fields;
  std::string body;
  std::string queue_id;
};

}  // namespace backstop::sim
