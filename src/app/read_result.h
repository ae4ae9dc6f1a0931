// What `backstop read` found out about one message.
#pragma once

#include <optional>
#include <string>

#include "core/policy/policy.h"
#include "core/proof/dkim_check.h"
#include "core/proof/token.h"
#include "core/reading/header_signs.h"
#include "core/reading/phrases.h"
#include "core/reading/reading.h"
#include "edge/mailbox/message_place.h"

namespace backstop::app {

// By what the kind was decided, for who asks.
struct Explanation {
  bool body_read = false;
  reading::HeaderSigns signs = {};
  reading::PhraseHits words = {};
};

struct ReadResult {
  mailbox::MessagePlace place = {};
  reading::Reading reading = {};
  proof::TokenCheck token = {};
  proof::DkimResult dkim = {};
  proof::ProofResult tag = proof::ProofResult::Absent;
  policy::Judgement judgement = {};
  std::optional<Explanation> explanation = {};
};

// One JSON object on one line, without the line end.  The fields and their names are stable.
std::string render_read_json(const ReadResult& result);

enum class Colour { Plain, Terminal };

// The same for a person.  What came from outside is escaped.
std::string render_read_page(const ReadResult& result, Colour colour);

}  // namespace backstop::app
